"""Shapes of tickets: what may be sent, and how one is shown to who asked."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.api.fields import Text
from app.api.questions import EMAIL, Body


class NewTicket(Body):
    """A question to the shop. `email` is for who is not logged in; an account's ticket goes to its own address."""

    subject = Text(longest=200, shortest=1, required=True)
    body = Text(longest=5000, shortest=1, required=True)
    email = Text(longest=254, load_default=None, allow_none=True, metadata=EMAIL)
    name = Text(longest=100, load_default="")
    order = Text(longest=60, load_default="")


class NewTicketMessage(Body):
    """Something more to a ticket."""

    body = Text(longest=5000, shortest=1, required=True)


class TicketMessageShape(Schema):
    """A message of a thread; notes of staff are never among them."""

    id = fields.String(required=True)
    author = fields.String(required=True, metadata={"enum": ["customer", "agent"]})
    name = fields.String(required=True)
    body = fields.String(required=True)
    files = fields.List(fields.String(), required=True)
    written_at = fields.DateTime(required=True)


class TicketSummaryShape(Schema):
    """A ticket in a list."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": ["new", "open", "waiting", "solved", "closed"]})
    created_at = fields.DateTime(required=True)


class TicketShape(TicketSummaryShape):
    """A ticket with its thread. `token` opens it for who is not logged in."""

    token = fields.String(required=True)
    order = fields.String(required=True, allow_none=True)
    answer_by = fields.DateTime(required=True)
    messages = fields.List(fields.Nested(TicketMessageShape), required=True)


class TicketsShape(Schema):
    """The account's tickets, newest first."""

    items = fields.List(fields.Nested(TicketSummaryShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
