"""Tells open pages how an order stands, and gives guests' orders to their account. All repeatable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events import orders as events
from app.events.identity import EmailChanged, EmailVerified
from app.orders.operations import claim_guest_orders, tell_pages


def claim_verified(session: Session, event: EmailVerified) -> None:
    """The address is proved: orders placed with it as guest are this customer's. Repeatable."""
    claim_guest_orders(session, user_id=event.user_id)


def claim_changed(session: Session, event: EmailChanged) -> None:
    """The same for an address that somebody has changed to, and proved. Repeatable."""
    claim_guest_orders(session, user_id=event.user_id)


def live_placed(session: Session, event: events.OrderPlaced) -> None:
    """The order has its number: pages that opened at once learn it. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_confirmed(session: Session, event: events.OrderConfirmed) -> None:
    """Open pages of the order show that it is confirmed. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_paid(session: Session, event: events.OrderPaid) -> None:
    """Open pages of the order show that the money is there. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_packed(session: Session, event: events.OrderPacked) -> None:
    """Open pages of the order show that it is packed. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_shipped(session: Session, event: events.OrderShipped) -> None:
    """Open pages of the order show that it has left. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_delivered(session: Session, event: events.OrderDelivered) -> None:
    """Open pages of the order show that it has arrived. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_cancelled(session: Session, event: events.OrderCancelled) -> None:
    """Open pages of the order show that it was called off. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_returned(session: Session, event: events.OrderReturned) -> None:
    """Open pages of the order show that it came back. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_addresses(session: Session, event: events.OrderAddressesChanged) -> None:
    """Open pages of the order show the address that was put right. Repeatable."""
    tell_pages(session, order_id=event.order_id)
