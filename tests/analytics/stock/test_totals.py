"""What running totals tell of each shelf against a plain count of its days: any span, whatever of it is closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics import operations
from app.analytics.stock import closing, shelves
from app.analytics.stock.rules import AtEnd, Counted, Place, Spans
from app.catalog.models import Product
from app.core.unit_of_work import unit_of_work
from tests.analytics.stock.goods import day, goods, move
from tests.analytics.stock.test_replay import History

Moves = list[tuple[int, str, int]]


def count(history: History, number: int, spans: Spans, today: date) -> Counted:
    """One article of a history, day by day."""
    _made, moves, costs = history.articles[number]
    first, last = (today - spans.start).days, (today - spans.end).days
    asked = (today - spans.demand_from).days
    since = max((ago for ago, _kind, _n in moves), default=-999)

    def sold(begin: int) -> int:
        return -sum(n for ago, kind, n in moves if begin >= ago >= last and kind in ("sale", "return"))

    def cost(ago: int) -> Decimal:
        return history.cost(costs, ago) or Decimal(0)

    days = range(first, last - 1, -1)
    empty = (
        ago
        for ago in days
        if 0 < ago < since and history.level(moves, ago) == 0 and all(m[0] != ago for m in moves)
    )
    sales = [ago for ago, kind, _n in moves if kind == "sale" and ago >= last]
    return Counted(
        units=history.level(moves, last), units_before=history.level(moves, first + 1), sold=sold(first), demand=sold(asked),
        taken_in=sum(n for ago, kind, n in moves if first >= ago >= last and kind == "receive"),
        cost=history.cost(costs, last), value_days=sum((cost(ago) * history.level(moves, ago) for ago in days), Decimal(0)),
        cost_of_sales=-sum(
            (cost(ago) * n for ago, kind, n in moves if first >= ago >= last and kind in ("sale", "return")), Decimal(0)
        ),
        empty_days=len(list(empty)), last_sale=today - timedelta(days=min(sales)) if sales else None,
    )  # fmt: skip


def drawn(lot: Random, today: date) -> list[Spans]:
    """Spans of days: any, single days, all of it, before everything, over the end of the costs that are known."""

    def span(first: int, last: int) -> Spans:
        demand = lot.choice((1, 7, 30))
        return Spans(
            today - timedelta(days=first), today - timedelta(days=last), demand, 20, today - timedelta(days=1)
        )

    any_two = (sorted((lot.randrange(62), lot.randrange(62)), reverse=True) for _ in range(6))
    fixed = ((64, -9), (90, 70), (200, 61), (0, 0), (1, 1), (2, 2), (59, 59), (30, 3), (-2, -9), (0, -400))
    return [span(*ends) for ends in (*any_two, *fixed)]


def close_until(session: Session, last: date) -> None:
    """As if days after this one had not been closed yet."""
    with unit_of_work(session):
        session.execute(text("DELETE FROM analytics_stock_day WHERE day > :last"), {"last": last})
        session.execute(text("UPDATE analytics_state SET stock_through = :last"), {"last": last})


def check(session: Session, history: History, lot: Random, state: str) -> None:
    """Every shelf in every span: all of them in one statement, and those of two products only."""
    today, extra = day(session, 0), {shelves.VALUES, shelves.GAPS}
    spans = drawn(lot, today)
    numbers = {made.variant_id: number for number, (made, _moves, _costs) in enumerate(history.articles)}
    chosen = {str(made.product_id) for made, _moves, _costs in lot.sample(history.articles, 2)}
    two = list(session.scalars(select(Product.slug).where(Product.id.in_(map(int, chosen)))))
    every = shelves.places(session, spans, extra=extra)
    narrow = shelves.places(session, spans[:3], filters={"product": two}, extra=extra)
    assert len(every) == len(history.articles) and {place.keys["product"] for place in narrow} == chosen
    for place in (*every, *narrow):
        number = numbers[place.variant_id]
        for span, counted in place.counts.items():
            assert counted == count(history, number, span, today), (state, number, span)
        assert place.since == since_of(history.articles[number][1], today), (state, number)
    steps = [today - timedelta(days=ago) for ago in (*lot.sample(range(-4, 66), 7), 30)]
    for filters in ({}, {"product": two}):
        told = shelves.over_time(session, steps, filters=filters)
        mine = [one for one in history.articles if not filters or str(one[0].product_id) in chosen]
        assert told == {step: at_end(history, mine, (today - step).days) for step in steps}, state


def at_end(history: History, articles: Any, ago: int) -> AtEnd:
    """What some articles were at the end of a day; each is sold for 10.00."""
    levels = [history.level(moves, ago) for _made, moves, _costs in articles]
    costs = [history.cost(costs, ago) or Decimal(0) for _made, _moves, costs in articles]
    value = sum((level * cost for level, cost in zip(levels, costs, strict=True)), Decimal(0))
    return AtEnd(sum(levels), value, 10 * Decimal(sum(levels)))


def since_of(moves: Moves, today: date) -> date | None:
    """The day of the first movement."""
    return today - timedelta(days=max(ago for ago, _kind, _n in moves)) if moves else None


@pytest.mark.parametrize("seed", range(5))
def test_every_shelf_is_what_its_days_say(session: Session, seed: int) -> None:
    history, lot = History(session, seed, changes=8, ahead=6), Random(seed)
    check(session, history, lot, "nothing is closed")
    operations.rebuild(session)
    check(session, history, lot, "all is closed")
    for ago in (lot.randrange(3, 60), 61):
        close_until(session, day(session, ago))
        check(session, history, lot, f"closed until {ago} days ago")
    assert closing.close(session) > 50, "from where it stopped"
    assert closing.wrong_days(session) == []
    check(session, history, lot, "closed later")


def test_figures_of_values_and_gaps_are_only_counted_when_asked(session: Session) -> None:
    goods(session, (20, "receive", 9), (5, "sale", -9), costs={30: "2.00"})
    today = day(session, 0)
    span = Spans(today - timedelta(days=9), today)

    def counted(*extra: str) -> Place:
        return shelves.places(session, [span], extra=extra)[0]

    plain, valued, gaps = counted(), counted(shelves.VALUES), counted(shelves.GAPS)
    assert plain.counts[span] == Counted(0, 9, 9, 9, 0, Decimal("2.00"), last_sale=today - timedelta(days=5))
    assert (valued.counts[span].value_days, valued.counts[span].cost_of_sales) == (Decimal(72), Decimal(18))
    assert gaps.counts[span].empty_days == 5


def test_the_example_of_the_documentation(session: Session) -> None:
    goods(session, (9, "receive", 100), (6, "sale", -30), costs={20: "4.00", 6: "6.00"})
    today = day(session, 0)
    span = Spans(today - timedelta(days=9), today - timedelta(days=5))
    for _closed in (False, True):
        counted = shelves.places(session, [span], extra={shelves.VALUES})[0].counts[span]
        assert (counted.value_days, counted.cost_of_sales, counted.units) == (Decimal(2040), Decimal(180), 70)
        operations.rebuild(session)


@pytest.mark.parametrize(
    "change",
    [
        "net_total = net_total + 1", "sold_total = sold_total - 1", "taken_total = 0", "moment_total = moment_total + 1",
        "since = since - 1", "last_sale = NULL", "taken_in = 5", "has_sale = NOT has_sale",
    ],
)  # fmt: skip
def test_totals_that_are_not_the_running_sums_are_told(session: Session, change: str) -> None:
    made = goods(session, (40, "receive", 9), (20, "sale", -2), (5, "return", 1))
    operations.rebuild(session)
    assert closing.wrong_days(session) == []
    with unit_of_work(session):
        session.execute(
            text(f"UPDATE analytics_stock_day SET {change} WHERE day = :day"), {"day": day(session, 20)}
        )
    assert f", {day(session, 20)}" in " ".join(closing.wrong_days(session))
    operations.rebuild(session)
    assert closing.wrong_days(session) == []
    move(session, made, (30, "sale", -1))
    assert len(closing.wrong_days(session)) == 1, "the totals after it are sums of their rows"
