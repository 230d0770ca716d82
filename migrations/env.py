"""Runs migrations inside the application: one database, one at a time, never waiting for ever.

Boots of several processes are safe: they queue on an advisory lock, and whoever comes second finds
nothing left to do. A lock or a statement that takes too long gives up instead of stopping the shop.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.types import TypeDecorator

LOCK = 7_310_001
LOCK_TIMEOUT = "30s"
STATEMENT_TIMEOUT = "15min"

config = context.config
extension = current_app.extensions["migrate"]
database = extension.db


def skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no revision when nothing has changed."""
    if getattr(config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def stored_type(kind: str, item: Any, _context: Any) -> str | bool:
    """Write what the database stores instead of our own column types: migrations must outlive the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    """Connect, wait for the turn, migrate."""
    with database.engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            context.configure(
                connection=connection,
                target_metadata=database.metadata,
                compare_type=True,
                render_item=stored_type,
                process_revision_directives=skip_empty,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: what they do depends on what is there.")
run()
