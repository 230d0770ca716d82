"""Cash that a carrier took at the door and hands over with a settlement: line by line, never by guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order
from app.orders.queries import order_by_number
from app.payments import settling
from app.payments.errors import (
    AlreadyPaid,
    AlreadySettled,
    BadReference,
    NotPaidInCash,
    UnknownOrderOrParcel,
    WrongCash,
)
from app.payments.models import Capture, Payment
from app.payments.operations.manual import record_manual_payment

CASH = "cod"
FindParcels = Callable[[Session, str], Sequence[int]]
_parcels: list[FindParcels] = []


def also_by_parcel(find: FindParcels) -> None:
    """Let orders be found by a parcel's number too: `find(session, number)` gives ids of orders."""
    if find not in _parcels:
        _parcels.append(find)


def settle_cash(
    session: Session,
    *,
    order_or_parcel: str,
    amount: Money,
    reference: str = "",
    paid_on: date | None = None,
    actor: Actor,
) -> Payment:
    """Mark an order paid that its carrier took the cash for: exactly what was still due, once.

    `reference` is the carrier's mark of the line or of the whole settlement; the same one may stand
    beside many orders. `paid_on` is the carrier's day and goes into the audit log.

    Raises:
        UnknownOrderOrParcel: no order has this number, and no parcel, or parcels of several orders have.
        NotPaidInCash: the order is paid in another way, or was cancelled.
        AlreadySettled: this very line was counted before. AlreadyPaid: nothing is due any more.
        WrongCash: more or less than what is due, or another currency.
        BadReference: longer than 150 characters.
    """
    words = reference.strip()
    if len(words) > 150 or not words.isprintable():
        raise BadReference()
    with unit_of_work(session):
        order = locks.row(session, Order, _order_id(session, order_or_parcel.strip()))
        mark = f"{words}:{order.number}" if words else f"cash:{order.number}"
        _must_be_due(session, order, amount, mark)
        payment = record_manual_payment(
            session, order_id=order.id, amount=amount, reference=mark, actor=actor
        )
        audit.record(
            session, actor=actor, action="payment.settle", entity="payments_payment", entity_id=payment.id,
            after={"line": order_or_parcel.strip()[:100], "reference": words, "paid_on": paid_on},
        )  # fmt: skip
    return payment


def _order_id(session: Session, words: str) -> int:
    if not words or len(words) > 100 or not words.isprintable():
        raise UnknownOrderOrParcel()
    order = order_by_number(session, words)
    if order is not None:
        return order.id
    found = {order_id for find in _parcels for order_id in find(session, words)}
    if len(found) != 1:
        raise UnknownOrderOrParcel()
    return found.pop()


def _must_be_due(session: Session, order: Order, amount: Money, mark: str) -> None:
    known = session.execute(
        select(Capture.amount, Capture.currency)
        .join(Payment, Payment.id == Capture.payment_id)
        .where(Payment.order_id == order.id, Capture.reference == mark)
    ).first()
    if known is not None:
        if Money(known.amount, known.currency) == amount:
            raise AlreadySettled()
        raise WrongCash(due=str(Money(known.amount, known.currency)))
    if order.payment_method != CASH or order.state == "cancelled":
        raise NotPaidInCash()
    captured, _refunded = settling.sums(session, order)
    due = order.total - captured
    if due.amount <= 0:
        raise AlreadyPaid()
    if amount.currency != due.currency or amount != due:
        raise WrongCash(due=str(due))
