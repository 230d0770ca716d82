"""What pricing does when prices or rates are different: forget whole pages that show them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.pricing import PriceChanged
from app.events.regions import RatesChanged


def forget_pages(session: Session, event: PriceChanged) -> None:
    """Purge kept pages, so that the next request shows the new prices."""
    caching.purge("pages")


def forget_converted(session: Session, event: RatesChanged) -> None:
    """Purge kept pages: converted prices have moved with the rate."""
    caching.purge("pages")
