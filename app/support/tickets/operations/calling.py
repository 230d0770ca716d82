"""Somebody calls: the agent who listens opens the ticket."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import DEFAULT_LANGUAGE, _l
from app.core.unit_of_work import unit_of_work
from app.identity import queries as people
from app.support.tickets import rules
from app.support.tickets.models import Ticket
from app.support.tickets.operations.moving import link_order
from app.support.tickets.operations.opening import open_ticket


def open_for_caller(
    session: Session,
    *,
    subject: Any,
    body: Any,
    actor: Actor,
    user_id: int | None = None,
    email: Any = "",
    name: Any = "",
    language: Any = "",
    priority: str = "normal",
    order_number: Any = "",
) -> Ticket:
    """Open a ticket of the channel "phone" for who called: an account, or an address. It is the agent's own.

    An address that an account has proved is that account's. The confirmation goes out in the account's language, to
    others in `language`. The order must be of this customer.

    Raises:
        InvalidFields: naming each wrong field, an order of somebody else too.
    """
    person = people.user_by_id(session, user_id) if user_id else None
    if user_id and (person is None or not person.is_active):
        raise InvalidFields({"user_id": _l("There is no such customer.")})
    typed = str(email or "").strip()
    if person is None and not typed:
        raise InvalidFields({"email": _l("Choose a customer, or give an e-mail address.")})
    if person is None:
        found = people.user_by_email(session, typed.lower().replace("\x00", ""))
        person = found if found is not None and found.is_verified and found.is_active else None
    with unit_of_work(session):
        ticket = open_ticket(
            session, subject=subject or "", body=body or "", email=person.email if person is not None else typed,
            name=str(name or "") or (person.name[: rules.LONGEST_NAME] if person is not None else ""),
            language=person.language if person is not None else str(language or DEFAULT_LANGUAGE), channel="phone",
            user_id=person.id if person is not None else None, priority=priority, actor=actor,
        )  # fmt: skip
        if str(order_number or "").strip():
            try:
                link_order(session, ticket_id=ticket.id, number=str(order_number), actor=actor)
            except InvalidFields as refused:
                raise InvalidFields({"order_number": refused.errors["order"]}) from refused
        ticket.assignee_id = actor.user_id
    return ticket
