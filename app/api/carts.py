"""Carts. Whoever knows a guest cart's id holds it; the cart of an account needs its token."""

from __future__ import annotations

import uuid
from typing import Any

from app.api import questions, rights, shapes
from app.api.door import Call, currency_of, door
from app.api.products import money
from app.cart import operations as carts
from app.cart.models import Cart
from app.cart.queries import QuotedCart, by_public_id, find_open, quoted
from app.core.errors import NotFound
from app.core.i18n import _l
from app.payments.queries import methods
from app.pricing.rules import Rate


def cart_of(call: Call, text: str) -> Cart:
    """The cart of this id.

    Raises:
        NotFound: no such cart, or it belongs to somebody else's account.
    """
    try:
        public_id = uuid.UUID(text)
    except ValueError:
        raise NotFound(_l("There is no such cart.")) from None
    cart = by_public_id(call.session, public_id)
    mine = cart is not None and (cart.user_id is None or cart.user_id == call.actor.user_id)
    if cart is None or not (mine or rights.may(call.person, "CartView.show")):
        raise NotFound(_l("There is no such cart."))
    return cart


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(_l("There is no such line.")) from None


def look(call: Call, cart: Cart) -> QuotedCart:
    """The cart with what it costs, in its own currency."""
    return quoted(call.session, cart, language=call.language, currency=cart.currency)


def _method(rate: Rate, price: Any = None) -> dict[str, Any]:
    return {
        "code": rate.code,
        "name": rate.name,
        "price": money(price if price is not None else rate.price),
        "days_min": rate.days_min,
        "days_max": rate.days_max,
    }


def as_json(found: QuotedCart) -> dict[str, Any]:
    """A quoted cart as the interface shows it."""
    quote, cart = found.quote, found.cart
    priced = {line.item.key: line for line in quote.lines}
    lines = []
    for item in found.contents.lines:
        line = priced.get(str(item.line_id))
        unit = line.unit if line else (item.price.price if item.price else quote.zero)
        lines.append(
            {
                "id": str(item.line_id),
                "sku": item.sku,
                "name": item.name,
                "options": item.option_codes,
                "quantity": item.quantity,
                "available": item.availability.sellable,
                "unit_price": money(unit),
                "total": money(line.total if line else quote.zero),
                "problem": str(item.problem) if item.problem else None,
            }
        )
    shipping = quote.shipping
    return {
        "id": str(cart.public_id),
        "version": cart.version,
        "currency": quote.currency,
        "email": cart.email,
        "lines": lines,
        "coupons": list(cart.coupon_codes),
        "discounts": [{"name": d.name, "code": d.code, "amount": money(d.amount)} for d in quote.discounts],
        "subtotal": money(quote.subtotal),
        "shipping": _method(shipping.rate, shipping.total) if shipping else None,
        "tax": money(quote.tax),
        "total": money(quote.total),
    }


@door(
    "POST", "/carts", summary="Start a cart", tag="carts", body=questions.NewCart, answer=shapes.CartShape,
    status=201, creates=True,
)  # fmt: skip
def create_cart(call: Call) -> dict[str, Any]:
    """A new cart, in a currency of one's choice; somebody with an account gets the open cart of the account."""
    currency = currency_of(call.session, call.body.get("currency", call.currency))
    user_id = call.actor.user_id
    cart = find_open(call.session, user_id=user_id) if user_id is not None else None
    if cart is None:
        cart = carts.create_cart(call.session, currency=currency, language=call.language, user_id=user_id)
    return as_json(look(call, cart))


@door("GET", "/carts/<cart_id>", summary="Look at a cart", tag="carts", answer=shapes.CartShape)
def get_cart(call: Call, cart_id: str) -> dict[str, Any]:
    """The cart with prices, discounts, shipping and tax as they are now."""
    return as_json(look(call, cart_of(call, cart_id)))


@door(
    "POST", "/carts/<cart_id>/lines", summary="Add to a cart", tag="carts", body=questions.NewLine,
    answer=shapes.CartShape, status=201, creates=True,
)  # fmt: skip
def add_line(call: Call, cart_id: str) -> dict[str, Any]:
    """Put pieces of a variant into the cart; more of what is there adds up."""
    cart = cart_of(call, cart_id)
    carts.add_line(call.session, cart_id=cart.id, actor=call.actor, **call.body)
    return as_json(look(call, cart))


@door(
    "PATCH", "/carts/<cart_id>/lines/<line_id>", summary="Change a quantity", tag="carts",
    body=questions.ChangedLine, answer=shapes.CartShape,
)  # fmt: skip
def change_line(call: Call, cart_id: str, line_id: str) -> dict[str, Any]:
    """Set how many pieces; 0 removes the line."""
    cart, line = cart_of(call, cart_id), _uuid(line_id)
    if call.body["quantity"] == 0:
        carts.remove_line(call.session, cart_id=cart.id, line_id=line, actor=call.actor)
    else:
        carts.set_quantity(
            call.session, cart_id=cart.id, line_id=line, quantity=call.body["quantity"], actor=call.actor
        )
    return as_json(look(call, cart))


@door(
    "DELETE",
    "/carts/<cart_id>/lines/<line_id>",
    summary="Remove a line",
    tag="carts",
    answer=shapes.CartShape,
)
def remove_line(call: Call, cart_id: str, line_id: str) -> dict[str, Any]:
    """Take a line out of the cart."""
    cart = cart_of(call, cart_id)
    carts.remove_line(call.session, cart_id=cart.id, line_id=_uuid(line_id), actor=call.actor)
    return as_json(look(call, cart))


@door(
    "POST", "/carts/<cart_id>/coupons", summary="Use a code", tag="carts", body=questions.Code,
    answer=shapes.CartShape, status=201, creates=True,
)  # fmt: skip
def add_coupon(call: Call, cart_id: str) -> dict[str, Any]:
    """Apply a coupon; one that does not count is refused with the reason."""
    cart = cart_of(call, cart_id)
    carts.apply_coupon(call.session, cart_id=cart.id, code=call.body["code"], actor=call.actor)
    return as_json(look(call, cart))


@door(
    "DELETE",
    "/carts/<cart_id>/coupons/<code>",
    summary="Take a code off",
    tag="carts",
    answer=shapes.CartShape,
)
def remove_coupon(call: Call, cart_id: str, code: str) -> dict[str, Any]:
    """Take a coupon off the cart again."""
    cart = cart_of(call, cart_id)
    carts.remove_coupon(call.session, cart_id=cart.id, code=code, actor=call.actor)
    return as_json(look(call, cart))


@door(
    "PUT", "/carts/<cart_id>/addresses", summary="Say where it goes", tag="carts", body=questions.Addresses,
    answer=shapes.CartShape,
)  # fmt: skip
def set_addresses(call: Call, cart_id: str) -> dict[str, Any]:
    """E-mail, delivery and billing address. The country decides tax and shipping."""
    cart = cart_of(call, cart_id)
    carts.set_addresses(
        call.session, cart_id=cart.id, email=call.body["email"], shipping=call.body["shipping"],
        billing=call.body["billing"], actor=call.actor,
    )  # fmt: skip
    return as_json(look(call, cart))


@door(
    "GET",
    "/carts/<cart_id>/shipping-methods",
    summary="Ways to ship",
    tag="carts",
    answer=shapes.MethodsShape,
)
def shipping_methods(call: Call, cart_id: str) -> dict[str, Any]:
    """The methods that fit what is in the cart and where it goes."""
    quote = look(call, cart_of(call, cart_id)).quote
    items = [
        _method(rate, quote.zero if rate.free_over is not None and quote.goods >= rate.free_over else None)
        for rate in quote.methods
    ]
    return {"items": items, "next": None, "total": len(items)}


@door(
    "PUT", "/carts/<cart_id>/shipping-method", summary="Choose a way to ship", tag="carts", body=questions.Code,
    answer=shapes.CartShape,
)  # fmt: skip
def set_shipping_method(call: Call, cart_id: str) -> dict[str, Any]:
    """Choose one of the methods that fit.

    Raises:
        NotFound: it is not one of them.
    """
    cart = cart_of(call, cart_id)
    if call.body["code"] not in {rate.code for rate in look(call, cart).quote.methods}:
        raise NotFound(_l("This way to ship is not offered here."), field="code", code="no_such_method")
    carts.set_shipping_method(call.session, cart_id=cart.id, code=call.body["code"], actor=call.actor)
    return as_json(look(call, cart))


@door(
    "GET", "/carts/<cart_id>/payment-methods", summary="Ways to pay", tag="carts",
    answer=shapes.PaymentMethodsShape,
)  # fmt: skip
def payment_methods(call: Call, cart_id: str) -> dict[str, Any]:
    """The ways to pay this cart's total where it goes."""
    found = look(call, cart_of(call, cart_id))
    country = found.context.country or "BE"
    offered = methods(call.session, total=found.quote.total, country=country, currency=found.quote.currency)
    items = [{"code": m.key, "name": str(m.label), "description": str(m.description)} for m in offered]
    return {"items": items, "next": None, "total": len(items)}
