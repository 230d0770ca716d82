"""Opening and starting payments: the way from an order to money."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.actor import GUEST
from app.core.clock import utcnow
from app.core.money import Money
from app.orders import operations as orders
from app.payments import operations, queries
from app.payments.errors import BadAmount, NotPayable, PaymentMethodUnavailable, PaymentNotFound
from app.payments.models import Capture, LedgerTransaction, Payment
from tests.payments import making
from tests.payments.making import CountingProvider, captured, count, money, opened, start


def test_a_good_card_pays_the_order_at_once(session: Session, session_maker: Any) -> None:
    order, payment = making.paid(session, session_maker)
    assert (order.state, order.payment_status, order.captured_money) == ("paid", "paid", money("50.00"))
    assert (payment.state, payment.captured, payment.check_at) == ("captured", money("50.00").amount, None)
    assert making.booked(session, "provider:demo_card") == 50
    assert making.booked(session, "customers") == -50
    assert making.wrong(session) == []


def test_starting_again_charges_once(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    first, second = start(session_maker, payment), start(session_maker, payment)
    assert first.standing == second.standing == "captured"
    assert counting.calls == ["start.before", "start.after"]
    assert (count(session, Capture), count(session, LedgerTransaction)) == (1, 1)


def test_a_declined_card_leaves_the_order_payable(session: Session, session_maker: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    outcome = start(session_maker, payment, "tok_decline")
    session.expire_all()
    assert (outcome.standing, payment.state, payment.failure) == ("failed", "failed", "card_declined")
    assert (order.state, payment.is_payable) == ("pending", True)
    assert making.events(session, "PaymentFailed") == 1
    start(session_maker, payment, "tok_ok")
    session.expire_all()
    assert (order.state, payment.state, payment.failure) == ("paid", "captured", None)


def test_a_silent_provider_leaves_the_order_payable(session: Session, session_maker: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    outcome = start(session_maker, payment, "tok_unavailable")
    session.expire_all()
    assert (outcome.standing, outcome.failure) == ("unknown", "provider_unavailable")
    assert (order.state, payment.state, payment.is_payable) == ("pending", "pending", True)
    start(session_maker, payment, "tok_ok")
    session.expire_all()
    assert order.state == "paid"


def test_no_transaction_is_open_while_the_provider_is_asked(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    seen: list[int] = []

    def look(place: str) -> None:
        with session_maker() as other:
            other.connection().exec_driver_sql("SET lock_timeout = '200ms'")
            other.get(Payment, payment.id, with_for_update=True)
            other.get(type(order), order.id, with_for_update=True)
            seen.append(payment.id)

    counting._maybe = look  # type: ignore[method-assign]
    session.rollback()
    start(session_maker, payment)
    assert len(seen) == 2, "both rows could be locked by somebody else meanwhile"


def test_cash_on_delivery_confirms_the_order_without_money(session: Session, session_maker: Any) -> None:
    order = making.order(session, method="cod", expires_in=None)
    payment = opened(session, order)
    assert start(session_maker, payment).standing == "pending"
    session.expire_all()
    assert (order.state, order.payment_status, payment.state) == ("confirmed", "due", "pending")
    start(session_maker, payment)
    session.expire_all()
    assert order.state == "confirmed"


def test_an_order_that_costs_nothing_is_paid_by_opening(session: Session) -> None:
    order = making.order(session, "0.00")
    payment = opened(session, order)
    session.expire_all()
    assert (order.state, payment.state, count(session, Capture)) == ("paid", "captured", 0)
    assert making.wrong(session) == []


@pytest.mark.parametrize("method", ["unknown", "stripe", ""])
def test_a_method_that_is_not_set_up_is_refused(session: Session, method: str) -> None:
    order = making.order(session)
    with pytest.raises(PaymentMethodUnavailable):
        operations.open_payment(session, order=order, method=method, amount=order.total, actor=GUEST)
    assert count(session, Payment) == 0


@pytest.mark.parametrize(("total", "allowed"), [("500.00", True), ("500.01", False)])
def test_cash_has_its_limit(session: Session, total: str, allowed: bool) -> None:
    order = making.order(session, total, method="cod")
    if allowed:
        assert opened(session, order).state == "created"
    else:
        with pytest.raises(PaymentMethodUnavailable):
            opened(session, order)


@pytest.mark.parametrize("amount", [Money.zero("EUR") - money("0.01"), money("50.00", "USD")])
def test_wrong_amounts_are_refused(session: Session, amount: Money) -> None:
    order = making.order(session)
    with pytest.raises(BadAmount):
        operations.open_payment(session, order=order, method="cod", amount=amount, actor=GUEST)


def test_a_cancelled_order_cannot_be_paid(session: Session, session_maker: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    orders.cancel_order(session, order_id=order.id, reason="staff", actor=making.STAFF)
    with pytest.raises(NotPayable):
        start(session_maker, payment)
    with pytest.raises(NotPayable):
        opened(session, order)
    with pytest.raises(NotPayable):
        operations.pay_again(
            session_maker, order_id=order.id, method="demo_card", return_url="", language="en"
        )


def test_an_unknown_payment_is_refused(session_maker: Any) -> None:
    with pytest.raises(PaymentNotFound):
        operations.start_payment(session_maker, payment_id=10**15, return_url="", language="en")


def test_the_customer_may_change_to_a_transfer_and_back(session: Session, session_maker: Any) -> None:
    order = making.order(session, expires_in=timedelta(hours=1))
    card = opened(session, order)
    start(session_maker, card, "tok_decline")
    again = {"return_url": "", "language": "en"}
    operations.pay_again(session_maker, order_id=order.id, method="bank_transfer", **again)
    session.expire_all()
    assert order.payment_method == "bank_transfer"
    assert order.expires_at is not None and order.expires_at > utcnow() + timedelta(days=6)
    found = queries.transfer_instructions(session, order.id)
    assert found is not None and found.amount == money("50.00")
    session.rollback()
    operations.pay_again(session_maker, order_id=order.id, method="bank_transfer", **again)
    operations.pay_again(session_maker, order_id=order.id, method="demo_card", token="tok_ok", **again)
    session.expire_all()
    assert (order.state, count(session, Payment)) == ("paid", 2)


def test_voiding_closes_open_payments_and_doing_it_twice_changes_nothing(
    session: Session, session_maker: Any
) -> None:
    order = making.order(session)
    payment = opened(session, order)
    start(session_maker, payment, "tok_3ds")
    assert operations.void_open(session, order_id=order.id) == 1
    assert operations.void_open(session, order_id=order.id) == 0
    session.expire_all()
    assert (payment.state, payment.check_at) == ("voided", None)
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    session.expire_all()
    assert payment.state == "captured", "money that came is money that came"
