"""Backups: what comes back is what was there; what cannot be trusted is refused and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.core import crypto, settings
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.ops import invariants, preparing
from app.ops.backup import archive, database, errors, jobs, operations, queries, rules
from app.ops.backup.operations import Shop
from app.ops.backup.sealing import SEGMENT, Opener, Sealer
from app.ops.backup.settings import BackupSettings
from app.ops.supervisor.embedded import EmbeddedPostgres
from tests.checkout.making import cart, place
from tests.orders import making

MEDIA = {
    "ab/cd/picture-320.webp": b"webp" * 1000,
    "ab/ce/empty.webp": b"",
    "ff/00/café.avif": os.urandom(300_000),
}


@pytest.fixture
def sold(session: Session) -> Session:
    """A small shop with a sale in it."""
    made = cart(session, making.articles(session, 3, stock=5), quantity=2)
    place(session, made.public_id)
    settings.change(session, BackupSettings, actor=SYSTEM, keep_days=30)
    session.commit()
    return session


@pytest.fixture
def shop(app: Any, tmp_path: Path) -> Shop:
    """The shop of the tests, with pictures."""
    for name, data in MEDIA.items():
        path = tmp_path / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "media" / ".draft-1").write_bytes(b"half")
    return Shop(
        app.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "media", preparing.heads(), preparing.revisions()
    )


@pytest.fixture
def elsewhere(postgres: EmbeddedPostgres, shop: Shop, tmp_path: Path) -> Iterator[Shop]:
    """Another, empty database on another machine, so to say."""
    postgres.create_database("elsewhere")
    url = postgres.dsn("elsewhere").replace("postgresql://", "postgresql+psycopg://", 1)
    yield replace(shop, url=url, media=tmp_path / "elsewhere")
    postgres.drop_database("elsewhere")


@pytest.fixture
def saved(sold: Session, shop: Shop, tmp_path: Path) -> Path:
    """A backup of the small shop."""
    path = tmp_path / "backups" / "comptoir-20260102T030405Z.backup"
    operations.create(shop, path)
    return path


@contextmanager
def keys(secrets: dict[str, str], current: str, app: Any) -> Iterator[None]:
    """Other encryption keys for a while."""
    crypto.configure(secrets, current)
    try:
        yield
    finally:
        own = dict(part.split(":", 1) for part in app.config["ENCRYPTION_KEYS"].split(","))
        crypto.configure(own, next(iter(own)))


def figures(shop: Shop) -> dict[str, list[str]]:
    """What every table of a database holds."""
    with psycopg.connect(database.conninfo(shop.url), autocommit=True) as own:
        own.execute(database.SAME_TEXT)
        return {name: database.figures_of(own, name) for name in database.tables(own)}


def test_everything_comes_back_in_another_database(
    sold: Session, shop: Shop, saved: Path, elsewhere: Shop
) -> None:
    before, promises = figures(shop), invariants.check_all(sold)
    contents = operations.restore(elsewhere, saved)
    after = figures(elsewhere)
    assert after == before == contents.figures
    assert after["orders_order"][0] == "1" and int(after["core_audit"][0]) > 0 and len(after) > 60
    assert {p.relative_to(elsewhere.media).as_posix(): p.read_bytes()
            for p in elsewhere.media.rglob("*") if p.is_file()} == MEDIA  # fmt: skip
    own = create_engine(elsewhere.url)
    with Session(own) as session:
        assert invariants.check_all(session) == promises
        newest, following = session.execute(
            text(
                "SELECT (SELECT max(id) FROM orders_order), nextval(pg_get_serial_sequence('orders_order', 'id'))"
            )
        ).one()
        assert following > newest, "new rows go on where the old ones ended"
        session.rollback()
        with pytest.raises(Exception, match="append-only"):
            session.execute(text("DELETE FROM core_audit"))
    own.dispose()


def test_a_file_tells_nothing_of_what_is_in_it(saved: Path) -> None:
    data = saved.read_bytes()
    for word in (b"kim@example.org", b"CREATE TABLE", b"Korenlei", b"webpwebp"):
        assert word not in data
    assert saved.stat().st_mode & 0o077 == 0


def test_the_same_figures_need_the_same_rows(sold: Session, shop: Shop) -> None:
    before = figures(shop)["orders_order"]
    sold.execute(text("UPDATE orders_order SET email = 'x' || email"))
    sold.commit()
    changed = figures(shop)["orders_order"]
    assert before[0] == changed[0] and before[1] != changed[1]


def refused(kind: type[Exception], shop: Shop, path: Path, **more: Any) -> Exception:
    """Restoring refuses, and the database is as it was."""
    before = figures(shop)
    with pytest.raises(kind) as caught:
        operations.restore(shop, path, **more)
    assert figures(shop) == before and not shop.media.exists()
    return caught.value


@pytest.mark.parametrize("keep", [0, 10, 200, -1, -17, SEGMENT])
def test_a_file_that_was_cut_short_is_refused(saved: Path, elsewhere: Shop, keep: int) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: keep if keep < len(data) else len(data) // 2])
    refused(errors.NotABackup if 0 <= keep < 200 else errors.ShopError, elsewhere, saved)


def test_a_single_changed_bit_is_refused(saved: Path, elsewhere: Shop) -> None:
    data = saved.read_bytes()
    header = data.index(b'"made_at"') + 14
    for place_ in (header, 2_000, len(data) // 2, len(data) - 1):
        changed = bytearray(data)
        changed[place_] ^= 1
        saved.write_bytes(changed)
        assert isinstance(refused(errors.ShopError, elsewhere, saved), errors.Damaged | errors.NotABackup)
    saved.write_bytes(data + b"x")
    refused(errors.Damaged, elsewhere, saved)


def test_other_keys_open_nothing(app: Any, saved: Path, elsewhere: Shop) -> None:
    with keys({"other": "o" * 40}, "other", app):
        assert "testing" in str(refused(errors.WrongKey, elsewhere, saved))
    with keys({"testing": "another secret of the same name" * 2}, "testing", app):
        refused(errors.WrongKey, elsewhere, saved)
    own = app.config["ENCRYPTION_KEYS"].split(":", 1)[1]
    with keys({"new": "n" * 40, "testing": own}, "new", app):  # rotated since
        operations.restore(elsewhere, saved)


def test_a_newer_schema_is_refused(saved: Path, elsewhere: Shop) -> None:
    older = replace(elsewhere, revisions=frozenset({"0001"}), heads=frozenset({"0001"}))
    refused(errors.NewerSchema, older, saved)


def test_a_shop_is_only_replaced_when_asked(saved: Path, shop: Shop, elsewhere: Shop) -> None:
    operations.restore(elsewhere, saved)
    shutil.rmtree(elsewhere.media)
    refused(errors.NotEmpty, elsewhere, saved)
    with psycopg.connect(database.conninfo(elsewhere.url), autocommit=True) as own:
        own.execute("CREATE TABLE stray (id int)")
    operations.restore(elsewhere, saved, replace=True)
    assert figures(elsewhere) == figures(shop)


def test_a_running_shop_is_not_replaced(saved: Path, elsewhere: Shop) -> None:
    with psycopg.connect(database.conninfo(elsewhere.url), application_name="comptoir-web"):
        assert "comptoir-web" in str(refused(errors.InUse, elsewhere, saved))


def test_a_restore_that_breaks_off_changes_nothing(
    saved: Path, shop: Shop, elsewhere: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.restore(elsewhere, saved)
    shutil.rmtree(elsewhere.media)
    unsqueezed = archive.unsqueezed

    def breaks(blocks: Any) -> Iterator[bytes]:
        for number, block in enumerate(unsqueezed(blocks)):
            yield block
            if number == 1:
                raise errors.Damaged()

    contents = operations.check(saved)
    monkeypatch.setattr(operations, "check", lambda *_: contents)
    monkeypatch.setattr(archive, "unsqueezed", breaks)
    refused(errors.Damaged, elsewhere, saved, replace=True)


def test_what_cannot_be_read_back_gets_no_name(
    sold: Session, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "check", lambda *_: (_ for _ in ()).throw(errors.Damaged()))
    with pytest.raises(errors.Damaged):
        operations.create(shop, tmp_path / "out" / "a.backup")
    assert list((tmp_path / "out").iterdir()) == []


def test_one_backup_at_a_time(shop: Shop, tmp_path: Path) -> None:
    with database.snapshot(shop.url), pytest.raises(errors.AlreadyRunning):
        operations.create(shop, tmp_path / "a.backup")


def test_a_backup_is_of_one_moment(sold: Session, shop: Shop, elsewhere: Shop, tmp_path: Path) -> None:
    """Rows that are written while it is made are in none of its tables."""
    before = figures(shop)

    def meanwhile(_done: int, what: str) -> None:
        if what == "database":
            with psycopg.connect(database.conninfo(shop.url), autocommit=True) as other:
                other.execute(
                    "INSERT INTO core_setting (name, values) VALUES (gen_random_uuid()::text, '{}')"
                )

    operations.create(shop, tmp_path / "a.backup", meanwhile)
    assert figures(shop) != before
    operations.restore(elsewhere, tmp_path / "a.backup")
    assert figures(elsewhere) == before


def test_a_drill_compares_and_leaves_nothing(saved: Path, shop: Shop, postgres: EmbeddedPostgres) -> None:
    result = json.loads(json.dumps(operations.drill(shop, saved)))
    assert (
        result["row_counts"]["orders_order"] == 1 and result["rows"] > 100 and result["files"] == len(MEDIA)
    )
    assert result["sums"] == {name: digest for name, (_n, digest) in figures(shop).items()}
    assert postgres.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'comptoir_drill%'") == "0"


def test_memory_does_not_grow_with_the_shop(shop: Shop, tmp_path: Path) -> None:
    with (shop.media / "large.avif").open("wb") as file:
        for _ in range(48):
            file.write(os.urandom(1024 * 1024))
    tracemalloc.start()
    operations.create(shop, tmp_path / "a.backup")
    operations.check(tmp_path / "a.backup")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024, f"{peak} bytes for 48 MB"


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT])
def test_any_length_is_sealed_and_opened(app: Any, size: int) -> None:
    plain, file = os.urandom(size), BytesIO()
    sealer = Sealer(file, {"what": "test"})
    sealer.write(plain[: size // 3])
    sealer.write(plain[size // 3 :])
    sealer.close()
    file.seek(0)
    opener = Opener(file)
    assert opener.read(size + 10) == plain and opener.header["what"] == "test"
    opener.finish()


def test_segments_have_their_place(app: Any) -> None:
    file = BytesIO()
    sealer = Sealer(file, {})
    sealer.write(os.urandom(3 * SEGMENT))
    sealer.close()
    data, sealed = file.getvalue(), SEGMENT + 16
    start = len(data) - 3 * sealed
    first, second, third = (data[start + n * sealed : start + (n + 1) * sealed] for n in range(3))
    for order in ((second, first, third), (first, first, third), (first, third), (first, second), (third,)):
        opener = Opener(BytesIO(data[:start] + b"".join(order)))
        with pytest.raises(errors.Damaged):
            opener.read(4 * SEGMENT)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../b", "", "a\0b"])
def test_names_stay_below_their_folder(name: str) -> None:
    assert not archive.is_safe_name(name)
    assert archive.is_safe_name("ab/cd/picture..webp")


def at(text_: str) -> datetime:
    return datetime.fromisoformat(text_).replace(tzinfo=UTC)


def test_when_a_backup_is_due() -> None:
    assert rules.is_due(None, at("2026-03-02 01:00"), 3)
    assert not rules.is_due(at("2026-03-01 03:00"), at("2026-03-02 02:59"), 3)
    assert rules.is_due(at("2026-03-01 03:00"), at("2026-03-02 03:00"), 3)
    assert not rules.is_due(at("2026-03-02 03:01"), at("2026-03-02 23:00"), 3)
    assert rules.is_due(at("2026-02-20 03:00"), at("2026-03-02 01:00"), 3)


def test_which_backups_may_go() -> None:
    now = at("2026-06-15 04:00")
    daily = [at("2026-01-01 03:00") + timedelta(days=n) for n in range(166)]
    gone = set(rules.to_drop(daily, now, days=14, months=3))
    kept = [moment for moment in daily if moment not in gone]
    assert [m.date().isoformat() for m in kept if m < now - timedelta(days=14)] == [
        "2026-04-30",
        "2026-05-31",
    ]
    assert len([m for m in kept if m > now - timedelta(days=14)]) == 14
    assert rules.to_drop([at("2020-01-01 00:00")], now, days=1, months=0) == [], "the newest always stays"
    assert rules.to_drop(daily, now, days=1, months=0) == daily[:-1]
    assert rules.moment_of(rules.name_for(now)) == now and rules.moment_of("other.backup") is None


class Steps:
    """A progress that only listens."""

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Listen."""


@pytest.fixture
def folder(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Backups go here."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_the_job_twice_makes_two_and_thins_out(
    sold: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    old = folder / rules.name_for(utcnow() - timedelta(days=400))
    old.write_bytes(b"old")
    first = jobs.make_backup(Steps())
    later = utcnow() + timedelta(seconds=2)
    monkeypatch.setattr(jobs, "utcnow", lambda: later)
    second = jobs.make_backup(Steps())
    assert first["deleted"] == [old.name] and second["deleted"] == []
    known = queries.backups(folder)
    assert [one.name for one in known] == [second["file"], first["file"]]
    assert all(one.checked_at and not one.problem and one.rows == first["rows"] for one in known[1:])


def test_checking_twice_notes_what_it_finds(sold: Session, folder: Path) -> None:
    name = jobs.make_backup(Steps())["file"]
    for _ in range(2):
        assert jobs.check_backup(Steps(), file=name)["file"] == name
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    for _ in range(2):
        with pytest.raises(errors.Damaged):
            jobs.check_backup(Steps(), file=name)
        assert "damaged" in queries.backup(folder, name).problem
    with pytest.raises(errors.NoSuchBackup):
        queries.backup(folder, "../../etc/passwd")


def test_the_day_starts_one_backup(session: Session, folder: Path) -> None:
    assert [jobs.backup_when_due(Steps())["started"] for _ in range(2)] == [True, False]
    session.execute(text("UPDATE core_job SET state = 'done'"))
    session.commit()
    jobs.make_backup(Steps())
    assert not jobs.backup_when_due(Steps())["started"]
    for one in queries.backups(folder):
        one.path.unlink()
    settings.change(session, BackupSettings, actor=SYSTEM, daily=False)
    settings.forget()
    assert not jobs.backup_when_due(Steps())["started"]


def test_commands(app: Any, sold: Session, shop: Shop, folder: Path, tmp_path: Path) -> None:
    run: Callable[..., Any] = app.test_cli_runner().invoke
    made = run(args=["backup", "create", "--to", str(tmp_path / "one.backup")])
    assert made.exit_code == 0, made.output
    assert "whole and unchanged" in run(args=["backup", "verify", str(tmp_path / "one.backup")]).output
    assert run(args=["backup", "create"]).exit_code == 0
    assert "checked" in run(args=["backup", "list"]).output
    assert json.loads(run(args=["backup", "drill"]).output)["row_counts"]["orders_order"] == 1
    refused_ = run(args=["backup", "restore", str(tmp_path / "one.backup")])
    assert refused_.exit_code == 1 and "--replace" in refused_.output
