"""Publishes forecasts: a run and all it expects become the ones in use in one transaction, or nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.analytics.stock.models import Forecast, ForecastRun
from app.core import audit, locks
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work

LOCK = "analytics.forecast.publish"
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class NewForecast:
    """What an article is expected to sell in the first `horizon_days`, all of it together."""

    variant_id: int
    horizon_days: int
    mean: Decimal
    low: Decimal
    high: Decimal
    model: str


@dataclass(frozen=True, slots=True)
class NewRun:
    """A training that ended: what it knew and what it proved."""

    job_id: int
    version: str
    known_until: date
    wape: Decimal | None = None
    naive_wape: Decimal | None = None
    coverage: Decimal | None = None
    figures: dict[str, Any] | None = None
    reason: str = ""
    """Why only the baseline is published, where the models did no better."""


_INSERT = text(
    """INSERT INTO analytics_forecast (run_id, variant_id, horizon_days, mean, low, high, model)
       SELECT :run, v.id, n.horizon_days, n.mean, n.low, n.high, n.model
         FROM unnest(CAST(:variants AS bigint[]), CAST(:horizons AS int[]), CAST(:means AS numeric[]),
                     CAST(:lows AS numeric[]), CAST(:highs AS numeric[]), CAST(:models AS text[]))
              AS n (variant_id, horizon_days, mean, low, high, model)
         JOIN catalog_variant v ON v.id = n.variant_id"""
)


def publish(session: Session, *, run: NewRun, forecasts: Sequence[NewForecast], actor: Actor) -> int:
    """Make a run's forecasts the ones in use; those of earlier runs go, their figures stay.

    Returns the run's id. A job that was killed and runs again publishes once: the second time nothing changes.
    """
    with unit_of_work(session):
        locks.advisory(session, LOCK)
        done = session.scalar(select(ForecastRun.id).where(ForecastRun.job_id == run.job_id))
        if done is not None:
            return done
        session.execute(update(ForecastRun).where(ForecastRun.is_current).values(is_current=False))
        articles = len({f.variant_id for f in forecasts})
        row = _row(run, "published", is_current=True, articles=articles, reason=run.reason[:500])
        session.add(row)
        session.flush()
        for at in range(0, len(forecasts), BATCH):
            part = forecasts[at : at + BATCH]
            session.execute(
                _INSERT,
                {
                    "run": row.id, "variants": [f.variant_id for f in part], "horizons": [f.horizon_days for f in part],
                    "means": [f.mean for f in part], "lows": [f.low for f in part], "highs": [f.high for f in part],
                    "models": [f.model for f in part],
                },
            )  # fmt: skip
        session.execute(delete(Forecast).where(Forecast.run_id != row.id))
        audit.record(
            session, actor=actor, action="forecast.publish", entity="analytics_forecast_run", entity_id=str(row.id),
            before=None, after={"version": run.version, "known_until": run.known_until, "articles": row.articles},
        )  # fmt: skip
        return row.id


def refuse(session: Session, *, run: NewRun, reason: str) -> int:
    """Keep that a run proved nothing, and why; the forecasts of before stay in use.

    Returns the run's id. Repeatable.
    """
    with unit_of_work(session):
        locks.advisory(session, LOCK)
        done = session.scalar(select(ForecastRun.id).where(ForecastRun.job_id == run.job_id))
        if done is not None:
            return done
        row = _row(run, "refused", reason=reason[:500])
        session.add(row)
        session.flush()
        return row.id


def _row(run: NewRun, state: str, **more: Any) -> ForecastRun:
    return ForecastRun(
        job_id=run.job_id, state=state, version=run.version, known_until=run.known_until, wape=run.wape,
        naive_wape=run.naive_wape, coverage=run.coverage, figures=run.figures or {}, **more,
    )  # fmt: skip
