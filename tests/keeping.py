"""Rows that many tests begin from: written once a test process by the shop's operations, put back as they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


class KeptRows:
    """What some tables held, in PostgreSQL's own form, outside of the database."""

    def __init__(self, engine: Any, tables: Iterable[str]) -> None:
        """Take what these tables hold now."""
        self.engine, self._held = engine, dict[str, bytes]()
        with engine.connect() as connection, connection.connection.cursor() as cursor:
            for name in tables:
                cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')
                if not cursor.fetchone()[0]:
                    continue
                cursor.execute(_COLUMNS, (name,))
                where = f'"{name}" ({cursor.fetchone()[0]})'
                with cursor.copy(f"COPY {where} TO STDOUT (FORMAT binary)") as rows:
                    self._held[where] = b"".join(rows)

    def put_back(self) -> None:
        """Write the rows into the emptied tables, triggers and foreign keys switched off meanwhile."""
        with self.engine.begin() as connection, connection.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for where, rows in self._held.items():
                with cursor.copy(f"COPY {where} FROM STDIN (FORMAT binary)") as taken:
                    taken.write(rows)
