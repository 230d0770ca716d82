"""What every movement of money ends with: the order learns its sums, late money gets its name."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import SYSTEM, Actor
from app.core.money import Money
from app.orders import operations as orders
from app.orders.models import Order
from app.payments.errors import PaymentNotFound
from app.payments.models import Payment


def locked(session: Session, payment_id: int) -> tuple[Order, Payment]:
    """Lock a payment's order, then the payment: always in this order.

    Raises:
        PaymentNotFound: when there is no such payment.
    """
    session.flush()
    order_id = session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is None:
        raise PaymentNotFound()
    return locks.row(session, Order, order_id), locks.row(session, Payment, payment_id)


def sums(session: Session, order: Order) -> tuple[Money, Money]:
    """What came in and what went back for an order, over all its payments."""
    captured, refunded = session.execute(
        select(
            func.coalesce(func.sum(Payment.captured), 0), func.coalesce(func.sum(Payment.refunded), 0)
        ).where(Payment.order_id == order.id)
    ).one()
    return Money(captured, order.currency), Money(refunded, order.currency)


def settle(session: Session, order: Order, *, actor: Actor = SYSTEM) -> None:
    """Hand the sums to the order, in the same unit; it decides whether it is paid by them."""
    session.flush()
    captured, refunded = sums(session, order)
    orders.settle(session, order_id=order.id, captured=captured, refunded=refunded, actor=actor)
    session.refresh(order)
