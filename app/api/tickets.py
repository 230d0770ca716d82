"""Tickets for programs: ask, read one's own, go on."""

from __future__ import annotations

from typing import Any

from app.api import questions, ticket_shapes
from app.api.door import Call, door
from app.core import rate_limits
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.identity import sessions, throttle
from app.identity.rules import fingerprint
from app.support.tickets import operations, queries
from app.support.tickets.errors import TicketNotFound
from app.support.tickets.models import Ticket

WRITES = "30/hour"


def _short(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number, "subject": ticket.subject, "status": ticket.state,
        "created_at": ticket.created_at.isoformat(),
    }  # fmt: skip


def _whole(ticket: Ticket) -> dict[str, Any]:
    return {
        **_short(ticket), "token": ticket.token, "order": ticket.order.number if ticket.order else None,
        "answer_by": ticket.first_due.isoformat(),
        "messages": [
            {
                "id": str(message.public_id), "author": message.author, "name": message.author_name, "body": message.body,
                "files": [file.filename for file in message.files], "written_at": message.created_at.isoformat(),
            }
            for message in queries.public_messages(ticket)
        ],
    }  # fmt: skip


def _found(call: Call, number: str, token: str) -> Ticket:
    """The account's own ticket, or the one whose token came along.

    Raises:
        TicketNotFound: neither.
    """
    if token:
        found = queries.by_token(call.session, token)
        if found.number != number:
            raise TicketNotFound()
        return found
    if call.person is None:
        raise TicketNotFound()
    return queries.of_number(call.session, number, user_id=call.person.id)


@door(
    "POST", "/tickets", summary="Ask the shop", tag="tickets", body=ticket_shapes.NewTicket,
    answer=ticket_shapes.TicketShape, status=201, creates=True,
)  # fmt: skip
def create_ticket(call: Call) -> dict[str, Any]:
    """Open a ticket; its requester gets a mail with the way to it.

    Who is logged in asks with the account's address; everybody else says an `email`. `order` is linked when it is
    the account's own. Five an hour for an address from one place; more answer 429.
    """
    person = call.person
    email = person.email if person is not None else call.body["email"] or ""
    if not email:
        raise InvalidFields({"email": _l("Please enter your e-mail address, so that we can answer.")})
    throttle.note_request("ticket", email=email, ip=sessions.client_ip())
    made = operations.open_ticket(
        call.session, subject=call.body["subject"], body=call.body["body"], email=email,
        name=call.body["name"] or (person.name[:100] if person is not None and person.first_name else ""), channel="api",
        language=call.language, order_number=call.body["order"], user_id=person.id if person is not None else None,
        actor=call.actor,
    )  # fmt: skip
    return _whole(queries.by_id(call.session, made.id))


@door(
    "GET", "/tickets", summary="My tickets", tag="tickets", query=questions.Listing, answer=ticket_shapes.TicketsShape,
    who="customer",
)  # fmt: skip
def list_tickets(call: Call) -> dict[str, Any]:
    """The account's own tickets, newest first."""
    assert call.person is not None
    found = queries.of_customer(
        call.session, call.person.id, limit=call.query["limit"], cursor=call.query["cursor"]
    )
    return {"items": [_short(ticket) for ticket in found.items], "next": found.next, "total": found.total}


@door(
    "GET", "/tickets/<number>", summary="A ticket", tag="tickets", query=questions.TokenQuery,
    answer=ticket_shapes.TicketShape,
)  # fmt: skip
def get_ticket(call: Call, number: str) -> dict[str, Any]:
    """A ticket with its thread: the account's own, or with its `token`. Anybody else's answers 404."""
    return _whole(_found(call, number, call.query["token"]))


@door(
    "POST", "/tickets/<number>/messages", summary="Go on with a ticket", tag="tickets",
    body=ticket_shapes.NewTicketMessage, query=questions.TokenQuery, answer=ticket_shapes.TicketShape, status=201,
    creates=True,
)  # fmt: skip
def reply_to_ticket(call: Call, number: str) -> dict[str, Any]:
    """Add a message; a ticket that was solved is open again. A closed one answers 409."""
    ticket_id = _found(call, number, call.query["token"]).id
    call.session.expire_all()  # read afresh under its lock: somebody may write at this moment
    rate_limits.hit(WRITES, f"ticket:{ticket_id}:{fingerprint(sessions.client_ip())[:16]}")
    operations.reply(
        call.session, ticket_id=ticket_id, body=call.body["body"], actor=call.actor, channel="api"
    )
    call.session.expire_all()
    return _whole(queries.by_id(call.session, ticket_id))


__all__ = ["create_ticket", "get_ticket", "list_tickets", "reply_to_ticket"]
