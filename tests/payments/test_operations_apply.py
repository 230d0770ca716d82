"""What a provider says about a charge: late, twice, wrong, out of order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.event import Event
from app.events.payments import PaymentVoided
from app.orders import operations as orders
from app.payments import handlers, operations
from app.payments.errors import PaymentNotFound
from app.payments.models import Capture, LedgerTransaction, Refund
from app.payments.operations import applying
from app.payments.providers.port import Outcome
from tests.payments import making
from tests.payments.making import CountingProvider, captured, count, money, opened, start


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Event]]:
    """The events that were announced, whoever listens."""
    heard: list[Event] = []
    real = applying.publish

    def note(session: Session, *events: Event) -> None:
        heard.extend(events)
        real(session, *events)

    monkeypatch.setattr(applying, "publish", note)
    yield heard


def names(told: list[Event]) -> list[str]:
    return [type(event).__name__ for event in told]


def test_a_capture_counts_once(session: Session, told: list[Event]) -> None:
    order = making.order(session)
    payment = opened(session, order)
    for _ in range(3):
        operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    session.expire_all()
    assert (order.captured, order.payment_status) == (50, "paid")
    assert (count(session, Capture), count(session, LedgerTransaction)) == (1, 1)
    assert names(told) == ["PaymentCaptured"]


@pytest.mark.parametrize("taken", [money("49.99"), money("50.01"), money("50.00", "USD"), None])
def test_another_amount_calls_a_person_and_pays_nothing(
    session: Session, told: list[Event], taken: Any
) -> None:
    order = making.order(session)
    payment = opened(session, order)
    outcome = Outcome("captured", "r", taken, "r-money")
    for _ in range(2):
        operations.apply_outcome(session, payment_id=payment.id, outcome=outcome)
    session.expire_all()
    assert (order.state, order.captured, payment.failure) == ("pending", 0, "amount_mismatch")
    assert (payment.check_at, count(session, Capture)) == (None, 0)
    assert names(told) == ["AmountMismatch"]
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    session.expire_all()
    assert order.state == "paid", "the right amount still pays"


def test_a_second_charge_is_told_as_overpaid(session: Session, told: list[Event]) -> None:
    order = making.order(session)
    payment = opened(session, order)
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment, mark="another"))
    session.expire_all()
    assert (order.payment_status, order.captured, order.state) == ("overpaid", 100, "paid")
    assert names(told) == ["PaymentCaptured", "PaymentCaptured", "Overpaid"]
    assert told[-1].surplus == 50  # type: ignore[attr-defined]
    assert making.wrong(session) == []


def test_money_for_a_cancelled_order_goes_back_by_itself(
    session: Session, session_maker: Any, told: list[Event], deliver: Any
) -> None:
    order = making.order(session)
    payment = opened(session, order)
    orders.cancel_order(session, order_id=order.id, reason="expired", actor=making.STAFF)
    deliver()
    for _ in range(2):
        operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
        deliver()
    session.expire_all()
    assert (order.state, order.payment_status) == ("cancelled", "refunded")
    assert names(told) == ["PaymentCaptured", "PaidAfterExpiry"]
    assert count(session, Refund) == 1
    assert making.wrong(session) == []


def test_money_for_goods_that_are_gone_goes_back(session: Session, deliver: Any) -> None:
    order = making.order(session, stock=1)
    payment = opened(session, order)
    from app.inventory import operations as inventory

    inventory.release(session, holder=order.holder)
    variant = session.scalar(text("SELECT max(id) FROM catalog_variant"))
    inventory.reserve(session, holder="somebody else", lines={variant: 1}, until=None)
    with session.begin_nested():
        session.execute(
            text("""INSERT INTO orders_line (order_id, position, product_id, variant_id, sku, name, quantity,
                    unit_price, discount, tax_class, tax_rate, net, tax, gross)
                    VALUES (:o, 1, :v, :v, 'L', 'Lamp', 1, 50, 0, 'standard', 21, 50, 0, 50)"""),
            {"o": order.id, "v": variant},
        )
    session.commit()
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    deliver()
    session.expire_all()
    assert (order.state, order.cancel_reason, order.payment_status) == (
        "cancelled",
        "out_of_stock",
        "refunded",
    )
    assert making.wrong(session) == []


@pytest.mark.parametrize("late", ["failed", "pending", "requires_action", "voided", "authorised", "unknown"])
def test_nothing_undoes_a_capture(session: Session, told: list[Event], late: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    operations.apply_outcome(session, payment_id=payment.id, outcome=Outcome(late, "x", failure="late"))
    session.expire_all()
    assert (order.state, payment.state, payment.failure, payment.check_at) == ("paid", "captured", None, None)
    assert names(told) == ["PaymentCaptured"]


def test_a_repeated_failure_is_told_once(session: Session, told: list[Event]) -> None:
    payment = opened(session, making.order(session))
    for _ in range(3):
        operations.apply_outcome(session, payment_id=payment.id, outcome=Outcome("failed", "r", failure="no"))
    assert names(told) == ["PaymentFailed"]
    with pytest.raises(PaymentNotFound):
        operations.apply_outcome(session, payment_id=10**15, outcome=Outcome("failed"))


def test_card_digits_in_an_answer_are_not_kept(session: Session) -> None:
    payment = opened(session, making.order(session))
    outcome = Outcome("pending", "r", method={"brand": "visa", "number": "4242 4242 4242 4242"})
    operations.apply_outcome(session, payment_id=payment.id, outcome=outcome)
    assert payment.method == {}


def test_the_ledger_takes_no_change_and_no_half_entry(session: Session, session_maker: Any) -> None:
    making.paid(session, session_maker)
    for statement in (
        "UPDATE payments_ledger_entry SET amount = amount + 1",
        "DELETE FROM payments_ledger_entry",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            session.execute(text(statement))
        session.rollback()
    session.execute(
        text("""INSERT INTO payments_ledger_entry (transaction_id, account, currency, amount)
                SELECT id, 'customers', 'EUR', 1 FROM payments_ledger_transaction LIMIT 1""")
    )
    with pytest.raises(IntegrityError, match="is off by"):
        session.commit()
    session.rollback()


def test_stopping_a_charge_twice_changes_nothing(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    order = making.order(session, method="counting")
    payment = opened(session, order)
    counting.fail = ["start.before"]
    start(session_maker, payment)
    operations.void_open(session, order_id=order.id)
    for _ in range(2):
        handlers.cancel_charge(session, PaymentVoided(payment_id=payment.id))
    session.expire_all()
    assert (payment.state, len(counting.cancelled), counting.charges) == ("voided", 1, {})


def test_a_charge_that_was_never_started_is_not_stopped(
    session: Session, session_maker: Any, counting: CountingProvider
) -> None:
    payment = opened(session, making.order(session, method="counting"))
    operations.void_open(session, order_id=payment.order_id)
    handlers.cancel_charge(session, PaymentVoided(payment_id=payment.id))
    assert counting.calls == []
