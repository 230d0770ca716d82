"""What a buyer chooses beside the goods: codes, addresses, shipping, currency, a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.cart import queries
from app.cart.errors import CouponRefused
from app.cart.models import Cart
from app.cart.operations.lines import note_prices
from app.cart.operations.opening import checked_currency, is_allowed, touched
from app.cart.rules import LONGEST_NOTE, MOST_CODES, checked_code
from app.core.actor import Actor
from app.core.errors import Invalid, InvalidFields
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.customers.rules import validate_address
from app.identity.rules import is_storable, normal_email


def apply_coupon(session: Session, *, cart_id: int, code: str, actor: Actor) -> None:
    """Put a code on the cart, if it counts for what lies in it now. The same code again changes nothing.

    A code that stops counting later (the cart shrank) stays and says why: see the quote.

    Raises:
        CouponRefused: unknown, over, used up, not for these goods or this buyer; with the reason.
        NoSuchCart, CartClosed
    """
    tidy = checked_code(code)
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        if tidy in cart.coupon_codes:
            return
        if len(cart.coupon_codes) >= MOST_CODES:
            raise CouponRefused(_l("A bag takes at most %(most)s codes."), most=MOST_CODES)
        cart.coupon_codes = [*cart.coupon_codes, tidy]
        session.flush()
        found = queries.quoted(session, cart, language=cart.language, currency=cart.currency)
        refused = {name.upper(): reason for name, reason in found.quote.refused_coupons.items()}
        if tidy in refused:
            raise CouponRefused(str(refused[tidy]) or None)


def remove_coupon(session: Session, *, cart_id: int, code: str, actor: Actor) -> None:
    """Take a code off the cart. One that is not there changes nothing.

    Raises:
        NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        cart.coupon_codes = [held for held in cart.coupon_codes if held != str(code).strip().upper()]


def _checked(kind: str, given: Mapping[str, Any], errors: dict[str, Any]) -> dict[str, str]:
    try:
        return validate_address(given).as_dict()
    except InvalidFields as refused:
        errors |= {f"{kind}.{name}": problem for name, problem in refused.errors.items()}
        return {}


def set_addresses(
    session: Session,
    *,
    cart_id: int,
    email: str | None,
    shipping: Mapping[str, Any],
    billing: Mapping[str, Any] | None,
    actor: Actor,
) -> None:
    """Remember who buys and where goods and bill go. `billing` None means the same address.

    An empty `email` leaves the one that is known. The shipping country decides tax and shipping.
    What the caller has just read as it is to be is not written again.

    Raises:
        InvalidFields: keyed "email", "shipping.<field>", "billing.<field>"; nothing changes then.
        NoSuchCart, CartClosed
    """
    errors: dict[str, Any] = {}
    goods_to = _checked("shipping", shipping, errors)
    bill_to = _checked("billing", billing, errors) if billing is not None else None
    address = ""
    if email:
        try:
            address = normal_email(email)
        except Invalid as refused:
            errors["email"] = refused.text
    if errors:
        raise InvalidFields(errors)
    wanted = {"shipping_address": goods_to, "billing_address": bill_to, "country": goods_to["country"]}
    wanted |= {"email": address} if address else {}
    known = session.get(Cart, cart_id)
    is_theirs = known is not None and known.state == "open" and is_allowed(known, actor)
    if is_theirs and all(getattr(known, name) == value for name, value in wanted.items()):
        return
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        for name, value in wanted.items():
            setattr(cart, name, value)


def set_shipping_method(session: Session, *, cart_id: int, code: str | None, actor: Actor) -> None:
    """Choose a way to ship. Whether it fits is the quote's to say: it shows none where it does not.

    Raises:
        Invalid: the code cannot be one.
        NoSuchCart, CartClosed
    """
    tidy = (code or "").strip()
    if len(tidy) > 64 or not is_storable(tidy):
        raise Invalid(field="shipping_method")
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        cart.shipping_method = tidy or None


def set_currency(session: Session, *, cart_id: int, currency: str, actor: Actor) -> None:
    """Go on in another currency; the prices of now, in it, count as seen.

    Raises:
        Invalid: the shop does not sell in it.
        NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        if cart.currency != checked_currency(session, currency):
            cart.currency = currency
            note_prices(session, cart)


def set_note(session: Session, *, cart_id: int, note: str | None, actor: Actor) -> None:
    """Keep a note for the order.

    Raises:
        Invalid: it is too long, or no text that can be kept.
        NoSuchCart, CartClosed
    """
    words = (note or "").strip()
    if len(words) > LONGEST_NOTE or not is_storable(words):
        raise Invalid(_l("Please use at most %(count)s characters."), field="note", count=LONGEST_NOTE)
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        cart.note = words or None
