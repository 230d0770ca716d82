"""What regions do when rates or served countries are different."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching
from app.events.regions import RatesChanged, RegionsChanged


def forget_rates(session: Session, event: RatesChanged) -> None:
    """Purge kept rates in every process, so that the next price is converted with the new ones."""
    caching.purge("regions")


def forget_choices(session: Session, event: RegionsChanged) -> None:
    """Purge kept countries and currencies, and pages that offer them."""
    caching.purge("regions", "pages")
