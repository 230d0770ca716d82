"""What shipping does when methods or rates of exchange are different."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.shipping import ShippingMethodsChanged


def forget_pages(session: Session, event: ShippingMethodsChanged) -> None:
    """Purge the kept table and pages that name delivery times and free shipping."""
    caching.purge("shipping", "pages")
