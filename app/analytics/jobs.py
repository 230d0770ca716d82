"""What the metric layer does by the clock and on request. Each can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.analytics import operations, queries
from app.analytics.stock import closing
from app.core import jobs
from app.core.db import db


def rebuild(progress: Any) -> dict[str, int]:
    """Make all facts and sums anew, some days at a time."""
    return {"orders": operations.rebuild(db.session(), report=progress.step)}


def keep(progress: Any) -> dict[str, bool]:
    """Start making figures anew where they need it: never made yet, or counted in another time zone than is set."""
    session = db.session()
    needed = queries.needs_rebuild(session) and not queries.is_being_rebuilt(session)
    if needed:
        jobs.start(session, "analytics.rebuild")
    return {"started": needed}


def close_stock_days(progress: Any) -> dict[str, int]:
    """Sum up what moved in stock on days that are over."""
    return {"days": closing.close(db.session())}
