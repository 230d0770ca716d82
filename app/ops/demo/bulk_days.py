"""When people buy: the rhythm of the year, of the week and of the day, and a shop that grows."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

MONTHS = (0.92, 0.86, 0.94, 0.95, 0.98, 0.94, 0.82, 0.84, 1.0, 1.08, 1.45, 1.62)
"""January to December; the last two are Black Friday and presents."""
WEEKDAYS = (1.08, 1.02, 1.0, 0.98, 0.94, 0.88, 1.12)
"""Monday to Sunday."""
HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 14, 20, 24, 25, 24, 23, 22, 22, 23, 25, 28, 32, 34, 28, 16, 7)
GROWTH = 1.6
"""How much more the last day has than the first one."""


@dataclass(frozen=True)
class Calendar:
    """The days of a history, each with its share of the orders."""

    first: date
    days: int
    _sums: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sums.extend(accumulate(self._weight(n) for n in range(self.days)))

    def _weight(self, number: int) -> float:
        day = self.first + timedelta(days=number)
        grown = 1 + (GROWTH - 1) * number / max(1, self.days - 1)
        bump = 2.4 if (day.month, day.weekday()) == (11, 4) and 23 <= day.day <= 29 else 1.0
        return MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * grown * bump

    def moment(self, number: int, count: int, dice: Random) -> datetime:
        """When order `number` of `count` is placed: later numbers are never placed on earlier days."""
        share = (number + 0.5) / count * self._sums[-1]
        day = self.first + timedelta(days=min(bisect_right(self._sums, share), self.days - 1))
        hour = dice.choices(range(24), HOURS)[0]
        at = time(hour, dice.randrange(60), dice.randrange(60), tzinfo=UTC)
        return datetime.combine(day, at)
