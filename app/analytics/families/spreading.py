"""Sums that stand on a whole order, spread over its parts: refunds over lines, discounts over what gave them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, Numeric, String, Text, select, text

from app.analytics.models import BackFact

_SLICE = ("day", "hour", "currency", "country", "language", "channel", "payment_method", "coupon", "is_first")
_PLACES = ("product_id", "variant_id", "category_id", "brand_id", "seller_id", "tax_rate")
_TYPES: dict[str, Any] = {
    "day": Date, "hour": Integer, "currency": String, "country": String, "language": Text, "channel": Text,
    "payment_method": Text, "coupon": Text, "is_first": Boolean, "promotion": Text, "discount": Numeric,
}  # fmt: skip

_DISCOUNTS = """
WITH entry AS (
    SELECT f.order_id, o.exchange_rate AS rate, d.place,
           coalesce(nullif(d.told ->> 'code', ''), d.told ->> 'name') AS promotion, (d.told ->> 'amount')::numeric AS amount,
           sum((d.told ->> 'amount')::numeric) OVER (PARTITION BY f.order_id ORDER BY d.place) AS upto
      FROM analytics_order f JOIN orders_order o ON o.id = f.order_id,
           jsonb_array_elements(o.discounts) WITH ORDINALITY AS d(told, place)
     WHERE f.is_counted AND f.discount <> 0 AND f.day >= :spread_start AND f.day <= :spread_end
), part AS (
    SELECT order_id, promotion, {given} AS discount FROM entry
), known AS (
    SELECT order_id, sum(discount) AS told FROM part GROUP BY order_id
)
SELECT f.order_id, {slice}, p.promotion, p.discount FROM part p JOIN analytics_order f ON f.order_id = p.order_id
UNION ALL
SELECT f.order_id, {slice}, '', f.{prefix}discount - coalesce(k.told, 0)
  FROM analytics_order f LEFT JOIN known k ON k.order_id = f.order_id
 WHERE f.is_counted AND f.day >= :spread_start AND f.day <= :spread_end
   AND f.{prefix}discount <> coalesce(k.told, 0)"""
"""Each discount of an order under its code, or its name where it has none; what nothing names stands under "".
Index ix_analytics_order_day."""


def _named(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def _rows(statement: str, names: tuple[str, ...], start: date, end: date, places: int) -> Any:
    types = {name: _TYPES.get(name, BigInteger) for name in names}
    bound = {"spread_start": start, "spread_end": end}
    if ":spread_places" in statement:
        bound["spread_places"] = places  # type: ignore[assignment]
    return text(statement).bindparams(**bound).columns(**types).subquery("spread")


def refunds(start: date, end: date, *, prefix: str, places: int) -> Any:
    """What went back in some days, by line: `refunded`. Index ix_analytics_back_day."""
    back = BackFact.__table__.c
    named = [back[name] for name in ("order_id", *_SLICE, *_PLACES)]
    days = (back.day >= start, back.day <= end)
    return select(*named, back[f"{prefix}amount"].label("refunded")).where(*days).subquery("spread")


def discounts(start: date, end: date, *, prefix: str, places: int) -> Any:
    """What was taken off orders of some days, by coupon or promotion."""
    given = "amount"
    if prefix:
        given = "round(upto / rate, :spread_places) - round((upto - amount) / rate, :spread_places)"
    statement = _DISCOUNTS.format(prefix=prefix, slice=_named("f", _SLICE), given=given)
    return _rows(statement, ("order_id", *_SLICE, "promotion", "discount"), start, end, places)


SOURCES = {"refunds": refunds, "discounts": discounts}
