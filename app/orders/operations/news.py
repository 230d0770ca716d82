"""Tells open pages how an order stands, in whatever process the change happened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import realtime
from app.orders.models import Order

NAMESPACE = "/notifications"


def room_of(token: str) -> str:
    """The room in which the pages of one order listen."""
    return f"order:{token}"


def tell_pages(session: Session, *, order_id: int) -> None:
    """Send `order {number, status}` to whoever has the order's page open. Only a hint: pages ask anew."""
    row = session.execute(select(Order.number, Order.token, Order.state).where(Order.id == order_id)).first()
    if row is not None:
        body = {"number": row.number, "status": row.state}
        realtime.emit(NAMESPACE, "order", body, room=room_of(row.token))
