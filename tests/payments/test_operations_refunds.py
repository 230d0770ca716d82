"""Money that goes back: once per key, never more than came in, and by hand where nobody else can."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.core.errors import Invalid
from app.core.idempotency import IdempotencyMismatch
from app.core.state_machine import IllegalTransition
from app.events.orders import OrderCancelled
from app.events.payments import RefundRequested
from app.orders import operations as orders
from app.payments import handlers, operations
from app.payments.errors import BadAmount, OverRefund, PaymentNotFound, ProviderUnavailable, RefundNotFound
from app.payments.models import Payment, Refund
from app.payments.providers.port import Refunded
from tests.payments import making
from tests.payments.making import CountingProvider, count, money, opened, start


def ask(session: Session, payment: Payment, amount: str, key: str) -> list[Refund]:
    return operations.request_refund(
        session, payment_id=payment.id, amount=money(amount), reason="scratch", actor=making.STAFF,
        idempotency_key=key,
    )  # fmt: skip


def test_the_amount_is_set_aside_at_once(session: Session, session_maker: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    (refund,) = ask(session, payment, "20.00", "a")
    assert (refund.state, payment.refund_reserved, payment.refunded) == ("requested", 20, 0)
    with pytest.raises(OverRefund) as refusal:
        ask(session, payment, "30.01", "b")
    assert refusal.value.params == {"most": "30.00 EUR"}
    ask(session, payment, "30.00", "c")
    with pytest.raises(OverRefund):
        ask(session, payment, "0.01", "d")


def test_the_same_key_is_the_same_refund(session: Session, session_maker: Any, deliver: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    first = ask(session, payment, "20.00", "a")
    assert [r.id for r in ask(session, payment, "20.00", "a")] == [r.id for r in first]
    with pytest.raises(IdempotencyMismatch):
        ask(session, payment, "20.01", "a")
    deliver()
    assert [r.id for r in ask(session, payment, "20.00", "a")] == [r.id for r in first]
    assert count(session, Refund) == 1


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_and_less_is_refused(session: Session, session_maker: Any, amount: str) -> None:
    _order, payment = making.paid(session, session_maker)
    with pytest.raises(BadAmount):
        ask(session, payment, amount, "a")


def test_another_currency_and_unknown_payments_are_refused(session: Session, session_maker: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    values: dict[str, Any] = {"reason": "", "actor": making.STAFF, "idempotency_key": "k"}
    with pytest.raises(BadAmount):
        operations.request_refund(session, payment_id=payment.id, amount=money("1.00", "USD"), **values)
    for unknown in ({"payment_id": 10**15}, {"order_id": 10**15}, {}):
        with pytest.raises(PaymentNotFound):
            operations.request_refund(session, amount=money("1.00"), **unknown, **values)
    with pytest.raises(RefundNotFound):
        operations.finish_manual_refund(session, refund_id=10**15, actor=making.STAFF)


def test_an_orders_refund_is_split_over_its_payments(
    session: Session, session_maker: Any, deliver: Any
) -> None:
    order = making.order(session, method="bank_transfer")
    transfer = opened(session, order)
    start(session_maker, transfer)
    operations.record_manual_payment(
        session, order_id=order.id, amount=money("15.00"), reference="17/1", actor=making.STAFF
    )
    operations.pay_again(
        session_maker, order_id=order.id, method="demo_card", return_url="", language="en", token="tok_ok"
    )
    session.expire_all()
    assert order.payment_status == "paid"
    made = operations.request_refund(
        session, order_id=order.id, amount=money("40.00"), reason="", actor=making.STAFF, idempotency_key="k"
    )
    assert [(r.payment.provider, r.amount) for r in made] == [("demo_card", 35), ("bank_transfer", 5)]
    deliver()
    session.expire_all()
    assert [r.state for r in made] == ["done", "manual"]
    assert making.wrong(session) == []


def test_sending_twice_pays_back_once(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    start(session_maker, payment)
    (refund,) = ask(session, payment, "20.00", "a")
    event = RefundRequested(refund_id=refund.id)
    counting.fail = ["refund.before", "refund.after"]
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            handlers.send_refund(session, event)
        session.expire_all()
        assert (refund.state, payment.refund_reserved) == ("pending", 20)
    for _ in range(2):
        handlers.send_refund(session, event)
    session.expire_all()
    assert (refund.state, payment.refunded, payment.refund_reserved) == ("done", 20, 0)
    assert list(counting.refunds.values()) == [money("20.00")]
    assert making.booked(session, "provider:counting") == 30
    assert making.wrong(session) == []


def test_a_refused_refund_frees_its_amount(session: Session, session_maker: Any) -> None:
    order, payment = making.paid(session, session_maker)
    (refund,) = ask(session, payment, "50.00", "a")
    for _ in range(2):
        operations.apply_refund(session, refund_id=refund.id, answer=Refunded("failed", failure="closed"))
    session.expire_all()
    assert (refund.state, refund.failure, payment.refund_reserved) == ("failed", "closed", 0)
    assert order.payment_status == "paid"
    operations.apply_refund(session, refund_id=refund.id, answer=Refunded("done", "late"))
    assert (refund.state, payment.refunded) == ("failed", 0), "a refused refund is asked for anew"
    assert making.wrong(session) == []


def test_manual_refunds_wait_for_a_person(session: Session, session_maker: Any, deliver: Any) -> None:
    order = making.order(session, method="cod")
    start(session_maker, opened(session, order))
    operations.record_manual_payment(
        session, order_id=order.id, amount=money("50.00"), reference="", actor=making.STAFF
    )
    (refund,) = operations.request_refund(
        session, order_id=order.id, amount=money("50.00"), reason="", actor=making.STAFF, idempotency_key="k"
    )
    deliver()
    assert refund.state == "manual"
    for _ in range(2):
        operations.finish_manual_refund(session, refund_id=refund.id, actor=making.STAFF, reference="x")
    session.expire_all()
    assert (refund.state, order.payment_status) == ("done", "refunded")


def test_a_refund_with_a_provider_is_not_finished_by_hand(session: Session, session_maker: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    (refund,) = ask(session, payment, "5.00", "a")
    with pytest.raises(IllegalTransition):
        operations.finish_manual_refund(session, refund_id=refund.id, actor=making.STAFF)


def test_a_cancelled_order_gives_its_money_back_once(
    session: Session, session_maker: Any, deliver: Any
) -> None:
    order, payment = making.paid(session, session_maker)
    ask(session, payment, "10.00", "a")
    orders.cancel_order(session, order_id=order.id, reason="customer", actor=making.STAFF)
    event = OrderCancelled(order_id=order.id, reason="customer")
    for _ in range(2):
        handlers.give_back(session, event)
    deliver()
    session.expire_all()
    assert (order.payment_status, payment.refunded, count(session, Refund)) == ("refunded", 50, 2)
    assert making.wrong(session) == []


def test_the_database_itself_refuses_more_than_came_in(session: Session, session_maker: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    with pytest.raises(IntegrityError, match="ck_payments_payment_refunds"):
        session.execute(text("UPDATE payments_payment SET refund_reserved = 50.01"))
    session.rollback()
    assert payment.captured == 50


def _race(url: str, payment_id: int, keys: list[str], results: Any) -> None:
    """One process that asks for refunds, on connections of its own."""
    engine = create_engine(url)
    with sessionmaker(engine, expire_on_commit=False)() as session:
        for key in keys:
            try:
                operations.request_refund(
                    session, payment_id=payment_id, amount=money("7.00"), reason="", actor=making.STAFF,
                    idempotency_key=key,
                )  # fmt: skip
                results.put(("made", key))
            except (OverRefund, Invalid) as refusal:
                results.put((refusal.code, key))
    engine.dispose()


@pytest.mark.torture
def test_parallel_processes_never_refund_more_than_came_in(
    session: Session, session_maker: Any, migrated_url: str
) -> None:
    _order, payment = making.paid(session, session_maker)
    session.rollback()
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    plans = [[f"{n}-{i}" for i in range(4)] if n % 2 else ["same-1", "same-2"] for n in range(6)]
    workers = [
        context.Process(target=_race, args=(migrated_url, payment.id, keys, results)) for keys in plans
    ]
    for worker in workers:
        worker.start()
    answers = [results.get(timeout=60) for _ in range(sum(map(len, plans)))]
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    session.expire_all()
    assert payment.refund_reserved == 49, "seven of 7.00 fit into 50.00"
    assert session.scalar(select(func.sum(Refund.amount))) == 49
    assert {code for code, _key in answers} <= {"made", "over_refund"}
    assert count(session, Refund, Refund.idempotency_key == "same-1") <= 1
    assert making.wrong(session) == []
