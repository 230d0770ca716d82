"""The screen of backups, and the command that brings a shop back on a machine where nothing runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs as background
from app.core.audit import AuditRow
from app.core.clock import utcnow
from app.core.jobs import JobRow
from app.identity import rules as people
from app.ops.backup import admin, operations, queries, rules
from app.ops.supervisor.embedded import EmbeddedPostgres
from app.ops.supervisor.home import publish_services
from tests.identity.people import sign_in_staff, staff

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    with session_maker() as own:
        yield own


@pytest.fixture
def folder(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Backups go here."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path))
    return tmp_path


@pytest.fixture
def boss(session: Session, client: Any) -> Any:
    """An administrator, signed in at the back office."""
    staff(session)
    sign_in_staff(client)
    return client


def put(folder: Path, age: timedelta, problem: str = "") -> Path:
    path = folder / rules.name_for(utcnow() - age)
    path.write_bytes(b"sealed" * 1000)
    queries.note_check(path, utcnow(), problem=problem, rows=1234, files=5)
    return path


def test_the_list_says_what_there_is(boss: Any, folder: Path) -> None:
    assert "No backup yet." in boss.get("/admin/backup/list/").get_data(as_text=True)
    put(folder, timedelta(hours=5))
    put(folder, timedelta(days=3), problem="It is <b>damaged</b>.")
    page = boss.get("/admin/backup/list/").get_data(as_text=True)
    assert "5.9 KB" in page and "1234 rows, 5 files" in page and "5 hours" in page and "3 days" in page
    assert "Cannot be read" in page and "It is &lt;b&gt;damaged&lt;/b&gt;." in page


def test_a_backup_is_asked_for_once(app: Any, session: Session, boss: Any, folder: Path) -> None:
    for words in ("is being made.", "already"):
        assert words in boss.post("/admin/backup/new", follow_redirects=True).get_data(as_text=True)
    (job,) = session.scalars(select(JobRow).where(JobRow.name == "ops.backup"))
    assert job.actor_label == "boss@example.com"
    with app.app_context():
        background.run(lambda: Session(session.get_bind()), job.id)
    session.rollback()
    session.expire_all()
    assert job.state == "done", job.error
    assert [one.name for one in queries.backups(folder)] == [job.result["file"]]
    page = boss.get("/admin/backup/list/").get_data(as_text=True)
    assert "Whole" in page and "A backup is being made." not in page


def test_fetching_is_noted_and_leads_nowhere_else(session: Session, boss: Any, folder: Path) -> None:
    path = put(folder, timedelta(hours=1))
    (folder / "secret").write_text("no")
    answer = boss.get(f"/admin/backup/download/{path.name}")
    assert answer.data == path.read_bytes() and answer.headers["Cache-Control"] == "no-store"
    assert path.name in answer.headers["Content-Disposition"]
    noted = session.scalars(select(AuditRow.entity_id).where(AuditRow.action == "backup.download")).all()
    assert noted == [path.name]
    for name in ("secret", "..%2Fsecret", f"{path.name}.checked", "comptoir-20260101T000000Z.backup"):
        assert boss.get(f"/admin/backup/download/{name}").status_code == 404
        assert boss.post(f"/admin/backup/check/{name}").status_code == 404
    assert boss.post(f"/admin/backup/check/{path.name}").status_code == 302
    (job,) = session.scalars(select(JobRow).where(JobRow.name == "ops.check_backup"))
    assert job.arguments == {"file": path.name}


@pytest.mark.parametrize("role", (people.MANAGER, people.SELLER, people.SUPPORT))
def test_only_administrators(session: Session, client: Any, folder: Path, role: str) -> None:
    path = put(folder, timedelta(hours=1))
    staff(session, role)
    sign_in_staff(client)
    assert client.get(f"/admin/backup/download/{path.name}").status_code in (302, 403)
    assert client.post("/admin/backup/new").status_code in (302, 403)
    assert session.scalars(select(JobRow).where(JobRow.name == "ops.backup")).all() == []


def test_an_old_backup_is_said_on_the_first_page(app: Any, session: Session, boss: Any, folder: Path) -> None:
    def tile() -> Any:
        with app.test_request_context():
            return admin.old_backup(session)

    assert tile() is None
    put(folder, timedelta(days=4))
    assert "4 days" in tile().text and tile().tone == "bad"
    assert "4 days" in boss.get("/admin/").get_data(as_text=True)
    put(folder, timedelta(hours=1), problem="damaged")
    assert "read" in tile().note
    put(folder, timedelta(minutes=1))
    assert tile() is None


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (5 * 2**40, "5.0 TB"), (200 * 2**20, "200 MB")],
)
def test_sizes_as_people_say_them(size: int, words: str) -> None:
    assert admin.size_text(size) == words


@pytest.fixture
def bare_home() -> Iterator[Path]:
    """A machine on which the shop was installed and never started."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("killed", [False, True])
def test_a_shop_comes_back_where_nothing_runs(
    app: Any, session: Session, tmp_path: Path, bare_home: Path, killed: bool
) -> None:
    if killed:  # the addresses of its servers stay behind, and say nothing
        bare_home.mkdir(mode=0o755)
        address = f"postgresql+psycopg://shop@/comptoir?host={bare_home}/gone"
        publish_services(bare_home, {"DATABASE_URL": address, "REDIS_URL": f"unix://{bare_home}/gone"})
    staff(session)
    media = tmp_path / "media" / "ab" / "cd"
    media.mkdir(parents=True)
    (media / "a.webp").write_bytes(b"picture")
    config = {**app.config, "MEDIA_FOLDER": str(tmp_path / "media")}
    operations.create(queries.shop_of(config), tmp_path / "a.backup")
    environment = {
        **os.environ, "APP_ENV": "development", "DATABASE_URL": "", "REDIS_URL": "", "COMPTOIR_HOME": str(bare_home),
        "ENCRYPTION_KEYS": app.config["ENCRYPTION_KEYS"], "FLASK_APP": "app.bootstrap:create_app",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "flask", "backup", "restore", str(tmp_path / "a.backup")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0 and "every table is as it was backed up" in done.stdout, (
        done.stdout + done.stderr
    )
    assert (bare_home / "media" / "ab" / "cd" / "a.webp").read_bytes() == b"picture"
    server = EmbeddedPostgres(bare_home)
    server.start()
    try:
        assert (
            server.sql("SELECT email FROM ab_user WHERE email LIKE 'boss%'", "comptoir") == "boss@example.com"
        )
    finally:
        server.remove()
