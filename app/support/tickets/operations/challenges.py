"""A proof of work, or an answered question, works once."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.support.tickets.errors import NoChallenge
from app.support.tickets.models import SpentChallenge


def spend(session: Session, *, key: str) -> None:
    """Use up a challenge, with the unit of what it lets in.

    Raises:
        NoChallenge: it was used before.
    """
    with unit_of_work(session):
        made = insert(SpentChallenge).values(key=key).on_conflict_do_nothing().returning(SpentChallenge.key)
        if session.scalar(made) is None:
            raise NoChallenge()
