"""The only source of *now*. Times are timezone-aware UTC everywhere in the database and the code."""

from __future__ import annotations

from datetime import UTC, date, datetime


def utcnow() -> datetime:
    """Return the current instant, timezone-aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the current UTC date."""
    return utcnow().date()
