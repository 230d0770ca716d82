"""Pure rules of ordering: when an article runs out, and how many to order. Pieces and days only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

LOOKS_AHEAD = 365


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected to sell in the first `days` after the forecast was made: all of it together."""

    days: int
    mean: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Wish:
    """What the shop has set: delivery time, how long an order should last, and how much safety it wants."""

    lead_days: int
    review_days: int
    safety: Decimal
    """1 keeps the whole way from the mean to the upper bound, 0 nothing of it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A forecast as a curve over days: straight between its horizons, and on at the last pace beyond them.

    Beyond the last horizon the uncertainty grows with the root of the days.
    """

    points: tuple[Expected, ...]

    def mean(self, days: int) -> Decimal:
        """Pieces expected in the first `days`."""
        before = Expected(0, Decimal(0), Decimal(0))
        for point in self.points:
            if days <= point.days:
                return before.mean + (point.mean - before.mean) * (days - before.days) / (
                    point.days - before.days
                )
            before = point
        return before.mean * days / before.days if before.days else Decimal(0)

    def margin(self, days: int) -> Decimal:
        """How many more than the mean it may be in the first `days`, in nine of ten cases."""
        before = Expected(0, Decimal(0), Decimal(0))
        for point in self.points:
            wide, narrow = point.high - point.mean, before.high - before.mean
            if days <= point.days:
                return narrow + (wide - narrow) * (days - before.days) / (point.days - before.days)
            before = point
        if not before.days:
            return Decimal(0)
        return (before.high - before.mean) * (Decimal(days) / before.days).sqrt()


def curve(points: Sequence[Expected]) -> Curve:
    """A curve through horizons in any order."""
    return Curve(tuple(sorted(points, key=lambda point: point.days)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do about an article: when it runs out (None: not within a year), and how many to order now."""

    runs_out: date | None
    days_left: int | None
    quantity: int
    daily: Decimal


def propose(free: int, forecast: Curve, wish: Wish, *, today: date, made_for: date) -> Proposal:
    """Look ahead from today with a forecast of the days after `made_for`.

    `free` is what lies there less what is promised; below zero where goods are owed. An order is proposed when what is
    free does not reach over the delivery time with its safety; it fills up to delivery time and review days together.

    free 20, 2 a day, delivery 7 days, review 14 days, no safety: 20 > 14, nothing to order. free 10: 42 - 10 = 32.
    """
    gone = max(0, (today - made_for).days - 1)

    def ahead(days: int) -> Decimal:
        return forecast.mean(gone + days) - forecast.mean(gone)

    def safe(days: int) -> Decimal:
        return ahead(days) + wish.safety * forecast.margin(days)

    days_left = next(
        (day for day in range(LOOKS_AHEAD + 1) if ahead(day) >= free and (free <= 0 or day)), None
    )
    if free > 0 and ahead(LOOKS_AHEAD) <= 0:
        days_left = None
    period = wish.lead_days + wish.review_days
    quantity = 0
    if free < 0 or (free <= safe(max(1, wish.lead_days)) and ahead(period) > 0):
        quantity = max(0, int((safe(period) - free).to_integral_value(ROUND_CEILING)))
    daily = (ahead(28) / 28).quantize(Decimal("0.01"))
    runs_out = today + timedelta(days=days_left) if days_left is not None else None
    return Proposal(runs_out, days_left, quantity, daily)
