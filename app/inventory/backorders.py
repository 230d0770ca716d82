"""Goods have come in or were given back: who has been waiting longest gets them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.outbox import publish
from app.events.inventory import BackordersFilled
from app.inventory import levels
from app.inventory.levels import Change, Locked
from app.inventory.rules import Waiting, serve_queue

# ix_inventory_reservation_waiting
_QUEUE = text(
    """SELECT id, stock_id, quantity, state, holder FROM inventory_reservation
        WHERE stock_id = ANY(CAST(:ids AS bigint[])) AND is_backorder AND state IN ('held', 'owed') ORDER BY id"""
)
_WHOLE = text(
    """UPDATE inventory_reservation
          SET is_backorder = false, state = CASE state WHEN 'owed' THEN 'claimed' ELSE state END
        WHERE id = ANY(CAST(:ids AS bigint[]))"""
)
_SPLIT = text(
    """WITH old AS (UPDATE inventory_reservation SET quantity = quantity - :part WHERE id = :id
                 RETURNING holder, stock_id, state, expires_at, created_at)
       INSERT INTO inventory_reservation (holder, stock_id, quantity, is_backorder, state, expires_at, created_at)
       SELECT holder, stock_id, :part, false, CASE state WHEN 'owed' THEN 'claimed' ELSE state END,
              expires_at, created_at FROM old"""
)


def serve_waiting(
    session: Session, locked: Locked, changes: Sequence[Change], *, actor: Actor = SYSTEM
) -> list[Change]:
    """Allocate what has become free to backorders of the same rows, oldest first.

    `changes` were already written to the locked rows. Goods that are owed (paid) leave the shelf at
    once; goods that are held become ordinary reservations. Returns the further changes.
    """
    now = dict(locked.rows)
    for change in changes:
        now[change.stock_id] = levels.apply(now[change.stock_id], change)
    ready = [s for s, row in now.items() if row.backordered > 0 and row.free > 0]
    if not ready:
        return []
    queues: dict[int, list[Waiting]] = defaultdict(list)
    holders: dict[int, str] = {}
    for id_, stock_id, quantity, state, holder in session.execute(_QUEUE, {"ids": ready}):
        queues[stock_id].append(Waiting(id_, quantity, state))
        holders[id_] = holder
    whole: list[int] = []
    sold: dict[int, int] = defaultdict(int)
    kept: dict[int, int] = defaultdict(int)
    filled: list[str] = []
    for stock_id in sorted(queues):
        for item, part in serve_queue(now[stock_id].free, queues[stock_id]):
            if part == item.quantity:
                whole.append(item.reservation_id)
                filled.append(holders[item.reservation_id])
            else:
                session.execute(_SPLIT, {"id": item.reservation_id, "part": part})
            (sold if item.state == "owed" else kept)[stock_id] += part
    if whole:
        session.execute(_WHOLE, {"ids": whole})
    further = [
        Change(s, on_hand=-sold[s], reserved=-sold[s], backordered=-sold[s] - kept[s], kind="sale")
        for s in sorted({*sold, *kept})
    ]
    levels.write(session, further, reason="backorder", actor=actor.label)
    if filled:
        publish(session, BackordersFilled(tuple(dict.fromkeys(filled))))
    return further
