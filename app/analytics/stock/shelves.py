"""Reads of the shelves: what lay where on a day, what moved in some days, what it was worth. PostgreSQL adds up.

Days that are over come summed up (`closing`), the last ones movement by movement. The level of a past day is the level
of now less everything that moved since, because levels are the sum of their movements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.settings import AnalyticsSettings
from app.analytics.stock.rules import NO, AtEnd, CostFrom, Counted, Place, Spans
from app.core import settings
from app.inventory.settings import InventorySettings
from app.regions import queries as regions

Filters = Mapping[str, Sequence[str]]
COLUMNS = {
    "product": "v.product_id", "variant": "s.variant_id", "category": "p.category_id",
    "brand": "coalesce(p.brand_id, 0)", "seller": "coalesce(p.seller_id, 0)", "warehouse": "s.warehouse_id",
}  # fmt: skip
"""The column of each dimension; its key is the number as text, "0" for none."""
VALUES, GAPS, PAST = "values", "gaps", "past"
"""What costs extra: values of all days and of what was sold; days without goods; first movements and last sales."""

# unique index on (variant_id, warehouse_id), primary keys, uq_pricing_price_variant_id_currency
_PLACE = """place AS MATERIALIZED (
  SELECT s.id, s.variant_id, {keys}, s.on_hand, s.available, coalesce(s.low_at, :low_at) AS low_at, price.amount AS price,
         v.is_active AND p.state = 'published' AND w.is_active AS is_sold
    FROM inventory_stock s
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
    JOIN catalog_variant v ON v.id = s.variant_id
    JOIN catalog_product p ON p.id = v.product_id
    LEFT JOIN pricing_price price ON price.variant_id = s.variant_id AND price.currency = :currency
   WHERE {where})"""
# ix_inventory_movement_at; ix_analytics_stock_day_day or its primary key
_MOVED = """recent AS MATERIALIZED (
  SELECT d.stock_id, CAST(d.at AT TIME ZONE :zone AS date) AS day, sum(d.quantity)::integer AS net,
         coalesce(-sum(d.quantity) FILTER (WHERE d.kind IN ('sale', 'return')), 0)::integer AS sold,
         coalesce(sum(d.quantity) FILTER (WHERE d.kind NOT IN ('sale', 'return') AND d.quantity > 0), 0)::integer AS taken_in,
         bool_or(d.kind = 'sale') AS has_sale
    FROM inventory_movement d
   WHERE d.at >= (SELECT CAST(greatest({begin}, day + 1) AS timestamp) AT TIME ZONE :zone FROM closed) {mine} GROUP BY 1, 2),
move AS MATERIALIZED (
  SELECT d.stock_id, d.day, d.net, d.sold, d.taken_in, d.has_sale
    FROM analytics_stock_day d WHERE d.day <= (SELECT day FROM closed) AND d.day >= :since {mine}
   UNION ALL
  SELECT * FROM recent WHERE day >= :since)"""
_CLOSED = """closed AS (
  SELECT coalesce((SELECT stock_through FROM analytics_state WHERE id = 1 AND timezone = :zone), CAST('-infinity' AS date)) AS day)"""
# uq_inventory_cost_variant_id_valid_from
_COST = """cost AS (
  SELECT variant_id, amount, valid_from,
         lead(valid_from, 1, CAST('infinity' AS date)) OVER (PARTITION BY variant_id ORDER BY valid_from) AS ends
    FROM inventory_cost WHERE currency = :currency)"""
_SPAN = """span AS (
  SELECT n, first, last, demand_from, whole_until
    FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[]), CAST(:demands AS date[]), CAST(:wholes AS date[]))
         WITH ORDINALITY AS s (first, last, demand_from, whole_until, n))"""
_SUMS = """sums AS (
  SELECT x.n, m.stock_id, sum(m.net) FILTER (WHERE m.day > x.last) AS after_it,
         sum(m.net) FILTER (WHERE m.day >= x.first) AS since_it,
         sum(m.sold) FILTER (WHERE m.day BETWEEN x.first AND x.last) AS sold,
         sum(m.sold) FILTER (WHERE m.day BETWEEN x.demand_from AND x.last) AS demand,
         sum(m.taken_in) FILTER (WHERE m.day BETWEEN x.first AND x.last) AS taken_in
    FROM span x JOIN move m ON m.day >= least(x.first, x.demand_from) GROUP BY 1, 2)"""
# In a stretch of days a..b at one cost, a movement of day D is missing in the levels of its days before D.
_WORTH = """stretch AS (
  SELECT x.n, p.id, p.on_hand, c.amount, greatest(c.valid_from, x.first) AS a, least(c.ends - 1, x.last) AS b
    FROM span x CROSS JOIN place p
    JOIN cost c ON c.variant_id = p.variant_id AND c.valid_from <= x.last AND c.ends > x.first),
worth AS (
  SELECT y.n, y.id, sum(y.amount * (y.on_hand * (y.b - y.a + 1) - y.missing)) AS value_days, sum(y.amount * y.sold) AS spent
    FROM (SELECT t.n, t.id, t.on_hand, t.amount, t.a, t.b,
                 coalesce(sum(m.net * least(m.day - t.a, t.b - t.a + 1)), 0) AS missing,
                 coalesce(sum(m.sold) FILTER (WHERE m.day <= t.b), 0) AS sold
            FROM stretch t LEFT JOIN move m ON m.stock_id = t.id AND m.day >= t.a
           GROUP BY t.n, t.id, t.on_hand, t.amount, t.a, t.b) y
   GROUP BY 1, 2)"""
# From the day after a movement that left nothing to the day before the next one; and before the first one.
_EMPTY = """turn AS (
  SELECT m.stock_id, m.day, lead(m.day, 1, CAST('infinity' AS date)) OVER w AS next_day,
         lag(m.day) OVER w IS NULL AS is_first, m.net,
         p.on_hand - coalesce(sum(m.net) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS units
    FROM move m JOIN place p ON p.id = m.stock_id WINDOW w AS (PARTITION BY m.stock_id ORDER BY m.day)),
gap AS (
  SELECT stock_id, day + 1 AS a, next_day AS ends FROM turn WHERE units = 0
   UNION ALL SELECT stock_id, CAST('-infinity' AS date), day FROM turn WHERE is_first AND units - net = 0
   UNION ALL SELECT p.id, CAST('-infinity' AS date), CAST('infinity' AS date) FROM place p
              WHERE p.on_hand = 0 AND NOT EXISTS (SELECT 1 FROM turn t WHERE t.stock_id = p.id)),
empty AS (
  SELECT x.n, g.stock_id, sum(greatest(0, least(g.ends, x.whole_until + 1) - greatest(g.a, x.first, b.since + 1))) AS days
    FROM span x CROSS JOIN gap g JOIN born b ON b.stock_id = g.stock_id AND b.n = x.n AND b.since IS NOT NULL GROUP BY 1, 2)"""
# primary key of analytics_stock_day
_BORN = """newly AS (
  SELECT x.n, r.stock_id, min(r.day) AS since, max(r.day) FILTER (WHERE r.has_sale AND r.day <= x.last) AS last_sale
    FROM span x CROSS JOIN recent r GROUP BY 1, 2),
born AS (
  SELECT x.n, p.id AS stock_id, least(first.day, y.since) AS since, greatest(latest.day, y.last_sale) AS last_sale
    FROM span x CROSS JOIN place p
    LEFT JOIN LATERAL (SELECT min(d.day) AS day FROM analytics_stock_day d
                        WHERE d.stock_id = p.id AND d.day <= (SELECT day FROM closed)) first ON true
    LEFT JOIN LATERAL (SELECT d.day FROM analytics_stock_day d
                        WHERE d.stock_id = p.id AND d.has_sale AND d.day <= x.last AND d.day <= (SELECT day FROM closed)
                        ORDER BY d.day DESC LIMIT 1) latest ON true
    LEFT JOIN newly y ON y.stock_id = p.id AND y.n = x.n)"""
_PLACES = """WITH {parts}
SELECT p.*, x.n, coalesce(u.after_it, 0) AS after_it, coalesce(u.since_it, 0) AS since_it, coalesce(u.sold, 0) AS sold,
       coalesce(u.demand, 0) AS demand, coalesce(u.taken_in, 0) AS taken_in, costs.days, costs.amounts, {columns}
  FROM place p CROSS JOIN span x
  LEFT JOIN sums u ON u.stock_id = p.id AND u.n = x.n
  LEFT JOIN (SELECT variant_id, array_agg(valid_from ORDER BY valid_from) AS days,
                    array_agg(amount ORDER BY valid_from) AS amounts FROM cost GROUP BY variant_id) costs
         ON costs.variant_id = p.variant_id
  {joins}
 ORDER BY p.id, x.n"""
_EXTRA = {
    VALUES: ("worth.value_days, worth.spent", "LEFT JOIN worth ON worth.id = p.id AND worth.n = x.n"),
    GAPS: ("empty.days AS empty_days", "LEFT JOIN empty ON empty.stock_id = p.id AND empty.n = x.n"),
    PAST: ("born.since, born.last_sale", "LEFT JOIN born ON born.stock_id = p.id AND born.n = x.n"),
}
"""For each thing that costs extra its columns and its table."""
_NONE = {
    VALUES: "0 AS value_days, 0 AS spent",
    GAPS: "0 AS empty_days",
    PAST: "NULL AS since, NULL AS last_sale",
}
# A movement is missing in the levels of all days before its own: those up to the one at place width_bucket.
_OVER_TIME = """WITH {parts},
step AS (SELECT n, day FROM unnest(CAST(:days AS date[])) WITH ORDINALITY AS s (day, n)),
net AS (
  SELECT stock_id, width_bucket(day - 1, CAST(:days AS date[])) AS n, sum(net) AS net FROM move GROUP BY 1, 2),
level AS (
  SELECT p.variant_id, p.price, s.day, p.on_hand - coalesce(sum(t.net) OVER (PARTITION BY p.id ORDER BY s.n DESC), 0) AS units
    FROM place p CROSS JOIN step s LEFT JOIN net t ON t.stock_id = p.id AND t.n = s.n)
SELECT l.day, sum(l.units) AS units, coalesce(sum(l.units * c.amount), 0) AS value, coalesce(sum(l.units * l.price), 0) AS retail
  FROM level l LEFT JOIN cost c ON c.variant_id = l.variant_id AND l.day >= c.valid_from AND l.day < c.ends
 GROUP BY l.day"""


def where_of(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Conditions on the columns of dimensions; keys that are no numbers match nothing."""
    words, values = ["true"], {}
    for name, keys in filters.items():
        words.append(f"{COLUMNS[name]} = ANY(CAST(:{name} AS bigint[]))")
        values[name] = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    return " AND ".join(words), values


def _parts(filters: Filters, *, ever: bool = False) -> list[str]:
    """The shelves that are asked for, what moved on them since a day (or ever), and costs."""
    where = where_of(filters)[0]
    mine = "AND d.stock_id IN (SELECT id FROM place)" if filters else ""
    keys = ", ".join(f"{column} AS {name}" for name, column in COLUMNS.items() if name != "variant")
    parts = [_PLACE.format(keys=keys, where=where), _CLOSED]
    begin = "CAST('-infinity' AS date)" if ever else "CAST(:since AS date)"
    return [*parts, _MOVED.format(mine=mine, begin=begin), _COST]


def _values(session: Session, filters: Filters, since: date) -> dict[str, Any]:
    """Values of `_parts`."""
    return {
        **where_of(filters)[1], "since": since, "zone": settings.get(session, AnalyticsSettings).timezone,
        "currency": regions.base_currency(session), "low_at": settings.get(session, InventorySettings).low_at,
    }  # fmt: skip


def places(
    session: Session, spans: Sequence[Spans], *, filters: Filters | None = None, extra: Collection[str] = ()
) -> list[Place]:
    """Every stock row with what is counted of it for each of some spans of days. One statement.

    `extra` names what costs more and is asked for (`VALUES`, `GAPS`, `PAST`); without it these stay zero or unknown.
    """
    wanted = set(extra) | ({PAST} if GAPS in extra else set())
    filters = filters or {}
    parts = _parts(filters, ever=PAST in wanted)
    parts += [_SPAN, _SUMS]
    parts += [words for name, words in ((VALUES, _WORTH), (PAST, _BORN), (GAPS, _EMPTY)) if name in wanted]
    statement = _PLACES.format(
        parts=",\n".join(parts),
        columns=", ".join(_EXTRA[name][0] if name in wanted else _NONE[name] for name in _EXTRA),
        joins="\n  ".join(_EXTRA[name][1] for name in _EXTRA if name in wanted),
    )
    since = min(min(span.start, span.demand_from) for span in spans)
    values = _values(session, filters, since) | {
        "firsts": [span.start for span in spans], "lasts": [span.end for span in spans],
        "demands": [span.demand_from for span in spans], "wholes": [span.whole_end for span in spans],
    }  # fmt: skip
    found: dict[int, Place] = {}
    for row in session.execute(text(statement), values):
        place = found.get(row.id) or found.setdefault(row.id, _place(row))
        place.counts[spans[row.n - 1]] = _counted(row)
    return list(found.values())


def _place(row: Any) -> Place:
    costs = tuple(
        CostFrom(day, amount) for day, amount in zip(row.days or (), row.amounts or (), strict=True)
    )
    keys = {name: str(row.variant_id if name == "variant" else getattr(row, name)) for name in COLUMNS}
    return Place(
        row.variant_id, keys, costs, row.price, is_sold=row.is_sold, stock_id=row.id,
        is_low=row.is_sold and 0 < row.available <= row.low_at, is_out=row.is_sold and row.available <= 0,
    )  # fmt: skip


def _counted(row: Any) -> Counted:
    return Counted(
        units=row.on_hand - row.after_it, units_before=row.on_hand - row.since_it, sold=row.sold, demand=row.demand,
        taken_in=row.taken_in, value_days=row.value_days or NO, cost_of_sales=row.spent or NO,
        empty_days=(row.empty_days or 0) if row.is_sold else 0, since=row.since, last_sale=row.last_sale,
    )  # fmt: skip


def over_time(session: Session, days: Iterable[date], *, filters: Filters | None = None) -> dict[date, AtEnd]:
    """Units and values at the end of each of some days. One statement."""
    wanted = sorted(set(days))
    filters = filters or {}
    parts = _parts(filters)
    values = _values(session, filters, wanted[0] + timedelta(days=1)) | {"days": wanted}
    rows = session.execute(text(_OVER_TIME.format(parts=",\n".join(parts))), values)
    found = {row.day: AtEnd(int(row.units), Decimal(row.value), Decimal(row.retail)) for row in rows}
    return {day: found.get(day, AtEnd(0, NO, NO)) for day in wanted}
