"""What follows when reviews change: kept pages are forgotten."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.reviews import ReviewsChanged


def forget_pages(session: Session, event: ReviewsChanged) -> None:
    """Purge kept pages, so that the next visitor reads what is approved now. Repeatable."""
    caching.purge("pages")
