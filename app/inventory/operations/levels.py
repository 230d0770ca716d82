"""Setting what lies on the shelves: counts, deliveries, write-offs, thresholds, backorder limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, settings
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.inventory import AvailabilityChanged
from app.inventory import levels
from app.inventory.backorders import serve_waiting
from app.inventory.errors import BadLevel, StockPromised, UnknownSku
from app.inventory.levels import Change
from app.inventory.models import Stock, Warehouse
from app.inventory.rules import MOST
from app.inventory.settings import InventorySettings


def _whole(value: object, field: str, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise BadLevel(field=field, most=MOST)
    return value


def _reason(reason: str) -> str:
    words = " ".join(str(reason).split())
    if not words or "\x00" in words:
        raise Invalid(_l("Please say why."), field="reason")
    return words[:500]


def _warehouse_id(session: Session, code: str | None) -> int:
    wanted = code or settings.get(session, InventorySettings).default_warehouse
    found = session.scalar(select(Warehouse.id).where(Warehouse.code == wanted))
    if found is None and code is None:
        found = session.scalar(select(Warehouse.id).order_by(Warehouse.priority, Warehouse.id).limit(1))
    if found is None:
        raise NotFound(_l("There is no such warehouse."), field="warehouse")
    return found


def _variant_id(session: Session, sku: str) -> int:
    if not isinstance(sku, str) or "\x00" in sku or len(sku) > 200:
        raise UnknownSku(sku="")
    found = session.scalar(text("SELECT id FROM catalog_variant WHERE sku = :sku"), {"sku": sku})
    if found is None:
        raise UnknownSku(sku=sku)
    return found


def variant_sku(session: Session, variant_id: int) -> str:
    """The SKU of a variant that has a stock row."""
    return str(session.scalar(text("SELECT sku FROM catalog_variant WHERE id = :id"), {"id": variant_id}))


_ROWS = text(
    """INSERT INTO inventory_stock (variant_id, warehouse_id)
       SELECT DISTINCT v.id, CAST(:warehouse AS bigint) FROM catalog_variant v
        WHERE v.id = ANY(CAST(:ids AS bigint[])) ORDER BY v.id
       ON CONFLICT (variant_id, warehouse_id) DO NOTHING"""
)


def ensure_stock_rows(session: Session, variant_ids: Iterable[int], *, warehouse: str | None = None) -> None:
    """Give each variant a stock row (at zero) in a warehouse; rows that exist stay as they are."""
    ids = sorted(set(variant_ids))
    if ids:
        with unit_of_work(session):
            session.execute(_ROWS, {"ids": ids, "warehouse": _warehouse_id(session, warehouse)})


_STOCK_IDS = text(
    """SELECT variant_id, id FROM inventory_stock
        WHERE warehouse_id = :warehouse AND variant_id = ANY(CAST(:ids AS bigint[]))"""
)


def set_on_hand_many(
    session: Session,
    *,
    levels_by_variant: Mapping[int, int],
    reason: str,
    actor: Actor,
    warehouse: str | None = None,
    kind: str = "count",
) -> int:
    """Set what was counted for many variants in a warehouse. Returns how many rows changed.

    A handful of statements whatever the number. Raises `StockPromised` with the first level that
    would fall below what is promised; nothing changes then.
    """
    why = _reason(reason)
    wanted = {v: _whole(n, "on_hand") for v, n in levels_by_variant.items()}
    with unit_of_work(session):
        ensure_stock_rows(session, wanted, warehouse=warehouse)
        place = _warehouse_id(session, warehouse)
        ids: dict[int, int] = dict(
            session.execute(_STOCK_IDS, {"warehouse": place, "ids": list(wanted)}).all()
        )
        locked = levels.lock_rows(session, ids.values())
        changes: list[Change] = []
        for row in locked.rows.values():
            promised = row.reserved - row.backordered
            if wanted[row.variant_id] < promised:
                raise StockPromised(promised=promised, variant_id=row.variant_id)
            if wanted[row.variant_id] != row.on_hand:
                changes.append(Change(row.stock_id, on_hand=wanted[row.variant_id] - row.on_hand, kind=kind))
        levels.write(session, changes, reason=why, actor=actor.label)
        served = serve_waiting(session, locked, changes, actor=actor)
        levels.announce(session, locked, [*changes, *served])
    return len(changes)


def set_on_hand(
    session: Session, *, sku: str, on_hand: int, reason: str, actor: Actor, warehouse: str | None = None
) -> int:
    """Set the counted level of one article, with the reason. Returns the level before.

    Raises:
        UnknownSku, BadLevel, StockPromised: nothing changes then.
    """
    with unit_of_work(session):
        variant_id = _variant_id(session, sku)
        place = _warehouse_id(session, warehouse)
        before = session.scalar(
            select(Stock.on_hand).where(Stock.variant_id == variant_id, Stock.warehouse_id == place)
        )
        set_on_hand_many(
            session, levels_by_variant={variant_id: on_hand}, reason=reason, actor=actor, warehouse=warehouse
        )
        audit.record(
            session, actor=actor, action="stock.set", entity="inventory_stock", entity_id=sku,
            before={"on_hand": before or 0}, after={"on_hand": on_hand, "reason": reason},
        )  # fmt: skip
    return before or 0


def receive(
    session: Session,
    *,
    sku: str,
    quantity: int,
    actor: Actor,
    reason: str = "delivery",
    warehouse: str | None = None,
) -> None:
    """Take in a delivery. Backorders get it first, the oldest before all others.

    Raises:
        UnknownSku, BadLevel: nothing changes then.
    """
    _whole(quantity, "quantity", least=1)
    _move(
        session, sku=sku, quantity=quantity, kind="receive", actor=actor, reason=reason, warehouse=warehouse
    )


def write_off(
    session: Session, *, sku: str, quantity: int, reason: str, actor: Actor, warehouse: str | None = None
) -> None:
    """Take broken or lost goods out of the level.

    Raises:
        UnknownSku, BadLevel, StockPromised: nothing changes then.
    """
    _whole(quantity, "quantity", least=1)
    _move(
        session,
        sku=sku,
        quantity=-quantity,
        kind="write_off",
        actor=actor,
        reason=reason,
        warehouse=warehouse,
    )


def _move(
    session: Session, *, sku: str, quantity: int, kind: str, actor: Actor, reason: str, warehouse: str | None
) -> None:
    why = _reason(reason)
    with unit_of_work(session):
        variant_id = _variant_id(session, sku)
        ensure_stock_rows(session, [variant_id], warehouse=warehouse)
        place = _warehouse_id(session, warehouse)
        stock_id = session.scalars(
            select(Stock.id).where(Stock.variant_id == variant_id, Stock.warehouse_id == place)
        ).one()
        locked = levels.lock_rows(session, [stock_id])
        row = locked.rows[stock_id]
        if row.free + quantity < 0:
            raise StockPromised(promised=row.reserved - row.backordered, field="quantity")
        _whole(row.on_hand + quantity, "quantity")
        changes = [Change(stock_id, on_hand=quantity, kind=kind)]
        levels.write(session, changes, reason=why, actor=actor.label)
        served = serve_waiting(session, locked, changes, actor=actor)
        levels.announce(session, locked, [*changes, *served])
        audit.record(
            session, actor=actor, action=f"stock.{kind}", entity="inventory_stock", entity_id=sku,
            before={"on_hand": row.on_hand}, after={"on_hand": row.on_hand + quantity, "reason": why},
        )  # fmt: skip


def set_backorder(
    session: Session,
    *,
    sku: str,
    limit: int,
    expected: date | None,
    actor: Actor,
    warehouse: str | None = None,
) -> None:
    """Allow so many pieces to be sold without goods, with the day they are expected; 0 forbids it.

    Raises:
        StockPromised: when more than the new limit are already waiting.
    """
    _whole(limit, "backorder_limit")
    with unit_of_work(session):
        row, locked = _lock_one(session, sku, warehouse)
        if limit < row.backordered:
            raise StockPromised(promised=row.backordered, field="backorder_limit")
        limit_before = row.backorder_limit
        before = {"limit": limit_before, "expected": row.backorder_date}
        row.backorder_limit, row.backorder_date = limit, expected
        session.flush()
        _announce_limit(session, row, locked, limit_before, limit)
        audit.record(
            session, actor=actor, action="stock.backorder", entity="inventory_stock", entity_id=sku,
            before=before, after={"limit": limit, "expected": expected},
        )  # fmt: skip


def _announce_limit(session: Session, row: Stock, locked: levels.Locked, before: int, after: int) -> None:
    level = locked.rows[row.id]
    if level.free <= 0 and (before > level.backordered) != (after > level.backordered):
        product_id = session.scalar(
            text("SELECT product_id FROM catalog_variant WHERE id = :id"), {"id": row.variant_id}
        )
        publish(session, AvailabilityChanged((product_id,)))


def set_low_at(
    session: Session, *, sku: str, low_at: int | None, actor: Actor, warehouse: str | None = None
) -> None:
    """Set the level at which people of the shop are told; None uses the shop's setting.

    An alert is raised or cleared at once when the level lies on the other side of the new threshold.
    """
    if low_at is not None:
        _whole(low_at, "low_at")
    with unit_of_work(session):
        row, locked = _lock_one(session, sku, warehouse)
        before, row.low_at = row.low_at, low_at
        session.flush()
        levels.watch(session, locked, low_at)
        audit.record(
            session, actor=actor, action="stock.low_at", entity="inventory_stock", entity_id=sku,
            before={"low_at": before}, after={"low_at": low_at},
        )  # fmt: skip


def _lock_one(session: Session, sku: str, warehouse: str | None) -> tuple[Stock, levels.Locked]:
    variant_id = _variant_id(session, sku)
    ensure_stock_rows(session, [variant_id], warehouse=warehouse)
    place = _warehouse_id(session, warehouse)
    key = session.scalars(
        select(Stock.id).where(Stock.variant_id == variant_id, Stock.warehouse_id == place)
    ).one()
    locked = levels.lock_rows(session, [key])
    row = session.get_one(Stock, key, populate_existing=True)
    return row, locked
