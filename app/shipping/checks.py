"""What must always be true of shipping."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.regions import queries as regions
from app.shipping.queries import load_shipping_table


def served_countries_have_a_method(session: Session) -> list[str]:
    """Every country the shop serves lies in a zone with an active method."""
    table = load_shipping_table(session)
    return [
        f"nothing can be shipped to {country.code}"
        for country in regions.countries(session)
        if not any(
            country.code in method.zone.countries or "*" in method.zone.countries for method in table.methods
        )
    ]
