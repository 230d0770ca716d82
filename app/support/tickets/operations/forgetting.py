"""What is left of a person's tickets when the person asks to be forgotten: nothing that names them."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.support.tickets.models import Ticket, TicketMessage
from app.support.tickets.operations.writing import record


def forget_customer(session: Session, *, user_id: int, actor: Actor) -> int:
    """Delete the messages, files and addresses of a person's tickets; numbers and times stay. Returns how many."""
    with unit_of_work(session):
        query = select(Ticket).where(Ticket.user_id == user_id).order_by(Ticket.id).with_for_update()
        rows = session.scalars(query).all()
        ids = [ticket.id for ticket in rows]
        if ids:
            session.execute(delete(TicketMessage).where(TicketMessage.ticket_id.in_(ids)))
        for ticket in rows:
            ticket.subject, ticket.email, ticket.name = "–", "forgotten@invalid.example", ""
            ticket.user_id, ticket.order_id, ticket.labels = None, None, []
            record(session, ticket, actor, "forget", None, None)
    return len(rows)
