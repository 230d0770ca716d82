"""Personal data of the customers' bell: what an account was told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.notifications.onsite.models import Notice


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """Everything an account was told in the shop."""
    rows = session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id))
    return [
        {"topic": row.topic, "about": row.subject, "at": row.created_at.isoformat(),
         "read_at": row.read_at.isoformat() if row.read_at else None}
        for row in rows
    ]  # fmt: skip


def erase(session: Session, *, user_id: int) -> int:
    """Delete an account's notices; returns how many."""
    with unit_of_work(session):
        gone = delete(Notice).where(Notice.user_id == user_id).returning(Notice.id)
        return len(session.scalars(gone).all())
