"""ANA-03 and what lies behind figures: customers, cohorts, segments, the orders of a figure; what it costs to ask."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.errors import NothingBehind, UnknownCurrency, UnknownDimension, UnknownMetric
from app.analytics.families import customers as family
from app.analytics.rules import Period, Question, Unit, period_of, preset
from app.core.unit_of_work import unit_of_work
from tests.analytics import making, oracle
from tests.counting import counted

WHOLE = Period(date(2026, 2, 20), date(2026, 6, 30))


def ask(session: Session, metric: str, period: Period = WHOLE, **more: Any) -> Any:
    """One answer."""
    return queries.ask(session, [Question(metric, period, **more)])[0]


@pytest.mark.parametrize("period", [WHOLE, Period(date(2026, 3, 10), date(2026, 4, 9))])
def test_customers_are_addresses_with_orders(
    session: Session, told_past: Callable[..., None], period: Period
) -> None:
    told_past(21)
    orders = oracle.read(session)["orders"]
    good = orders[orders.counted.astype(bool)]
    mine = good[(good["date"] >= period.start) & (good["date"] <= period.end)]
    first = mine[mine.customer_kind == "new"]
    later = mine[mine.customer_kind == "returning"]
    people = len(set(mine.customer))
    assert ask(session, "customers", period).total == people > 20
    assert ask(session, "new_customers", period).total == len(first)
    assert ask(session, "returning_customers", period).total == len(set(later.customer))
    share = Decimal(len(set(later.customer))) * 100 / people
    assert ask(session, "returning_share", period).total == share.quantize(Decimal("0.1"))
    assert ask(session, "orders_per_customer", period).total == (Decimal(len(mine)) / people).quantize(
        Decimal("0.01")
    )
    so_far = good[good["date"] <= period.end]
    worth = sum(so_far.base_gross, Decimal(0)) / len(set(so_far.customer))
    assert abs(ask(session, "lifetime_value", period).total - worth) <= Decimal("0.005")
    by_month = {
        row.key: int(row.value)
        for row in ask(session, "new_customers", period, group_by="month").rows
        if row.value
    }
    assert by_month == first.groupby("month").size().to_dict()


def test_small_groups_of_people_are_put_together(session: Session) -> None:
    rng = random.Random(3)
    with unit_of_work(session):
        articles = making.catalogue(session)
        at = datetime(2026, 3, 3, 10, tzinfo=UTC)
        made = [
            making.order(
                session, rng, articles, at, state="paid", country=country, email=f"{country}{n}@example.org"
            )
            for country, people in (("BE", 9), ("NL", 6), ("FR", 3), ("LU", 1))
            for n in range(people)
        ]
    making.told(session, made)
    rows = {row.key: int(row.value) for row in ask(session, "customers", group_by="country").rows}
    # three and one are four people: too few, so the next larger group joins them
    assert rows == {"BE": 9, "_other": 10}
    assert ask(session, "customers").total == 19
    assert {row.label for row in ask(session, "customers", group_by="country").rows} == {"Belgium", "Others"}


@pytest.mark.parametrize("seed", range(20))
def test_no_group_is_below_five(seed: int) -> None:
    rng = random.Random(seed)
    sizes = [rng.randint(1, 12) for _ in range(rng.randint(1, 9))]
    groups: dict[Any, Any] = {
        f"G{n}": {"customers": Decimal(size), "gross": Decimal(size)} for n, size in enumerate(sizes)
    }
    merged = family.merged(groups)
    assert sum(v["gross"] for v in merged.values()) == sum(sizes)
    assert all(v["customers"] >= 5 for v in merged.values()) or set(merged) == {"_other"}


def test_cohorts_and_segments_add_up(session: Session) -> None:
    making.told(session, making.past(session, 22))
    orders = oracle.read(session)["orders"]
    good = orders[orders.counted.astype(bool)]
    found = queries.cohorts(session, WHOLE)
    first = {row.customer: row.month for row in good[good.customer_kind == "new"].itertuples()}
    assert {c.month.isoformat()[:7]: c.customers for c in found} == {
        month: list(first.values()).count(month) for month in set(first.values())
    }
    for cohort in found:
        for cell in cohort.cells:
            key = f"2026-{cohort.month.month + cell.months_since:02d}"
            mine = good[(good.month == key) & good.customer.map(first).eq(cohort.month.isoformat()[:7])]
            assert (cell.customers, cell.revenue) == (
                len(set(mine.customer)),
                sum(mine.base_gross, Decimal(0)),
            )
    assert sum((cell.revenue for c in found for cell in c.cells), Decimal(0)) == ask(session, "gross").total
    segments = queries.segments(session, WHOLE.end)
    assert [s.code for s in segments] == ["champions", "loyal", "promising", "at_risk", "asleep"]
    assert sum(s.customers for s in segments) == len(first)
    assert sum((s.revenue for s in segments), Decimal(0)) == ask(session, "gross").total
    assert segments[0].revenue / segments[0].customers > segments[-1].revenue / segments[-1].customers


CASES = [
    ("gross", {}), ("gross", {"country": ("BE",)}), ("net", {"category": ("home",)}), ("orders", {"product": ("thing-1",)}),
    ("units", {"customer_kind": ("new",)}), ("refunds", {}), ("captured", {"payment_method": ("cod",)}), ("net_sales", {}),
    ("cancelled_orders", {}), ("due", {}), ("new_customers", {}), ("discounts", {"coupon": ("TEN",)}), ("tax_by_rate", {"tax_rate": ("6",)}),
    ("refunds", {"category": ("home",)}), ("refunds", {"product": ("_shipping",), "country": ("BE",)}),
    ("promotion_discounts", {"promotion": ("TEN",)}), ("promotion_discounts", {}),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "filters"), CASES)
def test_the_orders_behind_a_figure_add_up_to_it(
    session: Session, told_past: Callable[..., None], metric: str, filters: dict[str, Any]
) -> None:
    told_past(23, orders=70)
    question = Question(metric, Period(date(2026, 3, 1), date(2026, 4, 30)), filters=filters)
    rows: list[Any] = []
    after: str | None = None
    while True:
        page = queries.rows_behind(session, question, after=after, limit=7)
        rows += page.rows
        if page.after is None:
            break
        assert len(page.rows) == 7
        after = page.after
    assert sum((row.value for row in rows), Decimal(0)) == queries.ask(session, [question])[0].total
    assert len({row.id for row in rows}) == len(rows) > 2
    assert page.currency == "EUR"
    assert queries.rows_behind(session, question, after="nonsense", limit=7).rows == tuple(rows[:7])


def test_what_is_no_question_is_refused(session: Session) -> None:
    for question, refusal in (
        (Question("profit", WHOLE), UnknownMetric), (Question("gross", WHOLE, "moon"), UnknownDimension),
        (Question("shipping", WHOLE, "product"), UnknownDimension), (Question("gross", WHOLE, currency="XQZ"), UnknownCurrency),
        (Question("gross", WHOLE, filters={"moon": ("full",)}), UnknownDimension),
    ):  # fmt: skip
        with pytest.raises(refusal):
            queries.ask(session, [question])
    with pytest.raises(NothingBehind):
        queries.rows_behind(session, Question("visitors", WHOLE))
    for start, end in (
        ("2026-02-30", "2026-03-01"),
        ("2026-03-02", "2026-03-01"),
        ("x", "y"),
        ("2001-01-01", "2026-01-01"),
        ("20260101", "20260102"),
    ):
        with pytest.raises(ValueError):
            period_of(start, end)
    assert preset("12_months", date(2026, 12, 31)) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert preset("12_months", date(2024, 2, 29)) == Period(date(2023, 3, 1), date(2024, 2, 29))
    assert preset("last_month", date(2026, 3, 31)) == Period(date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    "key", ["", "x", "2026-13", "99", "-1", "NaN", "\x00", "1e9", "é", "2026-W54", "Infinity"]
)
def test_keys_that_nothing_has_match_nothing(
    session: Session, told_past: Callable[..., None], key: str
) -> None:
    told_past(24, orders=8)
    known = sorted(queries.metric("gross").dimensions)
    answers = queries.ask(session, [Question("gross", WHOLE, filters={name: (key,)}) for name in known])
    assert {given.total for given in answers} == {Decimal(0)}
    assert ask(session, "customers", filters={"country": (key,)}).total == 0


def test_names_follow_the_language(session: Session) -> None:
    making.told(session, making.past(session, 25, orders=40))
    questions = [
        Question("gross", WHOLE, name, limit=3 if name == "month" else None)
        for name in ("product", "category", "country", "month", "weekday")
    ]
    product, category, country, month, weekday = queries.ask(session, questions, language="fr")
    assert all(row.label.startswith("Chose ") for row in product.rows if row.key.startswith("thing"))
    assert any(row.label == "Garden/Tools" for row in category.rows)  # no French name: the English one
    assert "Belgique" in {row.label for row in country.rows}
    assert len(month.rows) == 3 and any("mars" in row.label for row in month.rows)
    assert {row.label for row in weekday.rows} <= {
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
    }


def test_a_page_of_charts_with_comparison_costs_few_statements(session: Session) -> None:
    making.told(session, making.past(session, 26, orders=30))
    codes = (
        "gross",
        "net_sales",
        "orders",
        "average_order_value",
        "refund_rate",
        "units",
        "captured",
        "due",
        "customers",
        "new_customers",
    )
    charts = [("gross", "day"), ("orders", "day"), ("gross", "product"), ("gross", "category"), ("gross", "country"),
              ("orders", "hour"), ("gross", "weekday"), ("new_customers", "day"), ("tax_by_rate", "tax_rate")]  # fmt: skip
    now = [Question(code, WHOLE) for code in codes] + [
        Question(code, WHOLE, name, limit=10) for code, name in charts
    ]
    with counted(session.get_bind()) as seen:
        queries.ask(session, [*now, *queries.compared(now)])
    assert len(seen) <= 15, "\n".join(seen)


def test_each_figure_says_what_it_is() -> None:
    for metric in queries.metrics():
        assert str(metric.label) and len(str(metric.definition)) > 20, metric.code
        assert metric.source and metric.moment and isinstance(metric.unit, Unit), metric.code
        assert dataclasses.is_dataclass(metric)
    assert len({metric.code for metric in queries.metrics()}) == len(queries.metrics())
