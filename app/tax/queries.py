"""Reads of VAT rates: one small table, kept until it changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import caching, settings
from app.regions import queries as regions
from app.regions.models import Country
from app.regions.settings import RegionSettings
from app.tax.models import TaxRate
from app.tax.rules import Period, TaxTable
from app.tax.settings import TaxSettings

OWNER = "tax"


def load_tax_table(session: Session) -> TaxTable:
    """The table that the steps of a quote read. No statement while it is kept."""
    key = f"table:{caching.generation('settings')}:{caching.generation(regions.OWNER)}"
    return caching.cached(OWNER, key, lambda: _load(session), ttl=300)


def _load(session: Session) -> TaxTable:
    periods: dict[tuple[str, str], list[Period]] = {}
    for row in session.scalars(select(TaxRate).order_by(TaxRate.valid_from.desc())):
        found = periods.setdefault((row.country, row.tax_class), [])
        found.append(Period(row.rate.normalize(), row.valid_from, row.valid_until))
    members = session.scalars(select(Country.code).where(Country.in_eu))
    return TaxTable(
        settings.get(session, RegionSettings).home_country,
        frozenset(members),
        {key: tuple(found) for key, found in periods.items()},
        settings.get(session, TaxSettings).show_net,
    )
