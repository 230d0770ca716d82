"""Tells open pages how an order stands, and gives guests' orders to their account. All repeatable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events import orders as events
from app.events.about import AboutOrder
from app.events.identity import EmailChanged, EmailVerified
from app.orders.operations import claim_guest_orders, tell_pages

STEPS = (
    events.OrderPlaced, events.OrderConfirmed, events.OrderPaid, events.OrderPacked, events.OrderShipped,
    events.OrderDelivered, events.OrderCancelled, events.OrderReturned, events.OrderAddressesChanged,
)  # fmt: skip
"""What an open page of an order wants to hear of."""


def claim_verified(session: Session, event: EmailVerified) -> None:
    """The address is proved: orders placed with it as guest are this customer's. Repeatable."""
    claim_guest_orders(session, user_id=event.user_id)


def claim_changed(session: Session, event: EmailChanged) -> None:
    """The same for an address that somebody has changed to, and proved. Repeatable."""
    claim_guest_orders(session, user_id=event.user_id)


def live_order(session: Session, event: AboutOrder) -> None:
    """Something happened to an order: its open pages show how it stands now. Repeatable."""
    tell_pages(session, order_id=event.order_id)
