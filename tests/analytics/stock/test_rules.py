"""Formulas of stock and of what to order, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.analytics.stock import rules
from app.analytics.stock.reordering import Expected, Wish, curve, propose


def test_formulas_by_hand() -> None:
    assert rules.cover(40, 20, 30) == 60
    assert rules.cover(40, 0, 30) == 0
    assert rules.turnover(Decimal(300), Decimal(30_000)) == Decimal("3.65")
    assert rules.turnover(Decimal(300), Decimal(0)) == 0
    assert rules.sell_through(30, 100) == 30
    assert rules.bucket(date(2026, 3, 5), "week") == "2026-03-02"


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
    told = propose(free, FORECAST, wish, today=date(2026, 1, 2), made_for=date(2026, 1, 1))
    assert (told.quantity, told.days_left) == (quantity, days_left)
    assert told.daily == 2 and told.runs_out == date(2026, 1, 2) + timedelta(days=days_left)


def test_an_old_forecast_is_read_from_today_on() -> None:
    slow_then_quick = curve([Expected(7, Decimal(0), Decimal(0)), Expected(14, Decimal(70), Decimal(70))])
    assert (
        propose(30, slow_then_quick, PLAIN, today=date(2026, 1, 2), made_for=date(2026, 1, 1)).days_left == 10
    )
    assert (
        propose(30, slow_then_quick, PLAIN, today=date(2026, 1, 9), made_for=date(2026, 1, 1)).days_left == 3
    )


def test_what_does_not_sell_neither_runs_out_nor_is_ordered() -> None:
    still = curve([Expected(28, Decimal(0), Decimal(0))])
    told = propose(5, still, PLAIN, today=date(2026, 1, 2), made_for=date(2026, 1, 1))
    assert (told.quantity, told.days_left, told.runs_out) == (0, None, None)
