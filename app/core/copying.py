"""Many rows into one table by COPY: for histories and imports, where a statement a row is too slow.

The rows join the open transaction; every constraint and trigger of the table holds as for any INSERT.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.unit_of_work import in_unit


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a table, in this order of columns. Names come from code, never from people.

    Raises:
        RuntimeError: outside a unit of work.
        IntegrityError: a constraint of the table refuses one of them.
    """
    if not in_unit(session):
        raise RuntimeError("rows can only be copied inside a unit of work")
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as refused:
        raise IntegrityError(statement, None, refused) from refused


def new_ids(session: Session, table: str, count: int) -> list[int]:
    """Ids that nobody else will use for this table, ascending."""
    query = text(
        "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, CAST(:count AS int))"
    )
    return sorted(session.scalars(query, {"name": table, "count": count}))
