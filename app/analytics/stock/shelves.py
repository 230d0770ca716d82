"""Reads of the shelves: what lay where on a day, what moved in some days, what it was worth. PostgreSQL adds up.

Days that are over come with running totals (`closing`): what moved in a span is the difference of two of them, however
long it is. The last days are read movement by movement. The level of a past day is the level of now less everything
that moved since, because levels are the sum of their movements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.families.dimensions import NONE
from app.analytics.settings import AnalyticsSettings
from app.analytics.stock.closing import MOVED_BY_DAY, NUMBER
from app.analytics.stock.rules import NO, AtEnd, Counted, Place, Spans
from app.core import settings
from app.inventory.settings import InventorySettings
from app.regions import queries as regions

Filters = Mapping[str, Sequence[str]]
COLUMNS = {
    "product": "v.product_id", "variant": "s.variant_id", "category": "p.category_id",
    "brand": "coalesce(p.brand_id, 0)", "seller": "coalesce(p.seller_id, 0)", "warehouse": "s.warehouse_id",
}  # fmt: skip
"""The column of each dimension: a number, 0 for none."""
WHERE = {
    "product": "v.product_id IN (SELECT id FROM catalog_product WHERE slug = ANY(CAST(:product AS text[])))",
    "variant": "s.variant_id IN (SELECT id FROM catalog_variant WHERE sku = ANY(CAST(:variant AS text[])))",
    "category": "p.category_id IN (SELECT c.id FROM catalog_category c JOIN catalog_category a ON a.id = ANY(c.lineage)"
                " WHERE a.path = ANY(CAST(:category AS text[])))",
    "brand": "(p.brand_id IN (SELECT id FROM catalog_brand WHERE slug = ANY(CAST(:brand AS text[])))"
             f" OR p.brand_id IS NULL AND '{NONE}' = ANY(CAST(:brand AS text[])))",
    "seller": f"coalesce(CAST(p.seller_id AS text), '{NONE}') = ANY(CAST(:seller AS text[]))",
    "warehouse": "w.code = ANY(CAST(:warehouse AS text[]))",
}  # fmt: skip
"""What has one of some keys: those of addresses, as all figures have them; a department with all below it."""
COUNTED = len(Counted._fields)
VALUES, GAPS = "values", "gaps"
"""What costs extra: values of all days and of what was sold; days without goods."""

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
_CLOSED = """closed AS MATERIALIZED (
  SELECT coalesce((SELECT stock_through FROM analytics_state WHERE id = 1 AND timezone = :zone), CAST('-infinity' AS date)) AS day)"""
# ix_inventory_movement_at
_OPEN = "d.at >= (SELECT CAST(day + 1 AS timestamp) AT TIME ZONE :zone FROM closed) {mine}"
_RECENT = f"recent AS MATERIALIZED ({MOVED_BY_DAY.format(where=_OPEN)})"
# primary key of analytics_stock_day
_UP_TO = """LATERAL (
      SELECT * FROM analytics_stock_day d WHERE d.stock_id = {row}.id AND d.day <= least({day}, (SELECT day FROM closed))
       ORDER BY d.day DESC LIMIT 1)"""
# `rest` lay there before all movements that are counted here: the level after a day is `rest` and the net total.
_SHELF = f"""shelf AS MATERIALIZED (
  SELECT p.*, p.on_hand - coalesce(t.net_total, 0) - coalesce(r.net, 0) AS rest, least(t.since, r.since) AS since
    FROM place p
    LEFT JOIN {_UP_TO.format(row="p", day="CAST('infinity' AS date)")} t ON true
    LEFT JOIN (SELECT stock_id, sum(net) AS net, min(day) AS since FROM recent GROUP BY 1) r ON r.stock_id = p.id)"""
# uq_inventory_cost_variant_id_valid_from
_COST = """cost AS MATERIALIZED (
  SELECT variant_id, amount, valid_from, amount - coalesce(lag(amount) OVER w, 0) AS more,
         lead(valid_from, 1, CAST('infinity' AS date)) OVER w AS ends
    FROM inventory_cost WHERE currency = :currency WINDOW w AS (PARTITION BY variant_id ORDER BY valid_from))"""
_SPAN = """span AS MATERIALIZED (
  SELECT n, first, last, demand_from, whole_until
    FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[]), CAST(:demands AS date[]), CAST(:wholes AS date[]))
         WITH ORDINALITY AS s (first, last, demand_from, whole_until, n))"""
# A mark is a day up to which the totals of a shelf are told: an end of a span, or the day before its cost changed by
# `more`. `piece_days` adds up the levels after all days from day 0 on: a movement is missing in the days before its own.
_TOLD = f"""mark AS MATERIALIZED ({{marks}}),
told AS MATERIALIZED (
  SELECT m.id, m.day, m.more, m.rest + coalesce(t.net_total, 0) AS level, coalesce(t.sold_total, 0) AS sold,
         coalesce(t.taken_total, 0) AS taken_in, t.last_sale,
         (m.rest + coalesce(t.net_total, 0)) * ({NUMBER.format(day="m.day")} + 1) - coalesce(t.moment_total, 0) AS piece_days
    FROM mark m LEFT JOIN {_UP_TO.format(row="m", day="m.day")} t ON true
   UNION ALL
  SELECT m.id, m.day, m.more, r.net, r.sold, r.taken_in, CASE WHEN r.has_sale THEN r.day END, r.net * (m.day - r.day + 1)
    FROM mark m JOIN recent r ON r.stock_id = m.id AND r.day <= m.day)"""
_ENDS = """
  SELECT p.id, p.rest, x.day, NULL AS more
    FROM shelf p CROSS JOIN (SELECT last AS day FROM span UNION SELECT first - 1 FROM span UNION SELECT demand_from - 1 FROM span) x"""
_CHANGES = """
  UNION ALL
  SELECT p.id, p.rest, c.valid_from - 1, c.more FROM shelf p JOIN cost c ON c.variant_id = p.variant_id
   WHERE EXISTS (SELECT 1 FROM span x WHERE x.first < c.valid_from AND c.valid_from <= x.last)"""
# What there is of days a to b is what there is up to b less what there is up to a - 1.
_SUMS = """sums AS (
  SELECT x.n, t.id, max(t.last_sale) FILTER (WHERE t.day = x.last) AS last_sale,
         sum(t.level) FILTER (WHERE t.day = x.last) AS units, sum(t.level) FILTER (WHERE t.day = x.first - 1) AS units_before,
         sum(t.sold) FILTER (WHERE t.day = x.last) AS sold, sum(t.sold) FILTER (WHERE t.day = x.first - 1) AS sold_before,
         sum(t.sold) FILTER (WHERE t.day = x.demand_from - 1) AS sold_unasked,
         sum(t.taken_in) FILTER (WHERE t.day = x.last) AS taken_in, sum(t.taken_in) FILTER (WHERE t.day = x.first - 1) AS taken_before,
         sum(t.piece_days) FILTER (WHERE t.day = x.last) AS days, sum(t.piece_days) FILTER (WHERE t.day = x.first - 1) AS days_before
    FROM span x JOIN told t ON t.more IS NULL AND t.day IN (x.last, x.first - 1, x.demand_from - 1) GROUP BY 1, 2)"""
# Values are what there is up to the last day at its cost, less what there is up to the first day at the cost of that one,
# less what there is up to each change of the cost times the change.
_WORTH = """worth AS (
  SELECT x.n, t.id, sum(t.more * t.piece_days) AS value_days, sum(t.more * t.sold) AS spent
    FROM span x JOIN told t ON t.more IS NOT NULL AND t.day >= x.first AND t.day < x.last GROUP BY 1, 2)"""
# ix_analytics_stock_day_day or its primary key
_MOVE = """move AS (
  SELECT d.stock_id, d.day, d.net FROM analytics_stock_day d
   WHERE d.day <= (SELECT day FROM closed) AND d.day >= :since {mine}
   UNION ALL
  SELECT stock_id, day, net FROM recent WHERE day >= :since)"""
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
  SELECT x.n, g.stock_id, sum(greatest(0, least(g.ends, x.whole_until + 1) - greatest(g.a, x.first, p.since + 1))) AS days
    FROM span x CROSS JOIN gap g JOIN shelf p ON p.id = g.stock_id AND p.since IS NOT NULL GROUP BY 1, 2)"""
# The last columns are the fields of `Counted`. Every shelf has its sums; told that it may have none, PostgreSQL expects
# all shelves here and not a few.
_PLACES = """WITH {parts}
SELECT p.*, x.n, CAST(u.units AS bigint) AS units, CAST(u.units_before AS bigint) AS units_before,
       CAST(u.sold - u.sold_before AS bigint) AS sold, CAST(u.sold - u.sold_unasked AS bigint) AS demand,
       CAST(u.taken_in - u.taken_before AS bigint) AS taken_in, c.amount AS cost, {columns}, u.last_sale
  FROM shelf p CROSS JOIN span x
  LEFT JOIN sums u ON u.id = p.id AND u.n = x.n
  LEFT JOIN cost c ON c.variant_id = p.variant_id AND c.valid_from <= x.last AND c.ends > x.last
  {joins}
 ORDER BY p.id, x.n"""
_EXTRA = {
    VALUES: (
        "coalesce(c.amount * u.days, 0) - coalesce(f.amount * u.days_before, 0) - coalesce(y.value_days, 0) AS value_days,"
        " coalesce(c.amount * u.sold, 0) - coalesce(f.amount * u.sold_before, 0) - coalesce(y.spent, 0) AS cost_of_sales",
        "LEFT JOIN cost f ON f.variant_id = p.variant_id AND f.valid_from <= x.first AND f.ends > x.first"
        " LEFT JOIN worth y ON y.id = p.id AND y.n = x.n",
    ),
    GAPS: (
        "CASE WHEN p.is_sold THEN coalesce(empty.days, 0) ELSE 0 END AS empty_days",
        "LEFT JOIN empty ON empty.stock_id = p.id AND empty.n = x.n",
    ),
}
"""For what costs extra its columns and its tables."""
_NONE = {
    VALUES: "CAST(0 AS numeric) AS value_days, CAST(0 AS numeric) AS cost_of_sales",
    GAPS: "0 AS empty_days",
}
# Backwards from the last step: before a step lay there what moved until the next one less, at the cost of that one, and
# what was there before a change of the cost was worth the change less. Nothing is made for each shelf and step.
_OVER_TIME = """WITH {parts},
step AS MATERIALIZED (SELECT n, day, count(*) OVER () = n AS is_last
  FROM unnest(CAST(:days AS date[])) WITH ORDINALITY AS s (day, n)),
net AS MATERIALIZED (
  SELECT stock_id, width_bucket(day - 1, CAST(:days AS date[])) AS n, sum(net) AS net FROM move GROUP BY 1, 2),
change AS (
  SELECT variant_id, width_bucket(valid_from - 1, CAST(:days AS date[])) AS n, sum(more) AS more FROM cost GROUP BY 1, 2),
total AS (
  SELECT s.n, sum(p.on_hand - coalesce(t.net, 0)) AS units, sum((p.on_hand - coalesce(t.net, 0)) * c.amount) AS value,
         sum((p.on_hand - coalesce(t.net, 0)) * p.price) AS retail
    FROM step s CROSS JOIN place p LEFT JOIN net t ON t.stock_id = p.id AND t.n = s.n
    LEFT JOIN cost c ON c.variant_id = p.variant_id AND c.valid_from <= s.day AND c.ends > s.day
   WHERE s.is_last GROUP BY 1
   UNION ALL
  SELECT t.n, - sum(t.net), - sum(t.net * c.amount), - sum(t.net * p.price)
    FROM net t JOIN step s ON s.n = t.n + 1 JOIN place p ON p.id = t.stock_id
    LEFT JOIN cost c ON c.variant_id = p.variant_id AND c.valid_from <= s.day AND c.ends > s.day GROUP BY 1
   UNION ALL
  SELECT w.n, 0, - sum(w.more * w.units), 0
    FROM (SELECT h.n, h.more, p.on_hand - coalesce(sum(t.net), 0) AS units
            FROM change h JOIN step s ON s.n = h.n AND NOT s.is_last JOIN place p ON p.variant_id = h.variant_id
            LEFT JOIN net t ON t.stock_id = p.id AND t.n >= h.n GROUP BY h.n, p.id, h.more, p.on_hand) w GROUP BY 1)
SELECT s.day, sum(t.units) AS units, coalesce(sum(t.value), 0) AS value, coalesce(sum(t.retail), 0) AS retail
  FROM step s JOIN total t ON t.n >= s.n GROUP BY s.day"""


def where_of(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Conditions on the columns of dimensions; keys that nothing has match nothing."""
    values = {name: [key for key in keys if "\x00" not in key] for name, keys in filters.items()}
    return " AND ".join(["true", *(WHERE[name] for name in filters)]), values


def _parts(filters: Filters) -> list[str]:
    """The shelves that are asked for, what moved on them and is not closed yet, and costs."""
    keys = ", ".join(f"{column} AS {name}" for name, column in COLUMNS.items() if name != "variant")
    place, recent = _PLACE.format(keys=keys, where=where_of(filters)[0]), _RECENT.format(mine=_mine(filters))
    return [place, _CLOSED, recent, _COST]


def _mine(filters: Filters) -> str:
    return "AND d.stock_id IN (SELECT id FROM place)" if filters else ""


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

    `extra` names what costs more and is asked for (`VALUES`, `GAPS`); without it these stay zero.
    """
    filters = filters or {}
    marks = _ENDS + (_CHANGES if VALUES in extra else "")
    parts = [*_parts(filters), _SHELF, _SPAN, _TOLD.format(marks=marks), _SUMS]
    parts += [_WORTH] if VALUES in extra else []
    parts += [_MOVE.format(mine=_mine(filters)), _EMPTY] if GAPS in extra else []
    statement = _PLACES.format(
        parts=",\n".join(parts),
        columns=", ".join(_EXTRA[name][0] if name in extra else _NONE[name] for name in _EXTRA),
        joins="\n  ".join(_EXTRA[name][1] for name in _EXTRA if name in extra),
    )
    values = _values(session, filters, min(span.start for span in spans)) | {
        "firsts": [span.start for span in spans], "lasts": [span.end for span in spans],
        "demands": [span.demand_from for span in spans], "wholes": [span.whole_end for span in spans],
    }  # fmt: skip
    found: dict[int, Place] = {}
    for row in session.execute(text(statement), values):
        place = found.get(row.id) or found.setdefault(row.id, _place(row))
        place.counts[spans[row.n - 1]] = Counted(*row[-COUNTED:])
    return list(found.values())


def _place(row: Any) -> Place:
    keys = {name: str(row.variant_id if name == "variant" else getattr(row, name)) for name in COLUMNS}
    return Place(
        row.variant_id, keys, row.price, is_sold=row.is_sold, stock_id=row.id, since=row.since,
        is_low=row.is_sold and 0 < row.available <= row.low_at, is_out=row.is_sold and row.available <= 0,
    )  # fmt: skip


def over_time(session: Session, days: Iterable[date], *, filters: Filters | None = None) -> dict[date, AtEnd]:
    """Units and values at the end of each of some days. One statement."""
    wanted = sorted(set(days))
    filters = filters or {}
    parts = [*_parts(filters), _MOVE.format(mine=_mine(filters))]
    values = _values(session, filters, wanted[0] + timedelta(days=1)) | {"days": wanted}
    rows = session.execute(text(_OVER_TIME.format(parts=",\n".join(parts))), values)
    found = {row.day: AtEnd(int(row.units), Decimal(row.value), Decimal(row.retail)) for row in rows}
    return {day: found.get(day, AtEnd(0, NO, NO)) for day in wanted}
