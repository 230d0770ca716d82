"""What the requester of a ticket gets by mail: that it arrived, and what the shop answers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time
from sqlalchemy.orm import Session

from app.core import settings
from app.core.i18n import speak
from app.events.support import TicketAnswered, TicketOpened
from app.notifications import operations as notifications
from app.notifications.rules import Thread
from app.support.settings import SupportSettings
from app.support.tickets import inbox, queries
from app.support.tickets.models import Ticket, TicketMessage


def _thread(ticket: Ticket, message: TicketMessage) -> Thread:
    key = f"ticket.{ticket.mail_key}"
    return Thread(key, f"{key}.{message.id}", inbox.address_for(ticket.mail_key))


def _message(ticket: Ticket, message_id: int) -> TicketMessage | None:
    return next((message for message in ticket.messages if message.id == message_id), None)


def send_received(session: Session, event: TicketOpened) -> None:
    """Tell the requester that the message arrived, its number, and where it can be followed. Repeatable."""
    ticket = queries.by_id(session, event.ticket_id)
    message = _message(ticket, event.message_id)
    if message is None:
        return
    with speak(ticket.language):
        there = ticket.first_due.astimezone(ZoneInfo(settings.get(session, SupportSettings).timezone))
        due = f"{format_date(there, 'medium', rebase=False)}, {format_time(there, 'short', rebase=False)}"
    notifications.send_mail(
        session, to=ticket.email, template="ticket_received", language=ticket.language,
        values={
            "number": ticket.number, "title": ticket.subject, "words": message.body, "path": f"/support/{ticket.token}",
            "due": due, "can_answer": inbox.is_read(), "called": ticket.channel == "phone",
        },
        dedupe_key=f"ticket-received:{ticket.id}", thread=_thread(ticket, message),
    )  # fmt: skip


def send_answer(session: Session, event: TicketAnswered) -> None:
    """Send the shop's answer to the requester. Repeatable: written once."""
    ticket = queries.by_id(session, event.ticket_id)
    message = _message(ticket, event.message_id)
    if message is None or message.author != "agent":
        return
    notifications.send_mail(
        session, to=ticket.email, template="ticket_answer", language=ticket.language,
        values={
            "number": ticket.number, "title": ticket.subject, "words": message.body, "path": f"/support/{ticket.token}",
            "agent": message.author_name, "files": bool(message.files), "can_answer": inbox.is_read(),
            "is_solved": ticket.state == "solved",
        },
        dedupe_key=f"ticket-answer:{message.id}", thread=_thread(ticket, message),
    )  # fmt: skip
