"""One stock row changed as a whole, as the back office and the product form do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.inventory.models import Stock, Warehouse
from app.inventory.operations.costs import set_cost_today
from app.inventory.operations.levels import (
    set_backorder,
    set_low_at,
    set_on_hand,
    set_on_hand_many,
    variant_sku,
)  # fmt: skip
from app.inventory.rules import quantity_of


def open_row(
    session: Session,
    *,
    variant_id: int,
    warehouse_id: int,
    on_hand: int | None,
    reason: str | None,
    actor: Actor,
    cost: Decimal | None = None,
) -> Stock:
    """Count an article for the first time in a warehouse, as for a new product; returns its row.

    A row that is there already gets the new level. `cost` is what a piece costs from today on.

    Raises:
        BadLevel, StockPromised, BadCost: with the field. Invalid: the reason is missing.
    """
    with unit_of_work(session):
        place = session.get_one(Warehouse, warehouse_id)
        sku = variant_sku(session, variant_id)
        set_on_hand(
            session, sku=sku, on_hand=on_hand or 0, reason=reason or "", actor=actor, warehouse=place.code
        )
        set_cost_today(session, variant_id=variant_id, amount=cost, actor=actor)
        query = select(Stock).where(Stock.variant_id == variant_id, Stock.warehouse_id == warehouse_id)
        return session.scalars(query).one()


def set_level(
    session: Session,
    *,
    stock_id: int,
    on_hand: int | None,
    low_at: int | None,
    backorder_limit: int | None,
    backorder_date: date | None,
    reason: str | None,
    actor: Actor,
    cost: Decimal | None = None,
) -> None:
    """Change level, threshold, backorders and cost of one row; only what differs, all of it or nothing.

    A changed level needs a `reason`. An empty level or limit means zero; an empty threshold means
    the shop's own; an empty cost leaves the cost as it is.

    Raises:
        BadLevel, StockPromised, BadCost: with the field. Invalid: the reason is missing. NotFound: no such row.
    """
    with unit_of_work(session):
        row = locks.row(session, Stock, stock_id)
        code = session.get_one(Warehouse, row.warehouse_id).code
        here: dict[str, Any] = {
            "sku": variant_sku(session, row.variant_id), "warehouse": code, "actor": actor,
        }  # fmt: skip
        wanted, limit = on_hand or 0, backorder_limit or 0
        set_cost_today(session, variant_id=row.variant_id, amount=cost, actor=actor)
        if (row.backorder_limit, row.backorder_date) != (limit, backorder_date):
            set_backorder(session, limit=limit, expected=backorder_date, **here)
        if row.low_at != low_at:
            set_low_at(session, low_at=low_at, **here)
        if row.on_hand != wanted:
            set_on_hand(session, on_hand=wanted, reason=reason or "", **here)


def write_part(
    session: Session, ids_by_sku: Mapping[str, int], values: Mapping[str, Any], actor: Actor
) -> None:
    """The part "stock" of a product: {sku: pieces on the shelf} of the default warehouse.

    Registered with the catalogue; runs inside its transaction.

    Raises:
        StockPromised: a level would fall below what is promised.
    """
    levels = {ids_by_sku[sku]: quantity_of(value) for sku, value in values.items() if value is not None}
    if levels:
        set_on_hand_many(session, levels_by_variant=levels, reason="product", actor=actor)
