"""Personal data of visits: those that are tied to an account, because its owner agreed to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.analytics.visits import operations, queries
from app.search.learning import queries as learning


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """Everything that is kept of an account's visits, with what was looked for in them."""
    operations.store_views(session)
    rows = [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        for row in queries.of_person(session, user_id)
    ]
    return rows + learning.of_visits(session, queries.visits_of(session, user_id))


def erase(session: Session, *, user_id: int) -> int:
    """Delete the visits of an account; returns how many."""
    return operations.forget_person(session, user_id)
