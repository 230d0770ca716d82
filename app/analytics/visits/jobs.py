"""Work on visits while nobody looks. Each job can run twice in a row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.analytics.settings import AnalyticsSettings
from app.analytics.visits import operations, queries
from app.core import settings
from app.core.clock import utcnow
from app.core.db import db
from app.search.learning import operations as learning

AGAIN = 3
"""Closed days that are summed up anew: an order may come hours after its visit."""


def store(progress: Any) -> dict[str, int]:
    """Write down the page views that have gathered."""
    return {"views": operations.store_views(db.session)}


def hand_over(progress: Any) -> dict[str, int]:
    """Tell the search what was put into bags and bought in the last days, of what was opened out of its results."""
    found = queries.outcomes(db.session, utcnow() - timedelta(days=AGAIN + 1))
    return {"changed": learning.note_outcomes(db.session, found)}


def close_days(progress: Any) -> dict[str, int]:
    """Sum up the last closed days, and let visits go that were kept long enough."""
    here = utcnow().astimezone(queries.zone(db.session)).date()
    for back in range(1, AGAIN + 1):
        operations.sum_up(db.session, here - timedelta(days=back))
    keep = settings.get(db.session, AnalyticsSettings).keep_visit_days
    return {"days": AGAIN, "gone": operations.forget_old(db.session, days=keep)}
