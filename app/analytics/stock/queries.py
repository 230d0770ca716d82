"""Reads of stock figures: the shelves with what moved and what it costs, forecasts, and what to order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics.families.dimensions import NONE
from app.analytics.settings import AnalyticsSettings
from app.analytics.stock import rules as stock_rules
from app.analytics.stock.models import ForecastRun
from app.analytics.stock.reordering import Expected, Proposal, Wish, curve, propose
from app.analytics.stock.rules import ArticleNow, Spans
from app.analytics.stock.shelves import Filters, places, where_of
from app.core import settings
from app.core.clock import utcnow
from app.inventory.settings import InventorySettings
from app.regions import queries as regions


def zone(session: Session) -> ZoneInfo:
    """The time zone in which the shop counts its days."""
    return ZoneInfo(settings.get(session, AnalyticsSettings).timezone)


def today(session: Session) -> date:
    """The day it is now where the shop is."""
    return utcnow().astimezone(zone(session)).date()


_NAMES = {
    "product": "SELECT id, slug AS key, {name} AS name FROM catalog_product WHERE id = ANY(CAST(:ids AS bigint[]))",
    "category": "SELECT id, path AS key, {name} AS name FROM catalog_category WHERE id = ANY(CAST(:ids AS bigint[]))",
    "variant": "SELECT id, sku AS key, sku AS name FROM catalog_variant WHERE id = ANY(CAST(:ids AS bigint[]))",
    "brand": "SELECT id, slug AS key, name FROM catalog_brand WHERE id = ANY(CAST(:ids AS bigint[]))",
    "warehouse": "SELECT id, code AS key, name FROM inventory_warehouse WHERE id = ANY(CAST(:ids AS bigint[]))",
    "seller": (
        "SELECT id, CAST(id AS text) AS key, coalesce(nullif(trim(concat_ws(' ', first_name, last_name)), ''), email) AS name"
        " FROM ab_user WHERE id = ANY(CAST(:ids AS bigint[]))"
    ),
}
_TRANSLATED = "coalesce(nullif(translations #>> ARRAY[CAST(:language AS text), 'name'], ''), name)"


def names(
    session: Session, dimension: str, numbers: Iterable[str], language: str
) -> dict[str, tuple[str, str]]:
    """The keys of addresses and the names for people of some numbers of a dimension, by number."""
    found = {"0": (NONE, "–")}
    ids = [int(number) for number in numbers if number != "0"]
    if not ids or dimension not in _NAMES:
        return found
    statement = _NAMES[dimension].format(name=_TRANSLATED)
    values = {"ids": ids} | ({"language": language} if ":language" in statement else {})
    return found | {str(row.id): (row.key, row.name) for row in session.execute(text(statement), values)}


def articles(session: Session, *, until: date, filters: Filters | None = None) -> list[ArticleNow]:
    """What lies there of each article at the end of a day, how long it lasts, since when it has not sold."""
    mine, day = settings.get(session, InventorySettings), min(until, today(session))
    spans = Spans(day, day, mine.demand_days, mine.dead_days)
    return stock_rules.articles(places(session, [spans], filters=filters), spans)


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
    where, values = where_of(filters or {})
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
