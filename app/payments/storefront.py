"""The shop's doors of payments: pay again, come back from the provider, the test bank's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_currency
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core import rate_limits
from app.core.db import session_maker
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.core.money import Money
from app.core.security import csp_nonce
from app.core.web import absolute, shop_session
from app.payments import operations, queries, registry
from app.payments.errors import CardNumberRefused, PaymentNotFound
from app.payments.models import Payment
from app.payments.providers.demo_card import DemoCard
from app.payments.providers.port import LookUp, Outcome
from app.payments.rules import holds_card_number

blueprint = Blueprint("payments", __name__)
STRIPE_SCRIPT = "https://js.stripe.com/v3/"
STRIPE_POLICY = (
    "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "img-src 'self' data:; font-src 'self'; style-src 'self'; "
    "script-src 'nonce-{nonce}' 'strict-dynamic'; connect-src 'self' https://api.stripe.com; "
    "frame-src https://js.stripe.com https://hooks.stripe.com"
)
"""Only the page on which Stripe's fields stand may load anything of Stripe's."""


def _root() -> str:
    return request.script_root


def _payment(session: Session, public_id: UUID) -> Payment:
    found = queries.by_public_id(session, public_id)
    if found is None:
        raise PaymentNotFound()
    return found


def _done(payment: Payment) -> str:
    return f"{_root()}/checkout/done/{payment.order.token}"


def _amount(amount: Money) -> str:
    return format_currency(amount.amount, amount.currency)


def _page(template: str, payment: Payment, **values: Any) -> Any:
    """A page of ours around a payment; nobody may keep a copy of it."""
    response = make_response(
        render_template(
            f"payments/{template}.html", order=payment.order, amount=_amount(payment.due), **values
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/payments/<uuid:public_id>/pay")
def choose(public_id: UUID) -> ResponseReturnValue:
    """Ways to pay an order that still waits for its money."""
    session = shop_session()
    payment = _payment(session, public_id)
    order = payment.order
    if order.state != "pending":
        return redirect(_done(payment), 303)
    offered = queries.methods(session, total=order.total, country=order.country, currency=order.currency)
    return _page("choose", payment, methods=offered, chosen=payment.provider)


@blueprint.post("/payments/<uuid:public_id>/pay")
def pay(public_id: UUID) -> ResponseReturnValue:
    """Try again to pay the order, perhaps in another way; then on to the provider or the order's page."""
    rate_limits.hit("20/hour", f"pay:{public_id}")
    session = shop_session()
    payment = _payment(session, public_id)
    token = request.form.get("payment_token") or None
    if holds_card_number(request.form.values()):
        raise CardNumberRefused()
    method, order_id, back = (
        request.form.get("payment_method") or payment.provider,
        payment.order_id,
        _done(payment),
    )
    session.rollback()
    try:
        outcome = operations.pay_again(
            session_maker(current_app),
            order_id=order_id,
            method=method[:40],
            return_url=absolute(f"{_root()}/payments/return/{public_id}"),
            language=current_language(),
            token=token[:200] if token else None,
        )
    except ShopError as refused:
        flash(refused.text, "error")
        return redirect(back, 303)
    _say(outcome)
    return redirect(outcome.redirect_url or back, 303)


def _say(outcome: Outcome) -> None:
    if outcome.standing == "failed":
        flash(_("The payment was declined. Please try again or choose another way to pay."), "error")
    elif outcome.standing == "unknown":
        flash(_("The payment service does not answer at the moment. Please try again shortly."), "warning")


@blueprint.get("/payments/return/<uuid:public_id>")
def come_back(public_id: UUID) -> ResponseReturnValue:
    """Where providers send customers back to. Only reads: notices and look-ups decide what was paid."""
    return redirect(_done(_payment(shop_session(), public_id)), 303)


@blueprint.get("/payments/<uuid:public_id>/card")
def card(public_id: UUID) -> ResponseReturnValue:
    """Stripe's own fields, in Stripe's frames: what is typed there never reaches the shop."""
    session = shop_session()
    payment = _payment(session, public_id)
    key = getattr(registry.provider("stripe"), "publishable_key", "") if payment.provider == "stripe" else ""
    if not key:
        raise PaymentNotFound()
    if not payment.is_payable or payment.order.state != "pending":
        return redirect(_done(payment), 303)
    ask = LookUp(str(payment.public_id), payment.provider_ref, payment.due)
    back = _done(payment)
    order, amount = payment.order, _amount(payment.due)
    session.expunge_all()
    session.rollback()
    outcome = registry.provider("stripe").look_up(ask)
    if not outcome.client_secret:
        return redirect(back, 303)
    response = make_response(
        render_template(
            "payments/card.html", order=order, amount=amount, publishable_key=key,
            client_secret=outcome.client_secret, stripe_script=STRIPE_SCRIPT,
            return_url=absolute(f"{_root()}/payments/return/{public_id}"),
        )
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = STRIPE_POLICY.format(nonce=csp_nonce())
    return response


def _demo(payment: Payment) -> DemoCard:
    """The test card's provider; where it is not set up (production) these pages do not exist."""
    if payment.provider != DemoCard.key:
        raise PaymentNotFound()
    found = registry.provider(DemoCard.key)
    assert isinstance(found, DemoCard)
    return found


@blueprint.get("/payments/demo/<uuid:public_id>")
def confirm_test_card(public_id: UUID) -> ResponseReturnValue:
    """The test bank's confirmation page (3-D Secure)."""
    payment = _payment(shop_session(), public_id)
    _demo(payment)
    if payment.state != "requires_action":
        return redirect(_done(payment), 303)
    return _page("demo_bank", payment)


@blueprint.post("/payments/demo/<uuid:public_id>")
def answer_test_card(public_id: UUID) -> ResponseReturnValue:
    """What the test bank would tell us: confirmed, or refused."""
    session = shop_session()
    payment = _payment(session, public_id)
    provider, key = _demo(payment), str(payment.public_id)
    if payment.state == "requires_action":
        outcome = Outcome("failed", f"demo_{key}", failure="authentication_failed")
        if request.form.get("answer") == "confirm":
            outcome = provider.paid(key, payment.due)
        operations.apply_outcome(session, payment_id=payment.id, outcome=outcome)
        _say(outcome)
    return redirect(_done(_payment(session, public_id)), 303)
