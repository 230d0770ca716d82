"""What customers does when something has happened."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.customers import operations
from app.events.identity import EmailVerified
from app.identity import queries as identity


def open_profile(session: Session, event: EmailVerified) -> None:
    """Make the profile of a new customer. A repeat changes nothing; an erased account is left alone."""
    if identity.user_by_id(session, event.user_id) is not None:
        operations.ensure_profile(session, user_id=event.user_id)
