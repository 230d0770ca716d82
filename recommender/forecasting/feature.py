"""What forecasting brings to the recommender's manifest: its job, when it runs, its screen and its commands."""

from __future__ import annotations

from app.core.feature import Admin, Every
from app.core.i18n import _l
from recommender.forecasting.admin import ForecastView
from recommender.forecasting.cli import commands
from recommender.forecasting.jobs import TRAIN, train

WEEK = 7 * 24 * 3600
ADMIN = (Admin(ForecastView, _l("Forecasts"), category="Stock", icon="chart", position=345),)
JOBS = {TRAIN: train}
SCHEDULES = (Every(seconds=WEEK, job=TRAIN),)
CLI = (commands,)
