"""The training as long work: with progress, cancel, and another try when a worker is killed."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.core.jobs import Progress

TRAIN = "forecasting.train"


def train(progress: Progress) -> dict[str, Any]:
    """Forecast the demand of every article and publish it, once however often it runs.

    The forecasts of before serve until then.
    """
    from recommender.forecasting import training

    return training.train(db.session, job_id=progress.job_id, progress=progress.step)
