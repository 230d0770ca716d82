"""What a figure is, and how one asks for it. No session, no request: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from app.core.money import Money


class Unit(StrEnum):
    """What the number of a figure counts."""

    MONEY = "money"
    """An amount in the currency of the answer, at that currency's own decimals."""
    COUNT = "count"
    PERCENT = "percent"
    """A share: 12.5 is 12.5 %."""
    DAYS = "days"
    RATIO = "ratio"
    """A plain number such as turns a year."""


DECIMALS = {Unit.COUNT: 0, Unit.PERCENT: 1, Unit.DAYS: 1, Unit.RATIO: 2}
"""Decimals of a figure; money has those of its currency."""


def at_unit(value: Decimal, unit: Unit, currency: str | None) -> Decimal:
    """A figure at the decimals of its unit, half up: page, file and REST all say this number.

    Figures: 8.125 EUR is 8.13, a share of 33.333 is 33.3, 559.06 days are 559.1, 3.645 turns are 3.65.
    """
    if unit is Unit.MONEY:
        return Money.rounded(value, currency).amount if currency else value
    return value.quantize(Decimal(1).scaleb(-DECIMALS[unit]), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included, in the time zone of the shop."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends before it starts")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def before(self) -> Period:
        """The period of the same length that ends the day before."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    def year_before(self) -> Period:
        """The same days a year earlier; the 29th of February becomes the 28th."""
        return Period(_year_before(self.start), _year_before(self.end))


PRESETS = ("today", "7_days", "30_days", "this_month", "last_month", "this_year", "12_months")
"""Names of the periods one can choose without typing days."""


def preset(name: str, today: date) -> Period:
    """The period of this name as seen from a day. All but the last month end on that day.

    `12_months` begins on the first of the month eleven months earlier.

    Raises:
        KeyError: for an unknown name.
    """
    first = today.replace(day=1)
    if name == "last_month":
        last = first - timedelta(days=1)
        return Period(last.replace(day=1), last)
    starts = {
        "today": today,
        "7_days": today - timedelta(days=6),
        "30_days": today - timedelta(days=29),
        "this_month": first,
        "this_year": first.replace(month=1),
        "12_months": (first.replace(year=today.year - 1) + timedelta(days=31)).replace(day=1),
    }
    return Period(starts[name], today)


LONGEST = 3660
"""A period has at most so many days, ten years."""


def period_of(start: str, end: str) -> Period:
    """The period between two days written as 2026-01-31.

    Raises:
        ValueError: one is no day, the first lies after the last, or there are more than ten years between them.
    """
    if len(start) != 10 or len(end) != 10:
        raise ValueError("a day is written as 2026-01-31")
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    if period.days > LONGEST or not 1990 <= period.start.year <= period.end.year <= 2100:
        raise ValueError("too long, or too far away")
    return period


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True, slots=True)
class Metric:
    """The one definition of a figure.

    `label` and `definition` are lazy texts for people; `moment` says which time puts a row into a period ("placed_at of
    the order"), `source` names the tables it is made from, `dimensions` by what it can be grouped and filtered.
    `is_additive` is true where the total is the sum of the rows (a rate or an average is not).
    """

    code: str
    label: Any
    definition: Any
    unit: Unit
    family: str
    source: str
    moment: str
    dimensions: frozenset[str]
    is_additive: bool = True
    less_is_better: bool = False
    overlapping: frozenset[str] = frozenset()
    """Dimensions in which one thing counts in several rows, so that the rows do not add up to the total."""


@dataclass(frozen=True, slots=True)
class Question:
    """Asks for one figure: over which days, by what, of what, in which currency.

    `filters` holds the wanted keys of each dimension: OR inside a dimension, AND across. `currency` None asks in the
    shop's base currency, each order at the rate it was placed with; a code asks for what was sold in that currency
    only, in it. `limit` keeps the largest rows (the total still counts all).
    """

    metric: str
    period: Period
    group_by: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currency: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One group of an answer: its key (stable), its name for people, its value."""

    key: str
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer to a question. `currency` is None unless the unit is money; `as_of` is what it knows up to."""

    metric: Metric
    question: Question
    rows: tuple[Row, ...]
    total: Decimal
    currency: str | None
    timezone: str
    as_of: datetime
    is_withheld: bool = False
    """True where it would tell of too few people: the total is 0 and there are no rows, whatever there is."""
