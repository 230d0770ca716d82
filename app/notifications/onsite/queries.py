"""Reads of the customers' bell."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.notifications.onsite.models import Notice

MOST = 50
MOST_MISSED = 20


def unread(session: Session, user_id: int) -> int:
    """How many notices wait for an account (ix_notifications_notice_unread)."""
    query = select(func.count()).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return int(session.scalar(query) or 0)


def newest(session: Session, user_id: int, limit: int = MOST) -> list[Notice]:
    """An account's notices, newest first (ix_notifications_notice_user)."""
    query = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc()).limit(limit)
    return list(session.scalars(query))


def unread_after(session: Session, user_id: int, after: int) -> list[Notice]:
    """What an account was told since a notice and has not read, oldest first."""
    query = select(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None), Notice.id > after)
    return list(reversed(session.scalars(query.order_by(Notice.id.desc()).limit(MOST_MISSED)).all()))


def last_id(session: Session, user_id: int) -> int:
    """The newest notice of an account, read or not."""
    return int(session.scalar(select(func.max(Notice.id)).where(Notice.user_id == user_id)) or 0)
