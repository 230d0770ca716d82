"""The invariants find what they are there for: each is shown a fault it must see."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.feature import collected
from app.payments import checks, operations
from tests.payments import making
from tests.payments.making import money

FAULTS = [
    (checks.orders_differ, "UPDATE orders_order SET captured = 49.99"),
    (checks.orders_differ, "UPDATE orders_order SET refunded = 1"),
    (checks.payments_differ, "UPDATE payments_payment SET captured = 60"),
    (checks.payments_differ, "UPDATE payments_payment SET refund_reserved = 0"),
    (checks.payments_differ, "DELETE FROM payments_capture"),
    (checks.books_differ, "DELETE FROM payments_ledger_entry; DELETE FROM payments_ledger_transaction"),
    (
        checks.books_differ,
        "UPDATE payments_ledger_entry SET amount = amount + 0.01 WHERE account = 'customers'",
    ),
    (checks.paid_without_money, "UPDATE orders_order SET captured = 49.99"),
]


@pytest.mark.parametrize(("check", "fault"), FAULTS)
def test_each_fault_is_found(session: Session, session_maker: Any, check: Any, fault: str) -> None:
    _order, payment = making.paid(session, session_maker)
    operations.request_refund(
        session,
        payment_id=payment.id,
        amount=money("5.00"),
        reason="",
        actor=making.STAFF,
        idempotency_key="k",
    )
    assert making.wrong(session) == []
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in fault.split(";"):
        session.execute(text(statement))
    assert check(session), f"unseen: {fault}"
    session.rollback()


def test_the_checks_are_declared() -> None:
    mine = next(feature for feature in collected() if feature.name == "payments")
    assert {check.find for check in mine.checks} == {check for check, _fault in FAULTS}
