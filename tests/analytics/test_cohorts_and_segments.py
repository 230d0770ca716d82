"""Cohorts and segments follow filters and currency: the same people and amounts as the other figures, never a few."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import people, queries
from app.analytics.families import filtering
from app.analytics.families.dimensions import ARTICLE, OTHER
from app.analytics.models import LineFact, OrderFact
from app.analytics.rules import Period, Question
from app.core.unit_of_work import unit_of_work
from tests.analytics import making, oracle

WHOLE = Period(date(2026, 2, 20), date(2026, 6, 30))
NARROWED: list[dict[str, tuple[str, ...]]] = [
    {"country": ("BE",)}, {"country": ("BE", "NL"), "payment_method": ("cod",)}, {"coupon": ("TEN",)}, {"language": ("fr",)},
    {"category": ("home",)}, {"brand": ("acme",), "country": ("BE",)}, {"product": ("thing-1",)}, {"hour": ("9", "10", "11", "12")},
]  # fmt: skip


def total(session: Session, metric: str, filters: dict[str, Any], currency: str | None = None) -> Decimal:
    """One figure of the whole past."""
    return queries.ask(session, [Question(metric, WHOLE, filters=filters, currency=currency)])[0].total


@pytest.mark.parametrize("filters", NARROWED, ids=str)
def test_segments_under_filters_are_the_sales_of_those_filters(
    session: Session, told_past: Callable[..., None], filters: dict[str, tuple[str, ...]]
) -> None:
    told_past(31)
    found = queries.segments(session, WHOLE.end, filters=filters)
    assert sum((s.revenue for s in found), Decimal(0)) == total(session, "gross", filters) > 0
    assert all(s.customers >= 5 for s in found if s.customers)
    if not ARTICLE & set(filters) and "coupon" not in filters and "hour" not in filters:
        assert sum(s.customers for s in found) == total(session, "customers", filters)


def test_cohorts_under_a_filter_are_new_customers_who_match(session: Session) -> None:
    making.told(session, making.past(session, 32))
    only = {"country": ("BE",)}
    orders = oracle.read(session)["orders"]
    good = orders[orders.counted.astype(bool) & (orders.country == "BE")]
    first = {row.customer: row.month for row in good[good.customer_kind == "new"].itertuples()}
    found = queries.cohorts(session, WHOLE, filters=only)
    assert found and sum(c.customers for c in found) < total(session, "new_customers", {})
    sizes = {month: list(first.values()).count(month) for month in set(first.values())}
    assert {f"{c.month:%Y-%m}": c.customers for c in found} == {m: n for m, n in sizes.items() if n >= 5}
    for cohort in found:
        for cell in cohort.cells:
            key = f"2026-{cohort.month.month + cell.months_since:02d}"
            mine = good[(good.month == key) & good.customer.map(first).eq(f"{cohort.month:%Y-%m}")]
            assert (cell.customers, cell.revenue) == (
                len(set(mine.customer)),
                sum(mine.base_gross, Decimal(0)),
            )


@pytest.mark.parametrize(
    "filters", [{}, {"country": ("BE", "NL", "FR")}, {"weekday": ("1", "2", "3", "4", "5")}], ids=str
)
def test_cohorts_come_by_month_however_the_database_adds_up(
    session: Session, told_past: Callable[..., None], filters: dict[str, tuple[str, ...]]
) -> None:
    """Where it need not sort to add up, as with many orders, the first month is the first all the same."""
    told_past(31)
    session.execute(text("SET enable_sort = off"))
    try:
        found = queries.cohorts(session, WHOLE, filters=filters)
    finally:
        session.execute(text("RESET enable_sort"))
    months = [cohort.month for cohort in found]
    assert len(months) > 2 and months == sorted(months)
    for cohort in found:
        since = [cell.months_since for cell in cohort.cells]
        assert since == sorted(since) and since[0] == 0
        assert cohort.customers == max(cell.customers for cell in cohort.cells)


@pytest.fixture
def of_a_department(session: Session) -> pd.DataFrame:
    """What lines of one department of orders that count say, of which some orders have several."""
    making.told(session, making.past(session, 36))
    lines = oracle.read(session)["lines"]
    mine = lines[lines.counted.astype(bool) & lines.category.str.startswith("home")]
    assert (mine.groupby("order_id").size() > 1).sum() > 20
    return mine


def test_cohorts_of_a_department_count_its_lines(session: Session, of_a_department: pd.DataFrame) -> None:
    mine = of_a_department
    first = {row.customer: row.month for row in mine[mine.customer_kind == "new"].itertuples()}
    found = queries.cohorts(session, WHOLE, filters={"category": ("home",)})
    assert len(found) > 2
    for cohort in found:
        for cell in cohort.cells:
            key = f"2026-{cohort.month.month + cell.months_since:02d}"
            rows = mine[(mine.month == key) & mine.customer.map(first).eq(f"{cohort.month:%Y-%m}")]
            assert cell.customers == rows.customer.nunique() > 0
            assert cell.revenue == sum(rows.base_gross, Decimal(0))


def test_segments_of_a_department_by_their_definition(
    session: Session, of_a_department: pd.DataFrame
) -> None:
    worth = of_a_department.groupby("customer").agg(
        r=("day", "max"), f=("order_id", "nunique"), m=("base_gross", "sum")
    )
    for name in worth:
        behind = worth[name].map(lambda mine, all_=worth[name]: (all_ < mine).sum())
        worth[f"{name}5"] = (behind * 5 // (len(worth) - 1) + 1).clip(upper=5)
    both, recent = worth.f5 + worth.m5, worth.r5
    expected = {
        "champions": (recent >= 4) & (both >= 8), "loyal": (recent >= 3) & (both >= 6) & ~((recent >= 4) & (both >= 8)),
        "promising": (recent >= 3) & (both < 6), "at_risk": (recent < 3) & (both >= 6), "asleep": (recent < 3) & (both < 6),
    }  # fmt: skip
    found = queries.segments(session, WHOLE.end, filters={"category": ("home",)})
    assert {s.code: s.customers for s in found} == {code: who.sum() for code, who in expected.items()}
    assert all(who.sum() >= 5 for who in expected.values()), "none of them is too small to be told"


def test_a_currency_is_a_filter_with_amounts_in_it(session: Session) -> None:
    making.told(session, making.past(session, 33))
    dollars = queries.segments(session, WHOLE.end, currency="USD")
    assert sum((s.revenue for s in dollars), Decimal(0)) == total(session, "gross", {}, "USD") > 0
    cohorts = queries.cohorts(session, WHOLE, currency="USD")
    assert sum(c.customers for c in cohorts) <= queries.ask(
        session, [Question("new_customers", WHOLE, currency="USD")]
    )[0].total  # fmt: skip


def test_a_currency_that_all_orders_have_leaves_nobody_out(session: Session) -> None:
    rng = random.Random(37)
    with unit_of_work(session):
        articles = making.catalogue(session)
        made = [making.order(session, rng, articles, currency="USD") for _ in range(160)]
    making.told(session, made)
    dollars = queries.cohorts(session, WHOLE, currency="USD")
    everybody = [c for c in queries.cohorts(session, WHOLE) if c.customers >= 5]
    assert len(dollars) > 1
    people_in = lambda found: [(c.month, [(x.months_since, x.customers) for x in c.cells]) for c in found]  # noqa: E731
    assert people_in(dollars) == people_in(everybody)
    table = oracle.read(session)["orders"]
    first = {
        row.customer: row.month for row in table[table.customer_kind == "new"].itertuples() if row.counted
    }
    for cohort in dollars:
        mine = table[table.counted.astype(bool) & table.customer.map(first).eq(f"{cohort.month:%Y-%m}")]
        assert sum(cell.revenue for cell in cohort.cells) == sum(mine.gross, Decimal(0))


def test_a_few_people_are_never_told_apart(session: Session) -> None:
    making.told(session, making.past(session, 34, orders=30))
    for keys in [("LU",), ("FR",), ("BE",), ("NL", "LU")]:
        filters = {"country": keys}
        assert all(c.customers >= 5 for c in queries.cohorts(session, WHOLE, filters=filters)), keys
        found = queries.segments(session, WHOLE.end, filters=filters)
        people_in = sum(s.customers for s in found)
        assert all(s.customers >= 5 for s in found if s.customers), keys
        assert people_in in (0, total(session, "customers", filters)), keys
        small = [s for s in found if s.code == OTHER]
        assert len(found) == 5 + len(small)
    nobody = queries.segments(session, WHOLE.end, filters={"country": ("XX",)})
    assert [s.customers for s in nobody] == [0] * 5


def test_every_dimension_that_is_followed_has_a_column(session: Session) -> None:
    for name in people.FOLLOWED:
        table = LineFact if name in ARTICLE else OrderFact
        assert filtering.condition(table.__table__.c, name, ("1",)) is not None, name
        filters = {name: ("1",)}
        assert queries.cohorts(session, WHOLE, filters=filters) == []
        assert sum(s.customers for s in queries.segments(session, WHOLE.end, filters=filters)) == 0
