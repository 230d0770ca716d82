"""Asks a provider for the money. No transaction and no lock is open meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session

from app.core.actor import GUEST, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order
from app.payments import registry, rules, settling
from app.payments.errors import NotPayable, PaymentDeclined, ProviderUnavailable
from app.payments.models import Payment
from app.payments.operations.applying import apply_outcome
from app.payments.operations.opening import choose_method
from app.payments.providers.port import Capability, Outcome, StartPayment
from app.payments.states import PAYMENT

log = structlog.get_logger("payments")
SessionMaker = Callable[[], Session]


def start_payment(
    make_session: SessionMaker,
    *,
    payment_id: int,
    return_url: str,
    language: str,
    token: str | None = None,
) -> Outcome:
    """Ask the provider for the money of an open payment, and write down what it answers.

    Never call it inside a unit of work. `return_url` is a complete address to which the provider
    sends the customer back. The payment's public id is the idempotency key: starting twice charges
    once. A provider that does not answer leaves the payment open (`unknown`, with the failure
    `provider_unavailable`): the order can be paid again, and the reconciler asks what became of it.

    Raises:
        NotPayable: the order does not wait for this money any more.
    """
    request, answer, provider_key = _begin(make_session, payment_id, return_url, language, token)
    if request is None:
        return answer
    try:
        outcome = registry.provider(provider_key).start(request)
    except ProviderUnavailable:
        log.warning("provider did not answer", payment=payment_id, provider=provider_key)
        outcome = Outcome("unknown", request.reference, failure="provider_unavailable")
    except PaymentDeclined as declined:
        outcome = Outcome("failed", request.reference, failure=declined.code)
    session = make_session()
    try:
        apply_outcome(session, payment_id=payment_id, outcome=outcome)
    finally:
        session.close()
    return outcome


def pay_again(
    make_session: SessionMaker,
    *,
    order_id: int,
    method: str,
    return_url: str,
    language: str,
    token: str | None = None,
    actor: Actor = GUEST,
) -> Outcome:
    """Try again to pay a waiting order, perhaps in another way.

    Raises:
        NotPayable: the order does not wait for money any more.
        PaymentMethodUnavailable: no such way to pay, or not for this order.
    """
    session = make_session()
    try:
        payment_id = choose_method(session, order_id=order_id, method=method, actor=actor).id
    finally:
        session.close()
    return start_payment(
        make_session, payment_id=payment_id, return_url=return_url, language=language, token=token
    )


def _begin(
    make_session: SessionMaker, payment_id: int, return_url: str, language: str, token: str | None
) -> tuple[StartPayment | None, Outcome, str]:
    """Note the attempt and commit it, so that a charge whose answer is lost will be looked for."""
    session = make_session()
    try:
        with unit_of_work(session):
            order, payment = settling.locked(session, payment_id)
            standing = Outcome("captured", payment.provider_ref, Money(payment.captured, payment.currency))
            if payment.state == "captured":
                return None, standing, payment.provider
            if order.state not in ("pending", "confirmed") or payment.state == "voided":
                raise NotPayable()
            payment.attempts += 1
            PAYMENT.transition(payment, "start")
            payment.check_at = None
            if registry.can(payment.provider, Capability.LOOK_UP):
                payment.check_at = utcnow() + rules.check_after(payment.attempts)
            return _request(order, payment, return_url, language, token), standing, payment.provider
    finally:
        session.close()


def _request(
    order: Order, payment: Payment, return_url: str, language: str, token: str | None
) -> StartPayment:
    reference = payment.provider_ref
    if reference is None and payment.provider == "bank_transfer":
        reference = rules.structured_communication(rules.communication_base(order.number, order.id))
    return StartPayment(
        key=str(payment.public_id),
        amount=payment.due,
        order_number=order.number or f"#{order.id}",
        email=order.email,
        language=language,
        return_url=return_url,
        token=token,
        reference=reference,
        attempt=payment.attempts,
    )
