"""Sends money back: never more than came in, never twice for one key."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core import audit, locks
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.idempotency import IdempotencyMismatch
from app.core.money import Money
from app.core.outbox import publish
from app.core.state_machine import IllegalTransition
from app.core.unit_of_work import unit_of_work
from app.events import payments as events
from app.orders import operations as orders
from app.orders.models import Order
from app.payments import ledger, registry, settling
from app.payments.errors import BadAmount, OverRefund, PaymentNotFound, RefundNotFound
from app.payments.models import Payment, Refund
from app.payments.providers.port import Capability, Refunded, RefundRequest
from app.payments.states import REFUND

log = structlog.get_logger("payments")


def request_refund(
    session: Session,
    *,
    amount: Money,
    reason: str,
    actor: Actor,
    idempotency_key: str,
    payment_id: int | None = None,
    order_id: int | None = None,
) -> list[Refund]:
    """Ask for money to go back, from one payment or from all payments of an order, newest first.

    The amount is set aside at once, so that two requests together never exceed what came in; the
    provider is asked after the commit. The same key and amount gives the same refunds again.

    Raises:
        OverRefund: more than is left; `most` says how much that is.
        BadAmount: not above zero, or in another currency.
        IdempotencyMismatch: the key was used for another amount.
        PaymentNotFound: no such payment or order.
    """
    with unit_of_work(session):
        payments = _payments(session, payment_id, order_id)
        known = [r for p in payments for r in p.refunds if r.idempotency_key == idempotency_key]
        if known:
            if sum(r.amount for r in known) != amount.amount or known[0].currency != amount.currency:
                raise IdempotencyMismatch()
            return known
        currency = payments[0].currency
        if amount.amount <= 0 or amount.currency != currency:
            raise BadAmount(currency=currency)
        most = sum((p.refundable for p in payments), Money.zero(currency))
        if amount > most:
            raise OverRefund(most=str(most))
        made: list[Refund] = []
        left = amount
        for payment in payments:
            part = min(left.amount, payment.refundable.amount)
            if part > 0:
                made.append(_set_aside(session, payment, part, reason, actor, idempotency_key))
                left = left - Money(part, currency)
    return made


def _payments(session: Session, payment_id: int | None, order_id: int | None) -> list[Payment]:
    if payment_id is not None:
        return [settling.locked(session, payment_id)[1]]
    if order_id is None or session.get(Order, order_id) is None:
        raise PaymentNotFound()
    locks.row(session, Order, order_id)
    ids = session.scalars(select(Payment.id).where(Payment.order_id == order_id)).all()
    if not ids:
        raise PaymentNotFound()
    return sorted(locks.rows(session, Payment, ids).values(), key=lambda p: -p.id)


def _set_aside(
    session: Session, payment: Payment, part: Decimal, reason: str, actor: Actor, key: str
) -> Refund:
    payment.refund_reserved += part
    refund = Refund(
        payment=payment,
        state=REFUND.start,
        amount=part,
        currency=payment.currency,
        reason=reason.strip()[:500],
        idempotency_key=key,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_label=actor.label,
    )
    if registry.can(payment.provider, Capability.OFFLINE):
        REFUND.transition(refund, "hand_over")
    session.add(refund)
    session.flush()
    audit.record(
        session, actor=actor, action="refund.request", entity="payments_payment", entity_id=payment.id,
        after={"refund": refund.id, "amount": str(refund.money), "reason": refund.reason},
    )  # fmt: skip
    orders.remember(
        session, order_id=payment.order_id, kind="refund_requested", actor=actor, is_public=False,
        amount=str(refund.amount), currency=refund.currency, reason=refund.reason,
    )  # fmt: skip
    publish(session, events.RefundRequested(refund_id=refund.id))
    return refund


def send_refund(session: Session, *, refund_id: int) -> str:
    """Hand a requested refund to its provider and write down the answer. Returns the refund's state.

    Uses transactions of its own, and none is open while the provider is talked to. The refund's
    public id is the idempotency key: sending it again, after a lost answer, pays back once.

    Raises:
        ProviderUnavailable: nobody answered; the caller tries again later.
    """
    make_session = sessionmaker(session.get_bind(), expire_on_commit=False)
    request, provider_key, state = _take_refund(make_session, refund_id)
    if request is None:
        return state
    answer = registry.provider(provider_key).refund(request)
    with make_session() as own:
        return apply_refund(own, refund_id=refund_id, answer=answer).state


def _take_refund(
    make_session: Callable[[], Session], refund_id: int
) -> tuple[RefundRequest | None, str, str]:
    with make_session() as session, unit_of_work(session):
        refund = session.get(Refund, refund_id)
        if refund is None:
            return None, "", "gone"
        _order, payment = settling.locked(session, refund.payment_id)
        session.refresh(refund)
        if refund.state not in ("requested", "pending"):
            return None, payment.provider, refund.state
        if refund.state == "requested":
            REFUND.transition(refund, "send")
        request = RefundRequest(
            key=str(refund.public_id),
            payment_key=str(payment.public_id),
            reference=payment.provider_ref,
            amount=refund.money,
            refund_reference=refund.provider_ref,
        )
        return request, payment.provider, refund.state


def apply_refund(session: Session, *, refund_id: int, answer: Refunded, actor: Actor = SYSTEM) -> Refund:
    """Take over how a refund stands; telling it again changes nothing.

    Raises:
        RefundNotFound: when there is no such refund.
    """
    with unit_of_work(session):
        refund = session.get(Refund, refund_id)
        if refund is None:
            raise RefundNotFound()
        order, payment = settling.locked(session, refund.payment_id)
        session.refresh(refund)
        if refund.provider_ref is None and answer.reference:
            refund.provider_ref = answer.reference
        if answer.standing == "manual" and REFUND.can(refund, "hand_over"):
            REFUND.transition(refund, "hand_over")
        elif answer.standing == "done" and REFUND.can(refund, "finish"):
            _finish(session, order, payment, refund, actor)
        elif answer.standing == "failed" and REFUND.can(refund, "fail"):
            _fail(session, payment, refund, answer.failure or "refused")
        elif answer.standing == "failed" and refund.state == "done":
            log.error("a finished refund came back", refund=refund.id, code=answer.failure)
            publish(
                session,
                events.RefundFailed(
                    refund_id=refund.id, order_id=payment.order_id, code=answer.failure or "came_back"
                ),
            )
    return refund


def _finish(session: Session, order: Order, payment: Payment, refund: Refund, actor: Actor) -> None:
    REFUND.transition(refund, "finish")
    refund.done_at = utcnow()
    payment.refund_reserved -= refund.amount
    payment.refunded += refund.amount
    session.flush()
    ledger.post_refund(session, payment=payment, refund_id=refund.id, amount=refund.money)
    settling.settle(session, order, actor=actor)
    orders.remember(
        session, order_id=order.id, kind="refunded", actor=actor,
        amount=str(refund.amount), currency=refund.currency,
    )  # fmt: skip
    publish(
        session,
        events.PaymentRefunded(
            payment_id=payment.id,
            order_id=order.id,
            refund_id=refund.id,
            amount=refund.amount,
            currency=refund.currency,
        ),
    )


def _fail(session: Session, payment: Payment, refund: Refund, code: str) -> None:
    REFUND.transition(refund, "fail")
    refund.failure = code[:200]
    payment.refund_reserved -= refund.amount
    session.flush()
    orders.remember(
        session, order_id=payment.order_id, kind="refund_failed", is_public=False,
        amount=str(refund.amount), currency=refund.currency, code=refund.failure,
    )  # fmt: skip
    publish(
        session,
        events.RefundFailed(refund_id=refund.id, order_id=payment.order_id, code=refund.failure),
    )


def note_refund_from_outside(session: Session, *, payment_id: int, answer: Refunded) -> Refund | None:
    """Count a refund that was made in the provider's own back office. The same reference counts once.

    Returns None when it would exceed what came in, or nothing has come in: then a person has to look.
    """
    if answer.reference is None or answer.amount is None:
        return None
    with unit_of_work(session):
        _order, payment = settling.locked(session, payment_id)
        known = session.scalar(
            select(Refund).where(Refund.payment_id == payment.id, Refund.provider_ref == answer.reference)
        )
        if known is None:
            if answer.standing == "failed":
                return None
            if answer.amount.currency != payment.currency or answer.amount > payment.refundable:
                return None
            payment.refund_reserved += answer.amount.amount
            known = Refund(
                payment=payment,
                amount=answer.amount.amount,
                currency=payment.currency,
                reason="made at the provider",
                idempotency_key=f"outside:{answer.reference}"[:255],
                provider_ref=answer.reference,
                state="pending",
                actor_kind=SYSTEM.kind,
                actor_label=payment.provider,
            )
            session.add(known)
            session.flush()
        return apply_refund(session, refund_id=known.id, answer=answer)


def finish_manual_refund(session: Session, *, refund_id: int, actor: Actor, reference: str = "") -> Refund:
    """Note that a person has paid a refund back by hand; `reference` is the bank's or the receipt's.

    Raises:
        RefundNotFound: when there is no such refund.
        IllegalTransition: unless it waits for being paid back by hand, or was finished so before.
    """
    with unit_of_work(session):
        refund = session.get(Refund, refund_id)
        if refund is None:
            raise RefundNotFound()
        settling.locked(session, refund.payment_id)
        session.refresh(refund)
        if refund.state not in ("manual", "done"):
            raise IllegalTransition(event="finish", state=refund.state)
        if refund.state == "manual":
            audit.record(
                session, actor=actor, action="refund.finish", entity="payments_refund", entity_id=refund.id,
                before={"state": refund.state}, after={"state": "done", "reference": reference[:200]},
            )  # fmt: skip
        words = reference.strip()[:200] or None
        apply_refund(session, refund_id=refund.id, answer=Refunded("done", words), actor=actor)
    return refund
