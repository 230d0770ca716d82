"""What tax does when rates are different: forget whole pages that show prices."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.tax import TaxRatesChanged


def forget_pages(session: Session, event: TaxRatesChanged) -> None:
    """Purge kept pages, so that the next request shows net prices at the new rates."""
    caching.purge("tax", "pages")
