"""Locking stock rows and writing what changed about them: the SQL beneath the operations.

Rows are always locked in ascending id order and in one statement, whatever the number of lines, so
that two baskets with the same goods in any order cannot deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.outbox import publish
from app.events.inventory import AvailabilityChanged, StockChanged, StockLow
from app.events.notifications import StaffMattersOver
from app.inventory.rules import LOW_STOCK, Level, alert_subject, crossing
from app.inventory.settings import InventorySettings

_COLUMNS = """
SELECT s.id, s.variant_id, s.on_hand, s.reserved, s.backordered, s.backorder_limit, w.priority,
       s.low_at, w.code, w.is_active
  FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id
"""
# unique index on (variant_id, warehouse_id)
_BY_VARIANT = text(
    _COLUMNS
    + " WHERE s.variant_id = ANY(CAST(:ids AS bigint[])) AND w.is_active ORDER BY s.id FOR UPDATE OF s"
)
_BY_ID = text(_COLUMNS + " WHERE s.id = ANY(CAST(:ids AS bigint[])) ORDER BY s.id FOR UPDATE OF s")
# ix_inventory_reservation_holder
_BY_HOLDER = text(
    _COLUMNS
    + """ WHERE s.id IN (SELECT r.stock_id FROM inventory_reservation r
                          WHERE r.holder = :holder AND r.state = ANY(CAST(:states AS text[])))
          ORDER BY s.id FOR UPDATE OF s"""
)


@dataclass(frozen=True, slots=True)
class Locked:
    """Stock rows held by this transaction, by id, as they were when they were locked."""

    rows: dict[int, Level]
    warehouses: dict[int, str]

    def of_variant(self, variant_id: int) -> list[Level]:
        """The rows of one variant."""
        return [row for row in self.rows.values() if row.variant_id == variant_id]


def _locked(session: Session, found: Iterable[tuple]) -> Locked:
    low = settings.get(session, InventorySettings).low_at
    rows: dict[int, Level] = {}
    names: dict[int, str] = {}
    for id_, variant, on_hand, reserved, backordered, limit, priority, low_at, code, _active in found:
        rows[id_] = Level(
            id_, variant, on_hand, reserved, backordered, limit, priority, low if low_at is None else low_at
        )
        names[id_] = code
    return Locked(rows, names)


def lock_variants(session: Session, variant_ids: Iterable[int]) -> Locked:
    """Lock every row of these variants in active warehouses, in id order."""
    return _locked(session, session.execute(_BY_VARIANT, {"ids": sorted(set(variant_ids))}).all())


def lock_rows(session: Session, stock_ids: Iterable[int]) -> Locked:
    """Lock these rows, in id order."""
    return _locked(session, session.execute(_BY_ID, {"ids": sorted(set(stock_ids))}).all())


def lock_holder(session: Session, holder: str, states: Sequence[str]) -> Locked:
    """Lock the rows a holder has reservations on, in id order."""
    found = session.execute(_BY_HOLDER, {"holder": holder, "states": list(states)})
    return _locked(session, found.all())


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one stock row. With a `kind`, `on_hand` is also written as a movement."""

    stock_id: int
    on_hand: int = 0
    reserved: int = 0
    backordered: int = 0
    kind: str | None = None


_WRITE = text(
    """
WITH change AS (
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:on_hand AS int[]), CAST(:reserved AS int[]),
                         CAST(:backordered AS int[]), CAST(:kinds AS text[]))
                  AS c(id, on_hand, reserved, backordered, kind)
), written AS (
    UPDATE inventory_stock s
       SET on_hand = s.on_hand + c.on_hand, reserved = s.reserved + c.reserved,
           backordered = s.backordered + c.backordered, updated_at = now()
      FROM change c
     WHERE s.id = c.id
       AND s.on_hand + c.on_hand >= s.reserved + c.reserved - s.backordered - c.backordered
       AND s.backordered + c.backordered <= s.backorder_limit
 RETURNING s.id, s.on_hand, c.on_hand AS moved, c.kind
), moved AS (
    INSERT INTO inventory_movement (stock_id, kind, quantity, on_hand_after, reason, reference, actor_label)
    SELECT id, kind, moved, on_hand, :reason, :reference, :actor FROM written WHERE moved <> 0
)
SELECT count(*) FROM written
"""
)


def write(
    session: Session,
    changes: Sequence[Change],
    *,
    reference: str | None = None,
    reason: str | None = None,
    actor: str = "system",
) -> None:
    """Apply changes to locked rows and note the movements, in one statement.

    The conditions repeat what the caller has computed: a row that does not fit any more means a
    fault in the caller, and nothing may be written.

    Raises:
        RuntimeError: when a row does not fit.
    """
    if not changes:
        return
    wrote = session.scalar(
        _WRITE,
        {
            "ids": [c.stock_id for c in changes],
            "on_hand": [c.on_hand for c in changes],
            "reserved": [c.reserved for c in changes],
            "backordered": [c.backordered for c in changes],
            "kinds": [c.kind for c in changes],
            "reason": reason,
            "reference": reference,
            "actor": actor,
        },
    )
    if wrote != len(changes):
        raise RuntimeError("stock changed under a lock")


def apply(level: Level, change: Change) -> Level:
    """The level after a change."""
    return Level(
        level.stock_id,
        level.variant_id,
        level.on_hand + change.on_hand,
        level.reserved + change.reserved,
        level.backordered + change.backordered,
        level.backorder_limit,
        level.priority,
        level.low_at,
    )


# primary key of catalog_variant, unique index on (variant_id, warehouse_id)
_TOTALS = text(
    """SELECT v.id, v.product_id, v.sku,
              coalesce(sum(greatest(0, s.on_hand - s.reserved + s.backordered)), 0) AS free,
              coalesce(sum(greatest(0, s.backorder_limit - s.backordered)), 0) AS room
         FROM catalog_variant v
         LEFT JOIN (inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active)
                ON s.variant_id = v.id
        WHERE v.id = ANY(CAST(:ids AS bigint[])) GROUP BY v.id"""
)
_SKUS = text("SELECT id, sku FROM catalog_variant WHERE id = ANY(CAST(:ids AS bigint[]))")
_RAISE = text(
    """INSERT INTO inventory_alert (stock_id, available, low_at)
       SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:available AS int[]), CAST(:low AS int[]))
       ON CONFLICT (stock_id) WHERE cleared_at IS NULL DO NOTHING RETURNING stock_id"""
)
_CLEAR = text(
    """UPDATE inventory_alert SET cleared_at = now()
        WHERE stock_id = ANY(CAST(:ids AS bigint[])) AND cleared_at IS NULL RETURNING id"""
)


MANY = 300
"""Above so many variants at once (an import, a count) open pages are not told one by one."""


def announce(session: Session, locked: Locked, changes: Sequence[Change]) -> None:
    """Tell who listens: open pages, the index when buyability flips, staff at a threshold.

    Costs one read and one insert into the outbox; alerts only when a threshold is crossed.
    """
    after = dict(locked.rows)
    for change in changes:
        after[change.stock_id] = apply(after[change.stock_id], change)
    touched = {row.stock_id for row in after.values() if row != locked.rows[row.stock_id]}
    if not touched:
        return
    rows: dict[int, list[int]] = defaultdict(list)
    for stock_id in touched:
        rows[after[stock_id].variant_id].append(stock_id)
    variants = sorted(rows)
    totals = {row.id: row for row in session.execute(_TOTALS, {"ids": variants})}
    events: list[StockChanged | AvailabilityChanged] = []
    flipped: set[int] = set()
    for variant_id in variants:
        now = totals[variant_id]
        mine = rows[variant_id]
        free_before = now.free - sum(max(0, after[s].free) - max(0, locked.rows[s].free) for s in mine)
        room_before = now.room - sum(after[s].room - locked.rows[s].room for s in mine)
        if now.free != free_before and len(variants) <= MANY:
            events.append(StockChanged(variant_id, now.product_id, now.sku, int(now.free)))
        if (now.free + now.room > 0) != (free_before + room_before > 0):
            flipped.add(now.product_id)
    events += [AvailabilityChanged(part) for part in batched(sorted(flipped))]
    publish(session, *events)
    _alerts(
        session, locked, {s: after[s] for s in sorted(touched)}, {v: row.sku for v, row in totals.items()}
    )


def batched(ids: Sequence[int], size: int = 1000) -> list[tuple[int, ...]]:
    """The ids in parts that an event can carry."""
    return [tuple(ids[i : i + size]) for i in range(0, len(ids), size)]


def watch(session: Session, locked: Locked, low_at: int | None) -> None:
    """Raise or clear the alerts of locked rows whose threshold, not whose level, has changed."""
    threshold = settings.get(session, InventorySettings).low_at if low_at is None else low_at
    rows = {s: replace(row, low_at=threshold) for s, row in locked.rows.items()}
    names = session.execute(_SKUS, {"ids": [row.variant_id for row in rows.values()]})
    skus = {row.id: row.sku for row in names}
    _clear(session, [s for s, row in rows.items() if row.free > row.low_at])
    _raise(session, locked, {s: row for s, row in rows.items() if row.free <= row.low_at}, skus)


def _alerts(session: Session, locked: Locked, after: dict[int, Level], skus: dict[int, str]) -> None:
    directions = {s: crossing(locked.rows[s].free, row.free, row.low_at) for s, row in after.items()}
    well = [s for s, direction in directions.items() if direction == "well"]
    if well:
        _clear(session, well)
    low = {s: after[s] for s, direction in directions.items() if direction == "low"}
    _raise(session, locked, low, skus)


def _clear(session: Session, stock_ids: Sequence[int]) -> None:
    """Close the open alerts of these rows; the bell falls silent about them."""
    over = session.scalars(_CLEAR, {"ids": list(stock_ids)}).all()
    if over:
        publish(session, StaffMattersOver(LOW_STOCK, tuple(alert_subject(alert_id) for alert_id in over)))


def _raise(session: Session, locked: Locked, low: dict[int, Level], skus: dict[int, str]) -> None:
    """Open an alert for each row that has none, and announce the new ones."""
    if not low:
        return
    values = {
        "ids": list(low),
        "available": [row.free for row in low.values()],
        "low": [row.low_at for row in low.values()],
    }
    made = session.scalars(_RAISE, values).all()
    publish(
        session,
        *(
            StockLow(
                stock_id,
                row.variant_id,
                skus[row.variant_id],
                locked.warehouses[stock_id],
                row.free,
                row.low_at,
            )
            for stock_id in made
            for row in (low[stock_id],)
        ),
    )
