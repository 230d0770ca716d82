"""Tells open pages how an order stands, in whatever process the change happened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import realtime
from app.notifications.channels import onsite
from app.orders.models import Order

NAMESPACE = "/notifications"


def room_of(token: str) -> str:
    """The room in which the pages of one order listen."""
    return f"order:{token}"


def tell_pages(session: Session, *, order_id: int) -> None:
    """Send `order {number, status}` to whoever has the order's page open, and to its customer wherever they are.

    Once to each, and only a hint: pages ask anew.
    """
    query = select(Order.number, Order.token, Order.state, Order.user_id).where(Order.id == order_id)
    row = session.execute(query).first()
    if row is None:
        return
    page, body = room_of(row.token), {"number": row.number, "status": row.state}
    rooms = page if row.user_id is None else [page, onsite.room(onsite.SHOP, row.user_id)]
    realtime.emit(NAMESPACE, "order", body, room=rooms)
