"""People of spans of days are counted from each order's earlier one: a recount by hand says the same, also at the edges.

Few people order often, so that spans begin on days on which somebody had just ordered.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analytics import checks, queries
from app.analytics.families import customers
from app.analytics.models import OrderFact
from app.analytics.rules import Period, Question
from app.analytics.stock import queries as stock
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order
from tests.analytics import making
from tests.analytics.oracle import base

FIRST, DAYS = date(2026, 3, 2), 24
PEOPLE, ORDERS = 9, 90
METRICS = ("customers", "new_customers", "returning_customers", "orders_per_customer", "lifetime_value")
KEPT = ("payment_method", "channel", "country", "language", "currency")
USUAL = {
    "country": ("BE", "FR"),
    "language": ("fr", "nl", "fr"),
    "currency": ("EUR",),
    "channel": ("web", "web", "api"),
}
"""Of a person, who does otherwise now and then."""
STEPS = ("", "day", "week", "month", "weekday", *KEPT)
FILTERS: tuple[dict[str, tuple[str, ...]], ...] = (
    {}, {"payment_method": ("cod",)}, {"weekday": ("1", "2", "3")}, {"payment_method": ("cod", "bank_transfer"), "channel": ("web",)},
    {"channel": ("api", "marketplace", "phone", "web")}, {"currency": ("EUR",)}, {"country": ("BE",)}, {"language": ("fr",)}, {"country": ("BE", "FR")}, {"country": ("BE",), "language": ("fr", "nl")},
)  # fmt: skip


class Placed(NamedTuple):
    """An order that counts, as a recount by hand knows it."""

    who: str
    day: date
    is_first: bool
    payment_method: str
    channel: str
    country: str
    language: str
    currency: str
    gross: Decimal
    base_gross: Decimal


@pytest.fixture
def orders(session: Session) -> list[Placed]:
    """Three weeks in which the same few people order again and again; every eighth order is cancelled."""
    rng = random.Random(41)
    with unit_of_work(session):
        articles = making.catalogue(session)
        made = []
        for _ in range(ORDERS):
            at = datetime(2026, 3, 2, 8, tzinfo=UTC) + timedelta(
                days=rng.randrange(DAYS), minutes=rng.randrange(600)
            )
            state = "cancelled" if rng.random() < 0.125 else "paid"
            who = rng.randrange(PEOPLE)
            usual = {name: values[who % len(values)] for name, values in USUAL.items() if rng.random() < 0.85}
            made.append(making.order(session, rng, articles, at, state=state, email=f"p{who}@example.org", **usual))  # fmt: skip
    rng.shuffle(made)  # told in another order than they were placed in
    making.told(session, made)
    assert checks.wrong_facts(session) == []
    alike = (
        select(func.count()).where(OrderFact.previous_day.is_not(None)).group_by(OrderFact.is_like_previous)
    )
    like, unlike = session.scalars(alike)
    assert min(like, unlike) > 20, "many are like the one before, and many are not"
    return list(_counted(session))


def _counted(session: Session) -> Iterator[Placed]:
    seen: set[str] = set()
    zone = stock.zone(session)
    for order in session.scalars(select(Order).where(Order.state != "cancelled").order_by(Order.placed_at, Order.id)):  # fmt: skip
        day = order.placed_at.astimezone(zone).date()
        kept = (getattr(order, name) for name in KEPT)
        gross = order.total_gross
        yield Placed(
            order.email, day, order.email not in seen, *kept, gross, base(gross, order.exchange_rate)
        )
        seen.add(order.email)


def _key(order: Placed, by: str) -> str:
    if by == "week":
        return "{}-W{:02d}".format(*order.day.isocalendar())
    if by in KEPT:
        return str(getattr(order, by))
    kinds = {"": "", "day": order.day.isoformat(), "month": f"{order.day:%Y-%m}", "weekday": str(order.day.isoweekday())}  # fmt: skip
    return kinds[by]


def _recount(orders: list[Placed], question: Question, by: str) -> dict[str, Decimal]:
    period, groups = question.period, defaultdict[str, list[Placed]](list)
    start = date.min if question.metric == "lifetime_value" else period.start
    for order in orders:
        matches = all(_key(order, name) in keys for name, keys in question.filters.items())
        matches = matches and question.currency in (None, order.currency)
        if matches and start <= order.day <= period.end:
            groups[_key(order, by)].append(order)
    return {key: _value(mine, question) for key, mine in groups.items()}


def _value(mine: list[Placed], question: Question) -> Decimal:
    people = Decimal(len({order.who for order in mine}))
    found = {
        "customers": people,
        "new_customers": Decimal(sum(order.is_first for order in mine)),
        "returning_customers": Decimal(len({order.who for order in mine if not order.is_first})),
        "orders_per_customer": len(mine) / people,
        "lifetime_value": sum((o.gross if question.currency else o.base_gross for o in mine), Decimal(0))
        / people,
    }
    return found[question.metric].quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_recount_by_hand_says_the_same(
    session: Session, orders: list[Placed], filters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "FLOOR", 0)  # nine people, and all of them are told
    monkeypatch.setattr(customers, "merged", lambda groups, **_by: dict(groups))
    rng = random.Random(7)
    for _ in range(12):
        start = FIRST + timedelta(days=rng.randrange(DAYS))
        period = Period(start, start + timedelta(days=rng.randrange(15)))
        steps = rng.sample(STEPS, rng.randint(1, 4))
        others = dict(filters)
        currency = others.pop("currency", (None,))[0]  # amounts in one currency are of its orders alone
        asked = [
            Question(metric, period, group_by=by, filters=others, currency=currency)
            for by in steps for metric in METRICS if {by, *others} <= customers.BY_CODE[metric].dimensions | {""}
        ]  # fmt: skip
        for question, told in zip(asked, queries.ask(session, asked), strict=True):
            assert told.total == sum(_recount(orders, question, "").values(), Decimal(0)), question
            if question.group_by:
                rows = {row.key: row.value for row in told.rows if row.value}
                expected = _recount(orders, question, question.group_by)
                assert rows == {key: value for key, value in expected.items() if value}, question
