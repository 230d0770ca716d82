"""Several machines may start a new version at once: one prepares, the others wait and find it done."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.ops import preparing
from app.ops.supervisor.embedded import EmbeddedPostgres
from app.ops.supervisor.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2
"""One that prepares and one that waits: a third would wait as the second does."""


LONGER_THAN_A_PAGE_WAITS = 5.2
"""Statements of pages give up a lock after 5 s; preparation must not."""


@contextmanager
def postgres_lock(server: EmbeddedPostgres, database: str) -> Iterator[None]:
    """Somebody else prepares."""
    with psycopg.connect(server.dsn(database).replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (preparing.PREPARE_LOCK,))
        yield


def waiting(server: EmbeddedPostgres, database: str) -> int:
    """How many wait for the lock of preparation."""
    return int(
        server.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", database)
    )


@pytest.fixture
def empty_database(app: Any, postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database without a single table."""
    postgres.create_database("boots")
    yield "boots"
    postgres.drop_database("boots")


def test_boots_at_once_prepare_an_empty_database_once(
    app: Any, postgres: EmbeddedPostgres, empty_database: str
) -> None:
    environment = {
        **os.environ,
        "APP_ENV": "testing",
        "DEMO": "0",
        "DATABASE_URL": postgres.dsn(empty_database),
        "REDIS_URL": app.config["REDIS_URL"],
        "FLASK_APP": "app.bootstrap:create_app",
    }
    command = [sys.executable, "-m", "flask", "shop", "prepare"]
    with postgres_lock(postgres, empty_database):
        boots = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(AT_ONCE)
        ]
        assert wait_until(lambda: waiting(postgres, empty_database) == AT_ONCE, 90), "all wait for their turn"
        time.sleep(LONGER_THAN_A_PAGE_WAITS)
    said = [boot.communicate(timeout=120)[0] for boot in boots]
    assert [boot.returncode for boot in boots] == [0] * AT_ONCE, said

    def ask(question: str) -> str:
        return postgres.sql(question, empty_database)

    assert {ask("SELECT string_agg(version_num, ',') FROM alembic_version")} == preparing.heads()
    roles = "SELECT string_agg(name, ' ' ORDER BY name) FROM ab_role WHERE name IN ('Admin', 'Customer', 'Manager')"
    assert ask(roles) == "Admin Customer Manager"
    assert ask("SELECT count(*) - count(DISTINCT name) FROM ab_role") == "0"
    twice = "SELECT count(*) FROM (SELECT 1 FROM ab_permission_view GROUP BY permission_id, view_menu_id HAVING count(*) > 1) x"
    assert ask(twice) == "0"
    assert ask("SELECT count(*) - count(DISTINCT name) FROM ab_view_menu") == "0"


def test_the_newest_migrations_are_known_without_alembic() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    known = Config()
    known.set_main_option("script_location", str(preparing.MIGRATIONS))
    assert preparing.heads() == set(ScriptDirectory.from_config(known).get_heads())
