"""Statements of a history may last: a month of very many orders is made into figures in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session


@contextmanager
def patiently(session: Session) -> Iterator[None]:
    """Take the time limit off each transaction that begins here; nothing of it stays with the connection."""

    def begin(_session: Any, _transaction: Any, connection: Any) -> None:
        connection.execute(text("SET LOCAL statement_timeout = 0"))

    session.rollback()
    event.listen(session, "after_begin", begin)
    try:
        yield
    finally:
        event.remove(session, "after_begin", begin)
