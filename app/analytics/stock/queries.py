"""Reads of stock figures: the shelves with what moved and what it costs, forecasts, and what to order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics.settings import AnalyticsSettings
from app.analytics.stock import rules as stock_rules
from app.analytics.stock.models import ForecastRun
from app.analytics.stock.reordering import Expected, Proposal, Wish, curve, propose
from app.analytics.stock.rules import ArticleNow, CostFrom, Moved, Place, Spans
from app.core import settings
from app.core.clock import utcnow
from app.inventory.settings import InventorySettings
from app.regions import queries as regions

Filters = Mapping[str, Sequence[str]]
COLUMNS = {
    "product": "v.product_id", "variant": "s.variant_id", "category": "p.category_id",
    "brand": "coalesce(p.brand_id, 0)", "seller": "coalesce(p.seller_id, 0)", "warehouse": "s.warehouse_id",
}  # fmt: skip
"""The column of each dimension; its key is the number as text, "0" for none."""


def zone(session: Session) -> ZoneInfo:
    """The time zone in which the shop counts its days."""
    return ZoneInfo(settings.get(session, AnalyticsSettings).timezone)


def today(session: Session) -> date:
    """The day it is now where the shop is."""
    return utcnow().astimezone(zone(session)).date()


def _midnight(session: Session, day: date) -> datetime:
    return datetime.combine(day, time(), zone(session))


def _where(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Conditions on the columns of dimensions; keys that are no numbers match nothing."""
    words, values = ["true"], {}
    for name, keys in filters.items():
        words.append(f"{COLUMNS[name]} = ANY(CAST(:{name} AS bigint[]))")
        values[name] = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    return " AND ".join(words), values


# unique index on (variant_id, warehouse_id), primary keys, uq_pricing_price_variant_id_currency,
# uq_inventory_cost_variant_id_valid_from; with the past ix_inventory_movement_stock
_PLACES = """
SELECT s.id, s.variant_id, {keys}, s.on_hand, s.available, coalesce(s.low_at, :low_at) AS low_at, price.amount AS price,
       v.is_active AND p.state = 'published' AND w.is_active AS is_sold, cost.days, cost.amounts, {past}
  FROM inventory_stock s
  JOIN inventory_warehouse w ON w.id = s.warehouse_id
  JOIN catalog_variant v ON v.id = s.variant_id
  JOIN catalog_product p ON p.id = v.product_id
  LEFT JOIN pricing_price price ON price.variant_id = s.variant_id AND price.currency = :currency
  LEFT JOIN (SELECT variant_id, array_agg(valid_from ORDER BY valid_from) AS days,
                    array_agg(amount ORDER BY valid_from) AS amounts
               FROM inventory_cost WHERE currency = :currency GROUP BY variant_id) cost ON cost.variant_id = s.variant_id
  {movements}
 WHERE {where}
 ORDER BY s.id
"""
_NO_PAST = ("CAST(NULL AS date) AS since, CAST(NULL AS date) AS last_sale", "")
_PAST = (
    "past.since, past.last_sale",
    """LEFT JOIN (SELECT m.stock_id, CAST(min(m.at) AT TIME ZONE :zone AS date) AS since,
                    CAST(max(m.at) FILTER (WHERE m.kind = 'sale' AND m.at < :since) AT TIME ZONE :zone AS date) AS last_sale
               FROM inventory_movement m GROUP BY m.stock_id) past ON past.stock_id = s.id""",
)
# ix_inventory_movement_at
_MOVES = text(
    """SELECT m.stock_id, CAST(m.at AT TIME ZONE :zone AS date) AS day, sum(m.quantity) AS net,
              coalesce(-sum(m.quantity) FILTER (WHERE m.kind IN ('sale', 'return')), 0) AS sold,
              coalesce(sum(m.quantity) FILTER (WHERE m.kind NOT IN ('sale', 'return') AND m.quantity > 0), 0) AS taken_in,
              bool_or(m.kind = 'sale') AS has_sale
         FROM inventory_movement m WHERE m.at >= :since GROUP BY m.stock_id, day ORDER BY day"""
)


def places(
    session: Session, *, since: date, filters: Filters | None = None, looks_back: bool = False
) -> list[Place]:
    """Every stock row with what moved since a day, what it costs, and how it is called in each dimension.

    Two statements. `looks_back` also reads first movements and the last sales before that day.
    """
    where, values = _where(filters or {})
    keys = ", ".join(f"{column} AS {name}" for name, column in COLUMNS.items())
    past, movements = _PAST if looks_back else _NO_PAST
    moved = {"zone": zone(session).key, "since": _midnight(session, since)}
    values |= {
        "currency": regions.base_currency(session),
        "low_at": settings.get(session, InventorySettings).low_at,
    }
    statement = text(_PLACES.format(keys=keys, where=where, past=past, movements=movements))
    rows = session.execute(statement, values | (moved if looks_back else {})).all()
    moves: dict[int, list[Moved]] = defaultdict(list)
    for row in session.execute(_MOVES, moved):
        moves[row.stock_id].append(
            Moved(row.day, int(row.net), int(row.sold), int(row.taken_in), row.has_sale)
        )
    return [_place(row, moves.get(row.id, ())) for row in rows]


def _place(row: Any, moves: Sequence[Moved]) -> Place:
    costs = tuple(
        CostFrom(day, amount) for day, amount in zip(row.days or (), row.amounts or (), strict=True)
    )
    return Place(
        row.variant_id, {name: str(getattr(row, name)) for name in COLUMNS}, row.on_hand, tuple(moves), costs, row.price,
        row.is_sold, is_low=row.is_sold and 0 < row.available <= row.low_at, is_out=row.is_sold and row.available <= 0,
        since=row.since, last_sale=row.last_sale, stock_id=row.id,
    )  # fmt: skip


_NAMES = {
    "product": "SELECT id, {name} AS name FROM catalog_product WHERE id = ANY(CAST(:ids AS bigint[]))",
    "category": "SELECT id, {name} AS name FROM catalog_category WHERE id = ANY(CAST(:ids AS bigint[]))",
    "variant": "SELECT id, sku AS name FROM catalog_variant WHERE id = ANY(CAST(:ids AS bigint[]))",
    "brand": "SELECT id, name FROM catalog_brand WHERE id = ANY(CAST(:ids AS bigint[]))",
    "warehouse": "SELECT id, name FROM inventory_warehouse WHERE id = ANY(CAST(:ids AS bigint[]))",
    "seller": (
        "SELECT id, coalesce(nullif(trim(concat_ws(' ', first_name, last_name)), ''), email) AS name"
        " FROM ab_user WHERE id = ANY(CAST(:ids AS bigint[]))"
    ),
}
_TRANSLATED = "coalesce(nullif(translations #>> ARRAY[CAST(:language AS text), 'name'], ''), name)"


def names(session: Session, dimension: str, keys: Iterable[str], language: str) -> dict[str, str]:
    """The names for people of some keys of a dimension."""
    ids = [int(key) for key in keys if key != "0"]
    if not ids or dimension not in _NAMES:
        return {}
    statement = _NAMES[dimension].format(name=_TRANSLATED)
    values = {"ids": ids} | ({"language": language} if ":language" in statement else {})
    return {str(row.id): row.name for row in session.execute(text(statement), values)}


def articles(session: Session, *, until: date, filters: Filters | None = None) -> list[ArticleNow]:
    """What lies there of each article at the end of a day, how long it lasts, since when it has not sold."""
    mine, day = settings.get(session, InventorySettings), min(until, today(session))
    spans = Spans(day, day, mine.demand_days, mine.dead_days)
    return stock_rules.articles(
        places(session, since=spans.demand_from, filters=filters, looks_back=True), spans
    )


_TITLES = text(
    """SELECT v.id, v.sku, coalesce(nullif(p.translations #>> ARRAY[CAST(:language AS text), 'name'], ''), p.name) AS name
         FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
        WHERE v.id = ANY(CAST(:ids AS bigint[]))"""
)


def titles(session: Session, variant_ids: Iterable[int], language: str) -> dict[int, str]:
    """Articles in words: name and SKU."""
    rows = session.execute(_TITLES, {"ids": list(variant_ids), "language": language})
    return {row.id: f"{row.name} · {row.sku}" for row in rows}


# --- forecasts -----------------------------------------------------------------------------------


def current_run(session: Session) -> ForecastRun | None:
    """The run whose forecasts are in use (uq_analytics_forecast_run_current)."""
    return session.scalar(select(ForecastRun).where(ForecastRun.is_current))


@dataclass(frozen=True, slots=True)
class ToOrder:
    """An article with what is free of it, when it runs out, and how many to order."""

    variant_id: int
    stock_id: int
    sku: str
    name: str
    free: int
    proposal: Proposal
    model: str
    cost: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        """What the proposal costs; None without a cost."""
        return None if self.cost is None else self.cost * self.proposal.quantity


_ARTICLES = """
SELECT s.variant_id, min(s.id) AS stock_id, v.sku,
       coalesce(nullif(p.translations #>> ARRAY[CAST(:language AS text), 'name'], ''), p.name) AS name,
       sum(s.on_hand - s.reserved) AS free, f.points, f.model,
       (SELECT c.amount FROM inventory_cost c WHERE c.variant_id = s.variant_id AND c.valid_from <= :today
          AND c.currency = :currency ORDER BY c.valid_from DESC LIMIT 1) AS cost
  FROM inventory_stock s
  JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
  JOIN catalog_variant v ON v.id = s.variant_id AND v.is_active
  JOIN catalog_product p ON p.id = v.product_id AND p.state = 'published'
  JOIN (SELECT variant_id, max(model) AS model, array_agg(ARRAY[horizon_days, mean, high] ORDER BY horizon_days) AS points
          FROM analytics_forecast WHERE run_id = :run GROUP BY variant_id) f ON f.variant_id = s.variant_id
 WHERE {where}
 GROUP BY s.variant_id, v.sku, p.translations, p.name, f.points, f.model
"""


def to_order(
    session: Session, run: ForecastRun | None, *, language: str = "en", filters: Filters | None = None
) -> list[ToOrder]:
    """Articles with a forecast of a run, those that run out first before all others; nothing without a run.

    Incoming goods are not counted: the shop keeps no orders at suppliers. One statement.
    """
    if run is None:
        return []
    where, values = _where(filters or {})
    day, mine = today(session), settings.get(session, InventorySettings)
    wish = Wish(mine.lead_days, mine.review_days, Decimal(mine.safety_percent) / 100)
    values |= {"run": run.id, "language": language, "today": day, "currency": regions.base_currency(session)}
    found = []
    for row in session.execute(text(_ARTICLES.format(where=where)), values):
        points = curve([Expected(int(days), mean, high) for days, mean, high in row.points])
        proposal = propose(int(row.free), points, wish, today=day, made_for=run.known_until)
        found.append(
            ToOrder(
                row.variant_id, row.stock_id, row.sku, row.name, int(row.free), proposal, row.model, row.cost
            )
        )
    return sorted(found, key=lambda a: (a.proposal.days_left is None, a.proposal.days_left or 0, a.sku))
