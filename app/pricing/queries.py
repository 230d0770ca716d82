"""Reads of prices. One statement for any number of variants; rates come from a cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Variant
from app.core import caching, settings
from app.core.money import Money
from app.pricing.models import PriceChange, PriceChangeLine
from app.pricing.rules import Conversion, VariantPrice, rounding_rules
from app.pricing.settings import PricingSettings
from app.regions import queries as regions

_PRICES = text(
    """SELECT variant_id, currency, amount, compare_at FROM pricing_price
        WHERE variant_id = ANY(CAST(:ids AS bigint[])) AND currency IN (:base, :wanted)"""
)  # index uq_pricing_price_variant_id
_OF_PRODUCTS = text(
    """SELECT v.product_id, min(p.amount) AS price, max(p.amount) AS price_max,
              bool_or(p.compare_at IS NOT NULL) AS on_sale
         FROM catalog_variant v JOIN pricing_price p ON p.variant_id = v.id AND p.currency = :base
        WHERE v.product_id = ANY(CAST(:ids AS bigint[])) AND v.is_active
        GROUP BY v.product_id"""
)
_WITHOUT_PRICE = text(
    """SELECT v.product_id, array_agg(v.sku ORDER BY v.position, v.id) AS skus
         FROM catalog_variant v
        WHERE v.product_id = ANY(CAST(:ids AS bigint[])) AND v.is_active AND NOT EXISTS
              (SELECT 1 FROM pricing_price p WHERE p.variant_id = v.id AND p.currency = :base)
        GROUP BY v.product_id"""
)


def conversion(session: Session) -> Conversion:
    """Rates and rounding rules of all enabled currencies. No statement while it is kept."""
    key = f"conversion:{caching.generation('settings')}"
    return caching.cached(regions.OWNER, key, lambda: _conversion(session), ttl=300)


def _conversion(session: Session) -> Conversion:
    base = regions.base_currency(session)
    rates = {code: regions.rate(session, code) for code in regions.enabled_currencies(session)}
    rules = rounding_rules(settings.get(session, PricingSettings).rounding)
    return Conversion(base, {code: rate for code, rate in rates.items() if code != base}, rules)


def prices_for(session: Session, variant_ids: Iterable[int], currency: str) -> dict[int, VariantPrice]:
    """Prices of variants in a currency: from the price list, else converted from the base currency.

    Variants without a price that can be told are left out. Never stale: the list is read each time.
    """
    ids = sorted(set(variant_ids))
    if not ids:
        return {}
    known = conversion(session)
    rows = session.execute(_PRICES, {"ids": ids, "base": known.base, "wanted": currency}).all()
    found: dict[int, VariantPrice] = {}
    for row in rows:
        if row.currency == currency:
            found[row.variant_id] = _listed(row, currency)
        elif row.variant_id not in found and known.knows(currency):
            found[row.variant_id] = _converted(row, currency, known)
    return found


def _listed(row: Any, currency: str) -> VariantPrice:
    compare = None if row.compare_at is None else Money.rounded(row.compare_at, currency)
    return VariantPrice(Money.rounded(row.amount, currency), compare)


def _converted(row: Any, currency: str, known: Conversion) -> VariantPrice:
    price = known.price(row.amount, currency)
    compare = None if row.compare_at is None else known.price(row.compare_at, currency)
    if compare is not None and compare <= price:
        compare = None  # rounding has made both the same
    return VariantPrice(price, compare, converted=True)


def without_price(session: Session, product_ids: Sequence[int]) -> dict[int, list[str]]:
    """SKUs of active variants that have no price in the base currency, by product."""
    base = regions.base_currency(session)
    rows = session.execute(_WITHOUT_PRICE, {"ids": list(product_ids), "base": base})
    return {row.product_id: list(row.skus) for row in rows}


def index_fields(session: Session, product_ids: list[int]) -> dict[int, dict[str, Any]]:
    """For the search document: lowest and highest price in the base currency, and whether reduced."""
    base = regions.base_currency(session)
    rows = session.execute(_OF_PRODUCTS, {"ids": product_ids, "base": base})
    return {
        row.product_id: {
            "price": Decimal(row.price), "price_max": Decimal(row.price_max), "on_sale": bool(row.on_sale),
        }
        for row in rows
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """One price before and after a bulk change."""

    sku: str
    before: Money
    after: Money


def change_lines(session: Session, change_id: int, limit: int = 50) -> list[ChangedPrice]:
    """The first prices of a bulk change."""
    query = (
        select(Variant.sku, PriceChangeLine, PriceChange.wish["currency"].astext.label("currency"))
        .join(PriceChange, PriceChange.id == PriceChangeLine.change_id)
        .join(Variant, Variant.id == PriceChangeLine.variant_id)
        .where(PriceChangeLine.change_id == change_id)
        .order_by(PriceChangeLine.id)
        .limit(limit)
    )
    return [
        ChangedPrice(
            row.sku,
            Money.rounded(row.PriceChangeLine.before_amount, row.currency),
            Money.rounded(row.PriceChangeLine.after_amount, row.currency),
        )
        for row in session.execute(query)
    ]
