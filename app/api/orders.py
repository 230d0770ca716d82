"""Orders: placed from a cart, looked at, called off."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.api import questions, rights, shapes
from app.api.carts import as_json, cart_of, look
from app.api.door import Call, door
from app.api.products import money
from app.checkout.operations import PlacedOrder, place_order
from app.core.db import session_maker
from app.core.errors import Conflict, InvalidFields, NotFound
from app.core.i18n import _l
from app.core.web import absolute
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.queries import OrderPage, orders_of, page_by_id, page_by_number
from app.orders.states import CancelReason, Channel
from app.payments import operations as payments
from app.payments.providers.port import Outcome

SHOWS_CART = ("out_of_stock", "price_changed", "line_not_sellable")


@door(
    "POST", "/orders", summary="Order a cart", tag="orders", body=questions.NewOrder, answer=shapes.PlacedShape,
    status=201, creates=True, own_key=True,
)  # fmt: skip
def create_order(call: Call) -> dict[str, Any]:
    """Place the order for the total that was shown, and begin its payment.

    Another total, or goods that are gone, answer 409 with the cart as it is now. Staff may say that it came in by
    telephone or from a marketplace (`channel`).
    """
    channel = _channel(call)
    try:
        cart_id = uuid.UUID(call.body["cart_id"])
    except ValueError:
        raise NotFound(_l("There is no such cart."), field="cart_id") from None
    cart = cart_of(call, call.body["cart_id"])
    try:
        placed = place_order(
            call.session,
            cart_id=cart_id,
            payment_method=call.body["payment_method"],
            expected_total=call.body["expected_total"],
            actor=call.actor,
            idempotency_key=call.key,
            note=call.body["note"],
            language=call.language,
            currency=cart.currency,
            payment_token=call.body["payment_token"],
            channel=channel,
        )
    except Conflict as refused:
        if refused.code in SHOWS_CART:
            call.session.rollback()
            fresh = as_json(look(call, cart_of(call, call.body["cart_id"])))
            refused.extra = {**getattr(refused, "extra", {}), "cart": fresh}  # type: ignore[attr-defined]
        raise
    status, payment = _begin_payment(call, placed)
    return {
        "number": placed.number,
        "token": placed.token,
        "status": status,
        "total": money(placed.total),
        "payment": payment,
    }


def _channel(call: Call) -> Channel:
    """How the order came in, as far as the caller may say.

    Raises:
        InvalidFields: somebody else than staff says another channel than this one.
    """
    channel = Channel(call.body["channel"])
    if channel is not Channel.API and not call.actor.is_staff:
        raise InvalidFields({"channel": _l("Only staff can say that an order came in by another way.")})
    return channel


def _begin_payment(call: Call, placed: PlacedOrder) -> tuple[str, dict[str, Any]]:
    """Ask for the money where it comes first; nobody is asked when it comes with the goods."""
    if not placed.asks_for_money:
        return placed.status, {"status": "pending", "redirect_url": None, "client_secret": None}
    outcome = payments.start_payment(
        session_maker(current_app),
        payment_id=placed.payment_id,
        return_url=call.body["return_url"] or absolute(f"/checkout/done/{placed.token}"),
        token=call.body["payment_token"],
        language=call.language,
    )
    call.session.expire_all()
    status = call.session.scalar(select(Order.state).where(Order.id == placed.order_id)) or placed.status
    return status, payment_json(outcome)


def payment_json(outcome: Outcome) -> dict[str, Any]:
    """How an attempt to collect the money stands, and where to go on with it."""
    return {
        "status": outcome.standing,
        "redirect_url": _whole_address(outcome.redirect_url),
        "client_secret": outcome.client_secret,
    }


def _whole_address(url: str | None) -> str | None:
    """With the shop's own host in front of a page of ours: whoever asked may be a program elsewhere."""
    return absolute(url) if url and url.startswith("/") else url


def _as_json(order: OrderPage) -> dict[str, Any]:
    return {
        "number": order.number,
        "token": order.token,
        "status": order.state,
        "payment_status": order.payment_status.value,
        "payment_method": order.payment_method,
        "placed_at": order.placed_at.isoformat(),
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "options": {label: str(value) for label, value in line.options.items()},
                "quantity": line.quantity,
                "unit_price": money(line.unit_price),
                "total": money(line.total),
            }
            for line in order.lines
        ],
        "subtotal": money(order.subtotal),
        "discount": money(order.discount),
        "shipping": money(order.shipping),
        "tax": money(order.tax),
        "total": money(order.total),
    }


def own_order(call: Call, number: str, right: str = "show") -> OrderPage:
    """The order of this number for its own customer, its token's holder, or staff whose screen allows it.

    Raises:
        OrderNotFound: no such order, or it is somebody else's.
    """
    if call.actor.is_staff and "\x00" not in number and rights.may(call.person, f"OrderView.{right}"):
        order = rights.row(call.person, "OrderView", Order.number == number)
        if order is not None:
            return page_by_id(call.session, order.id)
    token = call.query["token"] or None
    return page_by_number(call.session, number, user_id=call.actor.user_id, token=token)


@door(
    "GET",
    "/orders/<number>",
    summary="One order",
    tag="orders",
    query=questions.TokenQuery,
    answer=shapes.OrderShape,
)
def get_order(call: Call, number: str) -> dict[str, Any]:
    """An order, for its own customer, its token's holder, or staff."""
    return _as_json(own_order(call, number))


@door(
    "GET", "/orders", summary="My orders", tag="orders", query=questions.Listing, answer=shapes.OrdersShape,
    who="customer",
)  # fmt: skip
def list_orders(call: Call) -> dict[str, Any]:
    """The orders of the account, newest first."""
    assert call.person is not None
    found = orders_of(call.session, call.person.id, limit=call.query["limit"], cursor=call.query["cursor"])
    return {
        "items": [
            {
                "number": row.number,
                "token": row.token,
                "status": row.state,
                "payment_status": row.payment_status.value,
                "placed_at": row.placed_at.isoformat(),
                "total": money(row.total),
            }
            for row in found.items
        ],
        "next": found.next,
        "total": found.total,
    }


@door(
    "POST", "/orders/<number>/cancel", summary="Call an order off", tag="orders", query=questions.TokenQuery,
    answer=shapes.OrderShape,
)  # fmt: skip
def cancel_order(call: Call, number: str) -> dict[str, Any]:
    """Cancel an order of which nothing has left; what was paid goes back.

    Raises:
        Conflict: it is too late.
    """
    order = own_order(call, number, "cancel")
    if not order.can_cancel:
        orders.note_if_illegal(call.session, order_id=order.id, step="cancel", actor=call.actor)
        raise Conflict(_l("This order can no longer be cancelled."), code="too_late_to_cancel")
    reason = CancelReason.STAFF if call.actor.is_staff else CancelReason.CUSTOMER
    orders.cancel_order(call.session, order_id=order.id, reason=reason, actor=call.actor)
    call.session.expire_all()
    return _as_json(page_by_id(call.session, order.id))


__all__ = ["cancel_order", "create_order", "get_order", "list_orders"]
