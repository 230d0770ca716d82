"""Levels and values of past days against a plain replay, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.analytics.stock import rules
from app.analytics.stock.reordering import Expected, Wish, curve, propose
from app.analytics.stock.rules import CostFrom, Moved, Place, Spans

FIRST = date(2026, 1, 1)
DAYS = 40


def at(number: int) -> date:
    return FIRST + timedelta(days=number)


moves = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.sampled_from(("sale", "return", "receive", "write_off")), st.integers(1, 9)),
    max_size=25,
)  # fmt: skip
costs = st.dictionaries(
    st.integers(-5, DAYS - 1), st.integers(0, 200_000).map(lambda n: Decimal(n) / 10_000), max_size=4
)
history = st.lists(st.tuples(moves, costs), min_size=1, max_size=4)
SIGNS = {"sale": -1, "return": 1, "receive": 1, "write_off": -1}


def place(number: int, told: list[tuple[int, str, int]], cost: dict[int, Decimal]) -> Place:
    by_day: dict[int, list[tuple[str, int]]] = {}
    for day, kind, pieces in told:
        by_day.setdefault(day, []).append((kind, pieces))
    moved = tuple(
        Moved(
            at(day), sum(SIGNS[k] * n for k, n in done), sum(-SIGNS[k] * n for k, n in done if k in ("sale", "return")),
            sum(n for k, n in done if k == "receive"), any(k == "sale" for k, _n in done),
        )
        for day, done in sorted(by_day.items())
    )  # fmt: skip
    level = 500 + sum(SIGNS[kind] * pieces for _day, kind, pieces in told)
    since = at(min(by_day)) if by_day else None
    keys = {"variant": str(number)}
    return Place(
        number, keys, level, moved, tuple(CostFrom(at(d), c) for d, c in sorted(cost.items())), since=since
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history, st.integers(0, DAYS - 1), st.integers(0, DAYS - 1))
def test_values_of_past_days_are_those_of_a_replay(
    shop: list[tuple[list[tuple[int, str, int]], dict[int, Decimal]]], one: int, other: int
) -> None:
    start, end = min(one, other), max(one, other)
    places = [place(number, told, cost) for number, (told, cost) in enumerate(shop)]
    units, value, spent, lasting = 0, Decimal(0), Decimal(0), Decimal(0)
    told = rules.over_time(places, at(start), at(end), "day")
    levels = [500] * len(shop)
    for day in range(DAYS):
        units, value = 0, Decimal(0)
        for number, (done, cost) in enumerate(shop):
            known = [amount for since, amount in sorted(cost.items()) if since <= day]
            for when, kind, pieces in done:
                if when == day:
                    levels[number] += SIGNS[kind] * pieces
                    if known and start <= day <= end and kind in ("sale", "return"):
                        spent -= SIGNS[kind] * pieces * known[-1]
            units += levels[number]
            value += known[-1] * levels[number] if known else 0
        if start <= day <= end:
            lasting += value
            assert (told[at(day).isoformat()].units, told[at(day).isoformat()].value) == (units, value)
        if day == end:
            sums = rules.add_up(places, Spans(at(start), at(end)))[""]
            assert (sums.units, sums.value) == (units, value)
    sums = rules.add_up(places, Spans(at(start), at(end)))[""]
    assert (sums.value_days, sums.cost_of_sales) == (lasting, spent)


def test_formulas_by_hand() -> None:
    assert rules.cover(40, 20, 30) == 60
    assert rules.cover(40, 0, 30) == 0
    assert rules.turnover(Decimal(300), Decimal(30_000)) == Decimal("3.65")
    assert rules.turnover(Decimal(300), Decimal(0)) == 0
    assert rules.sell_through(30, 100) == 30
    assert rules.bucket(date(2026, 3, 5), "week") == "2026-03-02"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(2, "receive", 3), (5, "sale", 3)], 4),  # days 6 to 9
        ([(2, "receive", 3), (5, "sale", 3), (8, "receive", 1)], 2),  # days 6 and 7
        (
            [(2, "receive", 3), (5, "sale", 3), (8, "receive", 1), (8, "sale", 1)],
            3,
        ),  # day 8 was not empty all day
        ([], 0),
    ],
)
def test_days_out_of_stock_by_hand(told: list[tuple[int, str, int]], expected: int) -> None:
    made = place(1, told, {})
    empty = Place(1, made.keys, made.on_hand - 500, made.moves, since=made.since)
    assert empty.empty_days(at(0), at(9)) == expected


FORECAST = curve(
    [
        Expected(28, Decimal(56), Decimal(70)),
        Expected(7, Decimal(14), Decimal(20)),
        Expected(14, Decimal(28), Decimal(37)),
    ]
)
PLAIN = Wish(7, 14, Decimal(0))


def test_a_forecast_as_a_curve() -> None:
    assert [FORECAST.mean(days) for days in (0, 1, 7, 10, 28, 56)] == [0, 2, 14, 20, 56, 112]
    assert FORECAST.margin(7) == 6 and FORECAST.margin(28) == 14
    assert round(FORECAST.margin(112), 6) == 28, "four times the days, twice the uncertainty"


@pytest.mark.parametrize(
    ("free", "wish", "quantity", "days_left"),
    [
        (20, PLAIN, 0, 10), (14, PLAIN, 28, 7), (10, PLAIN, 32, 5), (0, PLAIN, 42, 0), (-3, PLAIN, 45, 0),
        # safety: 14 + 6 over the delivery time, 42 + 37 / 3 ... the margin of 21 days lies between 9 and 14: 11.5
        (20, Wish(7, 14, Decimal(1)), 34, 10), (21, Wish(7, 14, Decimal(1)), 0, 11),
    ],
)  # fmt: skip
def test_what_to_order_by_hand(free: int, wish: Wish, quantity: int, days_left: int) -> None:
    told = propose(free, FORECAST, wish, today=at(1), made_for=at(0))
    assert (told.quantity, told.days_left) == (quantity, days_left)
    assert told.daily == 2 and told.runs_out == at(1 + days_left)


def test_an_old_forecast_is_read_from_today_on() -> None:
    slow_then_quick = curve([Expected(7, Decimal(0), Decimal(0)), Expected(14, Decimal(70), Decimal(70))])
    assert propose(30, slow_then_quick, PLAIN, today=at(1), made_for=at(0)).days_left == 10
    assert propose(30, slow_then_quick, PLAIN, today=at(8), made_for=at(0)).days_left == 3


def test_what_does_not_sell_neither_runs_out_nor_is_ordered() -> None:
    still = curve([Expected(28, Decimal(0), Decimal(0))])
    told = propose(5, still, PLAIN, today=at(1), made_for=at(0))
    assert (told.quantity, told.days_left, told.runs_out) == (0, None, None)
