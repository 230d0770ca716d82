"""What was sold, as a table of articles by days, and what of it can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

WEEK = 7
FILL_FROM = 28
"""A day without goods is filled with the mean of the days with goods among so many before it."""


@dataclass(frozen=True)
class Demand:
    """Pieces sold of each article on each day from `start`; `known` is false before an article's first sale and on
    days it was out of stock: what would have sold then nobody knows, so such days are neither learned nor scored."""

    keys: tuple[str, ...]
    start: date
    sold: np.ndarray
    known: np.ndarray
    born: np.ndarray
    """The day (as a column) of each article's first sale."""
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What one model worked out of it and another can use; gone with it."""

    @property
    def days(self) -> int:
        """How many days the table has."""
        return int(self.sold.shape[1])

    def day(self, column: int) -> date:
        """The date of a column; columns past the end are days to come."""
        return self.start + timedelta(days=column)

    def until(self, column: int) -> Demand:
        """What was known at the start of that day: later columns are gone."""
        return Demand(self.keys, self.start, self.sold[:, :column], self.known[:, :column], self.born)

    def filled(self) -> np.ndarray:
        """Days without goods at the mean of the days before them that had goods; zero before the first sale."""
        unknown = ~self.known & (np.arange(self.days)[None, :] > self.born[:, None])
        if not unknown.any():
            return self.sold
        sums = np.cumsum(np.where(self.known, self.sold, 0), axis=1)
        counts = np.cumsum(self.known, axis=1)
        rows, columns = np.nonzero(unknown)
        before = columns - FILL_FROM
        earlier = np.where(before >= 0, sums[rows, np.maximum(before, 0)], 0)
        fewer = np.where(before >= 0, counts[rows, np.maximum(before, 0)], 0)
        near, days = sums[rows, columns] - earlier, counts[rows, columns] - fewer
        ever, all_days = sums[rows, columns], counts[rows, columns]
        mean = np.where(days > 0, near / np.maximum(days, 1), ever / np.maximum(all_days, 1))
        full = self.sold.copy()
        full[rows, columns] = mean
        return full


def table(
    sales: Iterable[tuple[str, date, float]],
    *,
    start: date,
    end: date,
    keys: Sequence[str],
    without_goods: Mapping[str, Iterable[date]] | None = None,
) -> Demand:
    """Lay sales (key, day, pieces) out from `start` to `end`; other articles and days are left out."""
    place = {key: row for row, key in enumerate(keys)}
    days = (end - start).days + 1
    sold = np.zeros((len(keys), days), dtype=np.float32)
    for key, day, pieces in sales:
        column = (day - start).days
        if key in place and 0 <= column < days:
            sold[place[key], column] += pieces
    has = sold > 0
    born = np.where(has.any(axis=1), has.argmax(axis=1), days)
    known = np.arange(days)[None, :] >= born[:, None]
    for key, absent in (without_goods or {}).items():
        if key in place:
            row = place[key]
            columns = [c for day in absent if 0 <= (c := (day - start).days) < days and not sold[row, c]]
            known[row, columns] = False
    return Demand(tuple(keys), start, sold, known, born)


def weeks(daily: np.ndarray) -> np.ndarray:
    """Weeks that end with the last day, the oldest first; days that fill no week are left out."""
    whole = daily.shape[1] // WEEK
    return daily[:, daily.shape[1] - whole * WEEK :].reshape(len(daily), whole, WEEK).sum(axis=2)


def weeks_alive(demand: Demand) -> np.ndarray:
    """For each week of `weeks` whether the article was on sale during all of it."""
    whole = demand.days // WEEK
    first = demand.days - whole * WEEK + np.arange(whole) * WEEK
    return first[None, :] >= demand.born[:, None]
