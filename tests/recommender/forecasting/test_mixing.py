"""Several models together do better than each, shares are learned on earlier origins alone, and orders get the mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from recommender.forecasting import backtest, folds, mixing, training
from recommender.forecasting.backtest import MODELS, NAIVE
from recommender.forecasting.folds import Fold, wape
from recommender.forecasting.mixing import MEANS, MIDDLE, MIXTURE, Shares
from tests.recommender.forecasting.series import of

PARTS = (*MEANS, MIDDLE)
STEADY = 0


def fold(actual: np.ndarray, number: int = 0, **means: np.ndarray) -> Fold:
    """One origin of which everything counts."""
    days = actual.shape[1]
    kinds = np.zeros(len(actual), dtype=int)
    return Fold(number * days, actual, np.ones_like(actual, dtype=bool), kinds, kinds == 0, means)


def shop(random: np.random.Generator, number: int = 0, **noise: float) -> Fold:
    """An origin of many articles; each part is the truth with an error of its own, the last week's is a large one."""
    level = random.uniform(5, 20, (400, 1)).repeat(28, axis=1)
    made = {
        name: np.maximum(level + random.normal(0, size, (400, 1)), 0).astype(np.float32)
        for name, size in ({NAIVE: 6.0} | dict.fromkeys(PARTS, 2.0) | noise).items()
    }
    return fold(random.poisson(level).astype(np.float32), number, **made)


def test_parts_that_err_differently_err_less_together() -> None:
    random = np.random.default_rng(5)
    past = mixing.rolled([shop(random, number) for number in range(4)], 7)
    errors = {name: wape(*folds.pairs(past[1:], name, 28)) or 0 for name in past[0].means}
    assert errors[MIXTURE] < 0.75 * min(errors[part] for part in PARTS), errors
    assert backtest.choose(past, 7)["steady"].model == MIXTURE


def test_a_part_that_errs_much_counts_least() -> None:
    random = np.random.default_rng(6)
    shares = mixing.learn([shop(random, pooled=30.0) for _n in range(3)], 7, PARTS)
    share = dict(zip(PARTS, shares.rows[STEADY], strict=True))
    # three of four parts are good: an equal share is 3/12, and the bad part gets none of the twelve rounds
    assert share["pooled"] == pytest.approx(3 / 24) and share["smoothing"] > 0.2 and share["boosting"] > 0.2
    assert sum(share.values()) == pytest.approx(1)
    unsold = shares.rows[folds.CLASSES.index("rare")]
    assert unsold.tolist() == [0.25] * 4, "equal where nothing was sold"


def test_the_middle_is_half_of_it_at_most_and_no_part_of_the_mean() -> None:
    sold = np.zeros((60, 28), dtype=np.float32)
    sold[:, 3] = (
        np.arange(60) % 5 == 0
    )  # a fifth of the articles sells one: the middle is nothing, the mean a fifth
    mean = np.full((60, 28), 0.2 / 28, dtype=np.float32)
    one = fold(sold, smoothing=mean, pooled=mean, boosting=mean, middle=mean * 0)
    shares = mixing.learn([one], 28, PARTS)
    assert shares.rows[STEADY, -1] == pytest.approx(0.5)
    assert shares.forecast(one.means, one.classes).sum() == pytest.approx(6, rel=1e-3), "half of what sells"
    assert shares.mean(one.means, one.classes).sum() == pytest.approx(12, rel=1e-3), "what sells"


def test_by_hand() -> None:
    shares = Shares(("smoothing", "pooled", MIDDLE), np.tile([0.5, 0.25, 0.25], (4, 1)))
    means = {
        name: np.full((1, 7), value, dtype=np.float32)
        for name, value in (("smoothing", 4), ("pooled", 1), ("middle", 0))
    }
    kinds = np.zeros(1, dtype=int)
    assert shares.forecast(means, kinds)[0, 0] == pytest.approx(2.25)  # 4/2 + 1/4
    assert shares.mean(means, kinds)[0, 0] == pytest.approx(3)  # (4/2 + 1/4) / (3/4)


def test_shares_of_an_origin_know_nothing_of_what_came_true_there_or_later() -> None:
    random = np.random.default_rng(7)
    past = [shop(random, number) for number in range(4)]
    before = mixing.rolled(past, 7)
    for one in past[2:]:
        one.actual = one.means["pooled"]  # as if one part had known what comes
    after = mixing.rolled(past, 7)
    for number in range(3):
        assert np.array_equal(before[number].means[MIXTURE], after[number].means[MIXTURE]), number
    assert not np.array_equal(before[3].means[MIXTURE], after[3].means[MIXTURE]), "it learns from the third"


def test_no_mixture_without_two_means_of_every_origin() -> None:
    random = np.random.default_rng(8)
    past = [shop(random, number) for number in range(3)]
    for one in past:
        del one.means["pooled"]
    del past[0].means["boosting"]
    assert all(MIXTURE not in one.means for one in mixing.rolled(past, 7))
    assert mixing.learn(past, 7, ()).parts == ()


def test_a_model_whose_mean_is_worse_than_naive_is_not_used_however_well_its_steps_do() -> None:
    random = np.random.default_rng(9)
    past = mixing.rolled([shop(random, number) for number in range(3)], 7)
    assert backtest.choose(past, 7)["steady"].model == MIXTURE
    for one in past:
        one.means = {name: one.means[name] for name in (NAIVE, MIXTURE)}
        one.expected[MIXTURE], one.kept = one.expected[MIXTURE] * 3, {}
    choice = backtest.choose(past, 7)["steady"]
    assert choice.model == NAIVE and "mixture tried" in choice.reason


def test_late_origins_count_more() -> None:
    sold = np.full((5, 28), 10.0)

    def at(first: float, second: float) -> Fold:
        means = {NAIVE: sold * 2, "first": sold + first, "second": sold + second}
        return replace(fold(sold), means=means)

    # the first erred by 4 and 1, the second by 1 and 3: by the plain mean the second is better
    past = [at(4, 1), at(1, 3)]
    assert backtest.choose(past, 7)["steady"].model == "first"  # 4/2 + 1 = 3 against 1/2 + 3 = 3.5
    assert backtest.choose(past[::-1], 7)["steady"].model == "second"


def test_rare_articles_are_ordered_by_their_mean_and_scored_by_their_middle() -> None:
    """Pieces that come by chance: the middle of a week is below the mean, but orders must not be."""
    random = np.random.default_rng(10)
    level = random.gamma(1.5, 0.35, (300, 1)) / 7
    made = of(random.poisson(level, (300, 180)).astype(np.float32))
    models = {name: MODELS[name] for name in (NAIVE, *PARTS)}
    proof = backtest.backtest(made, candidates=models)
    used = {choice.model for choice in proof.choices.values()}
    assert MIXTURE in used, proof.as_json()
    assert proof.better > 15 and proof.bias < -0.08, proof.as_json()
    assert abs(proof.totals.bias) < 0.06, proof.as_json()
    assert proof.totals.wape < 0.8 * proof.totals.naive
    published = training.forecasts(made, proof, models)
    month = sum(float(one.mean) for one in published if one.horizon_days == 28)
    alive = made.born < made.days
    assert month == pytest.approx(28 * level[alive].sum(), rel=0.08), "what is ordered is what will sell"
    assert all(one.low <= one.mean <= one.high for one in published)
    assert made.start == date(2026, 1, 5)
