"""Reactions of the messages' machinery."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events.notifications import MessageQueued
from app.notifications import operations


def deliver(session: Session, event: MessageQueued) -> None:
    """Deliver a message that was just written. Repeatable: a sent one is not taken again."""
    operations.deliver(session, message_id=event.message_id)
