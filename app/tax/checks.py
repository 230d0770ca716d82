"""What must always be true of VAT rates."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.clock import today
from app.regions.models import Country
from app.tax.errors import NoTaxRate
from app.tax.queries import load_tax_table


def members_have_a_rate(session: Session) -> list[str]:
    """Every member state that the shop serves has a standard rate today."""
    table = load_tax_table(session)
    served = session.scalars(select(Country.code).where(Country.in_eu, Country.is_enabled))
    missing = []
    for code in served:
        try:
            table.rate(code, "standard", today())
        except NoTaxRate:
            missing.append(f"{code} has no standard VAT rate today")
    return missing


def rates_never_overlap(session: Session) -> list[str]:
    """No two rates of a country and class hold on the same day."""
    rows = session.execute(
        text(
            """SELECT a.country, a.tax_class, b.valid_from FROM tax_rate a JOIN tax_rate b
                 ON a.country = b.country AND a.tax_class = b.tax_class AND a.id < b.id
                AND daterange(a.valid_from, a.valid_until, '[]') && daterange(b.valid_from, b.valid_until, '[]')
              ORDER BY 1, 2, 3 LIMIT 50"""
        )
    )
    return [f"two rates of {row.country} {row.tax_class} hold on {row.valid_from}" for row in rows]
