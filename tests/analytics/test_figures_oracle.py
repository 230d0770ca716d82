"""ANA-01, ANA-02, C-24: every figure equals a recount from orders, lines, captures and refunds, to the cent."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.families import grain
from app.analytics.rules import Figures, Period, Question, Unit
from app.core.money import Money
from tests.analytics import making, oracle

KEYS = {
    "country": ("BE", "NL", "FR", "LU", "XX"), "currency": ("EUR", "USD", "JPY"), "channel": ("web", "phone", "import"),
    "language": ("en", "fr"), "payment_method": ("cod", "demo_card"), "customer_kind": ("new", "returning"),
    "coupon": ("TEN", "AUTUMN+TEN", "_none"), "product": ("thing-1", "thing-2", "thing-3", "_shipping"),
    "variant": ("SKU-4", "SKU-5"), "category": ("home", "home/lamps", "garden"), "brand": ("acme", "_none"),
    "tax_rate": ("21", "6"), "promotion": ("TEN", "Spring days", "_none"), "weekday": ("1", "6", "7"), "hour": ("00", "09", "23"), "month": ("2026-03",),
}  # fmt: skip
COUNTED = ("gross", "net", "tax", "discounts", "shipping", "orders", "units", "average_order_value", "units_per_order",
           "refunds", "refund_rate", "net_sales", "cancelled_orders", "cancel_rate", "captured", "refunded",
           "tax_by_rate", "taxed_by_rate", "promotion_discounts")  # fmt: skip


def drawn(rng: random.Random, code: str) -> Question:
    """A question at random about a figure."""
    known = sorted(queries.metric(code).dimensions - {"seller"})
    start = date(2026, 2, 20) + timedelta(days=rng.randint(0, 70))
    period = Period(start, start + timedelta(days=rng.choice((0, 6, 29, 50, 90))))
    filters = {}
    for name in rng.sample(known, rng.choice((0, 1, 1, 2))):
        if name in KEYS:
            filters[name] = tuple(rng.sample(KEYS[name], rng.randint(1, min(2, len(KEYS[name])))))
    return Question(
        code, period, rng.choice(("", *known, *known)), filters, rng.choice((None, None, "EUR", "USD", "JPY"))
    )


def at_unit(value: Decimal, given: Figures) -> Decimal:
    """A value at the decimals of its unit."""
    if given.currency:
        return Money.rounded(value, given.currency).amount
    places = {Unit.COUNT: "1", Unit.PERCENT: "0.1", Unit.DAYS: "0.1", Unit.RATIO: "0.01"}[given.metric.unit]
    return value.quantize(Decimal(places), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize("seed", [11, 2026])
def test_every_figure_equals_a_recount(session: Session, seed: int) -> None:
    made = making.past(session, seed)
    rng = random.Random(seed)
    rng.shuffle(made)
    making.told(session, [*made, *made[:40]])
    tables = oracle.read(session)
    questions = [drawn(rng, code) for code in COUNTED for _ in range(8)]
    answers = queries.ask(session, questions)
    filled = 0
    for question, given in zip(questions, answers, strict=True):
        total, rows = oracle.count(tables, question)
        assert given.total == at_unit(total, given), question
        said = {row.key: row.value for row in given.rows if row.value}
        expected = {key: at_unit(value, given) for key, value in rows.items()}
        assert said == {key: value for key, value in expected.items() if value}, question
        filled += bool(said)
        if (
            given.metric.is_additive
            and question.group_by
            and question.group_by not in given.metric.overlapping
        ):
            assert sum(said.values(), Decimal(0)) == given.total, question
    assert filled > len(questions) / 3


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        ("2026-01-01", "2026-12-31", ("2026-01-01", "2026-12-31")),
        ("2025-11-21", "2026-11-20", ("2025-12-01", "2026-10-31")),
        ("2024-02-01", "2024-02-29", ("2024-02-01", "2024-02-29")),
        ("2024-02-01", "2024-02-28", None),
        ("2026-01-02", "2026-02-27", None),
        ("2025-12-31", "2026-01-31", ("2026-01-01", "2026-01-31")),
    ],
)
def test_whole_months_of_a_period(start: str, end: str, whole: tuple[str, str] | None) -> None:
    found = grain.months_of(Period(date.fromisoformat(start), date.fromisoformat(end)))
    assert (found and (found.start.isoformat(), found.end.isoformat())) == whole


def test_one_question_says_the_same_alone_and_among_others(session: Session) -> None:
    making.told(session, making.past(session, 5, orders=60))
    rng = random.Random(1)
    questions = [drawn(rng, code) for code in COUNTED]
    together = queries.ask(session, questions)

    def said(given: Figures) -> Any:
        return given.total, given.rows, given.currency

    assert [said(given) for given in together] == [said(queries.ask(session, [q])[0]) for q in questions]
