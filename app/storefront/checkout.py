"""One page from cart to order, and the page after it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import Blueprint, current_app, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.cart.models import Cart
from app.cart.queries import QuotedCart
from app.checkout.errors import AlreadyOrdered, PriceChanged
from app.checkout.operations import place_order
from app.checkout.queries import placed_with
from app.core.db import session_maker
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.core.money import Money
from app.core.web import absolute, shop_session
from app.identity.errors import BadEmail
from app.identity.sessions import current_actor, current_user_id
from app.payments.operations import start_payment
from app.storefront import bag, visits
from app.storefront.checkout_form import Typed, from_cart, from_form, note_refusal, quote_for, view
from app.storefront.shell import currency, page, root, shop_view

blueprint = Blueprint("checkout", __name__)
_PLACED = "placed"
"""In the visitor's session: the last order that was placed here, for who goes back or clicks twice."""


@blueprint.get("/checkout")
def show() -> ResponseReturnValue:
    """The page, filled with what the cart and the profile remember."""
    session = shop_session()
    cart = bag.current_cart(session)
    if cart is None:
        return redirect(_after(cookie.get(_PLACED, {}).get("token")), 303)
    given = from_cart(session, cart)
    found = _quoted(session, cart, given)
    if not found.contents.lines:
        return redirect(f"{root()}/cart", 303)
    visits.note_checkout(session, cart_id=cart.id)
    return page("checkout", view(session, found, given))


def _after(token: str | None) -> str:
    """Where a buyer is led whose bag is gone: to the order that was made of it, else to the empty bag."""
    return f"{root()}/checkout/done/{token}" if token else f"{root()}/cart"


def _sent_before(session: Session, key: str) -> str | None:
    """The token of the order that this very form has placed already: a second click, or the way back."""
    last = cookie.get(_PLACED, {})
    if last.get("key") == key:
        return str(last.get("token"))
    return placed_with(session, key=key, cart_id=bag.held_id(), user_id=current_user_id())


def _quoted(session: Session, cart: Cart, given: Typed) -> QuotedCart:
    """The cart with prices. The first way to ship is shown to who has chosen none: so the whole cost is known."""
    found = quote_for(session, cart, given)
    if not found.contents.lines or found.quote.shipping is not None or not found.quote.methods:
        return found
    return found.shipped_by(found.quote.methods[0].code)


@blueprint.post("/checkout")
def update() -> ResponseReturnValue:
    """Take what was typed: refresh the page, use a code, or place the order."""
    session = shop_session()
    cart, given = bag.current_cart(session), from_form(session)
    if cart is None:
        return redirect(_after(_sent_before(session, given.key)), 303)
    action = request.form.get("action", "address")
    remember(session, cart, given, strict=action == "place")
    if action == "coupon" and given.coupon:
        try:
            carts.apply_coupon(session, cart_id=cart.id, code=given.coupon, actor=current_actor())
            given.coupon = ""
        except ShopError as refused:
            session.rollback()
            given.coupon_error = refused.text
    if action == "place" and not given.errors:
        try:
            return _place(session, cart, given)
        except AlreadyOrdered as ordered:  # another tab was faster
            bag.forget()
            return redirect(_after(ordered.token), 303)
        except ShopError as refused:
            session.rollback()
            bag.current_cart(session)
            note_refusal(given, refused)
    return _again(session, cart, given)


def _again(session: Session, cart: Cart, given: Typed) -> ResponseReturnValue:
    found = _quoted(session, cart, given)
    if not found.contents.lines:
        return redirect(f"{root()}/cart", 303)
    shown = view(session, found, given)
    refused = bool(given.errors or any(n.tone == "error" for n in given.notices))
    if request.headers.get("X-Fragment") == "checkout":
        return render_template("shop/parts/checkout_body.html", shop=shop_view(), page=shown)
    return page("checkout", shown, 422 if refused else 200)


def remember(session: Session, cart: Cart, given: Typed, *, strict: bool) -> None:
    """Keep in the cart what can be kept. Only `strict` (placing) turns what is missing into errors."""
    actor = current_actor()
    try:
        carts.set_addresses(
            session, cart_id=cart.id, email=given.email, shipping=given.shipping,
            billing=None if given.billing_same else given.billing, actor=actor,
        )  # fmt: skip
    except ShopError as refused:
        session.rollback()
        if strict:
            note_refusal(given, refused)
    try:
        if given.shipping_method and given.shipping_method != cart.shipping_method:
            carts.set_shipping_method(session, cart_id=cart.id, code=given.shipping_method, actor=actor)
    except ShopError as refused:
        session.rollback()
        if strict:
            note_refusal(given, refused)
    if strict and not given.email:
        given.errors["email"] = BadEmail().text
    if strict and not given.payment_method:
        given.errors["payment_method"] = _("Please choose how you want to pay.")


def _shown_total(given: Typed) -> Money | None:
    """The total the buyer saw when the button was pressed; None when it was tampered with."""
    amount, _space, code = given.expected_total.partition(" ")
    try:
        return Money(Decimal(amount), code)
    except (InvalidOperation, ValueError, ArithmeticError):
        return None


def _place(session: Session, cart: Cart, given: Typed) -> ResponseReturnValue:
    """Place the order in one transaction, then, outside of it, begin the payment.

    Raises:
        PriceChanged: the total differs from the one that was shown, or the form does not say which was.
    """
    expected = _shown_total(given)
    if expected is None:
        raise PriceChanged(total=quote_for(session, cart, given).quote.total)
    placed = place_order(
        session,
        cart_id=cart.public_id,
        payment_method=given.payment_method,
        expected_total=expected,
        actor=current_actor(),
        idempotency_key=given.key,
        note=given.note,
        language=current_language(),
        currency=currency(),
    )
    bag.forget()
    cookie[_PLACED] = {"key": given.key, "token": placed.token}
    done = _after(placed.token)
    if not placed.asks_for_money:
        return redirect(done, 303)
    outcome = start_payment(
        session_maker(current_app),
        payment_id=placed.payment_id,
        return_url=absolute(done),
        token=given.payment_token or None,
        language=current_language(),
    )
    return redirect(outcome.redirect_url or done, 303)
