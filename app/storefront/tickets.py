"""A customer's tickets: the list, one with its thread, and the same for guests behind an unguessable token."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, request
from flask_babel import format_date, format_time
from flask_babel import gettext as _
from flask_login import current_user

from app.core import rate_limits, settings
from app.core.actor import GUEST, Actor
from app.core.errors import InvalidFields, ShopError
from app.core.unit_of_work import unit_of_work
from app.core.web import shop_session
from app.identity import sessions
from app.identity.rules import fingerprint
from app.storefront import form_files
from app.storefront.accounts_gate import actor, customer, go, private, show, signed_in
from app.storefront.form_files import Given
from app.storefront.pages import Field, FieldError, Link, Notice
from app.storefront.pages.support import ThreadFile, ThreadMessage, TicketRow, TicketsView, TicketView
from app.storefront.settings import ShopSettings
from app.storefront.shell import meta, root
from app.support.settings import SupportSettings
from app.support.tickets import operations, queries, rules
from app.support.tickets.models import Ticket, TicketMessage
from app.support.tickets.states import STATE_LABELS

blueprint = Blueprint("tickets", __name__)
WRITES = "30/hour"
NO_FILES = Given()


@blueprint.get("/account/tickets")
@signed_in
def listing() -> Any:
    """The customer's own tickets, newest first."""
    cursor = request.args.get("after") or None
    found = queries.of_customer(shop_session(), customer().id, cursor=cursor)
    here = f"{root()}/account/tickets"
    rows = tuple(
        TicketRow(
            ticket.number, ticket.subject, f"{here}/{ticket.number}", ticket.state, str(STATE_LABELS[ticket.state]),
            _moment(ticket.created_at),
        )
        for ticket in found.items
    )  # fmt: skip
    view = TicketsView(
        meta(_("My messages"), robots="noindex"), rows, f"{root()}/contact",
        f"{here}?after={found.next}" if found.next else "", here if cursor else "",
    )  # fmt: skip
    return show("account/tickets", view)


@blueprint.route("/account/tickets/<number>", methods=["GET", "POST"])
@signed_in
def own(number: str) -> Any:
    """One of the customer's own tickets; a POST adds a message."""
    ticket = queries.of_number(shop_session(), number, user_id=customer().id)
    path = f"/account/tickets/{ticket.number}"
    return _ticket(ticket, path, "account/ticket", "tickets", actor())


@blueprint.route("/support/<token>", methods=["GET", "POST"])
def by_token(token: str) -> Any:
    """The ticket behind a token, for whoever was given it; a POST adds a message."""
    ticket = queries.by_token(shop_session(), token)
    own = current_user.is_authenticated and ticket.user_id == customer().id
    who = actor() if own else GUEST
    return _ticket(ticket, f"/support/{token}", "support/ticket", "", who)


@blueprint.get("/account/tickets/<number>/files/<uuid:file_id>")
@signed_in
def own_file(number: str, file_id: UUID) -> Response:
    """A file of one's own ticket."""
    return file_answer(queries.of_number(shop_session(), number, user_id=customer().id), file_id)


@blueprint.get("/support/<token>/files/<uuid:file_id>")
def file_by_token(token: str, file_id: UUID) -> Response:
    """A file of the ticket behind a token."""
    return file_answer(queries.by_token(shop_session(), token), file_id)


def file_answer(ticket: Ticket, file_id: UUID) -> Response:
    """The bytes of a file for a customer; a browser shows or saves them and runs nothing of it."""
    file = queries.file_of(shop_session(), ticket.id, file_id, staff=False)
    response = private(Response(file.data, mimetype=file.content_type))
    is_picture = file.content_type.startswith("image/")
    response.headers.set(
        "Content-Disposition", "inline" if is_picture else "attachment", filename=file.filename
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _ticket(ticket: Ticket, path: str, template: str, section: str, who: Actor) -> Any:
    if request.method == "GET":
        return show(template, _view(ticket, path, section))
    typed, ticket_id, files = request.form.get("body", ""), ticket.id, form_files.given()
    shop_session().expire_all()  # read afresh under its lock: somebody may write at this moment
    try:
        rate_limits.hit(WRITES, f"ticket:{ticket_id}:{fingerprint(sessions.client_ip())[:16]}")
        with unit_of_work(shop_session()):
            operations.reply(
                shop_session(), ticket_id=ticket_id, body=typed, actor=who, files=form_files.taken(files)
            )
    except ShopError as refusal:
        shop_session().rollback()
        errors = refusal.errors if isinstance(refusal, InvalidFields) else {refusal.field or "": refusal.text}
        said = {k: str(v) for k, v in errors.items()}
        kept, wrong = form_files.keep(files)
        if wrong:
            said["files"] = wrong
        fresh = queries.by_id(shop_session(), ticket_id)
        return show(template, _view(fresh, path, section, typed, said, kept), refusal)
    flash(_("Your message is with us."), "success")
    return go(f"{path}#end")


def _view(
    ticket: Ticket,
    path: str,
    section: str,
    typed: str = "",
    errors: dict[str, str] | None = None,
    kept: Given = NO_FILES,
) -> TicketView:
    wrong = errors or {}
    token, lines = form_files.listed(kept)
    field = Field(
        "body", _("Your message"), typed[: 2 * rules.LONGEST_TYPED], wrong.get("body", ""), kind="textarea",
        maxlength=rules.LONGEST_TYPED,
    )  # fmt: skip
    summary = [FieldError("f-body", wrong["body"])] if wrong.get("body") else []
    summary += [FieldError("f-files", wrong["files"])] if wrong.get("files") else []
    waits = ticket.state == "new" and ticket.first_answer_at is None
    promise = _("We answer by %(moment)s.", moment=_moment(ticket.first_due)) if waits else ""
    return TicketView(
        meta=meta(f"{ticket.number} {ticket.subject}", robots="noindex"), number=ticket.number, title=ticket.subject,
        state=ticket.state, state_label=str(STATE_LABELS[ticket.state]),
        opened_text=_moment(ticket.created_at),
        messages=tuple(_message(message, path) for message in queries.public_messages(ticket)),
        reply_url="" if ticket.state == "closed" else f"{root()}{path}", field=field, file_error=wrong.get("files", ""),
        order=_order(ticket, section), promise=promise, errors=tuple(summary),
        notices=tuple(Notice(text, "error") for name, text in wrong.items() if name not in ("body", "files")),
        contact_url=f"{root()}/contact", section=section, kept_token=token, kept=lines,
    )  # fmt: skip


def _order(ticket: Ticket, section: str) -> Link | None:
    """The order, with a link for who is signed in: a ticket's token must not open an order."""
    if ticket.order is None or ticket.order.number is None:
        return None
    return Link(ticket.order.number, f"{root()}/orders/{ticket.order.token}" if section else "")


def _message(message: TicketMessage, path: str) -> ThreadMessage:
    is_ours = message.author == "agent"
    shop = settings.get(shop_session(), ShopSettings).name
    author = f"{message.author_name}, {shop}" if is_ours and message.author_name else shop
    return ThreadMessage(
        is_ours=is_ours, author=author if is_ours else message.author_name or _("You"), text=message.body,
        at_iso=message.created_at.isoformat(), at_text=_moment(message.created_at),
        files=tuple(
            ThreadFile(
                file.filename, form_files.size_text(file.size),
                "" if file.state == "infected" else f"{root()}{path}/files/{file.public_id}",
            )
            for file in message.files
        ),
    )  # fmt: skip


def _moment(at: datetime) -> str:
    """A moment on the desk's own clock, without seconds."""
    there = at.astimezone(ZoneInfo(settings.get(shop_session(), SupportSettings).timezone))
    return f"{format_date(there, 'medium', rebase=False)}, {format_time(there, 'short', rebase=False)}"
