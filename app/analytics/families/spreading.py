"""Sums that stand on a whole order, spread over its parts: refunds over lines, discounts over what gave them.

A refund spreads over the lines of its order, shipping included, in proportion to their gross, as a credit note spreads
it over the rates of VAT. Rounding is cumulative, over the lines and over the refunds of an order: its parts add up to
the refund, and once everything went back each line has lost exactly its gross. Cents may stand on another rate than
on the credit note, which rounds by rate.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, Numeric, String, Text, text

_SLICE = ("day", "hour", "currency", "country", "language", "channel", "payment_method", "coupon", "is_first")
_PLACES = ("product_id", "variant_id", "category_id", "brand_id", "seller_id", "tax_rate")
_TYPES: dict[str, Any] = {
    "day": Date, "hour": Integer, "currency": String, "country": String, "language": Text, "channel": Text,
    "payment_method": Text, "coupon": Text, "is_first": Boolean, "tax_rate": Numeric, "promotion": Text,
    "refunded": Numeric, "discount": Numeric,
}  # fmt: skip

_REFUNDS = """
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT order_id FROM analytics_move
     WHERE kind = 'refund' AND day >= :spread_start AND day <= :spread_end
), back AS (
    SELECT m.*, sum(m.{prefix}amount) OVER (PARTITION BY m.order_id ORDER BY m.day, m.hour, m.move_id) AS upto
      FROM analytics_move m JOIN wanted w ON w.order_id = m.order_id WHERE m.kind = 'refund'
), line AS (
    SELECT l.*, sum(l.gross) OVER (PARTITION BY l.order_id ORDER BY l.line_id = 0, l.line_id) AS upto,
           sum(l.gross) OVER (PARTITION BY l.order_id) AS whole
      FROM analytics_line l JOIN wanted w ON w.order_id = l.order_id
)
SELECT b.order_id, {slice}, {places},
       CASE WHEN l.whole = 0 THEN CASE WHEN l.line_id = 0 THEN b.{prefix}amount ELSE 0 END
            ELSE round(b.upto * l.upto / l.whole, :spread_places)
               - round(b.upto * (l.upto - l.gross) / l.whole, :spread_places)
               - round((b.upto - b.{prefix}amount) * l.upto / l.whole, :spread_places)
               + round((b.upto - b.{prefix}amount) * (l.upto - l.gross) / l.whole, :spread_places) END AS refunded
  FROM back b JOIN line l ON l.order_id = b.order_id
 WHERE b.day >= :spread_start AND b.day <= :spread_end"""
"""Indexes ix_analytics_move_refund, ix_analytics_move_order, pk_analytics_line."""

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
    """What went back in some days, by line: `refunded` at the decimals of the currency that is asked for."""
    statement = _REFUNDS.format(prefix=prefix, slice=_named("b", _SLICE), places=_named("l", _PLACES))
    return _rows(statement, ("order_id", *_SLICE, *_PLACES, "refunded"), start, end, places)


def discounts(start: date, end: date, *, prefix: str, places: int) -> Any:
    """What was taken off orders of some days, by coupon or promotion."""
    given = "amount"
    if prefix:
        given = "round(upto / rate, :spread_places) - round((upto - amount) / rate, :spread_places)"
    statement = _DISCOUNTS.format(prefix=prefix, slice=_named("f", _SLICE), given=given)
    return _rows(statement, ("order_id", *_SLICE, "promotion", "discount"), start, end, places)


SOURCES = {"refunds": refunds, "discounts": discounts}
