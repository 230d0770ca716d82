"""Writing to the shop: the ways there are, and the form, which wants a second of a machine's work or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.core import rate_limits, settings
from app.core.actor import GUEST
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import current_language
from app.core.unit_of_work import unit_of_work
from app.core.web import shop_session
from app.identity import rules as people
from app.identity import sessions, throttle
from app.storefront import form_files
from app.storefront.accounts_gate import actor, customer, go, show
from app.storefront.form_files import Given
from app.storefront.pages import Field, FieldError, Link, Notice
from app.storefront.pages.account import MessageView
from app.storefront.pages.support import ContactView, SupportView
from app.storefront.settings import ShopSettings
from app.storefront.shell import meta, root
from app.support.chat import queries as conversations
from app.support.help import queries as help_pages
from app.support.hours import in_words
from app.support.settings import SupportSettings
from app.support.tickets import challenge, operations, rules
from app.support.tickets.errors import NoChallenge
from app.support.tickets.files import MOST_MEGABYTES
from app.support.tickets.models import Ticket

blueprint = Blueprint("contact", __name__)
TRAP = "website"
"""A field that people do not see; programs fill it in."""
TYPED = ("name", "email", "order", "subject", "body")
WITHOUT_PROOF = "3/hour"
NO_FILES = Given()


@blueprint.get("/support")
def support() -> Any:
    """The ways to reach the shop, and when somebody is there."""
    session = shop_session()
    own, shop = settings.get(session, SupportSettings), settings.get(session, ShopSettings)
    view = SupportView(
        meta=meta(_("Support"), description=_("Help, chat and messages: how to reach us.")),
        hours=in_words(own.hours, current_language()), is_open=conversations.desk(session).is_staffed, help_url=f"{root()}/help",
        contact_url=f"{root()}/contact", tickets_url=f"{root()}/account/tickets",
        find_order_url=f"{root()}/orders/find", email=shop.email, phone=shop.phone, articles=_articles(),
    )  # fmt: skip
    return show("support/support", view)


@blueprint.route("/contact", methods=["GET", "POST"])
def contact() -> Any:
    """The form: opens a ticket and leads to its page. What was typed survives every refusal."""
    typed = {name: request.form.get(name, "") for name in TYPED}
    if request.method == "GET":
        return show("support/contact", _view(_known() | _asked(), {}))
    if request.form.get(TRAP, ""):
        return go("/contact/sent")
    files = form_files.given()
    try:
        ticket = _open(typed, files)
    except ShopError as refusal:
        shop_session().rollback()
        errors = dict(refusal.errors) if isinstance(refusal, InvalidFields) else {}
        if refusal.field and not errors:
            errors = {refusal.field: refusal.text}
        notices = () if errors else (Notice(refusal.text, "error"),)
        kept, wrong = form_files.keep(files)
        if wrong:
            errors["files"] = wrong
        return show("support/contact", _view(typed, errors, notices, kept), refusal)
    flash(_("Thank you. Your message is with us; a mail to you says so too."), "success")
    return go(f"/support/{ticket.token}")


@blueprint.get("/contact/sent")
def sent() -> Any:
    """That something was sent: what a program reads that filled in everything."""
    title = _("Thank you for your message")
    text = _("We answer as soon as we can.")
    return show("auth/message", MessageView(meta(title, robots="noindex"), title, text, icon="mail"))


def _open(typed: Mapping[str, str], files: Given) -> Ticket:
    session, is_known = shop_session(), current_user.is_authenticated
    email = customer().email if is_known else typed["email"]
    errors = rules.text_errors(typed["subject"], typed["body"])
    if not people.typed_email(email):
        errors["email"] = _("Please enter your e-mail address, so that we can answer.")
    key = _challenge(errors)
    if errors:
        raise InvalidFields(errors)
    throttle.note_request("ticket", email=email, ip=sessions.client_ip())
    if key.startswith("question:"):
        rate_limits.hit(WITHOUT_PROOF, f"contact:{people.fingerprint(sessions.client_ip())[:32]}")
    with unit_of_work(session):
        operations.spend(session, key=key)
        return operations.open_ticket(
            session, subject=typed["subject"], body=typed["body"], email=email, name=typed["name"], channel="web",
            language=current_language(), order_number=typed["order"][:60], files=form_files.taken(files),
            user_id=customer().id if is_known else None, actor=actor() if is_known else GUEST,
        )  # fmt: skip


def _challenge(errors: dict[str, Any]) -> str:
    """The key of the proof or of the answered question; a refusal is put with the others."""
    proof = request.form.get("proof", "")
    try:
        if proof:
            return challenge.proved(proof)
        return challenge.answered(request.form.get("question", ""), request.form.get("answer", ""))
    except NoChallenge as refused:
        errors["proof"] = refused.text
        return ""


def _known() -> dict[str, str]:
    if not current_user.is_authenticated:
        return {}
    return {"name": customer().name if customer().first_name else "", "email": customer().email}


def _asked() -> dict[str, str]:
    """What a link to the form fills in: an order, a subject."""
    return {name: request.args[name][:200] for name in ("order", "subject") if name in request.args}


def _articles() -> tuple[Link, ...]:
    found = help_pages.popular(shop_session(), current_language())
    return tuple(Link(article.title, f"{root()}/help/{article.slug}") for article in found)


def _view(
    typed: Mapping[str, str],
    given: Mapping[str, Any],
    notices: tuple[Notice, ...] = (),
    kept: Given = NO_FILES,
) -> ContactView:
    errors = {name: str(text) for name, text in given.items()}
    value = {name: typed.get(name, "")[: 2 * rules.LONGEST_TYPED] for name in TYPED}
    is_known = current_user.is_authenticated
    fields = [
        Field("name", _("Your name"), value["name"], errors.get("name", ""), autocomplete="name", required=False,
              maxlength=rules.LONGEST_NAME, width="half"),
        Field("email", _("E-mail"), customer().email if is_known else value["email"], errors.get("email", ""), kind="email",
              autocomplete="email", inputmode="email", maxlength=254, width="half"),
        Field("subject", _("What is it about?"), value["subject"], errors.get("subject", ""), maxlength=rules.LONGEST_SUBJECT),
        Field("body", _("Your message"), value["body"], errors.get("body", ""), kind="textarea", maxlength=rules.LONGEST_TYPED),
        Field("order", _("Order number"), value["order"], errors.get("order", ""), required=False, folded=True, maxlength=60,
              hint=_("For example 2026-000123.")),
    ]  # fmt: skip
    asked = challenge.question()
    token, lines = form_files.listed(kept)
    summary = [FieldError(field.id, field.error) for field in fields if field.error]
    for name, place in (("files", "f-files"), ("proof", "f-answer")):
        if errors.get(name):
            summary.append(FieldError(place, errors[name]))
    return ContactView(
        meta=meta(_("Contact"), description=_("Write to us: we answer every message.")),
        action_url=f"{root()}/contact", fields=tuple(fields), challenge=challenge.proof_wanted(),
        question=_("What is %(first)s plus %(second)s?", first=asked.first, second=asked.second),
        question_token=asked.token, question_error=errors.get("proof", ""), file_error=errors.get("files", ""),
        errors=tuple(summary), notices=notices, articles=_articles(), most_files=rules.MOST_FILES,
        most_megabytes=MOST_MEGABYTES, kept_token=token, kept=lines,
    )  # fmt: skip
