"""Writes the goods of past orders, many at once. Levels stay what they are: what went had come before.

Every batch receives what it sells, so that levels stay the sum of their movements at every moment of the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work

_ROWS = text(
    """INSERT INTO inventory_stock (variant_id, warehouse_id)
       SELECT v.id, :warehouse FROM catalog_variant v
        WHERE v.id = ANY(CAST(:variants AS bigint[])) ORDER BY v.id ON CONFLICT (variant_id, warehouse_id) DO NOTHING"""
)
_LOCK = text(
    """SELECT s.id FROM inventory_stock s WHERE s.warehouse_id = :warehouse
          AND s.variant_id = ANY(CAST(:variants AS bigint[])) ORDER BY s.id FOR UPDATE"""
)
_SOLD = """
       WITH sold AS (
           SELECT s.id AS stock_id, s.on_hand, m.n, m.holder, m.quantity, m.at
             FROM unnest(CAST(:holders AS text[]), CAST(:variants AS bigint[]), CAST(:quantities AS int[]),
                         CAST(:moments AS timestamptz[])) WITH ORDINALITY AS m(holder, variant_id, quantity, at, n)
             JOIN inventory_stock s ON s.variant_id = m.variant_id AND s.warehouse_id = :warehouse
       )"""
_PROMISED = text(
    _SOLD
    + """
       INSERT INTO inventory_reservation (holder, stock_id, quantity, state, created_at)
       SELECT holder, stock_id, quantity, 'claimed', at FROM sold ORDER BY n"""
)
# what came stands before what went: no level falls below what it is now, at no moment of the past
_MOVED = text(
    _SOLD
    + """, moves AS (
           SELECT stock_id, on_hand, n, -quantity AS quantity, 'sale' AS kind, holder, CAST(NULL AS text) AS reason, at
             FROM sold
           UNION ALL
           SELECT stock_id, on_hand, 0, sum(quantity), 'receive', NULL, CAST(:reason AS text), min(at) - interval '1 day'
             FROM sold GROUP BY stock_id, on_hand
       )
       INSERT INTO inventory_movement (stock_id, kind, quantity, on_hand_after, reason, reference, actor_label, at)
       SELECT stock_id, kind, quantity,
              on_hand + sum(quantity) OVER (PARTITION BY stock_id ORDER BY at, n ROWS UNBOUNDED PRECEDING),
              reason, holder, 'history', at
         FROM moves ORDER BY at, n"""
)


@dataclass(frozen=True, slots=True)
class PastSale:
    """Pieces of one article that a holder ("order:17") took."""

    holder: str
    variant_id: int
    quantity: int
    at: datetime


def write_past_sales(
    session: Session, sales: Sequence[PastSale], *, warehouse_id: int, reason: str = "history"
) -> None:
    """Note that the goods of past orders came and went; what a holder took can still be returned.

    An article stands once a holder. Articles that are no part of the catalogue move nothing.
    """
    if not sales:
        return
    values = {
        "holders": [s.holder for s in sales], "variants": [s.variant_id for s in sales],
        "quantities": [s.quantity for s in sales], "moments": [s.at for s in sales], "warehouse": warehouse_id,
    }  # fmt: skip
    with unit_of_work(session):
        _prepare(session, sorted({s.variant_id for s in sales}), warehouse_id)
        session.execute(_PROMISED, values)
        session.execute(_MOVED, values | {"reason": reason})


def _prepare(session: Session, variants: Sequence[int], warehouse_id: int) -> None:
    """Make the stock rows that are missing and lock all of them, in id order."""
    values = {"variants": list(variants), "warehouse": warehouse_id}
    session.execute(_ROWS, values)
    session.execute(_LOCK, values).all()


@dataclass(frozen=True, slots=True)
class PastMovement:
    """Goods that were written off (below zero) or found (above), outside any order."""

    variant_id: int
    quantity: int
    at: datetime
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """Pieces of an article that came back from an order. `reference` is what they came back with."""

    order_id: int
    variant_id: int
    quantity: int
    at: datetime
    reference: str


_PAIRS = text(
    """WITH told AS (
           SELECT s.id AS stock_id, s.on_hand, m.n, m.quantity, m.at, m.reason, m.reference
             FROM unnest(CAST(:variants AS bigint[]), CAST(:quantities AS int[]), CAST(:moments AS timestamptz[]),
                         CAST(:reasons AS text[]), CAST(:references AS text[]))
                  WITH ORDINALITY AS m(variant_id, quantity, at, reason, reference, n)
             JOIN inventory_stock s ON s.variant_id = m.variant_id AND s.warehouse_id = :warehouse
       )
       INSERT INTO inventory_movement (stock_id, kind, quantity, on_hand_after, reason, reference, actor_label, at)
       SELECT t.stock_id, x.kind, x.quantity, x.after, x.reason, x.reference, 'history', t.at
         FROM told t CROSS JOIN LATERAL (VALUES
              (1, CASE WHEN t.quantity < 0 THEN 'receive' ELSE CAST(:gain AS text) END, abs(t.quantity),
               t.on_hand + abs(t.quantity), CASE WHEN t.quantity < 0 THEN CAST(:balance AS text) ELSE t.reason END,
               CASE WHEN t.quantity < 0 THEN NULL ELSE t.reference END),
              (2, CASE WHEN t.quantity < 0 THEN 'write_off' ELSE 'correction' END, -abs(t.quantity), t.on_hand,
               CASE WHEN t.quantity < 0 THEN t.reason ELSE CAST(:balance AS text) END,
               CASE WHEN t.quantity < 0 THEN t.reference ELSE NULL END)
              ) AS x(step, kind, quantity, after, reason, reference)
        ORDER BY t.n, x.step"""
)
_BACK = text(
    """UPDATE inventory_reservation r SET returned = r.returned + b.quantity
         FROM (SELECT 'order:' || m.order_id AS holder, s.id AS stock_id, sum(m.quantity) AS quantity
                 FROM unnest(CAST(:orders AS bigint[]), CAST(:variants AS bigint[]), CAST(:quantities AS int[]))
                      AS m(order_id, variant_id, quantity)
                 JOIN inventory_stock s ON s.variant_id = m.variant_id AND s.warehouse_id = :warehouse
                GROUP BY 1, 2) b
        WHERE r.holder = b.holder AND r.stock_id = b.stock_id AND r.state = 'claimed'"""
)


def write_past_movements(
    session: Session, movements: Sequence[PastMovement], *, warehouse_id: int, balance: str = "history"
) -> None:
    """Note goods that were written off or found, each with the movement that leaves the level as it is."""
    if movements:
        with unit_of_work(session):
            _prepare(session, sorted({m.variant_id for m in movements}), warehouse_id)
            _pairs(session, movements, warehouse_id, balance, gain="count")


def write_past_goods_back(
    session: Session, returns: Sequence[GoodsBack], *, warehouse_id: int, balance: str = "history"
) -> None:
    """Note goods of past orders that came back; never more than left (inventory_reservation: returned)."""
    if not returns:
        return
    with unit_of_work(session):
        _prepare(session, sorted({r.variant_id for r in returns}), warehouse_id)
        values = {
            "orders": [r.order_id for r in returns], "variants": [r.variant_id for r in returns],
            "quantities": [r.quantity for r in returns], "warehouse": warehouse_id,
        }  # fmt: skip
        session.execute(_BACK, values)
        moves = [
            PastMovement(r.variant_id, r.quantity, r.at, r.reference, f"order:{r.order_id}") for r in returns
        ]
        _pairs(session, moves, warehouse_id, balance, gain="return")


def _pairs(
    session: Session, movements: Sequence[PastMovement], warehouse_id: int, balance: str, *, gain: str
) -> None:
    session.execute(
        _PAIRS,
        {
            "variants": [m.variant_id for m in movements], "quantities": [m.quantity for m in movements],
            "moments": [m.at for m in movements], "reasons": [m.reason for m in movements],
            "references": [m.reference for m in movements], "warehouse": warehouse_id, "balance": balance, "gain": gain,
        },
    )  # fmt: skip
