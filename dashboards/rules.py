"""What boards, mailings and reports can be; when a mailing leaves next. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.analytics.rules import Metric

CHARTS = ("number", "line", "columns", "bars", "table")
FORMATS = ("csv", "xlsx", "pdf")
REPORT_STATES = ("queued", "running", "done", "expired", "cancelled", "failed")
REPORTS = ("sales", "orders", "inventory", "customers")
RHYTHMS = ("day", "week", "month")
TIME_STEPS = frozenset({"day", "week", "month"})
MOST_TILES = 24
MOST_RECIPIENTS = 20
MOST_FILTERS = 10
KEPT_DAYS = 7
LONGEST_TITLE = 120
MOST_PDF_ROWS = 5_000
"""A PDF is for reading: longer tables end here and say so; CSV and XLSX hold them whole."""


def next_moment(after: datetime, rhythm: str, day: int, hour: int, zone: ZoneInfo) -> datetime:
    """The first moment after `after` (UTC) at which a mailing leaves, in UTC.

    An hour that a change of clocks leaves out moves on by it; one that comes twice counts once, the first time.
    """
    local = after.astimezone(zone).date()
    for ahead in range(64):
        candidate = local + timedelta(days=ahead)
        if not _is_on(candidate, rhythm, day):
            continue
        moment = datetime.combine(candidate, time(hour), zone).astimezone(UTC)
        if moment > after:
            return moment
    raise ValueError(f"no such rhythm: {rhythm}")


def _is_on(candidate: date, rhythm: str, day: int) -> bool:
    if rhythm == "week":
        return candidate.weekday() == day
    return rhythm == "day" or candidate.day == day


def charts_for(metric: Metric, dimension: str) -> tuple[str, ...]:
    """How a figure can be drawn: a line needs time; a share or an average is not stacked up, but may stand in bars."""
    if not dimension:
        return ("number",)
    if dimension in TIME_STEPS:
        return ("line", "columns", "table")
    return ("columns", "bars", "table") if metric.dimensions else ()


def clean_filters(raw: Any, metric: Metric | None = None) -> dict[str, list[str]]:
    """Filters as they are kept: known dimensions, a few short keys each; anything else is left out."""
    if not isinstance(raw, Mapping):
        return {}
    found: dict[str, list[str]] = {}
    for name, keys in list(raw.items())[:MOST_FILTERS]:
        known = metric is None or name in metric.dimensions
        kept = (
            [k for k in keys if isinstance(k, str) and 0 < len(k) <= 120 and k.isprintable()]
            if isinstance(keys, list | tuple)
            else []
        )
        if isinstance(name, str) and known and kept:
            found[name[:40]] = list(dict.fromkeys(kept))[:20]
    return found


def pace(done: int, total: int | None, seconds: float) -> tuple[int, int | None]:
    """How fast work goes: rows a second, and the seconds that are left where the end is known.

    1,000 of 5,000 rows in 2 seconds: 500 a second, 8 seconds left.
    """
    rate = int(done / seconds) if seconds > 0 else 0
    left = -(-(total - done) // rate) if total and rate and total > done else None
    return rate, left
