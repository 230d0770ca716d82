"""Opens tickets: from the form, a mail, a chat or a program, all by one verb."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, series, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.support import TicketOpened
from app.identity import rules as people
from app.identity.errors import BadEmail
from app.orders import rules as order_rules
from app.orders.models import Order
from app.support.settings import SupportSettings
from app.support.tickets import files as attachments
from app.support.tickets import rules
from app.support.tickets.errors import NotYourOrder
from app.support.tickets.files import Checked, Sent
from app.support.tickets.models import Ticket, TicketFile, TicketMessage
from app.support.tickets.states import CHANNELS, PRIORITIES, TICKET


def open_ticket(
    session: Session,
    *,
    subject: str,
    body: str,
    email: str,
    language: str,
    channel: str,
    actor: Actor,
    name: str = "",
    user_id: int | None = None,
    order_number: str = "",
    files: Sequence[Sent | Checked] = (),
    priority: str = "normal",
    conversation_id: int | None = None,
    mail_id: str | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Open a ticket with its first message; the requester gets a mail with the way to it.

    An order is linked when it is the account's own; for guests when number and address belong together, which
    nobody is told. The same conversation or mail gives the ticket that it gave before.

    Raises:
        InvalidFields: naming each wrong field. NotYourOrder: the account has no such order.
        FileRefused, FileTooLarge, TooManyFiles: a file that is not taken. Unavailable: no scanner answers.
    """
    address = _checked(subject, body, email, name, _longest(channel))
    if channel not in CHANNELS or priority not in PRIORITIES:
        raise InvalidFields({"priority": _l("Choose one of the possible values.")})
    kept = attachments.check(files)
    now, promise = at or utcnow(), settings.get(session, SupportSettings)
    with unit_of_work(session):
        known = _known(session, conversation_id, mail_id)
        if known is not None:
            return known
        hours = promise.working_hours
        ticket = Ticket(
            token=secrets.token_urlsafe(24), mail_key=secrets.token_hex(8), subject=rules.one_line(subject),
            channel=channel, priority=priority, language=rules.spoken(language), user_id=user_id, email=address,
            name=rules.one_line(name), order_id=_order(session, order_number, user_id, address),
            conversation_id=conversation_id, state=TICKET.start, created_at=now,
            first_due=rules.promised(hours, now, getattr(promise, f"first_{priority}")),
            solve_due=rules.promised(hours, now, getattr(promise, f"solve_{priority}")),
            number=rules.ticket_number(now.year, series.take(session, "ticket", now.year)),
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        written = write(
            session, ticket, author="customer", body=body, channel=channel, author_id=user_id, name=ticket.name, files=kept,
            mail_id=mail_id, at=now,
        )  # fmt: skip
        audit.record(session, actor=actor, action="ticket.open", entity="support_ticket", entity_id=ticket.id,
                     after={"number": ticket.number, "channel": channel})  # fmt: skip
        publish(session, TicketOpened(ticket_id=ticket.id, message_id=written.id))
    return ticket


def _longest(channel: str) -> int:
    """What people type is shorter than what mails and conversations bring along."""
    return rules.LONGEST_TYPED if channel in ("web", "api", "phone") else rules.LONGEST_BODY


def _checked(subject: str, body: str, email: str, name: str, longest: int) -> str:
    errors = rules.text_errors(subject, body, longest=longest)
    address = ""
    try:
        address = people.normal_email(email)
    except BadEmail as refused:
        errors["email"] = refused.text
    if (
        not isinstance(name, str)
        or len(name) > rules.LONGEST_NAME
        or "\x00" in name
        or not name.isprintable()
    ):
        errors["name"] = _l("At most %(count)s characters.", count=rules.LONGEST_NAME)
    if errors:
        raise InvalidFields(errors)
    return address


def _known(session: Session, conversation_id: int | None, mail_id: str | None) -> Ticket | None:
    if conversation_id is not None:
        return session.scalar(select(Ticket).where(Ticket.conversation_id == conversation_id))
    if mail_id is not None:
        query = select(Ticket).join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
        return session.scalar(query.where(TicketMessage.mail_id == mail_id))
    return None


def _order(session: Session, typed: str, user_id: int | None, email: str) -> int | None:
    number = order_rules.typed_number(typed) if typed.strip() and "\x00" not in typed else ""
    if not number:
        return None
    row = session.execute(
        select(Order.id, Order.user_id, Order.email_key).where(Order.number == number)
    ).first()
    if user_id is not None:
        if row is None or row.user_id != user_id:
            raise NotYourOrder()
        return int(row.id)
    return int(row.id) if row is not None and row.email_key == email.lower() else None


def write(
    session: Session,
    ticket: Ticket,
    *,
    author: str,
    body: str,
    channel: str,
    author_id: int | None = None,
    name: str = "",
    files: Sequence[Checked] = (),
    mail_id: str | None = None,
    at: datetime | None = None,
) -> TicketMessage:
    """Add a message with its files to a thread, inside the current unit."""
    values: dict[str, Any] = {"created_at": at} if at is not None else {}
    message = TicketMessage(
        ticket_id=ticket.id, author=author, author_id=author_id, author_name=name, channel=channel, body=rules.clean(body),
        mail_id=mail_id, **values,
    )  # fmt: skip
    session.add(message)
    session.flush()
    for file in files:
        session.add(
            TicketFile(
                message_id=message.id, filename=file.filename, content_type=file.content_type, size=len(file.data),
                data=file.data, state=file.state, finding=file.finding,
            )
        )  # fmt: skip
    session.flush()
    return message
