"""Silence and death around a charge: each charge belongs to exactly one paid order in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.orders import operations as orders
from app.payments import jobs, operations
from app.payments.models import Capture, Payment, Refund
from app.payments.operations import starting
from tests.payments import making
from tests.payments.making import CountingProvider, count, money, opened, start


class Killed(BaseException):
    """The process ends here: nothing after this point runs."""


def let_time_pass(session: Session) -> None:
    """Everything that waits for a look is due now."""
    session.execute(
        update(Payment).where(Payment.check_at.is_not(None)).values(check_at=text("now() - interval '1 s'"))
    )
    session.execute(update(Refund).values(created_at=text("now() - interval '1 hour'")))
    session.commit()


def reconcile(session: Session, session_maker: Any, times: int = 1) -> None:
    for _ in range(times):
        let_time_pass(session)
        operations.reconcile(session_maker)
    session.expire_all()


POINTS = ["before the attempt is noted", "before the charge", "after the charge", "before the answer is kept"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("customer_returns", [False, True])
def test_a_process_that_dies_leaves_nothing_charged_and_unpaid(
    session: Session, session_maker: Any, counting: CountingProvider, monkeypatch: pytest.MonkeyPatch,
    point: str, customer_returns: bool,
) -> None:  # fmt: skip
    order = making.order(session, method="counting")
    payment = opened(session, order)

    def die(*_args: Any, **_values: Any) -> None:
        raise Killed()

    with monkeypatch.context() as patch:
        if point == POINTS[0]:
            patch.setattr(starting, "_begin", die)
        elif point == POINTS[3]:
            patch.setattr(starting, "apply_outcome", die)
        else:
            wanted = "start.before" if point == POINTS[1] else "start.after"
            patch.setattr(counting, "_maybe", lambda place: die() if place == wanted else None)
        with pytest.raises(Killed):
            start(session_maker, payment)
    session.expire_all()
    assert order.state == "pending"
    reconcile(session, session_maker, times=2)
    assert (order.state == "paid") == bool(counting.charges), "found without the customer"
    if customer_returns:
        start(session_maker, payment)
        session.expire_all()
        assert order.state == "paid"
    assert count(session, Capture) == len(counting.charges) == (order.state == "paid")
    assert making.wrong(session) == []


@pytest.mark.parametrize(
    "silences", [["start.before"], ["start.after"], ["start.after", "look_up", "look_up"]]
)
def test_a_silent_provider_is_asked_until_it_answers(
    session: Session, session_maker: Any, counting: CountingProvider, silences: list[str]
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    counting.fail = list(silences)
    assert start(session_maker, payment).standing == "unknown"
    waits = []
    for _ in range(4):
        reconcile(session, session_maker)
        if payment.check_at is not None:
            waits.append(payment.check_at - payment.updated_at)
    assert (order.state == "paid") == bool(counting.charges)
    assert waits == sorted(waits), "each look waits longer than the last"
    assert all(timedelta(seconds=15) < wait <= timedelta(minutes=16) for wait in waits)


def test_many_orders_through_a_shaky_provider_end_as_charges_equal_paid_orders(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    plans = [["start.before"], ["start.after"], [], ["start.after", "look_up"], ["start.before", "look_up"]]
    made = []
    for plan in plans * 3:
        order = making.order(session, method="counting")
        payment = opened(session, order)
        counting.fail = list(plan)
        start(session_maker, payment)
        made.append(order)
    counting.fail = []
    reconcile(session, session_maker, times=3)
    paid = [order for order in made if order.state == "paid"]
    assert len(paid) == len(counting.charges) == count(session, Capture) == 9
    assert {order.state for order in made} == {"paid", "pending"}
    assert making.wrong(session) == []


def test_a_charge_found_after_the_cancellation_goes_back(
    session: Session, session_maker: Any, counting: CountingProvider, deliver: Any
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    counting.fail = ["start.after"]
    start(session_maker, payment)
    orders.cancel_order(session, order_id=order.id, reason="expired", actor=making.STAFF)
    deliver()
    session.expire_all()
    assert (order.state, order.payment_status, payment.state) == ("cancelled", "refunded", "captured")
    assert list(counting.refunds.values()) == [money("50.00")]
    assert making.wrong(session) == []


def test_cash_on_delivery_is_confirmed_although_the_process_died(
    session: Session, session_maker: Any
) -> None:
    order = making.order(session, method="cod", expires_in=None)
    opened(session, order)
    reconcile(session, session_maker, times=2)
    assert order.state == "confirmed"


def test_refunds_that_nobody_sent_are_sent(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    start(session_maker, payment)
    operations.request_refund(
        session,
        payment_id=payment.id,
        amount=money("5.00"),
        reason="",
        actor=making.STAFF,
        idempotency_key="k",
    )
    counting.fail = ["refund.after"]
    reconcile(session, session_maker, times=3)
    assert (payment.refunded, payment.refund_reserved, len(counting.refunds)) == (5, 0, 1)


def test_the_job_runs_twice_without_doing_anything_twice(
    app: Any, session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    counting.fail = ["start.after"]
    start(session_maker, opened(session, order))
    let_time_pass(session)
    first, second = jobs.reconcile(None), jobs.reconcile(None)
    assert (first["payments"], second["payments"]) == (1, 0)
    assert count(session, Capture) == 1
