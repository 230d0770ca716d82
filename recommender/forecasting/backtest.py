"""Forecasts of the past, each made only from what was known then, against what came true.

Origins roll forward. At each, models are chosen and margins learned from the origins before it alone; so the figures
are those a shop would have had. Per class of articles the best model is used if it beats seasonal-naive, else naive is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.forecasting import boosting, intervals, models
from recommender.forecasting.demand import WEEK, Demand, weeks, weeks_alive
from recommender.forecasting.models import NAIVE

HORIZONS = (28, 14, 7)
LEAST_TRAINING = 56
LEAST_FOLDS, MOST_FOLDS = 3, 6
LEAST_DAYS = LEAST_TRAINING + LEAST_FOLDS * min(HORIZONS)
PROVEN_AFTER = 28
"""An article is scored, and a model proven for it, when it has been on sale for so many days."""
CLASSES = ("steady", "now_and_then", "rare", "new")
DENSE = 0.5
Model = Callable[[Demand, int], np.ndarray | None]
MODELS: dict[str, Model] = {
    NAIVE: models.seasonal_naive,
    "smoothing": models.smoothing,
    "intermittent": models.intermittent,
    "croston": models.croston,
    "boosting": boosting.boosting,
    "blend": boosting.blend,
}
Progress = Callable[[int, int, str], None]


class TooShort(Exception):
    """There are not enough days, or no sales in the days that count, to prove anything."""


@dataclass
class Fold:
    """One origin: what was forecast, what came true, and which of it counts."""

    origin: int
    actual: np.ndarray
    counts: np.ndarray
    classes: np.ndarray
    means: dict[str, np.ndarray]


@dataclass(frozen=True)
class Choice:
    """Which model a class of articles gets, with both errors and the reason."""

    model: str
    wape: float | None
    naive: float | None
    reason: str


@dataclass(frozen=True)
class Proof:
    """What a backtest found. `unit` is the days of a scored step (1, or 7 where most days are without sales)."""

    unit: int
    horizon: int
    folds: int
    articles: int
    wape: float
    naive: float
    coverage: float
    bias: float
    total_wape: float
    total_naive: float
    by_model: Mapping[str, float]
    choices: Mapping[str, Choice]
    past: tuple[Fold, ...] = field(repr=False, default=())

    @property
    def better(self) -> float:
        """By how many percent the error is smaller than that of seasonal-naive."""
        return 100 * (1 - self.wape / self.naive) if self.naive else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures, rounded, for people and programs."""
        return {
            "wape": round(self.wape, 4),
            "wape_seasonal_naive": round(self.naive, 4),
            "improvement_percent": round(self.better, 1),
            "coverage_80": round(self.coverage, 4),
            "bias": round(self.bias, 4),
            "wape_of_totals": round(self.total_wape, 4),
            "wape_of_totals_seasonal_naive": round(self.total_naive, 4),
            "scored_by": "day" if self.unit == 1 else "week",
            "horizon_days": self.horizon,
            "origins": self.folds,
            "articles": self.articles,
            "wape_by_model": {name: round(value, 4) for name, value in self.by_model.items()},
            "used": {
                name: {
                    "model": c.model, "wape": _rounded(c.wape), "wape_seasonal_naive": _rounded(c.naive), "reason": c.reason,
                }
                for name, c in self.choices.items()
            },
        }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def wape(mean: np.ndarray, actual: np.ndarray) -> float | None:
    """Sum of the absolute errors over the sum of what was sold; None where nothing was."""
    sold = float(np.abs(actual).sum())
    return float(np.abs(actual - mean).sum()) / sold if sold > 0 else None


def plan(days: int) -> tuple[int, tuple[int, ...]]:
    """Horizon and origins (as columns, the oldest first) for so many days of history.

    Raises:
        TooShort: there are fewer than `LEAST_DAYS`.
    """
    for horizon in HORIZONS:
        count = min(MOST_FOLDS, (days - LEAST_TRAINING) // horizon)
        if count >= LEAST_FOLDS:
            return horizon, tuple(days - horizon * k for k in range(count, 0, -1))
    raise TooShort(f"{days} days of sales are too few to prove a forecast; {LEAST_DAYS} are needed.")


def classes_of(demand: Demand) -> np.ndarray:
    """The class of each article (its place in `CLASSES`), by how many of its weeks had sales lately."""
    sold, alive = weeks(demand.filled())[:, -26:], weeks_alive(demand)[:, -26:]
    share = ((sold > 0) & alive).sum(axis=1) / np.maximum(alive.sum(axis=1), 1)
    found = np.where(share >= 0.75, 0, np.where(share >= 0.25, 1, 2))
    return np.where(demand.days - demand.born <= PROVEN_AFTER, 3, found)


def fold_at(
    demand: Demand, origin: int, horizon: int, candidates: Mapping[str, Model], beat: Callable[[str], None]
) -> Fold:
    """Forecast from one origin with every model that can; the future is cut off before any of them looks."""
    past = demand.until(origin)
    means: dict[str, np.ndarray] = {}
    for name, model in candidates.items():
        beat(name)
        made = model(past, horizon)
        if made is not None:
            means[name] = np.where(np.isfinite(made), np.maximum(made, 0), 0)
    ahead = slice(origin, origin + horizon)
    proven = past.born < origin - PROVEN_AFTER
    return Fold(
        origin, demand.sold[:, ahead], demand.known[:, ahead] & proven[:, None], classes_of(past), means
    )


def steps(values: np.ndarray, unit: int) -> np.ndarray:
    """Sums of `unit` days."""
    return values.reshape(len(values), -1, unit).sum(axis=2)


def whole(counts: np.ndarray, unit: int) -> np.ndarray:
    """Steps of which every day counts."""
    return np.asarray(counts.reshape(len(counts), -1, unit).all(axis=2))


def _pairs(
    folds: Sequence[Fold], model: str, unit: int, kind: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    means, actuals = [np.empty(0)], [np.empty(0)]
    for fold in folds:
        if model not in fold.means:
            continue
        counted = whole(fold.counts, unit)
        if kind is not None:
            counted &= (fold.classes == kind)[:, None]
        means.append(steps(fold.means[model], unit)[counted])
        actuals.append(steps(fold.actual, unit)[counted])
    return np.concatenate(means), np.concatenate(actuals)


def choose(folds: Sequence[Fold], unit: int) -> dict[str, Choice]:
    """For each class the model with the smallest error over these folds, if smaller than that of seasonal-naive."""
    made = {}
    for kind, name in enumerate(CLASSES):
        naive = wape(*_pairs(folds, NAIVE, unit, kind))
        if naive is None:
            made[name] = Choice(NAIVE, None, None, "not enough history to prove another model")
            continue
        scores = {}
        for model in folds[-1].means:
            if all(model in fold.means for fold in folds):
                scores[model] = wape(*_pairs(folds, model, unit, kind))
        best = min((m for m in scores if scores[m] is not None), key=lambda m: (scores[m], m != NAIVE))
        if best == NAIVE:
            worse = sorted(m for m in scores if m != NAIVE)
            reason = f"no model does better than seasonal-naive ({', '.join(worse)} tried)"
        else:
            reason = "smallest error"
        made[name] = Choice(best, scores[best], naive, reason)
    return made


def chosen_means(fold: Fold, choices: Mapping[str, Choice]) -> np.ndarray:
    """The forecast each article gets by the choice for its class."""
    means = fold.means[NAIVE].copy()
    for kind, name in enumerate(CLASSES):
        model = choices[name].model
        if model in fold.means:
            mine = fold.classes == kind
            means[mine] = fold.means[model][mine]
    return means


def _with_choice(folds: Sequence[Fold], choices: Mapping[str, Choice]) -> list[Fold]:
    return [Fold(f.origin, f.actual, f.counts, f.classes, {"used": chosen_means(f, choices)}) for f in folds]


def margins(folds: Sequence[Fold], choices: Mapping[str, Choice], unit: int) -> intervals.Margins | None:
    """Margins of steps of `unit` days for the chosen models; None where nothing was scored."""
    means, actuals = _pairs(_with_choice(folds, choices), "used", unit)
    return intervals.learn(means, actuals) if len(means) else None


def backtest(
    demand: Demand, *, candidates: Mapping[str, Model] | None = None, progress: Progress | None = None
) -> Proof:
    """Forecast from rolling origins and say how it went.

    Raises:
        TooShort: there is not enough to prove anything.
    """
    horizon, origins = plan(demand.days)
    models_ = MODELS if candidates is None else candidates
    folds = []
    for number, origin in enumerate(origins):
        day = demand.day(origin).isoformat()

        def beat(name: str, number: int = number, day: str = day) -> None:
            if progress:
                progress(number, len(origins), f"{day}: {name}")

        folds.append(fold_at(demand, origin, horizon, models_, beat))
    alive = demand.known[:, origins[0] :]
    unit = 1 if alive.any() and (demand.sold[:, origins[0] :][alive] > 0).mean() >= DENSE else WEEK
    return judge(folds, unit, horizon)


def _score(
    folds: Sequence[Fold], unit: int, choice: Callable[[Sequence[Fold]], Mapping[str, Choice]]
) -> tuple[list[Fold], float | None]:
    """The later folds with the forecast each got by a choice made before it, and the share inside its interval."""
    scored, inside, cells = [], 0.0, 0
    for number in range(max(1, len(folds) // 2), len(folds)):
        earlier, fold = folds[:number], folds[number]
        choices = choice(earlier)
        learned = margins(earlier, choices, unit)
        here = _with_choice([fold], choices)[0]
        means, actuals = _pairs([here], "used", unit)
        if learned is not None and len(means):
            low, high = learned.around(means)
            inside += float(((actuals >= low) & (actuals <= high)).sum())
            cells += len(means)
        scored.append(Fold(fold.origin, fold.actual, fold.counts, fold.classes, here.means | fold.means))
    return scored, inside / cells if cells else None


def judge(folds: Sequence[Fold], unit: int, horizon: int) -> Proof:
    """Score the later folds, each with what was chosen and learned on the earlier ones."""
    scored, covered = _score(folds, unit, lambda earlier: choose(earlier, unit))
    used, naive = wape(*_pairs(scored, "used", unit)), wape(*_pairs(scored, NAIVE, unit))
    if used is None or naive is None or covered is None:
        raise TooShort("Nothing was sold in the days on which a forecast could be proved.")
    choices = choose(folds, unit)
    if used >= naive:
        reason = "the choice as a whole did not do better than seasonal-naive"
        choices = {
            name: c if c.model == NAIVE else Choice(NAIVE, c.naive, c.naive, reason)
            for name, c in choices.items()
        }
        covered = _score(folds, unit, lambda earlier: choices)[1] or covered
    means, actuals = _pairs(scored, "used", unit)
    by_model = {name: wape(*_pairs(scored, name, unit)) for name in scored[-1].means if name != "used"}
    return Proof(
        unit, horizon, len(scored), int(scored[-1].counts.any(axis=1).sum()), used, naive, covered,
        float(means.sum() / actuals.sum() - 1), wape(*_pairs(scored, "used", horizon)) or 0.0,
        wape(*_pairs(scored, NAIVE, horizon)) or 0.0, {n: v for n, v in by_model.items() if v is not None}, choices,
        tuple(folds),
    )  # fmt: skip
