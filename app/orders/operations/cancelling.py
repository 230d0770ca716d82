"""Calls orders off: by a customer, by staff, or because the money never came."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import SYSTEM, Actor
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.inventory import operations as inventory
from app.orders.errors import PartlyShipped
from app.orders.models import Order, OrderLine
from app.orders.operations.steps import locked_for, take_step
from app.orders.states import ORDER, CancelReason
from app.promotions import operations as promotions


def cancel_order(session: Session, *, order_id: int, reason: CancelReason | str, actor: Actor) -> None:
    """Cancel an unshipped order: its goods and coupons are free again.

    What was paid is owed back: `OrderCancelled` makes the payments see to it.

    Raises:
        IllegalTransition: when it was shipped, or cancelled before.
        PartlyShipped: when a parcel of it has left.
    """
    why = CancelReason(reason)
    with locked_for(session, order_id, "cancel", actor) as order:
        _cancel(session, order, why, actor)


def _cancel(session: Session, order: Order, why: CancelReason, actor: Actor) -> None:
    has_left = select(OrderLine.id).where(OrderLine.order_id == order.id, OrderLine.shipped > 0)
    if ORDER.can(order, "cancel") and session.scalar(has_left.limit(1)) is not None:
        raise PartlyShipped()
    was_sold = order.state != ORDER.start
    event = events.OrderCancelled(order_id=order.id, reason=why.value)
    if ORDER.can(order, "cancel"):
        order.cancel_reason, order.expires_at = why.value, None
    take_step(session, order, "cancel", "cancelled", event, actor, reason=why.value)
    inventory.release(session, holder=order.holder)
    if was_sold:
        inventory.return_to_stock(session, holder=order.holder, reason="cancelled", actor=actor)
    promotions.release_coupons(session, holder=order.holder)


def expire_unpaid(session: Session, *, limit: int = 200) -> list[int]:
    """Cancel orders whose money did not come in time (ix_orders_order_expiry), each on its own.

    The database's clock decides. Safe to run in several processes at once, and again. Returns the
    ids of the orders that were cancelled.
    """
    late = select(Order.id).where(Order.state == ORDER.start, Order.expires_at < func.now())
    with unit_of_work(session):
        waiting = session.scalars(late.order_by(Order.expires_at).limit(limit)).all()
    expired = []
    for order_id in waiting:
        with unit_of_work(session):
            order = locks.row(session, Order, order_id)
            if session.scalar(late.where(Order.id == order_id)) is None:
                continue
            _cancel(session, order, CancelReason.EXPIRED, SYSTEM)
            expired.append(order_id)
    return expired
