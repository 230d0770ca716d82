"""Money that people see come in: cash, and lines of a bank statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order
from app.payments import queries, registry, settling
from app.payments.errors import BadAmount, BadReference, ReferenceUsed, UnknownReference
from app.payments.models import Payment
from app.payments.operations.applying import take_money
from app.payments.providers.port import Capability


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A credit on the bank account. `reference` is the bank's own mark of it, unique per account."""

    communication: str
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a statement: orders paid by line, lines nobody could place, lines seen before."""

    payments: tuple[int, ...]
    repeated: int
    unmatched: tuple[StatementLine, ...]


def record_manual_payment(
    session: Session, *, order_id: int, amount: Money, reference: str, actor: Actor
) -> Payment:
    """Note money that a person has seen: cash of the carrier, a transfer on the account.

    It may be a part of what is due. The same reference counts once; without one, cash is taken to
    be the order's whole cash ("cash:2026-000123").

    Raises:
        ReferenceUsed: the same reference came with another amount before.
        BadAmount: not above zero, or in another currency than the order's.
        BadReference: longer than 200 characters.
        PaymentNotFound: no such order.
    """
    words = reference.strip()
    if len(words) > 200 or not words.isprintable():
        raise BadReference()
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if amount.currency != order.currency or amount.amount <= 0:
            raise BadAmount(currency=order.currency)
        payment = _offline_payment(session, order)
        mark = words or f"cash:{order.number or order.id}"
        _note(session, order, payment, amount, mark, actor)
    return payment


def _note(session: Session, order: Order, payment: Payment, amount: Money, mark: str, actor: Actor) -> None:
    """Count the money and write down who saw it; the same money again changes nothing."""
    if take_money(session, order, payment, amount=amount, reference=mark, actor=actor) is not None:
        audit.record(
            session, actor=actor, action="payment.record", entity="payments_payment",
            entity_id=payment.id, after={"amount": str(amount), "reference": mark},
        )  # fmt: skip
        return
    known = queries.capture_of(session, payment.provider, mark)
    if known is not None and (known.amount, known.currency) != (amount.amount, amount.currency):
        raise ReferenceUsed(known=str(Money(known.amount, known.currency)))


def _offline_payment(session: Session, order: Order) -> Payment:
    """The offline payment of the order that still waits, else the last one, else a new one."""
    offline = [p.key for p in registry.providers() if Capability.OFFLINE in p.can]
    ids = session.scalars(
        select(Payment.id)
        .where(Payment.order_id == order.id, Payment.provider.in_(offline))
        .order_by((Payment.captured < Payment.amount).desc(), (Payment.state == "voided"), Payment.id.desc())
    ).all()
    if ids:
        return locks.row(session, Payment, ids[0])
    method = order.payment_method if order.payment_method in offline else "bank_transfer"
    captured, _refunded = settling.sums(session, order)
    payment = Payment(
        order_id=order.id,
        provider=method,
        amount=max((order.total - captured).amount, Money.zero(order.currency).amount),
        currency=order.currency,
    )
    session.add(payment)
    session.flush()
    return payment


def match_transfer(
    session: Session, *, communication: str, amount: Money, reference: str, actor: Actor
) -> Payment:
    """Note a transfer by its structured communication, in whatever spelling the bank gives it.

    Raises:
        UnknownReference: the check digits are wrong, or no payment has this communication.
        BadAmount: not above zero, or in another currency than the order's.
        BadReference: the bank's reference is missing: without one a line could count twice.
        ReferenceUsed: the same reference came with another amount before.
    """
    if not reference.strip():
        raise BadReference()
    with unit_of_work(session):
        found = queries.by_communication(session, communication)
        if found is None:
            raise UnknownReference()
        order, payment = settling.locked(session, found.id)
        if amount.currency != payment.currency or amount.amount <= 0:
            raise BadAmount(currency=payment.currency)
        _note(session, order, payment, amount, reference.strip()[:200], actor)
    return payment


def match_statement(session: Session, *, lines: Iterable[StatementLine], actor: Actor) -> Matched:
    """Place the credits of a bank statement, each in a transaction of its own.

    Lines that fit nowhere come back for a person; reading the same statement again changes nothing.
    """
    placed: list[int] = []
    unmatched: list[StatementLine] = []
    repeated = 0
    for line in lines:
        if queries.capture_known(session, "bank_transfer", line.reference.strip()[:200]):
            repeated += 1
            continue
        try:
            payment = match_transfer(
                session,
                communication=line.communication,
                amount=line.amount,
                reference=line.reference,
                actor=actor,
            )
        except (UnknownReference, BadAmount, BadReference, ReferenceUsed):
            unmatched.append(line)
        else:
            placed.append(payment.id)
    return Matched(tuple(placed), repeated, tuple(unmatched))
