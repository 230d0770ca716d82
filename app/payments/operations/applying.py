"""Applies what a provider says about a charge: early, late, twice or out of order."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events import payments as events
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.states import ORDER
from app.payments import ledger, registry, rules, settling
from app.payments.models import Capture, Payment
from app.payments.operations.refunds import request_refund
from app.payments.providers.port import Capability, Outcome
from app.payments.states import OPEN_STATES, PAYMENT

log = structlog.get_logger("payments")
MISMATCH = "amount_mismatch"
_STEPS = {
    "pending": "start",
    "requires_action": "require_action",
    "authorised": "authorise",
    "voided": "void",
}


def apply_outcome(session: Session, *, payment_id: int, outcome: Outcome, actor: Actor = SYSTEM) -> Payment:
    """Take over how a charge stands. Every door ends here: start, notice, look-up, cancel.

    Locks the order, then the payment. A capture counts once, by the provider's own mark of it; what
    comes after a capture (a failure told late) changes nothing. Another amount or currency than was
    asked for is not counted: `AmountMismatch` calls a person.

    Raises:
        PaymentNotFound: when there is no such payment.
    """
    with unit_of_work(session):
        order, payment = settling.locked(session, payment_id)
        _remember(payment, outcome)
        if outcome.standing == "captured":
            _captured(session, order, payment, outcome, actor)
        elif outcome.standing == "failed":
            _failed(session, payment, outcome)
        elif step := _STEPS.get(outcome.standing):
            if PAYMENT.can(payment, step):
                PAYMENT.transition(payment, step)
            _confirm_if_later(session, order, payment, actor)
        _plan_next_look(payment, outcome)
    return payment


def take_money(
    session: Session, order: Order, payment: Payment, *, amount: Money, reference: str, actor: Actor = SYSTEM
) -> int | None:
    """Count money that came in, once per provider and reference; None when it was counted before.

    Both rows are locked by the caller. The payment is captured when all it asks for is there.
    """
    capture_id = session.scalar(
        insert(Capture)
        .values(
            payment_id=payment.id,
            provider=payment.provider,
            reference=reference,
            amount=amount.amount,
            currency=amount.currency,
        )
        .on_conflict_do_nothing(index_elements=["provider", "reference"])
        .returning(Capture.id)
    )
    if capture_id is None:
        return None
    payment.captured += amount.amount
    if payment.captured >= payment.amount:
        PAYMENT.transition(payment, "capture")
        payment.failure, payment.check_at = None, None
    session.flush()
    ledger.post_capture(session, payment=payment, capture_id=capture_id, amount=amount)
    was_cancelled = order.state == "cancelled"
    settling.settle(session, order, actor=actor)
    publish(
        session,
        events.PaymentCaptured(
            payment_id=payment.id,
            order_id=order.id,
            capture_id=capture_id,
            amount=amount.amount,
            currency=amount.currency,
        ),
    )
    _name_late_cases(session, order, payment, capture_id, amount, was_cancelled)
    return capture_id


def _name_late_cases(
    session: Session, order: Order, payment: Payment, capture_id: int, amount: Money, was_cancelled: bool
) -> None:
    if was_cancelled:
        publish(
            session,
            events.PaidAfterExpiry(order_id=order.id, payment_id=payment.id, capture_id=capture_id),
        )
        orders.remember(
            session, order_id=order.id, kind="paid_late", amount=str(amount.amount), currency=amount.currency
        )
        request_refund(
            session, payment_id=payment.id, amount=amount, reason="paid_late", actor=SYSTEM,
            idempotency_key=f"late:{capture_id}",
        )  # fmt: skip
        return
    surplus = order.captured_money - order.total
    if surplus.amount > 0 and order.state != "cancelled":
        publish(
            session,
            events.Overpaid(
                order_id=order.id, payment_id=payment.id, surplus=surplus.amount, currency=surplus.currency
            ),
        )
        orders.remember(
            session, order_id=order.id, kind="overpaid", is_public=False,
            amount=str(surplus.amount), currency=surplus.currency,
        )  # fmt: skip


def _captured(session: Session, order: Order, payment: Payment, outcome: Outcome, actor: Actor) -> None:
    reference = outcome.capture_reference or outcome.reference
    if outcome.taken is None or reference is None or outcome.taken != payment.due:
        _mismatch(session, payment, outcome)
        return
    take_money(session, order, payment, amount=outcome.taken, reference=reference, actor=actor)


def _mismatch(session: Session, payment: Payment, outcome: Outcome) -> None:
    """Call a person once per payment; the money stays uncounted until somebody has looked."""
    if payment.failure == MISMATCH or _is_counted(session, payment, outcome):
        return
    payment.failure = MISMATCH
    taken = "nothing" if outcome.taken is None else str(outcome.taken)
    log.error("provider took another amount", payment=payment.id, expected=str(payment.due), taken=taken)
    publish(
        session,
        events.AmountMismatch(
            order_id=payment.order_id, payment_id=payment.id, expected=str(payment.due), taken=taken
        ),
    )
    orders.remember(
        session, order_id=payment.order_id, kind=MISMATCH, is_public=False, expected=str(payment.due), taken=taken
    )  # fmt: skip


def _is_counted(session: Session, payment: Payment, outcome: Outcome) -> bool:
    reference = outcome.capture_reference or outcome.reference
    found = select(Capture.id).where(Capture.provider == payment.provider, Capture.reference == reference)
    return session.scalar(found) is not None


def _failed(session: Session, payment: Payment, outcome: Outcome) -> None:
    if not PAYMENT.can(payment, "fail"):
        return
    PAYMENT.transition(payment, "fail")
    payment.failure = (outcome.failure or "declined")[:200]
    publish(
        session,
        events.PaymentFailed(
            payment_id=payment.id, order_id=payment.order_id, code=payment.failure, final=outcome.is_final
        ),
    )


def _confirm_if_later(session: Session, order: Order, payment: Payment, actor: Actor) -> None:
    """An order whose money comes with the goods is carried out at once."""
    session.flush()
    if registry.can(payment.provider, Capability.AFTER_DELIVERY) and ORDER.can(order, "confirm"):
        orders.confirm(session, order_id=order.id, actor=actor)


def _remember(payment: Payment, outcome: Outcome) -> None:
    if payment.provider_ref is None and outcome.reference:
        payment.provider_ref = outcome.reference
    if outcome.method:
        kept: dict[str, Any] = {k: str(v)[:100] for k, v in outcome.method.items() if v is not None}
        if not rules.holds_card_number(kept.values()):
            payment.method = {**payment.method, **kept}


def _plan_next_look(payment: Payment, outcome: Outcome) -> None:
    can_ask = registry.can(payment.provider, Capability.LOOK_UP)
    if payment.state not in OPEN_STATES or payment.failure == MISMATCH or outcome.is_final or not can_ask:
        payment.check_at = None
    else:
        payment.check_at = utcnow() + rules.check_after(payment.attempts)
