"""Personal data of reviews: what a person wrote about what they bought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.reviews import operations
from app.reviews.models import Review


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """The reviews of a person, whatever their state."""
    rows = session.scalars(select(Review).where(Review.user_id == user_id).order_by(Review.id))
    return [
        {
            "product": row.product.name, "rating": row.rating, "title": row.title, "body": row.body,
            "language": row.language, "state": row.state, "at": row.created_at.isoformat(),
        }
        for row in rows
    ]  # fmt: skip


def erase(session: Session, *, user_id: int, actor: Actor) -> int:
    """Remove the reviews of a person; their stars no longer count. Returns how many."""
    return operations.forget_author(session, user_id=user_id, actor=actor)
