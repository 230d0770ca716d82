"""An order that still waits for its money: the ways to pay it, and another attempt."""

from __future__ import annotations

from typing import Any

from flask import current_app

from app.api import fulfilment_shapes, questions, shapes
from app.api.door import Call, door
from app.api.orders import payment_json
from app.core import rate_limits
from app.core.db import session_maker
from app.core.web import absolute
from app.orders.queries import OrderPage, page_by_number
from app.payments import operations as payments
from app.payments import queries
from app.payments.errors import CardNumberRefused
from app.payments.rules import holds_card_number

TRIES = "20/hour"


def _own(call: Call, number: str) -> OrderPage:
    """The order of its own customer or its token's holder; nobody else pays for them, staff neither."""
    return page_by_number(call.session, number, user_id=call.actor.user_id, token=call.query["token"] or None)


@door(
    "GET", "/orders/<number>/payment-methods", summary="Ways to pay an order", tag="orders",
    query=questions.TokenQuery, answer=shapes.PaymentMethodsShape,
)  # fmt: skip
def order_payment_methods(call: Call, number: str) -> dict[str, Any]:
    """The ways in which an order that waits for its money may be paid; none for any other."""
    order = _own(call, number)
    country = str(order.shipping_address["country"])
    found = (
        queries.methods(call.session, total=order.total, country=country, currency=order.currency)
        if order.is_payable
        else []
    )
    items = [{"code": m.key, "name": m.label, "description": m.description} for m in found]
    return {"items": items, "next": None, "total": len(items)}


@door(
    "POST", "/orders/<number>/payment", summary="Pay an order", tag="orders", query=questions.TokenQuery,
    body=fulfilment_shapes.PayAgain, answer=shapes.PaymentShape,
)  # fmt: skip
def pay_order(call: Call, number: str) -> dict[str, Any]:
    """Try again to pay a waiting order, perhaps in another way.

    Safe to send again: an attempt that is open goes on, and a paid order answers 409 `not_payable`.
    """
    order, body = _own(call, number), call.body
    rate_limits.hit(TRIES, f"pay:{order.id}")
    if holds_card_number(str(value) for value in body.values() if value):
        raise CardNumberRefused()
    call.session.rollback()
    outcome = payments.pay_again(
        session_maker(current_app),
        order_id=order.id,
        method=body["payment_method"] or order.payment_method,
        return_url=body["return_url"] or absolute(f"/checkout/done/{order.token}"),
        language=call.language,
        token=body["payment_token"],
        actor=call.actor,
    )
    return payment_json(outcome)


__all__ = ["pay_order"]
