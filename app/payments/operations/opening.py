"""Opens payments, and closes those that nobody will pay any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import locks, settings
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.payments import PaymentVoided
from app.orders import operations as orders
from app.orders.models import Order
from app.payments import registry, rules, settling
from app.payments.errors import BadAmount, NotPayable, PaymentMethodUnavailable
from app.payments.models import Payment
from app.payments.settings import PaymentSettings
from app.payments.states import OPEN_STATES, PAYMENT


def open_payment(session: Session, *, order: Order, method: str, amount: Money, actor: Actor) -> Payment:
    """Note that an order's money is to be collected in this way. Nobody is asked for it yet.

    Joins the unit of work that has made or locked the order; afterwards, outside of any transaction, comes
    `start_payment`. An order that costs nothing is settled at once. `amount` is in the order's currency.

    Raises:
        PaymentMethodUnavailable: no such way to pay, or not for this order.
        BadAmount: below zero, or in another currency than the order's.
        NotPayable: the order does not wait for money.
    """
    with unit_of_work(session):
        if order.state not in ("pending", "confirmed"):
            raise NotPayable()
        if amount.currency != order.currency or amount.amount < 0:
            raise BadAmount(currency=order.currency)
        mine = settings.get(session, PaymentSettings)
        known = any(provider.key == method for provider in registry.providers())
        if not known or not rules.is_allowed(method, amount, order.exchange_rate, order.country, mine):
            raise PaymentMethodUnavailable()
        payment = Payment(
            order_id=order.id,
            provider=method,
            amount=amount.amount,
            currency=amount.currency,
            check_at=utcnow() + timedelta(seconds=mine.retry_seconds),
        )
        session.add(payment)
        session.flush()
        if not amount:
            PAYMENT.transition(payment, "capture")
            payment.check_at = None
            settling.settle(session, order, actor=actor)
    return payment


def choose_method(session: Session, *, order_id: int, method: str, actor: Actor) -> Payment:
    """The payment with which a waiting order is paid now: the open one of this method, or a new one.

    The order waits as long as the method needs. Other open payments stay open: their money may be
    under way, and whatever comes in too much is told as `Overpaid`.

    Raises:
        NotPayable: the order does not wait for money any more.
        PaymentMethodUnavailable: no such way to pay, or not for this order.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if order.state != "pending":
            raise NotPayable()
        captured, _refunded = settling.sums(session, order)
        found = session.scalar(
            select(Payment)
            .where(Payment.order_id == order.id, Payment.provider == method, Payment.state.in_(OPEN_STATES))
            .order_by(Payment.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
        payment = open_payment(
            session, order=order, method=method, amount=order.total - captured, actor=actor
        )
        _wait(order, rules.waits_for(method, settings.get(session, PaymentSettings)))
        order.payment_method = method
        orders.remember(session, order_id=order.id, kind="payment_method", actor=actor, method=method)
    return payment


def _wait(order: Order, how_long: timedelta | None) -> None:
    """Let the order, and with it its goods, wait as long as the new method needs; never shorter."""
    moment = None if how_long is None else utcnow() + how_long
    if moment is None or order.expires_at is None or order.expires_at < moment:
        order.expires_at = moment


def void_open(session: Session, *, order_id: int, actor: Actor = SYSTEM) -> int:
    """Close the payments of an order that will not be carried out. Returns how many were open.

    Providers are told afterwards (`PaymentVoided`); money that was faster is captured all the same
    and then goes back. Doing it again changes nothing.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        open_ids = session.scalars(
            select(Payment.id).where(Payment.order_id == order.id, Payment.state.in_(OPEN_STATES))
        ).all()
        for payment in locks.rows(session, Payment, open_ids).values():
            if payment.captured:  # a part of a bank transfer: it goes back as a refund
                payment.check_at = None
                PAYMENT.transition(payment, "capture")
                continue
            PAYMENT.transition(payment, "void")
            payment.check_at = None
            publish(session, PaymentVoided(payment_id=payment.id))
    return len(open_ids)
