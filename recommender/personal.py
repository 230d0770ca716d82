"""Personal data of suggestions: what was suggested to a customer and why, and what they chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from recommender import operations
from recommender.models import Choice, Model, PersonRow
from recommender.visitors import unit_of_account


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """The lists of a customer in every version that is kept, and their choice."""
    rows = session.execute(
        select(Model.created_at, PersonRow.rank, PersonRow.product_id, PersonRow.because_of)
        .join(Model, Model.id == PersonRow.model_id)
        .where(PersonRow.user_id == user_id)
        .order_by(Model.id, PersonRow.rank)
    )
    found: list[dict[str, Any]] = [
        {
            "learnt_at": row.created_at.isoformat(), "rank": row.rank, "product_id": row.product_id,
            "because_of_product_id": row.because_of,
        }
        for row in rows
    ]  # fmt: skip
    refused = session.scalar(select(Choice.refused).where(Choice.user_id == user_id))
    return found if refused is None else [*found, {"suggestions_wanted": not refused}]


def erase(session: Session, *, user_id: int, actor: Actor) -> int:
    """Drop lists, choice and counts of a customer; the next training knows nothing of them. Returns how many rows."""
    return operations.forget_person(session, user_id=user_id, unit=unit_of_account(user_id))
