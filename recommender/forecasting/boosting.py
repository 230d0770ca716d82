"""One model for all articles together: gradient boosting over what each sold lately and the time of the year."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.forecasting.demand import WEEK, Demand, weeks, weeks_alive
from recommender.forecasting.models import spread, week_shape

YEAR = 52
MOST_ROWS = 120_000
LEAST_ROWS = 300
ORIGINS = 40
SPANS = (2, 4, 8, 13, 26, 52)
THREADS = 1
"""A worker trains beside a shop that serves: threads would wait for each other there, up to thirty times as long as they work."""
CEILING = 8
"""A week of more than so many times the usual is learned as that many: one wholesale order is no demand."""


EVERY = slice(None)
Rows = slice | np.ndarray


def _means(sums: np.ndarray, counts: np.ndarray, at: int, span: int, rows: Rows) -> np.ndarray:
    since = max(0, at - span)
    return (sums[rows, at] - sums[rows, since]) / np.maximum(counts[rows, at] - counts[rows, since], 1)


class Weeks:
    """Weekly sales with their running sums: the features of any origin in a few lookups."""

    def __init__(self, demand: Demand):
        self.sold, self.alive = weeks(demand.filled()), weeks_alive(demand)
        self.length = self.sold.shape[1]
        live = np.where(self.alive, self.sold, 0)
        zero = np.zeros((len(live), 1))
        self.sums = np.hstack([zero, np.cumsum(live, axis=1)])
        self.counts = np.hstack([zero, np.cumsum(self.alive, axis=1)])
        self.hits = np.hstack([zero, np.cumsum((live > 0), axis=1)])
        self.squares = np.hstack([zero, np.cumsum(live**2, axis=1)])
        self.shop = live.sum(axis=0)
        self.demand = demand

    def scale(self, at: int, rows: Rows = EVERY) -> np.ndarray:
        """The usual week of each article at an origin: what the target is measured in."""
        near, far = (_means(self.sums, self.counts, at, span, rows) for span in (8, 26))
        return 0.5 * near + 0.5 * far + 0.25

    def features(self, at: int, step: int, rows: Rows = EVERY) -> np.ndarray:
        """What is known before week `at` of week `at + step`, one row an article."""
        scale = self.scale(at, rows)
        means = [_means(self.sums, self.counts, at, span, rows) / scale for span in SPANS]
        lags = [
            self.sold[rows, at - lag] / scale if at >= lag else np.full(len(scale), np.nan)
            for lag in (1, 2, 3, 4)
        ]
        seen = np.maximum(self.counts[rows, at], 1)
        squares = self.squares[rows, at] - self.squares[rows, max(0, at - 13)]
        spread_ = np.sqrt(np.maximum(squares / 13, 0)) / scale
        shares = [_means(self.hits, self.counts, at, span, rows) for span in (4, 13, 26)]
        columns = [*means, *lags, *shares, spread_, np.log(scale), np.minimum(seen, 104)]
        columns += self._season(at, step, scale, rows)
        columns.append(np.full(len(scale), float(step)))
        return np.column_stack(columns)

    def _season(self, at: int, step: int, scale: np.ndarray, rows: Rows) -> list[np.ndarray]:
        size, target = len(scale), at + step
        recent, longer = self.shop[max(0, at - 4) : at].mean(), self.shop[max(0, at - 13) : at].mean()
        values = [recent / max(longer, 1e-9)]
        then = target - YEAR
        if then >= 4:
            window = self.sums[rows, min(then + 2, at)] - self.sums[rows, then - 1]
            own = window / 3 / scale
            before = self.shop[max(0, at - YEAR - 4) : at - YEAR].mean()
            values.append(self.shop[then] / max(before, 1e-9))
        else:
            own = np.full(size, np.nan)
            values.append(np.nan)
        if self.length > YEAR + 8:
            day = self.demand.day(self.demand.days - (self.length - target) * WEEK)
            turn = 2 * np.pi * day.timetuple().tm_yday / 365.25
            values += [np.sin(turn), np.cos(turn)]
        else:
            values += [np.nan, np.nan]
        return [own, *(np.full(size, value) for value in values)]


def _training(data: Weeks, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, targets, weights = [], [], []
    first = max(4, data.length - steps - ORIGINS)
    random = np.random.default_rng(seed)
    origins = range(first, data.length - steps + 1)
    share = min(1.0, MOST_ROWS / max(1, len(origins) * steps * len(data.sold)))
    for at in origins:
        fit = np.flatnonzero((data.counts[:, at] >= 3) & (random.random(len(data.sold)) < share))
        scale = data.scale(at, fit)
        for step in range(steps):
            rows.append(data.features(at, step, fit))
            targets.append(np.minimum(data.sold[fit, at + step] / scale, CEILING))
            weights.append(scale)
    if not rows:
        return np.empty((0, 1)), np.empty(0), np.empty(0)
    return np.vstack(rows), np.concatenate(targets), np.concatenate(weights)


def boosting(demand: Demand, horizon: int, *, seed: int = 7, loss: str = "poisson") -> np.ndarray | None:
    """Learn from every week of every article; None where there is too little to learn from.

    Its mean, or with the loss "absolute_error" its middle. The mean is that of counts (Poisson): a large article errs by
    more pieces than a small one, and levels multiply instead of adding up.
    """
    kept = f"boosting:{horizon}:{seed}:{loss}"
    if kept not in demand.kept:
        demand.kept[kept] = _boosted(demand, -(-horizon // WEEK), seed, loss)
    levels = demand.kept[kept]
    return None if levels is None else spread(levels, week_shape(demand), horizon)


def _boosted(demand: Demand, steps: int, seed: int, loss: str) -> np.ndarray | None:
    """The weeks to come, one column each; what is learned from is laid out once for both losses."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    kept = f"boosting rows:{steps}:{seed}"
    if kept not in demand.kept:
        data = Weeks(demand)
        demand.kept[kept] = (data, *_training(data, steps, seed))
    data, rows, targets, weights = demand.kept[kept]
    if len(targets) < LEAST_ROWS or not targets.sum() > 0:
        return None
    settings: dict[str, Any] = {
        "max_iter": 100, "learning_rate": 0.07, "max_leaf_nodes": 15, "min_samples_leaf": 60, "l2_regularization": 5.0,
        "random_state": seed,
    }  # fmt: skip
    told = [column for column in range(rows.shape[1]) if _tells(rows[:, column])]
    learned = HistGradientBoostingRegressor(loss=loss, **settings)
    scale = data.scale(data.length)
    with threadpool_limits(THREADS, user_api="openmp"):
        learned.fit(rows[:, told], targets, sample_weight=weights)
        levels = [learned.predict(data.features(data.length, step)[:, told]) * scale for step in range(steps)]
    return np.maximum(np.column_stack(levels), 0)


def middle(demand: Demand, horizon: int) -> np.ndarray | None:
    """The middle of every week: as many lie above as below. Of what sells in few weeks it is nothing, as its median is."""
    return boosting(demand, horizon, loss="absolute_error")


def _tells(column: np.ndarray) -> bool:
    """True for a feature with at least two values; others (no year of history yet) say nothing."""
    known = column[np.isfinite(column)]
    return bool(len(known) and known.min() < known.max())
