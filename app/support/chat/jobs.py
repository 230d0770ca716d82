"""What happens to conversations by time. Each may run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from app.core.clock import utcnow
from app.core.db import db
from app.core.unit_of_work import unit_of_work
from app.support.chat import operations
from app.support.chat.models import Conversation

SECONDS = 60
EMPTY_FOR = timedelta(days=1)


def look_after(progress: Any) -> dict[str, int]:
    """Wake what has rested, hand what waits at an empty desk to tickets, drop what never began."""
    session = db.session
    with unit_of_work(session):
        old = delete(Conversation).where(
            Conversation.last_seq == 0, Conversation.created_at < utcnow() - EMPTY_FOR
        )
        empty = session.scalars(old.returning(Conversation.id)).all()
    return {
        "woken": operations.wake_due(session),
        "tickets": operations.ticket_unanswered(session),
        "dropped": len(empty),
    }
