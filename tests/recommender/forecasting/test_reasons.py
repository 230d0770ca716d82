"""Reasons are kept in English and told in the reader's language; each that the code can write is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.core.i18n import speak
from recommender.forecasting import backtest, reasons
from recommender.forecasting.backtest import MODELS, NAIVE, TooShort
from recommender.forecasting.demand import Demand
from recommender.forecasting.mixing import MIXTURE
from recommender.forecasting.models import seasonal_naive
from tests.recommender.forecasting.series import demand, of


def test_every_model_has_a_name() -> None:
    of_old_runs = {"blend"}
    assert set(reasons.MODELS) == {*MODELS, MIXTURE} | of_old_runs


def test_every_reason_that_is_written_is_told_anew(app: Any) -> None:
    written = {"Nothing has been ordered yet."}
    for worse in (1.0, 400.0):

        def flat(past: Demand, days: int, level: float = worse) -> np.ndarray:
            return seasonal_naive(past, days) * 0 + level

        found = backtest.backtest(
            demand(articles=25, days=160), candidates={NAIVE: MODELS[NAIVE], "boosting": flat}
        )
        written |= {choice.reason for choice in found.choices.values()}
    with pytest.raises(TooShort) as few:
        backtest.plan(20)
    with pytest.raises(TooShort) as nothing:
        backtest.backtest(of(demand(articles=3, days=160).sold * 0), candidates={NAIVE: MODELS[NAIVE]})
    written |= {str(few.value), str(nothing.value)}
    with app.test_request_context("/"), speak("en"):
        for reason in written:
            assert reasons.told(reason) != reason or reason.startswith(("Nothing", "20 days")), reason
        assert (
            reasons.told(str(few.value)) == "20 days of sales are too few to prove a forecast; 77 are needed."
        )
        tried = reasons.told("no model does better than seasonal-naive (boosting, smoothing tried)")
        assert (
            tried
            == "No model does better than the same as last week. Tried: Gradient boosting, Exponential smoothing."
        )
        assert reasons.told("something else") == "something else"
        assert reasons.progress("2026-08-01: boosting") == "Aug 1, 2026: Gradient boosting"
        assert reasons.progress("anything") == "anything"
