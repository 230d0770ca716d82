"""Finds what got lost: charges whose answer nobody heard, refunds nobody sent, notices without a home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.unit_of_work import unit_of_work
from app.payments import registry, settling
from app.payments.errors import ProviderUnavailable
from app.payments.models import Payment, Refund, Webhook
from app.payments.operations.applying import apply_outcome
from app.payments.operations.refunds import send_refund
from app.payments.operations.starting import start_payment
from app.payments.operations.webhooks import apply_webhook
from app.payments.providers.port import Capability, LookUp, Outcome
from app.payments.states import OPEN_STATES

log = structlog.get_logger("payments")
SessionMaker = Callable[[], Session]
PATIENCE = timedelta(minutes=2)
"""A refund that nobody has answered for so long is sent again."""
PARKED = timedelta(days=1)
"""For so long parked notices are tried again by themselves."""


def due_payments(session: Session, limit: int = 100) -> list[int]:
    """Open payments whose provider should be asked now (index ix_payments_payment_open)."""
    query = (
        select(Payment.id)
        .where(Payment.check_at.is_not(None), Payment.state.in_(OPEN_STATES), Payment.check_at <= func.now())
        .order_by(Payment.check_at, Payment.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def check_payment(make_session: SessionMaker, *, payment_id: int) -> Outcome:
    """Ask the provider how one charge stands and take that over. Each look waits longer than the last.

    A payment that nobody has started yet (the process died in between) is started now where no
    customer is needed for it; otherwise it waits for the customer.
    """
    session = make_session()
    try:
        with unit_of_work(session):
            order, payment = settling.locked(session, payment_id)
            request: LookUp | None = LookUp(str(payment.public_id), payment.provider_ref, payment.due)
            provider, is_new, language = payment.provider, not payment.attempts, order.language
            if payment.state not in OPEN_STATES or is_new or not registry.can(provider, Capability.LOOK_UP):
                payment.check_at = None
                request = None
            else:
                payment.attempts += 1
                payment.check_at = utcnow() + timedelta(minutes=1)
    finally:
        session.close()
    if request is None:
        if is_new and registry.can(provider, Capability.OFFLINE):
            return start_payment(make_session, payment_id=payment_id, return_url="", language=language)
        return Outcome("unknown")
    try:
        outcome = registry.provider(provider).look_up(request)
    except ProviderUnavailable:
        outcome = Outcome("unknown", failure="provider_unavailable")
    session = make_session()
    try:
        apply_outcome(session, payment_id=payment_id, outcome=outcome)
    finally:
        session.close()
    return outcome


def cancel_charge(make_session: SessionMaker, *, payment_id: int) -> Outcome:
    """Stop the charge of a voided payment at its provider; if it was faster, its money is counted.

    Raises:
        ProviderUnavailable: nobody answered; the caller tries again later.
    """
    session = make_session()
    try:
        payment = session.get(Payment, payment_id)
        if payment is None or payment.state != "voided":
            return Outcome("unknown")
        if not payment.attempts or not registry.can(payment.provider, Capability.CANCEL):
            return Outcome("voided")
        request = LookUp(str(payment.public_id), payment.provider_ref, payment.due)
        provider = payment.provider
    finally:
        session.rollback()
        session.close()
    outcome = registry.provider(provider).cancel(request)
    session = make_session()
    try:
        apply_outcome(session, payment_id=payment_id, outcome=outcome)
    finally:
        session.close()
    return outcome


def reconcile(make_session: SessionMaker, *, limit: int = 100) -> dict[str, int]:
    """Look after everything that is open longer than it should be. Returns counts for the job's result."""
    session = make_session()
    try:
        payments = due_payments(session, limit)
        refunds = list(
            session.scalars(
                select(Refund.id)
                .where(Refund.state.in_(("requested", "pending")), Refund.created_at < utcnow() - PATIENCE)
                .order_by(Refund.id)
                .limit(limit)
            )
        )
        notices = list(
            session.scalars(
                select(Webhook.id)
                .where(Webhook.state == "unmatched", Webhook.received_at > utcnow() - PARKED)
                .order_by(Webhook.id)
                .limit(limit)
            )
        )
    finally:
        session.rollback()
        session.close()
    work: list[tuple[str, Callable[[], object]]] = [
        *(("payments", partial(check_payment, make_session, payment_id=p)) for p in payments),
        *(("refunds", partial(_with, make_session, send_refund, refund_id=r)) for r in refunds),
        *(("notices", partial(_with, make_session, apply_webhook, webhook_id=w)) for w in notices),
    ]
    counts = {"payments": 0, "refunds": 0, "notices": 0, "refused": 0}
    for kind, call in work:
        counts[kind] += 1
        counts["refused"] += not _tried(call)
    return counts


def _with(make_session: SessionMaker, call: Callable[..., object], **values: int) -> object:
    session = make_session()
    try:
        return call(session, **values)
    finally:
        session.close()


def _tried(call: Callable[[], object]) -> bool:
    """One refusal must not keep the others waiting; it is told in the log and tried again next time."""
    try:
        call()
    except ShopError as refusal:
        log.warning("not reconciled", code=refusal.code)
        return False
    return True
