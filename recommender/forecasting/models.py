"""Models of demand that need no training: each gives the mean of every day to come.

The level is a weekly one, spread over the days of the week as they usually sell; so days that are closed stay closed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recommender.forecasting.demand import WEEK, Demand, weeks, weeks_alive

NAIVE = "seasonal_naive"
PROFILE_DAYS = 84
PROFILE_WEIGHT = 25
"""An article's own week counts as much as the shop's when it sold so many pieces in those days."""
ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.5)
SIZE_RATE, CHANCE_RATE, GAP_RATE = 0.1, 0.1, 0.1
HALF_LIFE, SHOP_RATE = 4, 0.4
"""An article's part of the shop is that of its last weeks, each half as much as the one four weeks later."""

Model = Callable[[Demand, int], np.ndarray]


def seasonal_naive(demand: Demand, horizon: int) -> np.ndarray:
    """The same as on this day of last week."""
    last = demand.filled()[:, -WEEK:]
    return np.tile(last, (1, -(-horizon // WEEK)))[:, :horizon]


def week_shape(demand: Demand) -> np.ndarray:
    """Share of a week that falls on each of the seven days to come, by article; rows sum to one.

    An article's own days, drawn towards those of the whole shop the less it sold.
    """
    near = demand.filled()[:, -min(PROFILE_DAYS, demand.days // WEEK * WEEK) :]
    own = near.reshape(len(near), -1, WEEK).sum(axis=1)
    weight = 1 / np.sqrt(np.maximum(own.sum(axis=1, keepdims=True), 1))
    shop = (own * weight).sum(axis=0)
    shop = shop / shop.sum() if shop.sum() > 0 else np.full(WEEK, 1 / WEEK)
    mixed = own + PROFILE_WEIGHT * shop[None, :]
    return mixed / mixed.sum(axis=1, keepdims=True)


def spread(levels: np.ndarray, shape: np.ndarray, horizon: int) -> np.ndarray:
    """Days from weekly levels (one column a week to come) and the shape of a week."""
    daily = levels[:, :, None] * shape[:, None, :]
    return daily.reshape(len(levels), -1)[:, :horizon]


def flat(level: np.ndarray, demand: Demand, horizon: int) -> np.ndarray:
    """The same level in every week to come."""
    levels = np.repeat(level[:, None], -(-horizon // WEEK), axis=1)
    return spread(levels, week_shape(demand), horizon)


def _first_level(sold: np.ndarray, alive: np.ndarray) -> np.ndarray:
    order = np.cumsum(alive, axis=1)
    early = alive & (order <= 4)
    return np.where(early, sold, 0).sum(axis=1) / np.maximum(early.sum(axis=1), 1)


def smoothing(demand: Demand, horizon: int) -> np.ndarray:
    """Exponential smoothing of weeks; each article takes the rate whose one-week-ahead errors were smallest."""
    sold, alive = weeks(demand.filled()), weeks_alive(demand)
    start = _first_level(sold, alive)
    best = np.full(len(sold), np.inf)
    level = start.copy()
    for alpha in ALPHAS:
        now, misses = start.copy(), np.zeros(len(sold))
        for week in range(sold.shape[1]):
            here = alive[:, week]
            miss = sold[:, week] - now
            misses = np.where(here, 0.97 * misses + np.abs(miss), misses)
            now = np.where(here, now + alpha * miss, now)
        better = misses < best
        level, best = np.where(better, now, level), np.where(better, misses, best)
    return flat(level, demand, horizon)


def intermittent(demand: Demand, horizon: int) -> np.ndarray:
    """Demand that comes now and then (Teunter, Syntetos, Babai 2011): chance of a week with sales times its size.

    The chance falls with every week without a sale, so that what has died out is forecast as such.
    """
    sold, alive = weeks(demand.filled()), weeks_alive(demand)
    has = sold > 0
    size = np.where(has & alive, sold, 0).sum(axis=1) / np.maximum((has & alive).sum(axis=1), 1)
    chance = (has & alive).sum(axis=1) / np.maximum(alive.sum(axis=1), 1)
    # the start is the whole past's own mean; the recursion then weighs the recent weeks
    for week in range(max(0, sold.shape[1] - 52), sold.shape[1]):
        here, hit = alive[:, week], has[:, week]
        chance = np.where(here, chance + CHANCE_RATE * (hit - chance), chance)
        size = np.where(here & hit, size + SIZE_RATE * (sold[:, week] - size), size)
    return flat(chance * size, demand, horizon)


def croston(demand: Demand, horizon: int) -> np.ndarray:
    """Size of a sale over the weeks between two (Croston 1972), less its known excess (Syntetos, Boylan 2005: SBA).

    Looks at nothing between two sales, so it keeps the level of what sells seldom but steadily, and of what has died out.
    """
    sold, alive = weeks(demand.filled()), weeks_alive(demand)
    has = (sold > 0) & alive
    times = np.maximum(has.sum(axis=1), 1)
    size = np.where(has, sold, 0).sum(axis=1) / times
    gap = np.maximum(alive.sum(axis=1), 1) / times
    since = np.ones(len(sold))
    for week in range(max(0, sold.shape[1] - 52), sold.shape[1]):
        hit = has[:, week]
        size = np.where(hit, size + SIZE_RATE * (sold[:, week] - size), size)
        gap = np.where(hit, gap + GAP_RATE * (since - gap), gap)
        since = np.where(hit, 1, since + alive[:, week])
    return flat((1 - GAP_RATE / 2) * size / gap, demand, horizon)


def shop_level(sold: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """How the shop as a whole goes, week by week: the same articles each week against the week before, smoothed.

    New articles do not raise it; those that lose what all lose lower it. The last one is the level to come.
    """
    chain = np.ones(sold.shape[1])
    for week in range(1, len(chain)):
        same = alive[:, week - 1]
        chain[week] = chain[week - 1] * (sold[same, week].sum() + 1) / (sold[same, week - 1].sum() + 1)
    level = chain[:4].mean() if len(chain) else 1.0
    for week, value in enumerate(chain):
        level += SHOP_RATE * (value - level)
        chain[week] = level
    return chain


def pooled(demand: Demand, horizon: int) -> np.ndarray:
    """An article's part of what the whole shop sells, times how the shop goes now.

    What is common to all articles (customers who stop coming, a season) is seen in all of them together, with little
    chance in it; so an article's own weeks can be averaged over longer than if each had to follow it alone.
    """
    sold, alive = weeks(demand.filled()), weeks_alive(demand)
    shop = shop_level(sold, alive)
    count = sold.shape[1]
    weight = 0.5 ** ((count - 1 - np.arange(count)) / HALF_LIFE)
    sales, chances = np.where(alive, sold, 0) @ weight, alive @ (weight * shop)
    ahead = shop[-1] if count else 1.0
    return flat(np.where(chances > 0, sales / np.maximum(chances, 1e-9), 0) * ahead, demand, horizon)
