"""What must always be true of prices."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.regions import queries as regions


def published_have_prices(session: Session) -> list[str]:
    """Every active variant of a published product has a price in the base currency."""
    rows = session.execute(
        text(
            """SELECT v.sku FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
                WHERE p.state = 'published' AND v.is_active AND NOT EXISTS
                      (SELECT 1 FROM pricing_price r WHERE r.variant_id = v.id AND r.currency = :base)
                ORDER BY v.sku LIMIT 50"""
        ),
        {"base": regions.base_currency(session)},
    )
    return [f"{row.sku} is for sale without a price" for row in rows]


def prices_fit_their_currency(session: Session) -> list[str]:
    """No price has more decimals than its currency."""
    rows = session.execute(
        text(
            """SELECT p.variant_id, p.currency, p.amount FROM pricing_price p
                 JOIN regions_currency c ON c.code = p.currency
                WHERE p.amount <> round(p.amount, c.exponent)
                   OR p.compare_at <> round(p.compare_at, c.exponent) ORDER BY p.variant_id, p.currency LIMIT 50"""
        )
    )
    return [f"{row.amount} {row.currency} of variant {row.variant_id} has too many decimals" for row in rows]
