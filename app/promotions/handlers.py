"""What promotions do when coupons or rules are different."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.promotions import PromotionsChanged


def forget_kept(session: Session, event: PromotionsChanged) -> None:
    """Purge the kept rules and pages, so that the next quote counts the new ones."""
    caching.purge("promotions", "pages")
