"""Forecasts of the past, each made only from what was known then, against what came true.

Origins roll forward. At each, models are chosen and margins learned from the origins before it alone; so the figures
are those a shop would have had. Per class of articles the best model is used if it beats seasonal-naive, else naive is.

Two things are forecast. Steps (days or weeks) are scored by WAPE, which the middle of what may sell makes smallest; totals,
from which orders are made, must be right on average: so they are the mean, and have figures of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.forecasting import boosting, folds, intervals, mixing, models
from recommender.forecasting.demand import WEEK, Demand, weeks, weeks_alive
from recommender.forecasting.folds import CLASSES, Fold, Model, pairs, wape
from recommender.forecasting.mixing import MIDDLE, Shares
from recommender.forecasting.models import NAIVE

HORIZONS = (28, 14, 7)
LEAST_TRAINING = 56
LEAST_FOLDS, MOST_FOLDS = 3, 6
LEAST_DAYS = LEAST_TRAINING + LEAST_FOLDS * min(HORIZONS)
PROVEN_AFTER = 28
"""An article is scored, and a model proven for it, when it has been on sale for so many days."""
DENSE = 0.5
MODELS: dict[str, Model] = {
    NAIVE: models.seasonal_naive,
    "smoothing": models.smoothing,
    "intermittent": models.intermittent,
    "croston": models.croston,
    "pooled": models.pooled,
    "boosting": boosting.boosting,
    MIDDLE: boosting.middle,
}
"""What forecasts from the past alone. The middle is never used by itself; `mixing` puts several together."""
Progress = Callable[[int, int, str], None]


class TooShort(Exception):
    """There are not enough days, or no sales in the days that count, to prove anything."""


@dataclass(frozen=True)
class Choice:
    """Which model a class of articles gets, with both errors (late origins count more in them) and the reason."""

    model: str
    wape: float | None
    naive: float | None
    reason: str


@dataclass(frozen=True)
class Totals:
    """How the means did, from which orders are made: by steps, and over the whole horizon at once."""

    step_wape: float
    bias: float
    wape: float
    naive: float
    coverage: float


@dataclass(frozen=True)
class Proof:
    """What a backtest found. `unit` is the days of a scored step (1, or 7 where most days are without sales).

    `coverage` is of articles that sold in the quarter before; with those asleep it is higher, and says less.
    """

    unit: int
    horizon: int
    folds: int
    articles: int
    wape: float
    naive: float
    coverage: float
    coverage_of_all: float
    bias: float
    totals: Totals
    by_model: Mapping[str, float]
    choices: Mapping[str, Choice]
    shares: Shares
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
            "coverage_80_with_articles_asleep": round(self.coverage_of_all, 4),
            "bias": round(self.bias, 4),
            "mean": {
                "wape": round(self.totals.step_wape, 4), "bias": round(self.totals.bias, 4),
                "wape_of_totals": round(self.totals.wape, 4),
                "wape_of_totals_seasonal_naive": round(self.totals.naive, 4),
                "coverage_80_of_totals": round(self.totals.coverage, 4),
            },
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
            means[name] = np.where(np.isfinite(made), np.maximum(made, 0), 0).astype(np.float32)
    ahead = slice(origin, origin + horizon)
    proven = past.born < origin - PROVEN_AFTER
    awake = np.asarray((past.sold[:, -folds.ASLEEP_AFTER :] > 0).any(axis=1))
    counts = demand.known[:, ahead] & proven[:, None]
    return Fold(origin, demand.sold[:, ahead], counts, classes_of(past), awake, means)


def choose(past: Sequence[Fold], unit: int) -> dict[str, Choice]:
    """For each class the model with the smallest error over these origins, if smaller than that of seasonal-naive.

    Its mean must beat seasonal-naive too, by the totals that orders are made from. Late origins count more
    (`folds.FADES`). The middle alone is no choice: it would say nothing of what sells rarely.
    """
    made = {}
    for kind, name in enumerate(CLASSES):
        naive = folds.faded_wape(past, NAIVE, unit, kind)
        if naive is None:
            made[name] = Choice(NAIVE, None, None, "not enough history to prove another model")
            continue
        tried = [m for m in past[-1].means if m != MIDDLE and all(m in fold.means for fold in past)]
        scores = {model: folds.faded_wape(past, model, unit, kind) for model in tried}
        totals = {model: _by_totals(past, model, kind) for model in tried}
        fit = [m for m in tried if m == NAIVE or totals[m] < totals[NAIVE] or np.isinf(totals[NAIVE])]
        best = min(fit, key=lambda m: (scores[m], m != NAIVE))
        if best == NAIVE:
            worse = sorted(m for m in tried if m != NAIVE)
            reason = f"no model does better than seasonal-naive ({', '.join(worse)} tried)"
        else:
            reason = "smallest error"
        made[name] = Choice(best, scores[best], naive, reason)
    return made


def _by_totals(past: Sequence[Fold], model: str, kind: int) -> float:
    """The error of a model's mean over whole horizons; infinite where none was whole, or nothing sold in any."""
    found = folds.faded_wape(past, model, past[-1].actual.shape[1], kind, mean=True)
    return np.inf if found is None else found


def _with_choice(past: Sequence[Fold], choices: Mapping[str, Choice]) -> list[Fold]:
    used = [choices[name].model for name in CLASSES]
    return [
        fold.only(
            folds.chosen(fold.means, fold.classes, used, NAIVE),
            folds.chosen(fold.means | fold.expected, fold.classes, used, NAIVE),
        )
        for fold in past
    ]


def margins(
    past: Sequence[Fold], choices: Mapping[str, Choice], unit: int, *, mean: bool = False
) -> intervals.Margins | None:
    """Margins of steps of `unit` days for the chosen models, or for their means; None where nothing was scored.

    Learned from articles that sold lately; from all where none did.
    """
    used = _with_choice(past, choices)
    for awake in (True, False):
        means, actuals = pairs(used, "used", unit, mean=mean, awake=awake)
        if len(means):
            return intervals.learn(means, actuals, folds.faded(used, "used", unit, awake=awake))
    return None


def backtest(
    demand: Demand, *, candidates: Mapping[str, Model] | None = None, progress: Progress | None = None
) -> Proof:
    """Forecast from rolling origins and say how it went.

    Raises:
        TooShort: there is not enough to prove anything.
    """
    horizon, origins = plan(demand.days)
    models_ = MODELS if candidates is None else candidates
    made = []
    for number, origin in enumerate(origins):
        day = demand.day(origin).isoformat()

        def beat(name: str, number: int = number, day: str = day) -> None:
            if progress:
                progress(number, len(origins), f"{day}: {name}")

        made.append(fold_at(demand, origin, horizon, models_, beat))
    alive = demand.known[:, origins[0] :]
    unit = 1 if alive.any() and (demand.sold[:, origins[0] :][alive] > 0).mean() >= DENSE else WEEK
    return judge(mixing.rolled(made, unit), unit, horizon)


Chooser = Callable[[Sequence[Fold]], Mapping[str, Choice]]
Scored = Sequence[tuple[Sequence[Fold], Mapping[str, Choice], Fold]]


def _score(past: Sequence[Fold], choice: Chooser) -> Scored:
    """The later origins, each with those before it, the choice made on them, and the forecast it got by that."""
    scored = []
    for number in range(max(1, len(past) // 2), len(past)):
        choices = choice(past[:number])
        scored.append((past[:number], choices, _with_choice([past[number]], choices)[0]))
    return scored


def _covered(scored: Scored, unit: int, *, mean: bool = False, awake: bool = True) -> float | None:
    """Share of the steps inside an interval that was learned on the origins before; None where there are none."""
    inside, cells = 0.0, 0
    for earlier, choices, here in scored:
        learned = margins(earlier, choices, unit, mean=mean)
        means, actuals = pairs([here], "used", unit, mean=mean, awake=awake)
        if learned is not None and len(means):
            low, high = learned.around(means)
            inside += float(((actuals >= low) & (actuals <= high)).sum())
            cells += len(means)
    return inside / cells if cells else None


def judge(past: Sequence[Fold], unit: int, horizon: int) -> Proof:
    """Score the later origins, each with what was chosen and learned on the earlier ones."""
    scored = _score(past, lambda earlier: choose(earlier, unit))
    late, here = past[-len(scored) :], [fold for _earlier, _choices, fold in scored]
    used, naive, covered = (
        wape(*pairs(here, "used", unit)),
        wape(*pairs(late, NAIVE, unit)),
        _covered(scored, unit, awake=False),
    )
    if used is None or naive is None or covered is None:
        raise TooShort("Nothing was sold in the days on which a forecast could be proved.")
    choices: Mapping[str, Choice] = choose(past, unit)
    if used >= naive:
        reason = "the choice as a whole did not do better than seasonal-naive"
        choices = {
            name: c if c.model == NAIVE else Choice(NAIVE, c.naive, c.naive, reason)
            for name, c in choices.items()
        }
        scored = _score(past, lambda earlier: choices)
        covered = _covered(scored, unit, awake=False) or covered
    means, actuals = pairs(here, "used", unit)
    by_model = {name: wape(*pairs(late, name, unit)) for name in late[-1].means}
    return Proof(
        unit, horizon, len(late), int(late[-1].counts.any(axis=1).sum()), used, naive,
        _covered(scored, unit) or covered, covered, float(means.sum() / actuals.sum() - 1), _totals(scored, late, unit, horizon),
        {n: v for n, v in by_model.items() if v is not None}, choices,
        mixing.learn(past, unit, mixing.parts_of(past)), tuple(past),
    )  # fmt: skip


def _totals(scored: Scored, late: Sequence[Fold], unit: int, horizon: int) -> Totals:
    here = [fold for _earlier, _choices, fold in scored]
    means, actuals = pairs(here, "used", unit, mean=True)
    return Totals(
        wape(means, actuals) or 0.0, float(means.sum() / actuals.sum() - 1),
        wape(*pairs(here, "used", horizon, mean=True)) or 0.0, wape(*pairs(late, NAIVE, horizon)) or 0.0,
        _covered(scored, horizon, mean=True) or 0.0,
    )  # fmt: skip
