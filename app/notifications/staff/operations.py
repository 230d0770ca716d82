"""The verbs of the bell: tell of a matter, say that it is over, mark as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.notifications.staff.models import StaffNotice, StaffSeen


def raise_notice(
    session: Session, *, topic: str, subject: str, screen: str, url: str = "", facts: Mapping[str, Any] | None = None
) -> int | None:  # fmt: skip
    """Write a matter down once; returns its id, None when it was known (or over) already."""
    with unit_of_work(session):
        made = insert(StaffNotice).values(
            topic=topic, subject=subject, screen=screen, url=url, facts=dict(facts or {})
        )
        once = made.on_conflict_do_nothing(index_elements=["topic", "subject"])
        return session.scalar(once.returning(StaffNotice.id))


def clear_notices(session: Session, *, topic: str, subjects: Iterable[str]) -> None:
    """Say that these matters are over, also of those that nobody has told of yet. Repeatable."""
    wanted = sorted(set(subjects))
    if not wanted:
        return
    with unit_of_work(session):
        rows = [{"topic": topic, "subject": s, "screen": "", "cleared_at": func.now()} for s in wanted]
        session.execute(
            insert(StaffNotice)
            .values(rows)
            .on_conflict_do_update(
                index_elements=["topic", "subject"],
                set_={"cleared_at": func.now()},
                where=StaffNotice.cleared_at.is_(None),
            )
        )


def forget_notices(session: Session, *, topic: str, subjects: Iterable[str]) -> None:
    """Delete what was told of these matters, with the words it was told in: for people who ask to be forgotten."""
    with unit_of_work(session):
        told = StaffNotice.topic == topic, StaffNotice.subject.in_(sorted(set(subjects)))
        session.execute(delete(StaffNotice).where(*told))


def mark_seen(session: Session, *, notice_ids: Iterable[int], user_id: int) -> int:
    """Note that a person has read these; returns for how many it is new. Repeatable."""
    with unit_of_work(session):
        known = select(StaffNotice.id).where(StaffNotice.id.in_(sorted(set(notice_ids))))
        rows = [{"notice_id": notice_id, "user_id": user_id} for notice_id in session.scalars(known)]
        if not rows:
            return 0
        made = insert(StaffSeen).values(rows).on_conflict_do_nothing().returning(StaffSeen.notice_id)
        return len(session.scalars(made).all())
