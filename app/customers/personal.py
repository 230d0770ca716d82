"""Personal data of customers: the profile and the address book."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.customers import operations, queries


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """What the profile says, then every saved address."""
    known = queries.profile(session, user_id)
    if known is None:
        return []
    profile = {
        "first_name": known.first_name, "last_name": known.last_name, "phone": known.phone, "group": known.group,
        "language": known.language, "currency": known.currency, "age_band": known.age_band,
    }  # fmt: skip
    return [profile, *(row.as_dict() for row in queries.addresses(session, user_id))]


def erase(session: Session, *, user_id: int, actor: Actor) -> int:
    """Forget telephone, age, remarks and addresses; returns how many addresses. Orders keep theirs."""
    return operations.forget_person(session, user_id=user_id, actor=actor)
