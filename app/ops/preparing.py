"""From an empty database to a shop that can be opened: migrations, roles, permissions, reference data."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select, text

from app.core.db import db
from app.core.feature import collected

PREPARE_LOCK = 7_310_003
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@cache
def _chain() -> tuple[frozenset[str], frozenset[str]]:
    """All revisions of this version's migrations, and those that another one follows. Read without Alembic,
    which is 8 MB in every web worker."""
    known: set[str] = set()
    followed: set[str] = set()
    for script in (MIGRATIONS / "versions").glob("*.py"):
        names = dict(
            re.findall(r"^(down_revision|revision)\b[^=]*=\s*(.+)$", script.read_text(), re.MULTILINE)
        )
        known |= set(re.findall(r"['\"](\w+)['\"]", names["revision"]))
        followed |= set(re.findall(r"['\"](\w+)['\"]", names["down_revision"]))
    return frozenset(known), frozenset(followed)


def heads() -> frozenset[str]:
    """The newest revisions of this version's migrations."""
    known, followed = _chain()
    return known - followed


def revisions() -> frozenset[str]:
    """Every revision that this version's migrations know."""
    return _chain()[0]


@contextmanager
def alone() -> Iterator[None]:
    """Prepare as the only one: other processes wait here, however long it takes, and find it done.

    The lock goes with its connection, so a killed process never keeps the others out.
    """
    with db.engine.connect() as connection:
        connection.detach()  # its settings must not come back to the pool
        connection.execute(text("SET lock_timeout = 0; SET statement_timeout = 0"))
        connection.execute(select(func.pg_advisory_lock(PREPARE_LOCK)))
        connection.commit()
        yield


def migrate() -> None:
    """Bring the schema to this version; migrations queue on a lock of their own."""
    from flask_migrate import upgrade

    upgrade(directory=str(MIGRATIONS))


def prepare(app: Flask | None = None) -> None:
    """Create what every shop needs, in every feature that declares it. Doing it again changes nothing.

    A feature's `setup_data(session)` lives in its `reference.py`.
    """
    application = app or current_app
    from app.identity import operations as identity

    identity.sync_roles(db.session)
    for feature in collected():
        if (Path(application.root_path) / feature.name / "reference.py").exists():
            importlib.import_module(f"app.{feature.name}.reference").setup_data(db.session)
    identity.sync_permissions(application)
