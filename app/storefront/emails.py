"""What people may be told by mail: the newsletter's form, choices in the account and by link, one click to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired

from app.core.errors import ShopError
from app.core.i18n import _l, current_language
from app.core.security import csrf
from app.core.web import shop_session
from app.identity import sessions, throttle
from app.identity.models import User
from app.notifications import consents, queries, topics
from app.notifications.consent_models import Subscriber
from app.notifications.consents import Origin
from app.notifications.errors import LinkEnded
from app.storefront.accounts_gate import customer, form_view, go, refuse, show, signed_in
from app.storefront.pages import Field, FormView, Link
from app.storefront.pages.account import MessageView
from app.storefront.shell import meta, root

blueprint = Blueprint("emails", __name__)
_SENT_TO = "newsletter_sent_to"
ALL = "all"


class NewsletterForm(FlaskForm):
    """An address for news."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Please enter your e-mail address."))],
        render_kw={"kind": "email", "autocomplete": "email", "inputmode": "email", "maxlength": 254},
    )


def _origin(source: str, wording: str) -> Origin:
    return Origin(source, sessions.client_ip(), wording, current_language())


# --- newsletter -----------------------------------------------------------------------------------


@blueprint.route("/newsletter", methods=["GET", "POST"])
def newsletter() -> Any:
    """Take an address; its owner is asked by mail. The answer is the same whether it is known or not."""
    form = NewsletterForm()
    if not form.validate_on_submit():
        return _newsletter_page(form, status=422 if form.is_submitted() else 200)
    try:
        throttle.note_request("newsletter", email=form.email.data, ip=sessions.client_ip())
        consents.ask(
            shop_session(), email=form.email.data, codes=topics.NEWSLETTER, origin=_origin("footer", "newsletter-1")
        )  # fmt: skip
    except ShopError as refusal:
        refuse(form, refusal)
        return _newsletter_page(form, refusal)
    cookie[_SENT_TO] = form.email.data.strip()[:254]
    return go("/newsletter/sent")


def _newsletter_page(form: NewsletterForm, refusal: ShopError | None = None, status: int = 200) -> Any:
    view = form_view(
        form, title=_("News from the shop"), action="/newsletter", submit=_("Write to me"),
        text=str(topics.WORDINGS["newsletter-1"]),
    )  # fmt: skip
    return show("auth/form", view, refusal, status)


@blueprint.get("/newsletter/sent")
def newsletter_sent() -> Any:
    """Say that a mail is on its way, if there is anything to ask."""
    return _say(
        _("Look into your mailbox"),
        _("If this address does not get our news yet, a message with a link is on its way. One click, and you are in."),
        detail=str(cookie.get(_SENT_TO, "")), icon="mail",
        links=(Link(_("Another address"), f"{root()}/newsletter"), Link(_("To the shop"), f"{root()}/")),
    )  # fmt: skip


@blueprint.route("/newsletter/confirm/<token>", methods=["GET", "POST"])
def newsletter_confirm(token: str) -> Any:
    """Confirm an address: a page with one button, so that mail scanners confirm nothing."""
    try:
        who = consents.check(shop_session(), token)
        if request.method == "POST":
            origin = _origin("confirmation mail", "newsletter-1")
            who = consents.confirm(shop_session(), token=token, origin=origin)
            return go(f"/emails/{_choices_link(who)}?welcome=1")
    except LinkEnded as refusal:
        return _ended(refusal)
    return _say(
        _("Shall we write to you?"), str(topics.WORDINGS["newsletter-1"]), detail=who.email, icon="mail",
        action_url=f"{root()}/newsletter/confirm/{token}", action_label=_("Yes, write to me"),
    )  # fmt: skip


# --- choices --------------------------------------------------------------------------------------


@blueprint.route("/account/emails", methods=["GET", "POST"])
@signed_in
def own() -> Any:
    """The topics of the account's address."""
    person = customer()
    if request.method == "POST":
        _save_own(person)
        return go("/account/emails")
    held = queries.choices(shop_session(), person.email)
    return show("account/form", _choices(held, person.email, "/account/emails", section="emails"))


def _save_own(person: User) -> None:
    """Take over what an account's form says; an address that was never confirmed is asked by mail first."""
    session, origin = shop_session(), _origin("account", "choices-1")
    waiting = consents.choose_own(
        session, user_id=person.id, email=person.email, is_verified=person.is_verified, wanted=_chosen(), origin=origin
    )  # fmt: skip
    if waiting:
        throttle.note_request("newsletter", email=person.email, ip=sessions.client_ip())
        consents.ask(session, email=person.email, codes=waiting, origin=origin)
        flash(_("Please confirm your address first: a message is on its way."), "info")
    else:
        flash(_("Your choice is saved."), "success")


@blueprint.route("/emails/<token>", methods=["GET", "POST"])
def by_link(token: str) -> Any:
    """The topics of the address a mail went to, without signing in: the link proves the mailbox."""
    who = _reader(token, topics.CHOICES, (ALL,))
    if who is None:
        return _ended(LinkEnded())
    if request.method == "POST":
        origin = _origin("link in a mail", "choices-1")
        consents.choose(shop_session(), email=who.email, wanted=_chosen(), origin=origin)
        flash(_("Your choice is saved."), "success")
        return go(f"/emails/{token}")
    if request.args.get("welcome"):
        flash(_("Welcome: from now on we write to you."), "success")
        return go(f"/emails/{token}")
    held = queries.choices(shop_session(), who.email)
    return show("auth/form", _choices(held, who.email, f"/emails/{token}"))


@blueprint.route("/emails/off/<token>", methods=["GET", "POST"])
@csrf.exempt  # RFC 8058: mail readers post here by themselves, without cookie or session; the signed token says who
def stop(token: str) -> Any:
    """End mails of one topic: a POST does it, once or many times; a GET only asks, so that no scanner ends them."""
    who = _reader(token, topics.UNSUBSCRIBE, topics.ASKED)
    if who is None:
        return _ended(LinkEnded())
    link = topics.read_link(token, topics.UNSUBSCRIBE)
    assert link is not None
    topic, more = topics.TOPICS[link[1]], Link(_("All my choices"), f"{root()}/emails/{_choices_link(who)}")
    if request.method == "POST":
        one_click = request.form.get("List-Unsubscribe") == "One-Click"
        origin = _origin("one click" if one_click else "link in a mail", "")
        consents.withdraw(shop_session(), subscriber_id=who.id, codes=[topic.code], origin=origin)
        words = _("You get no more mails about: %(topic)s.", topic=topic.label)
        return _say(_("That is done"), words, detail=who.email, icon="ok", links=(more,))
    return _say(
        _("No more of these mails?"), _("About: %(topic)s.", topic=topic.label), detail=who.email, icon="mail",
        action_url=f"{root()}/emails/off/{token}", action_label=_("Stop these mails"), links=(more,),
    )  # fmt: skip


# --- pieces ---------------------------------------------------------------------------------------


def _reader(token: str, purpose: str, secrets: tuple[str, ...]) -> Subscriber | None:
    """Whose link this is; None for one that is not ours, or whose address was erased."""
    link = topics.read_link(token, purpose)
    return shop_session().get(Subscriber, link[0]) if link and link[1] in secrets else None


def _choices_link(who: Subscriber) -> str:
    return topics.link(who.id, topics.CHOICES, ALL)


def _chosen() -> dict[str, bool]:
    """What the form says: a box that is missing is off, so the button without boxes switches everything off."""
    return {code: bool(request.form.get(code)) for code in topics.ASKED}


def _choices(held: Mapping[str, bool], email: str, action: str, section: str = "") -> FormView:
    boxes = tuple(
        Field(
            name=topic.code, label=str(topic.label), kind="checkbox", required=False, hint=str(topic.help),
            checked=held[topic.code],
        )
        for topic in topics.TOPICS.values()
        if topic.is_asked
    )  # fmt: skip
    always = _("Messages about your orders are always sent.")
    return FormView(
        meta=meta(_("What we write to you about"), robots="noindex"), title=_("What we write to you about"),
        text=f"{topics.WORDINGS['choices-1']} {always} ({email})",
        action_url=f"{root()}{action}", submit=_("Save my choice"), fields=boxes, section=section,
        danger_url=f"{root()}{action}", danger_label=_("None of these mails"),
    )  # fmt: skip


def _say(title: str, text: str, **more: Any) -> Any:
    return show(
        "auth/message", MessageView(meta=meta(title, robots="noindex"), title=title, text=text, **more)
    )


def _ended(refusal: LinkEnded) -> Any:
    title = _("This link is no longer valid")
    view = MessageView(
        meta=meta(title, robots="noindex"), title=title, icon="clock",
        text=_("It is too old, or a newer one has taken its place."),
        links=(Link(_("To the shop"), f"{root()}/"),),
    )  # fmt: skip
    return show("auth/message", view, refusal)
