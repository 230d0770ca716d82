"""Where is my order? For guests who have lost the mail: its number and address bring the link again."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import ShopError, TooMany
from app.core.web import shop_session
from app.identity import rules as people
from app.identity import sessions, throttle
from app.orders import messages
from app.storefront.accounts_gate import private
from app.storefront.pages import Field, FieldError, FormView, Link, Notice
from app.storefront.shell import meta, page, root

blueprint = Blueprint("find_order", __name__)


def _page(
    number: str,
    email: str,
    error: str = "",
    notice: Notice | None = None,
    status: int = 200,
    number_error: str = "",
) -> ResponseReturnValue:
    fields = (
        Field("number", _("Order number"), number, number_error, inputmode="numeric", hint=_("For example 2026-000123."), maxlength=40),
        Field("email", _("E-mail"), email, error, kind="email", autocomplete="email", maxlength=254),
    )  # fmt: skip
    view = FormView(
        meta(_("Find your order"), robots="noindex"), _("Find your order"), f"{root()}/orders/find",
        _("Send me the link"), fields,
        text=_("Enter the number of your order and the address you gave. We send you the link to follow it."),
        errors=tuple(FieldError(field.id, field.error) for field in fields if field.error), notices=(notice,) if notice else (),
        links=(Link(_("Sign in"), f"{root()}/login"), Link(_("Track a parcel"), f"{root()}/track")),
    )  # fmt: skip
    return private(page("auth/form", view, status))


@blueprint.get("/orders/find")
def ask() -> ResponseReturnValue:
    """The form."""
    return _page("", "")


@blueprint.post("/orders/find")
def send() -> ResponseReturnValue:
    """Send the link when number and address belong together; the answer is the same when they do not."""
    number, typed = request.form.get("number", "").strip()[:40], request.form.get("email", "").strip()[:1000]
    missing = "" if number else _("Please enter the number of your order.")
    try:
        address = people.normal_email(typed)
        if missing:
            return _page(number, typed, status=422, number_error=missing)
        throttle.note_request("order", email=address, ip=sessions.client_ip())
        messages.send_link(shop_session(), number=number, email=address)
    except TooMany as refused:
        answer = _page(number, typed, notice=Notice(refused.text, "error"), status=refused.status)
        answer.headers["Retry-After"] = str(refused.retry_after)  # type: ignore[union-attr]
        return answer
    except ShopError as refused:
        return _page(number, typed, error=refused.text, status=422, number_error=missing)
    told = _("If this order was placed with this address, the link to it is on its way to you.")
    return _page("", "", notice=Notice(told, "success"))
