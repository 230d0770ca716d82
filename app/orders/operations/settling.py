"""Takes over what the payments add up to; an order that is covered is paid."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.inventory import operations as inventory
from app.inventory.errors import OutOfStock, ReservationGone
from app.orders import history, rules
from app.orders.models import Order, OrderLine
from app.orders.operations.cancelling import cancel_order
from app.orders.operations.steps import take_step
from app.orders.states import ORDER, CancelReason


def settle(
    session: Session, *, order_id: int, captured: Money, refunded: Money, actor: Actor = SYSTEM
) -> bool:
    """Take over the sums of the order's payments; when they cover it for the first time it is paid.

    A pending or confirmed order then becomes `paid`, and a pending one's goods are sold; an order
    that is further (cash on delivery) only gets its moment of payment. A cancelled order stays
    cancelled. Returns True when the order has become paid by this call.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        order.captured, order.refunded = captured.amount, refunded.amount
        session.flush()
        if order.paid_at is not None or order.state == "cancelled":
            return False
        if not rules.is_covered(order.total, captured):
            return False
        _paid(session, order, captured, actor)
        return True


def _paid(session: Session, order: Order, captured: Money, actor: Actor) -> None:
    order.paid_at, order.expires_at = utcnow(), None
    event = events.OrderPaid(order_id=order.id, paid_at=order.paid_at)
    data = {"amount": str(captured.amount), "currency": captured.currency}
    if not ORDER.can(order, "pay"):
        session.flush()
        history.write(session, order_id=order.id, kind="paid", actor=actor, data=data)
        publish(session, event)
        return
    was_held = order.state == ORDER.start
    take_step(session, order, "pay", "paid", event, actor, **data)
    if was_held and not _goods_are_taken(session, order):
        cancel_order(session, order_id=order.id, reason=CancelReason.OUT_OF_STOCK, actor=SYSTEM)


def _goods_are_taken(session: Session, order: Order) -> bool:
    """Sell what is held. Goods given back meanwhile are promised anew if there are any left."""
    try:
        inventory.claim(session, holder=order.holder)
        return True
    except ReservationGone:
        query = select(OrderLine.variant_id, func.sum(OrderLine.quantity)).group_by(OrderLine.variant_id)
        rows = session.execute(query.where(OrderLine.order_id == order.id))
        wanted = {variant_id: int(quantity) for variant_id, quantity in rows}
    try:
        inventory.sell(session, holder=order.holder, lines=wanted)
    except OutOfStock:
        return False
    return True


def hold_until(session: Session, *, order_id: int, moment: datetime, only_sooner: bool = False) -> None:
    """Change how long a pending order waits for its money; other orders do not wait."""
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if order.state != ORDER.start:
            return
        if only_sooner and order.expires_at is not None and order.expires_at <= moment:
            return
        order.expires_at = moment
