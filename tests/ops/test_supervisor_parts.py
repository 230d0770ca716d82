"""The parts of the supervisor that need no second process: checks, places, logs, embedded servers."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ops.supervisor import places, preflight
from app.ops.supervisor.embedded import FAST_AND_FORGETFUL, EmbeddedPostgres, EmbeddedRedis, prepare_home
from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.home import publish_services, secret, services, withdraw_services
from app.ops.supervisor.logs import cut_long_logs
from app.ops.supervisor.processes import Child, wait_until
from app.ops.supervisor.table import ProcessTable

IS_ROOT = os.getuid() == 0


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder that an unprivileged account can reach (pytest's own is closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    """Give a running server that forgets."""
    server = EmbeddedPostgres(home, settings=FAST_AND_FORGETFUL)
    server.start()
    yield server
    server.remove()


def test_postgres_speaks_utf8_and_utc_and_listens_on_no_port(postgres: EmbeddedPostgres) -> None:
    asked = ["server_encoding", "timezone", "max_connections", "shared_buffers", "listen_addresses"]
    answer = [postgres.sql(f"SELECT current_setting('{name}')") for name in asked]
    assert answer == ["UTF8", "UTC", "200", "256MB", ""]
    assert postgres.sql("SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1") == "bC.UTF-8"
    assert postgres.dsn("x").startswith("postgresql+psycopg://shop@/x?host=/")


def test_postgres_starts_over_stale_lock_files_and_keeps_its_data(postgres: EmbeddedPostgres) -> None:
    postgres.create_database("kept")
    postgres.create_database("kept")
    os.kill(postgres.child.pid or 0, signal.SIGKILL)
    assert wait_until(lambda: not postgres.child.is_running(), 5)
    # A container gives the same process numbers again: the stale file then names a live process.
    (postgres.place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.place.data}\n")
    postgres.start()
    assert postgres.sql("SELECT datname FROM pg_database WHERE datname = 'kept'") == "kept"
    postgres.drop_database("kept")
    assert postgres.sql("SELECT count(*) FROM pg_database WHERE datname = 'kept'") == "0"


def test_data_of_another_version_is_refused_with_the_way_out(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    (postgres.place.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match="written by PostgreSQL 14.*Restore a backup"):
        postgres.start()


def test_redis_keeps_what_it_acknowledged(home: Path) -> None:
    import redis

    server = EmbeddedRedis(home)
    server.start()
    client = redis.Redis.from_url(server.url)
    client.set("kept", "yes")
    client.close()
    os.kill(server.child.pid or 0, signal.SIGKILL)
    assert wait_until(lambda: not server.child.is_running(), 5)
    server.start()
    client = redis.Redis.from_url(server.url)
    kept = client.get("kept")
    client.close()
    server.stop()
    assert kept == b"yes"


def test_a_deep_home_gets_short_sockets(home: Path) -> None:
    deep = prepare_home(home / ("very-long-folder-name/" * 6))
    folder = places.socket_folder(deep)
    assert len(str(folder)) <= places.LONGEST_SOCKET_FOLDER
    assert folder == places.socket_folder(deep), "the same home gives the same folder"
    folder.rmdir()


@pytest.mark.skipif(not IS_ROOT, reason="only root has to run PostgreSQL under another account")
def test_root_with_a_closed_home_moves_the_data_and_says_where(home: Path) -> None:
    home.chmod(0o700)
    server = EmbeddedPostgres(home / "inside", settings=FAST_AND_FORGETFUL)
    outside = server.place.data.parent
    try:
        assert not outside.is_relative_to(home)
        assert any(str(outside) in note for note in server.notes)
        server.start()
        assert os.stat(f"/proc/{server.child.pid}").st_uid != 0
        assert server.sql("SELECT 1") == "1"
    finally:
        server.remove()
    assert not outside.exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root has to run PostgreSQL under another account")
def test_programs_that_the_account_cannot_reach_are_copied_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = places.postgres_programs().parent
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    programs = closed / wheel.name / places.postgres_programs().name
    shutil.copytree(places.postgres_programs(), programs, symlinks=True)
    shutil.copytree(wheel.with_name(wheel.name + ".libs"), closed / f"{wheel.name}.libs")
    monkeypatch.setattr(places, "postgres_programs", lambda: programs)
    server = EmbeddedPostgres(home / "open", settings=FAST_AND_FORGETFUL)
    try:
        assert not server.place.programs.is_relative_to(closed)
        server.start()
        assert server.sql("SELECT 1") == "1"
        assert places.choose(server.home).programs == server.place.programs
    finally:
        server.remove()
        shutil.rmtree(places.OUTSIDE[0] / places.short_name(server.home), ignore_errors=True)


def test_a_full_disk_is_named_before_anything_is_written(home: Path) -> None:
    with pytest.raises(CannotStart, match="is full: 12 MB are left.*Free some space"):
        preflight.require_space(home, lambda _folder: 12)
    preflight.require_space(home, lambda _folder: 5_000)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL points to 127.0.0.1") as refusal:
        preflight.require_server("DATABASE_URL", "postgresql://me:hidden@127.0.0.1:1/shop", 5432)
    assert "hidden" not in str(refusal.value)


def test_a_stale_lock_is_taken_silently_and_known_as_unclean(home: Path) -> None:
    (home / preflight.LOCK).write_text("999999 8000\n")
    lock = preflight.HomeLock(home)
    lock.take(8_000)
    assert lock.was_unclean and preflight.HomeLock(home).is_held()
    with pytest.raises(CannotStart, match="Another copy"):
        preflight.HomeLock(home).take(8_000)
    lock.release()
    clean = preflight.HomeLock(home)
    clean.take(8_000)
    assert not clean.was_unclean
    clean.release()
    assert not clean.is_held() and not preflight.HomeLock(home / "new").is_held()


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(CannotStart, match="HOST=192.0.2.1 is not an address of this machine.*0.0.0.0"):
        preflight.require_port(["192.0.2.1"], 8_000)


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(home: Path) -> None:
    home.chmod(0o500)
    with pytest.raises(CannotStart, match="cannot be used: Permission denied"):
        prepare_home(home / "state")


def test_a_secret_is_made_once_and_closed_to_others(home: Path) -> None:
    first = secret(home, "secret_key")
    assert len(first) > 40 and secret(home, "secret_key") == first
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_services_are_found_while_they_run(home: Path) -> None:
    assert services(home) == {}
    publish_services(home, {"REDIS_URL": "unix:///x"})
    assert services(home) == {"REDIS_URL": "unix:///x"}
    withdraw_services(home)
    (home / "services.json").write_text("[broken")
    assert services(home) == {}


def test_long_logs_are_cut_while_they_are_written(home: Path) -> None:
    log = home / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 2_000)
        assert cut_long_logs(home, largest=1_000) == ["web.log"]
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (home / "web.log.1").stat().st_size == 2_000


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(home: Path) -> None:
    said: list[str] = []
    table = ProcessTable(said.append)
    table.start(Child("broken", ["/bin/false"], home / "broken.log"))
    assert wait_until(lambda: table.look() or table.failing(3) is not None, 10)
    table.stop_all(2)
    assert [line.rsplit(" ", 2)[1] for line in said if "starts again" in line][:3] == ["0.2", "0.4", "0.8"]


def test_a_program_that_ignores_its_stop_signal_is_killed(home: Path) -> None:
    stubborn = Child("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; sleep 60"], home / "stubborn.log")
    stubborn.environment = {"PATH": "/usr/bin:/bin"}
    stubborn.start()
    assert wait_until(lambda: "up" in stubborn.last_words(), 5)
    stubborn.stop(0.2)
    assert stubborn.exit_code() == -signal.SIGKILL
