"""Demand made up for tests, always the same."""

from __future__ import annotations

from datetime import date

import numpy as np

from recommender.forecasting.demand import Demand

WEEKDAYS = np.array([1.0, 0.9, 0.9, 1.0, 1.3, 1.7, 0.4])


def demand(articles: int = 30, days: int = 200, *, mean: float = 4.0, seed: int = 1) -> Demand:
    """Articles with levels of their own, a week, and chance."""
    random = np.random.default_rng(seed)
    level = random.lognormal(np.log(mean), 0.8, articles)
    expected = level[:, None] * WEEKDAYS[np.arange(days) % 7][None, :]
    sold = random.negative_binomial(3, 3 / (3 + expected)).astype(np.float32)
    return of(sold)


def of(sold: np.ndarray, known: np.ndarray | None = None) -> Demand:
    """Demand from a table of pieces."""
    days = sold.shape[1]
    has = sold > 0
    born = np.where(has.any(axis=1), has.argmax(axis=1), days)
    seen = np.arange(days)[None, :] >= born[:, None]
    seen = seen if known is None else seen & known
    return Demand(
        tuple(str(n + 1) for n in range(len(sold))), date(2026, 1, 5), sold.astype(np.float32), seen, born
    )


def cohort(articles: int, days: int, *, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """A shop of one cohort of customers: pieces, and what was to be expected; all falls alike, fast at first."""
    random = np.random.default_rng(seed)
    own = random.lognormal(np.log(2), 0.7, (articles, 1)) / 7
    shop = 0.35 + 2.5 * 0.5 ** (np.arange(days) / 60)
    expected = own * shop[None, :]
    return random.poisson(expected).astype(np.float32), expected
