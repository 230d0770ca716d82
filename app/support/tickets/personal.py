"""Personal data of tickets: what a person asked, and what was answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.core.actor import Actor
from app.support.tickets import operations, queries
from app.support.tickets.models import Ticket, TicketMessage


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """The tickets of a person with their public messages; files are named."""
    query = select(Ticket).where(Ticket.user_id == user_id).order_by(Ticket.id)
    query = query.options(selectinload(Ticket.messages).selectinload(TicketMessage.files))
    return [
        {
            "number": ticket.number, "subject": ticket.subject, "state": ticket.state, "email": ticket.email,
            "at": ticket.created_at.isoformat(),
            "messages": [
                {
                    "author": message.author, "body": message.body, "at": message.created_at.isoformat(),
                    "files": [file.filename for file in message.files],
                }
                for message in queries.public_messages(ticket)
            ],
        }
        for ticket in session.scalars(query)
    ]  # fmt: skip


def erase(session: Session, *, user_id: int, actor: Actor) -> int:
    """Remove what a person's tickets say of the person; numbers and times stay. Returns how many."""
    return operations.forget_customer(session, user_id=user_id, actor=actor)
