"""Models are proved on the past with what was known then, and what does worse than seasonal-naive is not used."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from recommender.forecasting import backtest, intervals, models
from recommender.forecasting.backtest import MODELS, NAIVE, TooShort
from recommender.forecasting.demand import Demand, table
from tests.recommender.forecasting.series import demand, of

QUICK = {name: MODELS[name] for name in (NAIVE, "smoothing", "intermittent")}
RETAIL = Path(__file__).parents[4] / "shared/data/online-retail/online_retail_2010-12-01_2011-08-31.csv.gz"


def quiet(_name: str) -> None:
    """Nobody listens."""


def test_seasonal_naive_is_the_same_day_of_last_week() -> None:
    sold = np.array([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]])
    assert models.seasonal_naive(of(sold), 10)[0].tolist() == [7, 8, 9, 10, 11, 12, 13, 7, 8, 9]


def test_wape_by_hand() -> None:
    # |10-8| + |0-1| + |5-5| = 3 of 15 sold
    assert backtest.wape(np.array([8.0, 1.0, 5.0]), np.array([10.0, 0.0, 5.0])) == pytest.approx(0.2)
    assert backtest.wape(np.array([1.0]), np.array([0.0])) is None


def test_intermittent_demand_fades_when_it_dies_out() -> None:
    alive = np.zeros((1, 140))
    alive[0, ::14] = 4
    gone = alive.copy()
    gone[0, 70:] = 0
    lives, dies = (float(models.intermittent(of(s), 28).sum()) for s in (alive, gone))
    assert lives == pytest.approx(8, rel=0.25), "four pieces every second week"
    assert dies < lives / 2


def test_origins_lie_apart_and_leave_enough_to_learn() -> None:
    assert backtest.plan(400) == (28, tuple(range(400 - 28 * 6, 400, 28)))
    assert backtest.plan(98)[0] == 14
    assert backtest.plan(backtest.LEAST_DAYS)[0] == 7
    with pytest.raises(TooShort, match="76 days"):
        backtest.plan(backtest.LEAST_DAYS - 1)


def test_a_changed_future_changes_no_forecast_of_the_past() -> None:
    before = demand(articles=15, days=130)
    origin = 98
    sold = before.sold.copy()
    sold[:, origin:] = 500
    after = Demand(before.keys, before.start, sold, before.known, before.born)
    first = backtest.fold_at(before, origin, 28, MODELS, quiet)
    second = backtest.fold_at(after, origin, 28, MODELS, quiet)
    assert set(first.means) == set(MODELS), "every model was tried"
    for name in first.means:
        assert np.array_equal(first.means[name], second.means[name]), name
    assert np.array_equal(first.classes, second.classes)
    assert not np.array_equal(first.actual, second.actual)


def test_what_was_chosen_and_learned_for_an_origin_knows_nothing_of_later_ones() -> None:
    before = demand(articles=40, days=300)
    proof = backtest.backtest(before, candidates=QUICK)
    sold = before.sold.copy()
    sold[:, -28:] = sold[:, -28:] * 3 + 7
    changed = backtest.backtest(
        Demand(before.keys, before.start, sold, before.known, before.born), candidates=QUICK
    )
    earlier, later = proof.past[:-1], changed.past[:-1]
    assert backtest.choose(earlier, 1) == backtest.choose(later, 1)
    one, other = (backtest.margins(p, backtest.choose(p, 1), 1) for p in (earlier, later))
    assert one and other and np.array_equal(one.high, other.high)


def test_it_beats_seasonal_naive_and_its_interval_holds_what_it_says() -> None:
    proof = backtest.backtest(demand(articles=40, days=160))
    assert proof.unit == 1 and proof.better >= 15, proof.as_json()
    assert 0.75 <= proof.coverage <= 0.85, proof.as_json()
    assert abs(proof.bias) < 0.1


def test_rare_demand_is_scored_by_weeks() -> None:
    proof = backtest.backtest(demand(articles=200, days=300, mean=0.12), candidates=QUICK)
    assert proof.unit == 7
    assert 0.75 <= proof.coverage <= 0.88, proof.as_json()


def test_articles_that_sell_no_more_do_not_hide_how_the_interval_does() -> None:
    """Next to nothing sells of them, which any interval holds: the share is that of the others."""
    gone = np.zeros((400, 300), dtype=np.float32)
    gone[np.arange(400), np.arange(400) % 60] = 1
    made = of(np.vstack([demand(articles=100, days=300, mean=0.4).sold, gone]))
    proof = backtest.backtest(made, candidates=QUICK)
    assert 0.75 <= proof.coverage <= 0.85, proof.as_json()
    assert 0.75 <= proof.totals.coverage <= 0.85, proof.as_json()
    assert proof.coverage_of_all > 0.9, "with them it would look far too wide"
    told = proof.as_json()
    assert told["coverage_80_with_articles_asleep"] > told["coverage_80"]


def test_a_planted_bad_model_is_never_used() -> None:
    def bad(past: Demand, horizon: int) -> np.ndarray:
        return np.full((len(past.keys), horizon), 400.0)

    for seed in range(20):
        proof = backtest.backtest(
            demand(articles=25, days=160, seed=seed), candidates={NAIVE: MODELS[NAIVE], "bad": bad}
        )
        assert {choice.model for choice in proof.choices.values()} == {NAIVE}
        assert "bad tried" in proof.choices["steady"].reason
        assert proof.wape == proof.naive


def test_a_model_that_was_lucky_once_is_demoted() -> None:
    made = demand(articles=25, days=300)
    horizon, origins = backtest.plan(made.days)

    def lucky(past: Demand, wanted: int) -> np.ndarray:
        """Knows the future of the first half of the origins, and nothing of the rest."""
        if past.days in origins[: len(origins) // 2]:
            return made.sold[:, past.days : past.days + wanted].astype(float)
        return np.full((len(past.keys), wanted), 300.0)

    proof = backtest.backtest(made, candidates={NAIVE: MODELS[NAIVE], "lucky": lucky})
    assert {choice.model for choice in proof.choices.values()} == {NAIVE}
    assert any("seasonal-naive" in choice.reason for choice in proof.choices.values())


def test_days_without_goods_are_neither_learned_nor_scored() -> None:
    sold = np.tile(np.array([[4.0]]), (3, 154))
    known = np.ones_like(sold, dtype=bool)
    sold[0, 60:120], known[0, 60:120] = 0, False
    made = of(sold, known)
    assert made.filled()[0, 60:120].tolist() == [4.0] * 60, "filled with the days before"
    fold = backtest.fold_at(made, 126, 28, QUICK, quiet)
    assert fold.means["smoothing"][0].sum() == pytest.approx(4 * 28, rel=0.02)
    early = backtest.fold_at(made, 98, 28, QUICK, quiet)
    assert not early.counts[0, :22].any() and early.counts[0, 22:].all()


def test_margins_grow_with_the_errors_and_never_go_below_zero() -> None:
    random = np.random.default_rng(3)
    mean = np.repeat([2.0, 50.0], 2_000)
    learned = intervals.learn(mean, random.poisson(mean).astype(float))
    low, high = learned.around(np.array([0.0, 2.0, 50.0]))
    assert (low >= 0).all() and (high >= low).all()
    inside = (random.poisson(50, 4_000) >= low[2]) & (random.poisson(50, 4_000) <= high[2])
    assert inside.mean() > 0.6


@pytest.mark.skipif(not RETAIL.exists(), reason="the shared data set online-retail is not here")
def test_on_the_sales_of_a_real_shop() -> None:
    """A fifteenth of the articles of online-retail: the whole is in docs/forecasts.md."""
    sold: dict[tuple[str, date], float] = defaultdict(float)
    with gzip.open(RETAIL, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (pieces := float(row["Quantity"])) > 0 and hash_of(row["StockCode"]) % 15 == 0:
                sold[(row["StockCode"], date.fromisoformat(row["InvoiceDate"][:10]))] += pieces
    days = [day for _code, day in sold]
    keys = sorted({code for code, _day in sold})
    laid = table(((c, d, p) for (c, d), p in sold.items()), start=min(days), end=max(days), keys=keys)
    proof = backtest.backtest(laid)
    assert proof.better >= 15, proof.as_json()
    assert 0.75 <= proof.coverage <= 0.85, proof.as_json()
    assert abs(proof.totals.bias) < 0.1, "what orders are made from is right in all"
    assert proof.totals.wape < 0.8 * proof.totals.naive
    assert 0.75 <= proof.totals.coverage <= 0.85, proof.as_json()


def hash_of(code: str) -> int:
    """The same number for a code in every process."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(code))
