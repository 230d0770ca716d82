"""Fixtures for all tests: real PostgreSQL and Redis, a clean database for each test, a closed outside world.

One PostgreSQL and one Redis a test process, started from the wheels. A template database is migrated
once; after each test every table that is not reference data is emptied again.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("APP_ENV", "testing")
os.environ["COMPTOIR_HOME"] = tempfile.mkdtemp(prefix="comptoir-tests-")
# The suite starts hundreds of processes: each reads the compiled code of the first, whatever the machine is set to.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

from app.core import lean

lean.import_libraries()  # as every process of the shop does

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.core import caching, outbound, rate_limits, redis_client, settings
from app.media import storage
from app.ops.supervisor.embedded import EmbeddedPostgres, EmbeddedRedis
from tests.browsing import browser as browser
from tests.fakes.postbox import postbox as postbox
from tests.keeping import Beginnings, dismiss_sweepers
from tests.keeping import empty as empty

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "max_connections": "150",
    "shared_buffers": "64MB",
}

GARBAGE_AFTER = 50_000
"""New containers before garbage is looked for (Python says 700): a tenth of the suite's processor time went into that."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Reading five thousand tests makes no garbage, and looking for it costs a quarter of that."""
    with lean.nothing_collected():
        found = yield
    gc.freeze()
    return found


redis_client.TIMEOUT_SECONDS = 10.0
"""A busy machine may stop this Redis for a while: what a test leaves behind must go, and its caches must be there."""


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The state folder of this test process."""
    folder = Path(os.environ["COMPTOIR_HOME"])
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL of this test process."""
    server = EmbeddedPostgres(home, settings=FAST)
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
def redis_server(home: Path) -> Iterator[EmbeddedRedis]:
    """A running Redis of this test process."""
    server = EmbeddedRedis(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_url(postgres: EmbeddedPostgres, redis_server: EmbeddedRedis) -> str:
    """Address of the migrated database of this test process, with roles and reference data."""
    postgres.create_database("comptoir")
    url = postgres.dsn("comptoir").replace("postgresql://", "postgresql+psycopg://", 1)
    os.environ["DATABASE_URL"] = url
    os.environ["REDIS_URL"] = redis_server.url
    return url


@pytest.fixture(scope="session")
def app(migrated_url: str) -> Iterator[Any]:
    """The application on the migrated database, with roles, permissions and reference data."""
    from app.bootstrap import create_app
    from app.ops import preparing

    gc.disable()  # as in the shop's own processes: what is loaded is no garbage, now and later
    application = create_app({"SERVE_SOCKETS": False, "PROPAGATE_UNEXPECTED": True})
    with application.app_context():
        preparing.migrate()
        preparing.prepare(application)
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    gc.enable()
    yield application


@pytest.fixture(scope="session")
def kept_tables(app: Any, engine: Any) -> frozenset[str]:
    """Tables that hold reference data after preparation; tests must not change them."""
    with engine.connect() as connection:
        return frozenset(name for name in _tables(connection) if _has_rows(connection, name))


@pytest.fixture(scope="session")
def engine(app: Any) -> Iterator[Any]:
    """The application's engine."""
    from app.core.db import db

    with app.app_context():
        found = db.engine
    yield found
    dismiss_sweepers()


def _tables(connection: Any) -> list[str]:
    return list(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


def _has_rows(connection: Any, name: str) -> bool:
    return bool(connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{name}")')))


@pytest.fixture
def clean(app: Any, engine: Any, kept_tables: frozenset[str], redis_server: EmbeddedRedis) -> Iterator[None]:
    """A clean database and empty caches for one test, whatever a test without this has left in Redis."""
    flush_redis()
    yield
    from app.core.db import db

    with app.app_context():
        db.session.remove()
    empty(engine, kept_tables)
    flush_redis()


@pytest.fixture(scope="session")
def beginnings(engine: Any, kept_tables: frozenset[str]) -> Beginnings:
    """What many tests begin from, made once a test process."""
    return Beginnings(engine, kept_tables, forget=flush_redis)


def flush_redis() -> None:
    """Empty Redis and what this process remembers of it, the breaker's state included."""
    redis_client._state.closed_until = 0.0
    redis_client.client().flushdb()
    _forget()


def _forget() -> None:
    caching.forget_local()
    settings.forget()
    rate_limits.forget()


@pytest.fixture
def session_maker(app: Any, clean: None, engine: Any) -> Callable[[], Session]:
    """Makes sessions of their own, as handlers and jobs get them."""
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def session(app: Any, clean: None) -> Iterator[Session]:
    """A session on a clean database, inside the application's context."""
    from app.core.db import db

    with app.app_context():
        yield db.session
        db.session.remove()


@pytest.fixture
def client(app: Any, clean: None) -> Any:
    """A browser without cookies, on a clean database."""
    return app.test_client()


@pytest.fixture
def deliver(app: Any, session_maker: Callable[[], Session]) -> Callable[[], int]:
    """Deliver everything the outbox holds, as the dispatcher would; returns how many rows."""
    from app.core.dispatch import sweep

    def run() -> int:
        total = 0
        with app.app_context():
            while done := sweep(session_maker):
                total += done
        return total

    return run


@pytest.fixture(autouse=True)
def outside_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[outbound.ClosedGate]:
    """Nothing leaves the house unless a test expects it."""
    gate = outbound.ClosedGate()
    monkeypatch.setattr(outbound, "gate", gate)
    yield gate
    assert gate.unexpected == [], f"nobody asked for {gate.unexpected}"


@pytest.fixture
def media_folder(app: Any, tmp_path: Path) -> Iterator[None]:
    """Pictures of a test lie in a folder of its own."""
    before = storage.root()
    storage.configure(tmp_path)
    yield
    storage.configure(before)
