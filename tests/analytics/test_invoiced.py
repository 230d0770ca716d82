"""ANA-02: what was invoiced is the sum of invoices less credit notes, and leads to each of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.rules import Figures, Period, Question
from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.money import Money
from app.invoicing import operations
from app.invoicing.models import Invoice
from app.orders import operations as orders
from app.orders.models import Order
from app.payments.models import Refund
from tests.invoicing import making

CODES = {"invoiced": "gross", "invoiced_net": "net", "invoiced_tax": "tax"}
TODAY = Period(today() - timedelta(days=1), today() + timedelta(days=1))
"""The date on a paper is that of the seller's clock."""
RATE = Decimal("1.0837")


@pytest.fixture
def papers(session: Session) -> list[Invoice]:
    """Three invoices, one in dollars at a rate, and credit notes for parts of two of them."""
    made = [
        making.ordered(session),
        making.ordered(session),
        making.ordered(session, method="demo_card", currency="USD"),
    ]
    session.execute(
        text("UPDATE orders_order SET exchange_rate = :rate WHERE currency = 'USD'"), {"rate": RATE}
    )
    session.commit()
    for order in made:
        if order.currency == "EUR":
            making.pays(session, order)
        else:
            orders.settle(
                session, order_id=order.id, captured=order.total, refunded=Money.zero("USD"), actor=SYSTEM
            )
        operations.issue_invoice(session, order_id=order.id)
    for order, amount in ((made[0], "10.01"), (made[1], "7.77")):
        for refund_id in making.refunds(session, session.get_one(Order, order.id), amount):
            assert session.get_one(Refund, refund_id).state == "done"
            operations.credit_refund(session, refund_id=refund_id)
    session.expire_all()
    return list(session.scalars(select(Invoice).order_by(Invoice.id)))


def ask(session: Session, code: str, **more: Any) -> Figures:
    return queries.ask(session, [Question(code, TODAY, **more)])[0]


def counted(papers: list[Invoice], name: str, currency: str | None) -> Decimal:
    """The same by plain Python."""
    total = Decimal(0)
    for paper in papers:
        sign = -1 if paper.kind == "credit_note" else 1
        if currency is None:
            rounded = {
                n: Money.rounded(getattr(paper, n) / paper.exchange_rate, "EUR").amount
                for n in ("net", "gross")
            }
            rounded["tax"] = rounded["gross"] - rounded["net"]
            total += sign * rounded[name]
        elif paper.currency == currency:
            total += sign * getattr(paper, name)
    return total


@pytest.mark.parametrize("code", CODES)
def test_it_is_the_sum_of_the_papers(session: Session, papers: list[Invoice], code: str) -> None:
    assert [paper.kind for paper in papers].count("credit_note") == 2
    for currency in (None, "EUR", "USD", "GBP"):
        told = ask(session, code, currency=currency)
        assert told.total == counted(papers, CODES[code], currency), currency
        assert told.currency == (currency or "EUR")
        for by in ("day", "week", "month", "weekday", "currency"):
            rows = ask(session, code, group_by=by, currency=currency).rows
            assert sum((row.value for row in rows), Decimal(0)) == told.total, by
    both = {row.key: row.value for row in ask(session, code, group_by="currency").rows}
    assert set(both) == {"EUR", "USD"}
    assert ask(session, code, filters={"currency": ("USD",)}).total == both["USD"]
    assert (
        ask(session, "invoiced").total
        == ask(session, "invoiced_net").total + ask(session, "invoiced_tax").total
    )


def test_each_paper_stands_behind_it(session: Session, papers: list[Invoice]) -> None:
    question, rows, after = Question("invoiced", TODAY), [], None
    while True:
        page = queries.rows_behind(session, question, after=after, limit=2)
        rows += page.rows
        after = page.after
        if after is None:
            break
    assert [row.number for row in rows] == [paper.number for paper in reversed(papers)]
    assert {row.kind for row in rows} == {"invoice"}
    assert sum(row.value for row in rows) == ask(session, "invoiced").total
    assert min(row.value for row in rows) < 0, "a credit note takes away"


def test_no_papers_are_nothing(session: Session) -> None:
    assert ask(session, "invoiced").total == 0
    assert queries.rows_behind(session, Question("invoiced", TODAY)).rows == ()
