"""Captures, refunds, cancellations in any order: the sums hold, whatever the amounts."""

from __future__ import annotations

import contextlib
import os
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from app.core.errors import ShopError
from app.core.money import Money
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.rules import payment_status
from app.payments import operations
from app.payments.errors import OverRefund, ReferenceUsed
from app.payments.models import Payment, Refund
from app.payments.providers.port import Outcome, Refunded
from tests.payments import making
from tests.payments.making import opened

SMALL = st.integers(1, 2000)
LARGE = st.integers(1, 10**13)
SCALE = 100 if os.environ.get("TORTURE") == "full" else 1


class Money_(RuleBasedStateMachine):
    """One order, its payments and everything that may happen to its money."""

    amounts: Any = SMALL
    session: Session
    currency = "EUR"

    @initialize(data=st.data())
    def begin(self, data: Any) -> None:
        self.total = Money.of_minor(data.draw(self.amounts, "total"), self.currency)
        self.order = making.order(self.session, self.total.amount, method="demo_card", currency=self.currency)
        self.payments: list[Payment] = [opened(self.session, self.order)]
        self.refunds: list[Refund] = []
        self.came = self.went = Decimal(0)
        self.marks: set[str] = set()
        self.noted: dict[str, Money] = {}
        self.session.rollback()

    def _took(self, payment: Payment, mark: str) -> None:
        if mark not in self.marks:
            self.marks.add(mark)
            self.came += payment.amount

    @rule(index=st.integers(0, 5), mark=st.integers(1, 2))
    def capture(self, index: int, mark: int) -> None:
        payment = self.payments[index % len(self.payments)]
        reference = f"{payment.id}-{mark}"
        outcome = Outcome("captured", f"r{payment.id}", payment.due, reference)
        operations.apply_outcome(self.session, payment_id=payment.id, outcome=outcome)
        self._took(payment, reference)

    @rule(
        index=st.integers(0, 5), standing=st.sampled_from(["failed", "pending", "requires_action", "unknown"])
    )
    def tell(self, index: int, standing: Any) -> None:
        payment = self.payments[index % len(self.payments)]
        operations.apply_outcome(self.session, payment_id=payment.id, outcome=Outcome(standing, failure="no"))

    @rule(index=st.integers(0, 5), wrong=st.integers(1, 3))
    def mismatch(self, index: int, wrong: int) -> None:
        payment = self.payments[index % len(self.payments)]
        taken = payment.due + Money.of_minor(wrong, self.currency)
        outcome = Outcome("captured", f"r{payment.id}", taken, f"{payment.id}-wrong")
        operations.apply_outcome(self.session, payment_id=payment.id, outcome=outcome)

    @rule(data=st.data(), index=st.integers(0, 5))
    def cash(self, data: Any, index: int) -> None:
        amount = Money.of_minor(data.draw(self.amounts, "cash"), self.currency)
        mark = f"note-{index}"
        known = self.noted.setdefault(mark, amount)
        other = contextlib.nullcontext() if known == amount else pytest.raises(ReferenceUsed)
        with other:
            operations.record_manual_payment(
                self.session, order_id=self.order.id, amount=amount, reference=mark, actor=making.STAFF
            )
        if mark not in self.marks:
            self.marks.add(mark)
            self.came += amount.amount

    @precondition(lambda self: len(self.payments) < 3)
    @rule()
    def another_payment(self) -> None:
        with contextlib.suppress(ShopError):
            self.payments.append(opened(self.session, self.order))

    @precondition(lambda self: self.came > self.went)
    @rule(data=st.data(), key=st.integers(1, 9))
    def refund(self, data: Any, key: int) -> None:
        left = max(1, sum(p.refundable.minor for p in self.payments))
        amount = Money.of_minor(data.draw(st.integers(1, left), "refund"), self.currency)
        with contextlib.suppress(ShopError):
            made = operations.request_refund(
                self.session, order_id=self.order.id, amount=amount, reason="", actor=making.STAFF,
                idempotency_key=str(key),
            )  # fmt: skip
            self.refunds += [r for r in made if r not in self.refunds]

    @precondition(lambda self: self.refunds)
    @rule(index=st.integers(0, 20), answer=st.sampled_from(["done", "failed", "pending", "manual"]))
    def answer(self, index: int, answer: Any) -> None:
        refund = self.refunds[index % len(self.refunds)]
        before = refund.state
        operations.apply_refund(self.session, refund_id=refund.id, answer=Refunded(answer, f"x{refund.id}"))
        if answer == "done" and before in ("requested", "pending", "manual"):
            self.went += refund.amount

    @rule()
    def too_much(self) -> None:
        left = sum((p.refundable.amount for p in self.payments), Decimal(0)) + Decimal(10) ** 13
        with pytest.raises(OverRefund):
            operations.request_refund(
                self.session, order_id=self.order.id, amount=Money(left, self.currency), reason="",
                actor=making.STAFF, idempotency_key="too much",
            )  # fmt: skip

    @rule()
    def cancel(self) -> None:
        with contextlib.suppress(ShopError):
            orders.cancel_order(self.session, order_id=self.order.id, reason="staff", actor=making.STAFF)
            operations.void_open(self.session, order_id=self.order.id)

    @invariant()
    def sums_hold(self) -> None:
        if not hasattr(self, "order"):
            return
        self.session.expire_all()
        order = self.session.get_one(Order, self.order.id)
        assert (order.captured, order.refunded) == (self.came, self.went)
        assert order.payment_status == payment_status(order.total, order.captured_money, order.refunded_money)
        assert making.booked(self.session, "customers", self.currency) == self.went - self.came
        for payment in self.payments:
            assert 0 <= payment.refunded + payment.refund_reserved <= payment.captured
        assert making.wrong(self.session) == []
        self.session.rollback()


@pytest.mark.torture
@pytest.mark.parametrize(
    ("amounts", "currency", "examples"), [(SMALL, "EUR", 6), (LARGE, "EUR", 3), (SMALL, "JPY", 2)]
)
def test_money_holds_whatever_happens(
    session: Session, engine: Any, kept_tables: Any, amounts: Any, currency: str, examples: int
) -> None:
    from tests.conftest import empty

    class Machine(Money_):
        def teardown(self) -> None:
            session.rollback()
            empty(engine, kept_tables)

    Machine.amounts, Machine.session, Machine.currency = amounts, session, currency
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=examples * SCALE, stateful_step_count=20, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), derandomize=True, phases=(Phase.generate,),  # shrinking takes minutes here, and 20 steps can be read
        ),
    )  # fmt: skip
