"""One origin of a backtest and how it is scored: by steps of days, for the articles and days that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recommender.forecasting.demand import Demand

CLASSES = ("steady", "now_and_then", "rare", "new")
FADES = 0.5
"""An origin counts half as much as the one after it: shops change, and what was best a year ago may not be now."""
ASLEEP_AFTER = 91
"""Nothing sold in a quarter: next to nothing will, which any interval holds. Such articles would hide how the others do."""
Model = Callable[[Demand, int], np.ndarray | None]


@dataclass
class Fold:
    """One origin: what was forecast, what came true, and which of it counts.

    `expected` holds the mean of those models whose forecast in `means` aims at the middle of a step instead.
    """

    origin: int
    actual: np.ndarray
    counts: np.ndarray
    classes: np.ndarray
    awake: np.ndarray
    """Articles that sold in the `ASLEEP_AFTER` days before the origin."""
    means: dict[str, np.ndarray]
    expected: dict[str, np.ndarray] = field(default_factory=dict)
    kept: dict[tuple[str, int, bool], tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, model: str, *, mean: bool = False) -> np.ndarray:
        """The forecast of a model as it is scored, or its mean."""
        return self.expected.get(model, self.means[model]) if mean else self.means[model]

    def only(self, forecast: np.ndarray, mean: np.ndarray) -> Fold:
        """The same origin with one forecast alone, called "used"."""
        return Fold(
            self.origin,
            self.actual,
            self.counts,
            self.classes,
            self.awake,
            {"used": forecast},
            {"used": mean},
        )


def wape(mean: np.ndarray, actual: np.ndarray) -> float | None:
    """Sum of the absolute errors over the sum of what was sold; None where nothing was."""
    sold = float(np.abs(actual).sum())
    return float(np.abs(actual - mean).sum()) / sold if sold > 0 else None


def steps(values: np.ndarray, unit: int) -> np.ndarray:
    """Sums of `unit` days."""
    return values.reshape(len(values), -1, unit).sum(axis=2)


def whole(counts: np.ndarray, unit: int) -> np.ndarray:
    """Steps of which every day counts."""
    return np.asarray(counts.reshape(len(counts), -1, unit).all(axis=2))


def pairs(
    folds: Sequence[Fold],
    model: str,
    unit: int,
    kind: int | None = None,
    *,
    mean: bool = False,
    awake: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Forecast and truth of every step that counts, of one class of articles or of all; flat, origin after origin.

    With `awake`, of articles alone that sold lately.
    """
    means, actuals = [np.empty(0)], [np.empty(0)]
    for fold in folds:
        if model not in fold.means:
            continue
        counted = _counted(fold, unit, awake)
        if kind is not None:
            counted &= (fold.classes == kind)[:, None]
        means.append(steps(fold.of(model, mean=mean), unit)[counted])
        actuals.append(steps(fold.actual, unit)[counted])
    return np.concatenate(means), np.concatenate(actuals)


def _counted(fold: Fold, unit: int, awake: bool) -> np.ndarray:
    counted = whole(fold.counts, unit)
    return counted & fold.awake[:, None] if awake else counted


def faded(folds: Sequence[Fold], model: str, unit: int, *, awake: bool = False) -> np.ndarray:
    """How much each of the `pairs` counts by the age of its origin: the newest one, each before it `FADES` of that."""
    newest = len(folds) - 1
    return np.concatenate(
        [np.empty(0)]
        + [
            np.full(int(_counted(fold, unit, awake).sum()), FADES ** (newest - number))
            for number, fold in enumerate(folds)
            if model in fold.means
        ]
    )


def faded_wape(
    folds: Sequence[Fold], model: str, unit: int, kind: int, *, mean: bool = False
) -> float | None:
    """WAPE of a class of articles over origins, the late ones counting more; None where nothing was sold."""
    missed = sold = 0.0
    for number, fold in enumerate(reversed(folds)):
        missed_here, sold_here = _sums(fold, model, unit, mean)
        missed += FADES**number * float(missed_here[kind])
        sold += FADES**number * float(sold_here[kind])
    return missed / sold if sold > 0 else None


def _sums(fold: Fold, model: str, unit: int, mean: bool) -> tuple[np.ndarray, np.ndarray]:
    """What a model missed and what was sold, by class of articles; asked for often, so kept with the origin."""
    key = (model, unit, mean)
    if key not in fold.kept:
        counted, actual = whole(fold.counts, unit), steps(fold.actual, unit)
        missed = np.where(counted, np.abs(actual - steps(fold.of(model, mean=mean), unit)), 0).sum(axis=1)
        sold = np.where(counted, np.abs(actual), 0).sum(axis=1)
        size = len(CLASSES)
        fold.kept[key] = (np.bincount(fold.classes, missed, size), np.bincount(fold.classes, sold, size))
    return fold.kept[key]


def chosen(
    means: Mapping[str, np.ndarray], classes: np.ndarray, models: Sequence[str], naive: str
) -> np.ndarray:
    """The forecast each article gets by the model of its class; seasonal-naive where that model made none."""
    found = means[naive].copy()
    for kind, model in enumerate(models):
        if model in means:
            mine = classes == kind
            found[mine] = means[model][mine]
    return found
