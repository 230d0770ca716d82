"""Reads of the bell."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.notifications.staff.models import StaffNotice, StaffSeen


def unread(user_id: int) -> ColumnElement[bool]:
    """SQL: an open notice that this person has not read."""
    read = exists().where(StaffSeen.notice_id == StaffNotice.id, StaffSeen.user_id == user_id)
    return StaffNotice.cleared_at.is_(None) & ~read


def unread_by_screen(session: Session, user_id: int) -> dict[str, int]:
    """How many notices wait for this person, by the screen they belong to: one statement."""
    query = (
        select(StaffNotice.screen, func.count().label("waiting"))
        .where(unread(user_id))
        .group_by(StaffNotice.screen)
    )
    return {row.screen: row.waiting for row in session.execute(query)}


def unread_ids(session: Session, user_id: int, screens: Iterable[str]) -> list[int]:
    """The notices of these screens that this person has not read, oldest first."""
    query = select(StaffNotice.id).where(unread(user_id), StaffNotice.screen.in_(sorted(set(screens))))
    return list(session.scalars(query.order_by(StaffNotice.id)))


def screens(session: Session) -> list[str]:
    """The screens that notices belong to."""
    named = select(StaffNotice.screen).where(StaffNotice.screen != "").distinct()
    return sorted(session.scalars(named))


def last_id(session: Session) -> int:
    """The newest notice there is, read or not: what a page has been told of up to now."""
    return int(session.scalar(select(func.coalesce(func.max(StaffNotice.id), 0))) or 0)
