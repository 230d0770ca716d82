"""Reads of stock: what can be sold, what moved, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Lateral, and_, func, select, text
from sqlalchemy.orm import Session

from app.catalog.models import Product, Variant
from app.core import settings
from app.identity.models import Role, User
from app.identity.rules import MANAGER
from app.inventory.errors import UnknownSku
from app.inventory.models import Stock, Warehouse
from app.inventory.rules import NOTHING, Availability
from app.inventory.rules import availability as describe
from app.inventory.settings import InventorySettings

# unique index on (variant_id, warehouse_id)
_AVAILABILITY = text(
    """SELECT s.variant_id, sum(greatest(0, s.on_hand - s.reserved + s.backordered)),
              sum(greatest(0, s.backorder_limit - s.backordered)), min(s.backorder_date), max(s.low_at)
         FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
        WHERE s.variant_id = ANY(CAST(:ids AS bigint[])) GROUP BY s.variant_id"""
)


def availability(session: Session, variant_ids: Iterable[int]) -> dict[int, Availability]:
    """What can be sold of each variant over all active warehouses; every id is in the answer."""
    ids = sorted(set(variant_ids))
    if not ids:
        return {}
    shown_low = settings.get(session, InventorySettings).low_at
    found = {
        variant_id: describe(int(free), int(room), shown_low if low is None else low, expected)
        for variant_id, free, room, expected, low in session.execute(_AVAILABILITY, {"ids": ids})
    }
    return {variant_id: found.get(variant_id, NOTHING) for variant_id in ids}


def stock_beside(variant_id: ColumnElement[Any]) -> Lateral:
    """LATERAL for statements of other features: a variant's `free`, `room`, `expected` and `low_at`.

    Give such a row to `availability_of` (unique index on (variant_id, warehouse_id)).
    """
    return (
        select(
            func.sum(func.greatest(0, Stock.on_hand - Stock.reserved + Stock.backordered)).label("free"),
            func.sum(func.greatest(0, Stock.backorder_limit - Stock.backordered)).label("room"),
            func.min(Stock.backorder_date).label("expected"),
            func.max(Stock.low_at).label("low_at"),
        )
        .join(Warehouse, Warehouse.id == Stock.warehouse_id)
        .where(Stock.variant_id == variant_id, Warehouse.is_active)
        .lateral("stock")
    )


def availability_of(session: Session, row: Any) -> Availability:
    """What can be sold, from a row that carries the columns of `stock_beside`."""
    if row.free is None:
        return NOTHING
    low = settings.get(session, InventorySettings).low_at if row.low_at is None else row.low_at
    return describe(int(row.free), int(row.room), low, row.expected)


@dataclass(frozen=True, slots=True)
class StockLevel:
    """One article in one warehouse, as staff and the REST interface see it."""

    sku: str
    warehouse: str
    on_hand: int
    reserved: int
    backordered: int
    available: int
    backorder_limit: int
    low_at: int | None
    variant_id: int


def levels_of(session: Session, sku: str) -> list[StockLevel]:
    """An article's rows in all warehouses, the first to be emptied first.

    Raises:
        UnknownSku: when there is no such article.
    """
    if "\x00" in sku:
        raise UnknownSku(sku="")
    rows = session.execute(
        text(
            """SELECT v.sku, w.code, s.on_hand, s.reserved, s.backordered,
                      s.on_hand - s.reserved + s.backordered AS available, s.backorder_limit, s.low_at, v.id
                 FROM catalog_variant v
            LEFT JOIN inventory_stock s ON s.variant_id = v.id
            LEFT JOIN inventory_warehouse w ON w.id = s.warehouse_id
                WHERE v.sku = :sku ORDER BY w.priority, w.id"""
        ),
        {"sku": sku},
    ).all()
    if not rows:
        raise UnknownSku(sku=sku)
    return [StockLevel(*row) for row in rows if row[1] is not None]


@dataclass(frozen=True, slots=True)
class MovementEntry:
    """A line in an article's history."""

    at: datetime
    warehouse: str
    kind: str
    quantity: int
    on_hand_after: int
    reason: str | None
    reference: str | None
    actor: str


def history(
    session: Session, sku: str, *, limit: int = 100, before_id: int | None = None
) -> list[MovementEntry]:
    """The latest movements of an article, newest first (ix_inventory_movement_stock)."""
    rows = session.execute(
        text(
            """SELECT m.at, w.code, m.kind, m.quantity, m.on_hand_after, m.reason, m.reference, m.actor_label
                 FROM inventory_movement m
                 JOIN inventory_stock s ON s.id = m.stock_id
                 JOIN inventory_warehouse w ON w.id = s.warehouse_id
                 JOIN catalog_variant v ON v.id = s.variant_id
                WHERE v.sku = :sku AND (CAST(:before AS bigint) IS NULL OR m.id < :before)
             ORDER BY m.id DESC LIMIT :limit"""
        ),
        {"sku": sku, "limit": min(limit, 1000), "before": before_id},
    )
    return [MovementEntry(*row) for row in rows]


def movements_of(session: Session, stock_id: int, *, limit: int = 25) -> list[MovementEntry]:
    """The latest movements of one stock row, newest first (ix_inventory_movement_stock)."""
    rows = session.execute(
        text(
            """SELECT m.at, w.code, m.kind, m.quantity, m.on_hand_after, m.reason, m.reference, m.actor_label
                 FROM inventory_movement m
                 JOIN inventory_stock s ON s.id = m.stock_id
                 JOIN inventory_warehouse w ON w.id = s.warehouse_id
                WHERE m.stock_id = :stock ORDER BY m.id DESC LIMIT :limit"""
        ),
        {"stock": stock_id, "limit": limit},
    )
    return [MovementEntry(*row) for row in rows]


def index_fields(session: Session, product_ids: list[int]) -> dict[int, dict[str, Any]]:
    """For the search document: whether at least one variant of a product can be ordered."""
    rows = session.execute(
        text(
            """SELECT v.product_id, bool_or(s.on_hand - s.reserved + s.backordered > 0
                                            OR s.backorder_limit > s.backordered)
                 FROM catalog_variant v
                 JOIN inventory_stock s ON s.variant_id = v.id
                 JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
                WHERE v.product_id = ANY(CAST(:ids AS bigint[])) AND v.is_active GROUP BY v.product_id"""
        ),
        {"ids": product_ids},
    )
    found = {product_id: bool(any_left) for product_id, any_left in rows}
    return {product_id: {"available": found.get(product_id, False)} for product_id in product_ids}


def drifted_levels(session: Session) -> list[str]:
    """Stock rows whose level is not the sum of their movements."""
    rows = session.execute(
        text(
            """SELECT s.id, s.on_hand, coalesce(m.total, 0) FROM inventory_stock s
            LEFT JOIN (SELECT stock_id, sum(quantity) AS total FROM inventory_movement GROUP BY stock_id) m
                   ON m.stock_id = s.id
                WHERE s.on_hand <> coalesce(m.total, 0) ORDER BY s.id LIMIT 100"""
        )
    )
    return [f"stock {i}: level {level}, movements say {moved}" for i, level, moved in rows]


def drifted_reservations(session: Session) -> list[str]:
    """Stock rows whose reserved or backordered number is not the sum of their open reservations."""
    rows = session.execute(
        text(
            """SELECT s.id, s.reserved, s.backordered, coalesce(r.held, 0), coalesce(r.waiting, 0)
                 FROM inventory_stock s
            LEFT JOIN (SELECT stock_id, sum(quantity) AS held,
                              sum(quantity) FILTER (WHERE is_backorder) AS waiting
                         FROM inventory_reservation WHERE state IN ('held', 'owed') GROUP BY stock_id) r
                   ON r.stock_id = s.id
                WHERE s.reserved <> coalesce(r.held, 0) OR s.backordered <> coalesce(r.waiting, 0)
             ORDER BY s.id LIMIT 100"""
        )
    )
    return [
        f"stock {i}: reserved {reserved} ({back} without goods), reservations say {held} ({waiting})"
        for i, reserved, back, held, waiting in rows
    ]


@dataclass(frozen=True, slots=True)
class LowAlert:
    """An open alert in words."""

    alert_id: int
    sku: str
    name: str
    warehouse: str
    available: int
    low_at: int


def open_alert(session: Session, stock_id: int) -> LowAlert | None:
    """The open alert of a stock row with its level of now (uq_inventory_alert_open)."""
    row = session.execute(
        text(
            """SELECT a.id, v.sku, p.name, w.name, s.available, a.low_at
                 FROM inventory_alert a
                 JOIN inventory_stock s ON s.id = a.stock_id
                 JOIN inventory_warehouse w ON w.id = s.warehouse_id
                 JOIN catalog_variant v ON v.id = s.variant_id
                 JOIN catalog_product p ON p.id = v.product_id
                WHERE a.stock_id = :stock AND a.cleared_at IS NULL"""
        ),
        {"stock": stock_id},
    ).first()
    return LowAlert(*row) if row else None


def alert_addresses(session: Session) -> list[str]:
    """Whom an alert goes to: the addresses in the settings, else everybody who manages the shop."""
    named = settings.get(session, InventorySettings).alert_emails
    if named:
        return sorted(set(named))
    managers = select(User.email).where(User.active, User.roles.any(Role.name == MANAGER))
    return list(session.scalars(managers.order_by(User.email)))


def runs_low(usual: int) -> ColumnElement[bool]:
    """SQL of a row of `Stock` that runs low: on sale from an open warehouse, something left, at or below its threshold.

    `usual` is the shop's threshold. The same rule as the figure `low_stock` of the dashboards: where one says 25 the
    list behind it has 25 rows. What is out is another list.
    """
    return and_(Stock.available.between(1, func.coalesce(Stock.low_at, usual)), *_is_sold())


def is_out() -> ColumnElement[bool]:
    """SQL of a row of `Stock` of which nothing is free, on sale from an open warehouse: the dashboards' `out_of_stock`."""
    return and_(Stock.available <= 0, *_is_sold())


def _is_sold() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    on_sale = Stock.variant.has(and_(Variant.is_active, Variant.product.has(Product.state == "published")))
    return on_sale, Stock.warehouse.has(Warehouse.is_active)


def running_low(session: Session) -> int:
    """How many rows run low now."""
    usual = settings.get(session, InventorySettings).low_at
    return int(session.scalar(select(func.count()).select_from(Stock).where(runs_low(usual))) or 0)
