"""What all articles have in common is seen in all of them together; counts are learned as counts."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.forecasting import intervals, models
from recommender.forecasting.boosting import boosting, middle
from recommender.forecasting.folds import wape
from tests.recommender.forecasting.series import cohort, of


def test_a_shop_whose_customers_stop_coming_is_followed_by_all_articles_together() -> None:
    """One cohort of customers: sales of every article fall alike, and each by itself is mostly chance."""
    sold, level = cohort(articles=400, days=200)
    past = of(sold[:, :172])
    truth = level[:, 172:].sum(axis=1)
    errors = {
        name: wape(model(past, 28).sum(axis=1), truth) or 0
        for name, model in (("smoothing", models.smoothing), ("pooled", models.pooled))
    }
    assert errors["pooled"] < 0.85 * errors["smoothing"], errors
    assert models.pooled(past, 28).sum() == pytest.approx(truth.sum(), rel=0.12)


def test_the_level_of_a_shop_by_hand() -> None:
    # two articles halve; the third is new in the last week and does not raise the level
    sold = np.array([[40.0, 40, 40, 40, 20, 20], [9, 9, 9, 9, 4, 4], [0, 0, 0, 0, 0, 100]])
    alive = np.ones((3, 6), dtype=bool)
    alive[2, :5] = False
    level = models.shop_level(sold, alive)
    # (20 + 4 + 1) / (40 + 9 + 1) = 1/2; smoothed by 0.4: 1, then 0.8, then 0.68
    assert level.tolist() == pytest.approx([1, 1, 1, 1, 0.8, 0.68])


def test_an_article_that_is_new_or_never_sold_has_a_forecast_all_the_same() -> None:
    sold = np.zeros((3, 70), dtype=np.float32)
    sold[0] = 3
    sold[1, 69] = 5
    made = models.pooled(of(sold), 28)
    assert np.isfinite(made).all() and made[0].sum() == pytest.approx(84, rel=0.1) and not made[2].any()


def test_the_mean_is_right_in_all_where_the_middle_is_too_low() -> None:
    random = np.random.default_rng(4)
    level = random.gamma(2, 0.4, (300, 1)) / 7
    past = of(random.poisson(level, (300, 200)).astype(np.float32))
    mean, mid = boosting(past, 28), middle(past, 28)
    assert mean is not None and mid is not None
    expected = 28 * level[past.born < 200].sum()
    assert mean.sum() == pytest.approx(expected, rel=0.1)
    assert mid.sum() < 0.85 * expected


def test_late_errors_make_the_margins_when_they_count_more() -> None:
    mean, actual = np.full(200, 10.0), np.r_[np.full(100, 30.0), np.full(100, 12.0)]
    weight = np.r_[np.full(100, 0.05), np.full(100, 1.0)]
    plain, late = intervals.learn(mean, actual), intervals.learn(mean, actual, weight)
    at = np.array([10.0])
    assert plain.around(at)[1][0] == pytest.approx(30) and late.around(at)[1][0] == pytest.approx(12)


def test_the_few_large_articles_have_margins_of_their_own() -> None:
    """Most articles hardly sell; those that make the sales err in another way, and must be covered all the same."""
    random = np.random.default_rng(11)
    mean = np.r_[np.full(6_000, 0.1), np.full(120, 400.0)]
    learned = intervals.learn(mean, random.poisson(mean) * random.lognormal(0, np.where(mean > 1, 0.5, 0.01)))
    new = random.poisson(400.0, 2_000) * random.lognormal(0, 0.5, 2_000)
    low, high = learned.around(np.full(2_000, 400.0))
    assert 0.72 < ((new >= low) & (new <= high)).mean() < 0.88
