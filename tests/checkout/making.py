"""Carts ready to be ordered, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.cart import queries as cart_queries
from app.cart.models import Cart
from app.checkout.operations import PlacedOrder, place_order
from app.core.actor import GUEST, Actor
from app.core.money import Money
from tests.orders.making import GHENT


def cart(
    session: Session,
    variant_ids: Sequence[int],
    *,
    quantity: int = 1,
    email: str = "kim@example.org",
    shipping: Mapping[str, Any] = GHENT,
    billing: Mapping[str, Any] | None = None,
    method: str | None = "standard",
    currency: str = "EUR",
    user_id: int | None = None,
) -> Cart:
    """A cart with lines, addresses and a way to ship."""
    actor = GUEST if user_id is None else Actor("customer", user_id, email)
    made = carts.create_cart(session, currency=currency, language="en", user_id=user_id)
    for variant_id in variant_ids:
        carts.add_line(session, cart_id=made.id, variant_id=variant_id, quantity=quantity, actor=actor)
    carts.set_addresses(
        session, cart_id=made.id, email=email, shipping=shipping, billing=billing, actor=actor
    )
    if method:
        carts.set_shipping_method(session, cart_id=made.id, code=method, actor=actor)
    return made


def total(session: Session, made: Cart, currency: str = "EUR") -> Money:
    """What the cart costs now."""
    return cart_queries.quoted(session, made, language="en", currency=currency).quote.total


def place(session: Session, cart_id: UUID, expected: Money | None = None, **changes: Any) -> PlacedOrder:
    """Place the order of a cart, by card unless said otherwise."""
    values: dict[str, Any] = {
        "payment_method": "demo_card", "actor": GUEST, "idempotency_key": None, "language": "en", "currency": "EUR",
    }  # fmt: skip
    return place_order(session, cart_id=cart_id, expected_total=expected, **(values | changes))


TABLES = (
    "orders_order", "orders_line", "orders_history", "payments_payment", "inventory_reservation", "core_idempotency",
    "promotions_claim", "core_outbox", "core_series",
)  # fmt: skip


def everything(session: Session) -> dict[str, Any]:
    """How much there is of everything an order touches, and how stock and carts stand."""
    session.rollback()
    found: dict[str, Any] = {name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in TABLES}
    stock = session.execute(text("SELECT id, on_hand, reserved FROM inventory_stock ORDER BY id"))
    found["stock"] = [tuple(row) for row in stock]
    rows = session.execute(text("SELECT id, state, version FROM cart_cart ORDER BY id"))
    found["carts"] = [tuple(row) for row in rows]
    session.rollback()
    return found
