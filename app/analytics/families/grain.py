"""Which days of a period are told by whole months, and which by days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, union_all

from app.analytics.rules import Period

FINE = frozenset({"day", "week", "weekday", "hour"})
"""Dimensions that sums by month cannot tell."""


def months_of(period: Period) -> Period | None:
    """The whole calendar months of a period, from the first day to the last; None where it has none."""
    start, after = period.start, period.end + timedelta(days=1)
    first = start if start.day == 1 else _next_month(start)
    last = after.replace(day=1) - timedelta(days=1)
    return Period(first, last) if first <= last else None


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def mixed(by_month: Any, by_day: Any, period: Period) -> Any:
    """Rows of a period from two tables of the same columns: its whole months from one, the days around them from
    the other. Only for a period that has a whole month."""
    whole = months_of(period)
    if whole is None:
        raise ValueError("no whole month")
    months = select(by_month).where(by_month.c.day >= whole.start, by_month.c.day <= whole.end)
    edges = []
    if period.start < whole.start:
        edges.append((by_day.c.day >= period.start) & (by_day.c.day < whole.start))
    if whole.end < period.end:
        edges.append((by_day.c.day > whole.end) & (by_day.c.day <= period.end))
    if not edges:
        return months.subquery("months")
    return union_all(months, select(by_day).where(or_(*edges))).subquery("months")
