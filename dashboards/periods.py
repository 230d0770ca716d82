"""The stretches of days that managers choose from. Days are those of the shop's time zone."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.analytics.rules import Period, preset
from app.core.i18n import _l

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
LONGEST_DAYS = 3_660
"""Ten years: longer own periods are refused."""
OWN = "own"
DEFAULT = "30_days"


class Comparison(StrEnum):
    """With what the figures of a period are compared."""

    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


COMPARISONS = (
    (Comparison.PREVIOUS, _l("Previous period")),
    (Comparison.YEAR, _l("Year before")),
    (Comparison.NONE, _l("No comparison")),
)


def _yesterday(today: date) -> Period:
    return Period(today - timedelta(days=1), today - timedelta(days=1))


def _ninety(today: date) -> Period:
    return Period(today - timedelta(days=89), today)


def _rule(name: str) -> Callable[[date], Period]:
    return lambda today: preset(name, today)


PRESETS: dict[str, tuple[Any, Callable[[date], Period]]] = {
    "today": (_l("Today"), _rule("today")),
    "yesterday": (_l("Yesterday"), _yesterday),
    "7_days": (_l("Last 7 days"), _rule("7_days")),
    "30_days": (_l("Last 30 days"), _rule("30_days")),
    "90_days": (_l("Last 90 days"), _ninety),
    "this_month": (_l("This month"), _rule("this_month")),
    "last_month": (_l("Last month"), _rule("last_month")),
    "this_year": (_l("This year"), _rule("this_year")),
    "12_months": (_l("Last 12 months"), _rule("12_months")),
}
"""What can be chosen without typing a date: its name, and its days as seen from today."""


def compared(period: Period, how: Comparison) -> Period | None:
    """The period that this one is compared with."""
    if how is Comparison.PREVIOUS:
        return period.before()
    return period.year_before() if how is Comparison.YEAR else None


def step_of(period: Period) -> str:
    """How finely a line over time is drawn: by hour of a day, by day, by week, by month."""
    if period.days <= 92:
        return "day"
    return "week" if period.days <= 190 else "month"


def days_of(step: str, key: str) -> Period | None:
    """The days behind one point of a line: "2026-03-01", "2026-W09" or "2026-03"."""
    try:
        if step == "day":
            day = date.fromisoformat(key)
            return Period(day, day)
        if step == "week":
            first = _monday(key)
            return Period(first, first + timedelta(days=6))
        if step == "month":
            first = date.fromisoformat(f"{key[:7]}-01")
            return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
    except (ValueError, OverflowError):
        return None
    return None


def _monday(key: str) -> date:
    year, found, week = key.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1) if found else date.fromisoformat(key)
