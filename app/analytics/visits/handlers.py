"""What orders mean for visits. Repeatable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.analytics.visits import operations
from app.events.orders import OrderPlaced
from app.orders.models import Order


def note_order(session: Session, event: OrderPlaced) -> None:
    """An order of somebody who agreed to be counted belongs to the visit of its bag. Repeatable."""
    order = session.get(Order, event.order_id)
    if order is not None:
        operations.note_order(session, order_id=order.id, cart_id=order.cart_id, at=event.placed_at)
