"""What follows in the recommender when others announce something."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.orders import OrderPlaced
from app.orders.models import Order
from recommender import operations, rules


def count_order(session: Session, event: OrderPlaced) -> None:
    """Count an order for the experiment its buyer takes part in. A repeat counts nothing."""
    row = session.execute(
        select(Order.user_id, Order.cart_id).where(Order.id == event.order_id)
    ).one_or_none()
    if row is None:
        return
    unit = (
        rules.unit_of(str(current_app.secret_key), "account", str(row.user_id))
        if row.user_id is not None
        else None
    )
    operations.note_order(session, cart_id=row.cart_id, unit=unit, at=event.placed_at)
