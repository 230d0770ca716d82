"""The shop's own demand: pieces ordered by article and day, and the days on which there was nothing to sell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.stock import queries
from recommender.forecasting.demand import Demand

MOST_DAYS = 760
"""Two years and a month are looked at: a season and the one before it."""

# ix_orders_order_placed_at; an order counts unless it was cancelled, as in all figures of sales
_SALES = text(
    """SELECT l.variant_id, CAST(o.placed_at AT TIME ZONE :zone AS date) AS day, sum(l.quantity) AS pieces
         FROM orders_order o JOIN orders_line l ON l.order_id = o.id JOIN catalog_variant v ON v.id = l.variant_id
        WHERE o.state <> 'cancelled' AND o.placed_at >= :since AND o.placed_at < :until
        GROUP BY l.variant_id, day ORDER BY l.variant_id, day"""
)
_LEVELS = text(
    """SELECT s.variant_id, sum(s.on_hand) AS on_hand, max(s.backorder_limit) AS backorders
         FROM inventory_stock s GROUP BY s.variant_id"""
)
# ix_inventory_movement_at
_MOVES = text(
    """SELECT s.variant_id, CAST(m.at AT TIME ZONE :zone AS date) AS day, sum(m.quantity) AS net
         FROM inventory_movement m JOIN inventory_stock s ON s.id = m.stock_id
        WHERE m.at >= :since GROUP BY s.variant_id, day"""
)
_FIRST = text(
    """SELECT s.variant_id, CAST(min(m.at) AT TIME ZONE :zone AS date) AS day
         FROM inventory_movement m JOIN inventory_stock s ON s.id = m.stock_id GROUP BY s.variant_id"""
)


def load(session: Session) -> Demand | None:
    """Demand until yesterday; None where nothing was ever ordered. Reads only; four statements."""
    zone, today = queries.zone(session), queries.today(session)
    since = today - timedelta(days=MOST_DAYS)
    values = {
        "zone": zone.key, "since": datetime.combine(since, time(), zone), "until": datetime.combine(today, time(), zone),
    }  # fmt: skip
    rows = session.execute(_SALES, values).all()
    if not rows:
        return None
    start, ids = min(row.day for row in rows), sorted({row.variant_id for row in rows})
    days = (today - start).days
    place = {variant_id: number for number, variant_id in enumerate(ids)}
    sold = np.zeros((len(ids), days), dtype=np.float32)
    for row in rows:
        sold[place[row.variant_id], (row.day - start).days] += float(row.pieces)
    born = (sold > 0).argmax(axis=1)
    known = np.arange(days)[None, :] >= born[:, None]
    known &= ~without_goods(session, values, place, sold, start, days)
    return Demand(tuple(str(i) for i in ids), start, sold, known, born)


def without_goods(
    session: Session, values: dict[str, Any], place: dict[int, int], sold: np.ndarray, start: date, days: int
) -> np.ndarray:
    """Days on which an article lay in no warehouse from midnight to midnight and nobody could order it.

    Articles that may be sold without goods never count, nor does a day on which one was ordered all the same.
    """
    net = np.zeros((len(place), days + 1), dtype=np.int64)
    moved = np.zeros((len(place), days + 1), dtype=bool)
    for row in session.execute(_MOVES, values):
        if row.variant_id in place:
            column = (row.day - start).days
            if column >= 0:
                net[place[row.variant_id], min(column, days)] += int(row.net)
                moved[place[row.variant_id], min(column, days)] = True
    level, first = np.zeros(len(place), dtype=np.int64), np.full(len(place), days + 1)
    watched = np.zeros(len(place), dtype=bool)
    for row in session.execute(_LEVELS):
        if row.variant_id in place:
            level[place[row.variant_id]] = int(row.on_hand)
            watched[place[row.variant_id]] = row.backorders == 0
    for row in session.execute(_FIRST, values):
        if row.variant_id in place:
            first[place[row.variant_id]] = max(0, (row.day - start).days)
    after = np.cumsum(net[:, ::-1], axis=1)[:, ::-1]
    end_of_day = level[:, None] - np.hstack([after[:, 1:], np.zeros((len(place), 1), dtype=np.int64)])
    empty = (end_of_day <= 0) & ~moved & (np.arange(days + 1)[None, :] > first[:, None]) & watched[:, None]
    return empty[:, :days] & (sold == 0)
