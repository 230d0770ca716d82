"""One training: read the shop's demand, prove models on the past, forecast, publish. Runs in a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.analytics.stock import operations, queries
from app.analytics.stock.operations import NewForecast, NewRun
from app.core.actor import SYSTEM
from recommender.forecasting import backtest, dataset
from recommender.forecasting.backtest import Proof
from recommender.forecasting.demand import Demand
from recommender.forecasting.folds import CLASSES, Model, chosen
from recommender.forecasting.mixing import MIDDLE, MIXTURE
from recommender.forecasting.models import NAIVE

VERSION = "3"
"""Raised when the models or their features change; kept with every run."""
HORIZONS = (7, 14, 28)
Progress = Callable[[int, int, str], None]


def train(
    session: Session, *, job_id: int, progress: Progress, candidates: Mapping[str, Model] | None = None
) -> dict[str, Any]:
    """Prove, forecast and publish. What cannot be proved is written down, and the forecasts of before stay in use."""
    until = queries.today(session) - timedelta(days=1)
    run = NewRun(job_id, VERSION, until)
    demand = dataset.load(session)
    session.rollback()
    try:
        if demand is None:
            raise backtest.TooShort("Nothing has been ordered yet.")
        proof = backtest.backtest(demand, candidates=candidates, progress=progress)
    except backtest.TooShort as why:
        operations.refuse(session, run=run, reason=str(why))
        return {"published": 0, "reason": str(why)}
    progress(1, 1, "publish")
    found = forecasts(demand, proof, backtest.MODELS if candidates is None else candidates)
    run = NewRun(
        job_id,
        VERSION,
        until,
        _fine(proof.wape, 4),
        _fine(proof.naive, 4),
        _fine(proof.coverage, 4),
        _with_articles(proof.as_json(), demand),
        ""
        if proof.wape < proof.naive
        else "No model did better than seasonal-naive, which is used for every article.",
    )
    operations.publish(session, run=run, forecasts=found, actor=SYSTEM)
    return {"published": len({f.variant_id for f in found}), "wape": round(proof.wape, 4)}


def forecasts(demand: Demand, proof: Proof, candidates: Mapping[str, Model]) -> list[NewForecast]:
    """What each article is expected to sell: the means of the models that were proved, with margins from their errors."""
    kinds, served = backtest.classes_of(demand), [proof.choices[name].model for name in CLASSES]
    known = _means(demand, proof, candidates, kinds, {NAIVE, *served})
    mean = chosen(known, kinds, served, NAIVE)
    used = [served[kind] if served[kind] in known else NAIVE for kind in kinds]
    born = np.flatnonzero(demand.born < demand.days)
    made: list[NewForecast] = []
    for horizon in (h for h in HORIZONS if h <= proof.horizon):
        total = mean[:, :horizon].sum(axis=1)
        margins = backtest.margins(proof.past, proof.choices, horizon, mean=True)
        low, high = margins.around(total) if margins else _widest(total)
        made += [
            NewForecast(
                int(demand.keys[at]),
                horizon,
                _fine(total[at]),
                _fine(low[at]),
                _fine(high[at]),
                used[at],
            )
            for at in born
        ]
    return made


def _means(
    demand: Demand, proof: Proof, candidates: Mapping[str, Model], kinds: np.ndarray, wanted: set[str]
) -> dict[str, np.ndarray]:
    """The means of the models wanted, those that can be made; the mixture's from its parts, without the middle."""
    mixed = MIXTURE in wanted
    parts = {part for part in proof.shares.parts if part != MIDDLE} if mixed else set[str]()
    found: dict[str, np.ndarray] = {}
    for name in sorted((wanted - {MIXTURE}) | parts):
        made = candidates[name](demand, proof.horizon)
        if made is not None:
            found[name] = np.where(np.isfinite(made), np.maximum(made, 0), 0).astype(np.float32)
    if mixed and parts <= set(found):
        found[MIXTURE] = proof.shares.mean(found, kinds)
    return found


def _with_articles(figures: dict[str, Any], demand: Demand) -> dict[str, Any]:
    """The figures of a proof, with how many articles of each kind there are: for so many its model serves."""
    kinds = backtest.classes_of(demand)[demand.born < demand.days]
    for number, name in enumerate(CLASSES):
        figures["used"][name]["articles"] = int((kinds == number).sum())
    return figures


def _widest(total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds where no error is known: from nothing to Poisson's upper bound, rounded up."""
    return np.zeros_like(total), total + 1.2816 * np.sqrt(total) + 1


def _fine(number: float, places: int = 3) -> Decimal:
    return Decimal(str(round(float(number), places)))
