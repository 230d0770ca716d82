"""What is left of a person's tickets when the person asks to be forgotten: nothing that names them."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.notifications.staff import operations as bell
from app.support.tickets.models import DroppedMail, Ticket, TicketMessage
from app.support.tickets.operations.writing import LATE, LATE_SOLUTION, LATE_TOPIC, record


def forget_customer(session: Session, *, user_id: int, actor: Actor) -> int:
    """Delete the messages, files and addresses of a person's tickets; numbers and times stay. Returns how many.

    What the bell told of them goes too, and the senders of mails that were dropped.
    """
    with unit_of_work(session):
        query = select(Ticket).where(Ticket.user_id == user_id).order_by(Ticket.id).with_for_update()
        rows = session.scalars(query).all()
        ids = [ticket.id for ticket in rows]
        if ids:
            session.execute(delete(TicketMessage).where(TicketMessage.ticket_id.in_(ids)))
            subjects = [name.format(ticket_id) for ticket_id in ids for name in (LATE, LATE_SOLUTION)]
            bell.forget_notices(session, topic=LATE_TOPIC, subjects=subjects)
            addresses = {ticket.email.lower() for ticket in rows}
            session.execute(delete(DroppedMail).where(func.lower(DroppedMail.sender).in_(sorted(addresses))))
        for ticket in rows:
            ticket.subject, ticket.email, ticket.name = "–", "forgotten@invalid.example", ""
            ticket.user_id, ticket.order_id, ticket.labels = None, None, []
            record(session, ticket, actor, "forget", None, None)
    return len(rows)
