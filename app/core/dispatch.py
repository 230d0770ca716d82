"""Delivers outbox rows: inline right after a commit, the rest in the dispatcher process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core import redis_client
from app.core.clock import utcnow
from app.core.event import Event
from app.core.outbox import MAX_ATTEMPTS, OutboxRow, handler_named
from app.core.unit_of_work import unit_of_work

log = structlog.get_logger("core.outbox")

DOORBELL = "comptoir:outbox:bell"
SessionMaker = Callable[[], Session]


def deliver(make_session: SessionMaker, row_id: int) -> bool:
    """Deliver one row unless somebody else holds it. Returns True when it is done.

    A handler that raises leaves its row due again later (2, 4, 8 … seconds, at most an hour); after
    `MAX_ATTEMPTS` the row is dead and waits for a person, who sees it in the back office.
    """
    session = make_session()
    try:
        with unit_of_work(session):
            row = session.scalar(
                select(OutboxRow).where(OutboxRow.id == row_id).with_for_update(skip_locked=True)
            )
            if row is None or row.done_at is not None or row.dead:
                return False
            handler = handler_named(row.handler)
            if handler is None:
                row.dead, row.error = True, "no such handler in this version"
                return False
            handler.fn(session, Event.registry[row.kind].from_body(row.body))
            row.done_at = func.now()
        return True
    except Exception as problem:
        log.warning("handler failed", row=row_id, problem=repr(problem), exc_info=True)
        _note_failure(make_session, row_id, problem)
        return False
    finally:
        session.close()


def _note_failure(make_session: SessionMaker, row_id: int, problem: Exception) -> None:
    session = make_session()
    try:
        with unit_of_work(session):
            row = session.get(OutboxRow, row_id)
            if row is not None and row.done_at is None:
                row.attempts += 1
                row.error = f"{type(problem).__name__}: {problem}"[:2000]
                row.due_at = utcnow() + timedelta(seconds=min(3600, 2**row.attempts))
                row.dead = row.attempts >= MAX_ATTEMPTS
    except Exception:
        log.exception("failure could not be noted", row=row_id)
    finally:
        session.close()


def due_rows(session: Session, limit: int = 100) -> list[int]:
    """Ids of rows that want delivery now, oldest first (index ix_core_outbox_due)."""
    query = (
        select(OutboxRow.id)
        .where(OutboxRow.done_at.is_(None), ~OutboxRow.dead, OutboxRow.due_at <= func.now())
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def sweep(make_session: SessionMaker, limit: int = 100) -> int:
    """Deliver everything that is due, whoever forgot it. Returns how many rows were delivered."""
    session = make_session()
    try:
        ids = due_rows(session, limit)
    finally:
        session.rollback()
        session.close()
    return sum(deliver(make_session, row_id) for row_id in ids)


def clean(session: Session, keep: timedelta = timedelta(days=7)) -> int:
    """Delete delivered rows older than `keep`; dead rows stay."""
    with unit_of_work(session):
        gone = session.execute(delete(OutboxRow).where(OutboxRow.done_at < utcnow() - keep))
    return int(getattr(gone, "rowcount", 0))


def ring(make_session: SessionMaker, inline: Sequence[int], other: Sequence[int]) -> None:
    """After a commit: deliver the inline rows here and now, ring the dispatcher for the others.

    Neither can fail the request: what does not work now is swept up by the dispatcher.
    """
    for row_id in inline:
        deliver(make_session, row_id)
    if other:
        redis_client.attempt(lambda r: r.publish(DOORBELL, "1"))


def run_dispatcher(make_session: SessionMaker, stop: threading.Event, poll_seconds: float = 1.0) -> None:
    """Deliver until told to stop. Redis only makes it quicker: without it, rows wait for the poll."""
    while not stop.is_set():
        try:
            if sweep(make_session):
                continue
        except Exception:
            log.exception("sweep failed")
            stop.wait(1.0)
        redis_client.wait_for_bell(DOORBELL, poll_seconds, stop)
