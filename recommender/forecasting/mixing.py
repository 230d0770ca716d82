"""Several models together; how much each counts is learned on earlier origins, for each class of articles apart.

Different models err differently, so their mean errs less (Bates, Granger 1969). Shares are found by adding the part that
helps most, again and again (Caruana and others 2004), from an equal start, so that few origins cannot lead far astray.

Two things come of it. The forecast of a step aims at its middle, where the absolute error is smallest: a part of it is the
middle that boosting learns. The mean leaves that part out: it is what is expected to sell in all, and orders are made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.forecasting.folds import CLASSES, Fold, pairs

MIXTURE, MIDDLE = "mixture", "middle"
MEANS = ("smoothing", "pooled", "boosting")
START, ROUNDS = 3, 12
MOST_MIDDLE = 0.5
"""The middle of most weeks of a rare article is nothing; a forecast of nothing would err least there, and say nothing."""


@dataclass(frozen=True)
class Shares:
    """How much each part counts, one row a class of articles; rows sum to one. The middle, if there, is the last."""

    parts: tuple[str, ...]
    rows: np.ndarray

    def forecast(self, means: Mapping[str, np.ndarray], classes: np.ndarray) -> np.ndarray:
        """The parts put together: what is scored."""
        return self._sum(means, classes, self.parts)

    def mean(self, means: Mapping[str, np.ndarray], classes: np.ndarray) -> np.ndarray:
        """The same without the middle: what is expected to sell."""
        return self._sum(means, classes, tuple(part for part in self.parts if part != MIDDLE))

    def _sum(
        self, means: Mapping[str, np.ndarray], classes: np.ndarray, parts: tuple[str, ...]
    ) -> np.ndarray:
        rows = self.rows[:, [self.parts.index(part) for part in parts]]
        rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
        total = np.zeros_like(means[parts[0]])
        for place, part in enumerate(parts):
            total += rows[classes, place][:, None] * means[part]
        return total


def parts_of(folds: Sequence[Fold]) -> tuple[str, ...]:
    """The parts that every one of these origins has; none where fewer than two means are there."""
    there = [part for part in (*MEANS, MIDDLE) if all(part in fold.means for fold in folds)]
    return tuple(there) if sum(part in MEANS for part in there) > 1 else ()


def learn(folds: Sequence[Fold], unit: int, parts: tuple[str, ...]) -> Shares:
    """Shares with the smallest absolute error on these origins; equal ones where nothing was sold on them."""
    rows = np.full((len(CLASSES), len(parts)), 1 / max(1, len(parts)))
    for kind in range(len(CLASSES) if parts else 0):
        found = [pairs(folds, part, unit, kind) for part in parts]
        actual = found[0][1]
        if actual.sum() > 0:
            rows[kind] = _shares(np.column_stack([means for means, _same in found]), actual, parts)
    return Shares(parts, rows)


def _shares(columns: np.ndarray, actual: np.ndarray, parts: tuple[str, ...]) -> np.ndarray:
    counts = np.full(len(parts), float(START))
    for _round in range(ROUNDS):
        total = columns @ counts
        missed = np.full(len(parts), np.inf)
        for place, part in enumerate(parts):
            if part == MIDDLE and counts[place] + 1 > MOST_MIDDLE * (counts.sum() + 1):
                continue
            missed[place] = np.abs(actual - (total + columns[:, place]) / (counts.sum() + 1)).sum()
        counts[missed.argmin()] += 1
    return counts / counts.sum()


def rolled(folds: Sequence[Fold], unit: int) -> list[Fold]:
    """The same origins, each with the mixture it would have had: shares learned on the origins before it alone."""
    made = []
    for number, fold in enumerate(folds):
        parts = parts_of(folds[: number + 1])
        if parts:
            shares = learn(folds[:number], unit, parts)
            fold = replace(
                fold,
                means=fold.means | {MIXTURE: shares.forecast(fold.means, fold.classes)},
                expected=fold.expected | {MIXTURE: shares.mean(fold.means, fold.classes)},
                kept={},
            )
        made.append(fold)
    return made
