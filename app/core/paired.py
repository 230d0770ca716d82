"""Two ways of doing something, compared on the same cases: how much better one is, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

DRAWS: Final = 1_000
SURE: Final = 0.99
LEAST_GAIN: Final = 0.01
"""Better has to mean by this share at least: a difference nobody notices is no reason to change anything."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both means, between what their difference lies (99 %), and in what share of the draws the own way was worse."""

    cases: int
    groups: int
    own: float
    other: float
    low: float
    high: float
    worse: float = 0.0

    @property
    def gain(self) -> float:
        """By which share the own way is better."""
        return self.own / self.other - 1 if self.other else 0.0

    @property
    def is_surely_better(self) -> bool:
        """True when the whole interval lies above nothing and the gain is one that counts."""
        return self.low > 0 and self.gain >= LEAST_GAIN

    def figures(self) -> dict[str, float]:
        """Figures to keep, without how many cases they rest on."""
        found = {"own": self.own, "other": self.other, "low": self.low, "high": self.high, "gain": self.gain}
        return {name: round(value, 5) for name, value in found.items()}


def compare(rows: Sequence[tuple[object, float, float, float]], draws: int = DRAWS) -> Comparison:
    """Compare by a paired bootstrap over groups; rows are (group, weight, own, other).

    Groups are drawn, not cases: several cases of one person are no independent witnesses. Source: Efron and
    Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval. The draws are always the same.
    """
    total = sum(row[1] for row in rows)
    if not rows or not total:
        return Comparison(len(rows), 0, 0.0, 0.0, 0.0, 0.0)
    own = sum(weight * first for _group, weight, first, _second in rows) / total
    other = sum(weight * second for _group, weight, _first, second in rows) / total
    by_group: dict[object, complex] = {}  # weight and difference in one number: a draw is one sum
    for group, weight, first, second in rows:
        by_group[group] = by_group.get(group, 0j) + complex(weight, weight * (first - second))
    groups = list(by_group.values())
    dice = Random(len(rows))
    drawn = (sum(dice.choices(groups, k=len(groups))) for _ in range(draws))
    means = sorted(one.imag / one.real for one in drawn)
    cut = int(draws * (1 - SURE) / 2)
    worse = sum(mean < 0 for mean in means) / draws
    return Comparison(len(rows), len(groups), own, other, means[cut], means[-1 - cut], worse)
