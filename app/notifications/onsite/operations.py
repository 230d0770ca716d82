"""The verbs of the customers' bell: tell an account, mark as read, forget what is old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.notifications.onsite.models import Notice

KEPT = timedelta(days=365)


def tell(
    session: Session, *, user_id: int, topic: str, subject: str, url: str = "", facts: Mapping[str, Any] | None = None
) -> int | None:  # fmt: skip
    """Tell an account of a matter once; returns the notice's id, None when it was told before."""
    with unit_of_work(session):
        made = insert(Notice).values(
            user_id=user_id, topic=topic, subject=subject, url=url, facts=dict(facts or {})
        )
        once = made.on_conflict_do_nothing(index_elements=["user_id", "topic", "subject"])
        return session.scalar(once.returning(Notice.id))


def mark_read(session: Session, *, user_id: int, ids: Iterable[int] | None = None) -> list[int]:
    """Note that an account has read these, or all of them; returns the ids for which it is new. Repeatable."""
    with unit_of_work(session):
        change = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
        if ids is not None:
            change = change.where(Notice.id.in_(sorted(set(ids))))
        return list(session.scalars(change.values(read_at=utcnow()).returning(Notice.id)))


def forget_old(session: Session, *, limit: int = 20_000) -> int:
    """Delete notices older than a year; returns how many. Repeatable."""
    with unit_of_work(session):
        old = select(Notice.id).where(Notice.created_at < utcnow() - KEPT).limit(limit)
        return len(session.scalars(delete(Notice).where(Notice.id.in_(old)).returning(Notice.id)).all())
