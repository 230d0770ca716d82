"""Stripe from end to end: our library calls, its states, its notices, its silences."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.outbound import ClosedGate
from app.orders import operations as orders
from app.payments import operations
from app.payments.errors import ProviderUnavailable, WebhookRefused
from app.payments.models import Capture, Payment, Refund, Webhook
from app.payments.providers.port import LookUp
from app.payments.providers.stripe import StripeProvider
from app.payments.providers.stripe.provider import API_VERSION, BREAK_AFTER
from tests.fakes.stripe import FakeStripe, Specification
from tests.payments import making
from tests.payments.making import count, money, opened, start

CARD = "pm_card_visa"
NEEDS_3DS = "pm_card_authenticationRequired"


def receive(session: Session, stripe: FakeStripe, event: dict[str, Any], at: float | None = None) -> int:
    headers, body = stripe.notice(event, at=at)
    return operations.receive_webhook(session, provider="stripe", headers=headers, body=body)


def new(session: Session, total: str = "50.00", currency: str = "EUR") -> tuple[Any, Payment]:
    order = making.order(session, total, method="stripe", currency=currency)
    return order, opened(session, order)


def authenticate(outcome: Any, answer: str = "ok") -> None:
    with urllib.request.urlopen(f"{outcome.redirect_url}?answer={answer}", timeout=5) as page:
        assert page.status == 200


@pytest.mark.skipif(
    not Specification.is_there(), reason="Stripe's specification is not beside the repository"
)
def test_the_pinned_version_is_the_specified_one() -> None:
    assert Specification().version == API_VERSION


@pytest.mark.skipif(
    not Specification.is_there(), reason="Stripe's specification is not beside the repository"
)
def test_the_specification_refuses_what_stripe_refuses() -> None:
    judge = Specification()
    assert judge.check_request("POST", "/v1/payment_intents", {"amount": "x", "currency": "eur"})
    assert judge.check_request("POST", "/v1/payment_intents", {"amount": "1", "currency": "eur", "card": "1"})
    assert judge.check_request("POST", "/v1/payment_intents", {"amount": "1", "currency": "eur"}) == []
    assert judge.check_answer("GET", "/v1/payment_intents/pi_1", 200, {"id": "pi_1"})
    with pytest.raises(AssertionError):
        judge.check_request("POST", "/v1/payment_intents/pi_1/pay", {})


def test_a_card_pays_the_order(session: Session, session_maker: Any, stripe: FakeStripe) -> None:
    order, payment = new(session)
    assert start(session_maker, payment, CARD).standing == "captured"
    session.expire_all()
    assert (order.state, payment.state) == ("paid", "captured")
    assert payment.method == {"type": "card", "brand": "visa", "last4": "4242"}
    (intent,) = stripe.account.intents.values()
    assert (intent["amount"], intent["currency"]) == (5000, "eur")
    assert intent["metadata"] == {"payment": str(payment.public_id), "order": order.number}
    keys = [headers.get("Idempotency-Key") for _m, _p, _f, headers in stripe.seen]
    assert keys == [str(payment.public_id), f"{payment.public_id}-confirm-1"]
    assert making.wrong(session) == []


@pytest.mark.parametrize(
    ("total", "currency", "units"), [("1234", "JPY", 1234), ("0.50", "EUR", 50), ("99999.99", "USD", 9999999)]
)
def test_amounts_are_in_stripes_own_units(
    session: Session, session_maker: Any, stripe: FakeStripe, total: str, currency: str, units: int
) -> None:
    order, payment = new(session, total, currency)
    start(session_maker, payment, CARD)
    session.expire_all()
    assert [i["amount"] for i in stripe.account.intents.values()] == [units]
    assert (order.state, str(order.captured_money)) == ("paid", f"{total} {currency}")


def test_three_d_secure_succeeds_by_notice(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    outcome = start(session_maker, payment, NEEDS_3DS)
    assert (outcome.standing, bool(outcome.redirect_url), bool(outcome.client_secret)) == (
        "requires_action",
        True,
        True,
    )
    session.expire_all()
    assert (order.state, payment.state) == ("pending", "requires_action")
    authenticate(outcome)
    receive(session, stripe, stripe.account.last("payment_intent.succeeded"))
    deliver()
    session.expire_all()
    assert (order.state, payment.state, count(session, Capture)) == ("paid", "captured", 1)


def test_three_d_secure_refused_keeps_order_and_goods(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    outcome = start(session_maker, payment, NEEDS_3DS)
    authenticate(outcome, "fail")
    receive(session, stripe, stripe.account.last("payment_intent.payment_failed"))
    deliver()
    session.expire_all()
    assert (order.state, payment.state) == ("pending", "failed")
    assert payment.failure == "payment_intent_authentication_failure"
    assert start(session_maker, payment, CARD).standing == "captured"
    session.expire_all()
    assert order.state == "paid"
    assert len(stripe.account.intents) == 1


def test_a_closed_browser_is_found_by_the_reconciler(
    session: Session, session_maker: Any, stripe: FakeStripe
) -> None:
    order, payment = new(session)
    authenticate(start(session_maker, payment, NEEDS_3DS))
    operations.check_payment(session_maker, payment_id=payment.id)
    operations.check_payment(session_maker, payment_id=payment.id)
    session.expire_all()
    assert (order.state, count(session, Capture)) == ("paid", 1)


@pytest.mark.parametrize(
    ("card", "code"),
    [("pm_card_chargeDeclined", "generic_decline"), ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
     ("pm_unknown", "resource_missing")],
)  # fmt: skip
def test_declines_have_their_reason(
    session: Session, session_maker: Any, stripe: FakeStripe, card: str, code: str
) -> None:
    order, payment = new(session)
    outcome = start(session_maker, payment, card)
    session.expire_all()
    assert (outcome.standing, payment.failure, order.state) == ("failed", code, "pending")
    assert start(session_maker, payment, card).standing == "failed"
    assert start(session_maker, payment, CARD).standing == "captured"


def test_an_amount_stripe_does_not_take_is_a_failure_not_a_crash(
    session: Session, session_maker: Any, stripe: FakeStripe
) -> None:
    _order, payment = new(session, "0.10")
    assert start(session_maker, payment, CARD).failure == "amount_too_small"


@pytest.mark.parametrize("place", ["/payment_intents", "/confirm"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_never_charges_twice_and_is_found(
    session: Session, session_maker: Any, stripe: FakeStripe, when: str, place: str
) -> None:
    order, payment = new(session)
    stripe.fail.append((when, place))
    assert start(session_maker, payment, CARD).standing == "unknown"
    operations.check_payment(session_maker, payment_id=payment.id)
    if (when, place) != ("after", "/confirm"):
        session.expire_all()
        assert order.state == "pending"
        assert start(session_maker, payment, CARD).standing == "captured"
    session.expire_all()
    assert (order.state, count(session, Capture)) == ("paid", 1)
    assert len(stripe.account.charges) == len(stripe.account.intents) == 1


def test_notices_late_early_twice_and_out_of_order(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    start(session_maker, payment, "pm_card_chargeDeclined")
    stripe.fail.append(("after", "/confirm"))
    start(session_maker, payment, CARD)
    for event in [*reversed(stripe.account.events), *stripe.account.events]:
        receive(session, stripe, event)
        deliver()
    session.expire_all()
    assert (order.state, payment.state, payment.failure) == ("paid", "captured", None)
    assert (count(session, Capture), count(session, Webhook)) == (1, len(stripe.account.events))
    assert making.wrong(session) == []


def test_the_notice_keeps_no_personal_data(session: Session, session_maker: Any, stripe: FakeStripe) -> None:
    _order, payment = new(session)
    start(session_maker, payment, CARD)
    event = stripe.account.last("payment_intent.succeeded")
    event["data"]["object"]["receipt_email"] = "kim@example.org"
    event["data"]["object"]["shipping"] = {"name": "Kim Peeters", "address": {}}
    stored = session.get(Webhook, receive(session, stripe, event))
    assert stored is not None
    assert "kim" not in str(stored.body).lower()
    assert "secret" not in str(stored.body)


@pytest.mark.parametrize("fault", ["signature", "body", "stale", "future", "none", "not_json", "nul"])
def test_forged_and_stale_notices_are_refused(
    session: Session, session_maker: Any, stripe: FakeStripe, fault: str
) -> None:
    _order, payment = new(session)
    start(session_maker, payment, NEEDS_3DS)
    moments = {"stale": time.time() - 301, "future": time.time() + 400}
    headers, body = stripe.notice(stripe.account.events[-1], at=moments.get(fault))
    if fault == "signature":
        headers["Stripe-Signature"] = headers["Stripe-Signature"][:-1] + "0z"
    elif fault == "body":
        body = body.replace(b"5000", b"5001")
    elif fault == "none":
        headers = {}
    elif fault == "not_json":
        body = b"\xff\xfe"
    elif fault == "nul":
        headers["Stripe-Signature"] = "t=1,v1=\x00"
    with pytest.raises(WebhookRefused):
        operations.receive_webhook(session, provider="stripe", headers=headers, body=body)
    assert count(session, Webhook) == 0


def test_refund_whole_and_in_parts(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    start(session_maker, payment, CARD)
    for key, amount in (("a", "10.00"), ("b", "40.00")):
        operations.request_refund(
            session,
            payment_id=payment.id,
            amount=money(amount),
            reason="",
            actor=making.STAFF,
            idempotency_key=key,
        )
    deliver()
    session.expire_all()
    assert (order.payment_status, payment.refunded, payment.refund_reserved) == ("refunded", 50, 0)
    assert sorted(r["amount"] for r in stripe.account.refunds.values()) == [1000, 4000]
    assert making.wrong(session) == []


@pytest.mark.parametrize(("end", "state", "refunded"), [("succeeded", "done", 10), ("failed", "failed", 0)])
def test_a_pending_refund_ends_by_notice_or_by_asking(
    session: Session,
    session_maker: Any,
    stripe: FakeStripe,
    deliver: Any,
    end: str,
    state: str,
    refunded: int,
) -> None:
    _order, payment = new(session)
    start(session_maker, payment, CARD)
    stripe.account.refund_status = "pending"
    (refund,) = operations.request_refund(
        session,
        payment_id=payment.id,
        amount=money("10.00"),
        reason="",
        actor=making.STAFF,
        idempotency_key="k",
    )
    deliver()
    session.expire_all()
    assert (refund.state, payment.refund_reserved) == ("pending", 10)
    event = stripe.account.settle_refund(str(refund.provider_ref), end)
    for _ in range(2):
        receive(session, stripe, event)
        deliver()
        operations.send_refund(session, refund_id=refund.id)
    session.expire_all()
    assert (refund.state, payment.refunded, payment.refund_reserved) == (state, refunded, 0)
    assert making.wrong(session) == []


def test_a_refund_made_at_stripe_is_counted_once(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    start(session_maker, payment, CARD)
    intent = next(iter(stripe.account.intents))
    _status, made = stripe.account.create_refund({"payment_intent": intent, "amount": "1500"})
    for _ in range(2):
        receive(session, stripe, stripe.account.settle_refund(made["id"], "succeeded"))
        deliver()
    session.expire_all()
    assert (order.payment_status, payment.refunded, count(session, Refund)) == ("partly_refunded", 15, 1)
    assert making.wrong(session) == []


def test_a_cancelled_order_cancels_the_charge(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    start(session_maker, payment, NEEDS_3DS)
    orders.cancel_order(session, order_id=order.id, reason="customer", actor=making.STAFF)
    deliver()
    session.expire_all()
    assert [i["status"] for i in stripe.account.intents.values()] == ["canceled"]
    assert payment.state == "voided"


def test_money_that_was_faster_than_the_cancellation_goes_back(
    session: Session, session_maker: Any, stripe: FakeStripe, deliver: Any
) -> None:
    order, payment = new(session)
    authenticate(start(session_maker, payment, NEEDS_3DS))
    orders.cancel_order(session, order_id=order.id, reason="expired", actor=making.STAFF)
    deliver()
    receive(session, stripe, stripe.account.last("payment_intent.succeeded"))
    deliver()
    session.expire_all()
    assert (order.state, order.payment_status, payment.state) == ("cancelled", "refunded", "captured")
    assert [r["amount"] for r in stripe.account.refunds.values()] == [5000]
    assert making.wrong(session) == []


def test_after_three_silences_nobody_waits(stripe: FakeStripe, outside_world: ClosedGate) -> None:
    provider = StripeProvider(api_key=stripe.api_key, webhook_secret="", api_base=stripe.base)
    ask = LookUp("k", "pi_x", money("1.00"))
    stripe.fail += [("before", "/payment_intents")] * 10
    for _ in range(BREAK_AFTER + 2):
        with pytest.raises(ProviderUnavailable):
            provider.look_up(ask)
    assert len(stripe.fail) == 10 - BREAK_AFTER


def test_without_a_webhook_secret_no_notice_is_believed(stripe: FakeStripe) -> None:
    provider = StripeProvider(api_key="sk_test_x", webhook_secret="", api_base=stripe.base)
    with pytest.raises(WebhookRefused):
        provider.read_webhook({"Stripe-Signature": "t=1,v1=x"}, b"{}")
