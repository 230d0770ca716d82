"""Rows that many tests begin from: written once a test process by the shop's operations, put back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import psycopg
from sqlalchemy.orm import Session

Made = TypeVar("Made")

_COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
_sweepers: dict[str, psycopg.Connection] = {}
"""By address. In these connections triggers and foreign keys are off for good: to switch them off and on again
would throw away every plan the connection has, and to plan this one look at all tables costs more than the look."""


def _sweeper(engine: Any) -> psycopg.Connection:
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    if address not in _sweepers or _sweepers[address].closed:
        options = "-c session_replication_role=replica -c lock_timeout=10s"
        _sweepers[address] = psycopg.connect(address, autocommit=True, options=options)
    return _sweepers[address]


def dismiss_sweepers() -> None:
    """Close the connections that empty and fill tables."""
    while _sweepers:
        _sweepers.popitem()[1].close()


def filled(engine: Any, kept: frozenset[str]) -> list[str]:
    """The tables that hold rows, without those of reference data."""
    sweeper = _sweeper(engine)
    every = sweeper.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", prepare=True)
    names = [name for (name,) in every if name not in kept]
    look = " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM \"{n}\")" for n in names)
    return [name for (name,) in sweeper.execute(look.encode(), prepare=True)]


def empty(engine: Any, kept: frozenset[str]) -> None:
    """Delete what tests have written, whatever order, triggers and foreign keys want."""
    if names := filled(engine, kept):
        _sweeper(engine).execute("; ".join(f'DELETE FROM "{name}"' for name in names).encode())


class KeptRows:
    """What some tables held, in PostgreSQL's own form, outside of the database."""

    def __init__(self, engine: Any, tables: Iterable[str]) -> None:
        """Take what these tables hold now."""
        self.engine, self._held = engine, dict[str, bytes]()
        with _sweeper(engine).cursor() as cursor:
            for name in tables:
                cursor.execute(_COLUMNS, (name,))
                where = f'"{name}" ({cursor.fetchone()[0]})'  # type: ignore[index]
                with cursor.copy(f"COPY {where} TO STDOUT (FORMAT binary)") as rows:
                    self._held[where] = b"".join(rows)

    def put_back(self) -> None:
        """Write the rows into the emptied tables, all of them or none, past triggers and foreign keys."""
        sweeper = _sweeper(self.engine)
        with sweeper.transaction(), sweeper.cursor() as cursor:
            for where, rows in self._held.items():
                with cursor.copy(f"COPY {where} FROM STDIN (FORMAT binary)") as taken:
                    taken.write(rows)


class Beginnings:
    """What tests begin from, by name: made by the first that asks, put back for all others."""

    def __init__(self, engine: Any, kept: frozenset[str], forget: Callable[[], None]) -> None:
        """Nothing is made yet; `forget` empties the caches."""
        self.engine, self.kept, self.forget = engine, kept, forget
        self._made: dict[Any, tuple[Any, KeptRows]] = {}

    def give(self, session: Session, name: Any, make: Callable[[], Made]) -> Made:
        """The rows that `make` writes, and what it returned the first time: ids, nothing that lives in a session.

        The first test goes on with an empty session and empty caches, too, as all others do. Where something stands
        in the database already the rows would not be these alone: then they are made as well, and not kept.
        """
        if filled(self.engine, self.kept):
            return make()
        if name in self._made:
            found, rows = self._made[name]
            rows.put_back()
            return found
        found = make()
        session.rollback()
        session.expunge_all()
        self._made[name] = found, KeptRows(self.engine, filled(self.engine, self.kept))
        self.forget()
        return found
