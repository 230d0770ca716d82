"""Invariants of orders: sentences about what must never be."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.orders.models import History, Order
from app.orders.rules import replay

MOST = 100

_SUMS = text(
    """SELECT o.id, o.number, o.total_net, o.total_tax, o.total_gross,
              coalesce(l.net, 0) + o.shipping_net AS net, coalesce(l.tax, 0) + o.shipping_tax AS tax,
              coalesce(l.gross, 0) + o.shipping_gross AS gross
         FROM orders_order o
    LEFT JOIN (SELECT order_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
                 FROM orders_line GROUP BY order_id) l ON l.order_id = o.id
        WHERE (o.total_net, o.total_tax, o.total_gross)
              IS DISTINCT FROM (coalesce(l.net, 0) + o.shipping_net, coalesce(l.tax, 0) + o.shipping_tax,
                                coalesce(l.gross, 0) + o.shipping_gross)
     ORDER BY o.id LIMIT :most"""
)
_NUMBERS = text(
    """SELECT s.year, s.last, count(o.id) AS orders, coalesce(max(split_part(o.number, '-', 2)::bigint), 0) AS highest
         FROM core_series s
    LEFT JOIN orders_order o ON o.number LIKE s.year || '-%'
        WHERE s.name = 'order' GROUP BY s.year, s.last
       HAVING count(o.id) <> s.last OR coalesce(max(split_part(o.number, '-', 2)::bigint), 0) <> s.last
     ORDER BY s.year"""
)
_BANDS = text(
    """SELECT o.id, o.number FROM orders_order o
        WHERE o.total_gross <> (SELECT coalesce(sum((b->>'gross')::numeric), 0)
                                  FROM jsonb_array_elements(o.taxes) AS b)
     ORDER BY o.id LIMIT :most"""
)
_CARTS = text(
    """SELECT cart_id, count(*) FROM orders_order WHERE cart_id IS NOT NULL AND state <> 'cancelled'
        GROUP BY cart_id HAVING count(*) > 1 ORDER BY cart_id LIMIT :most"""
)


def wrong_totals(session: Session) -> list[str]:
    """Orders whose totals are not the sum of their lines and shipping."""
    return [
        f"order {row.number or row.id}: total {row.total_gross} ({row.total_net} + {row.total_tax}),"
        f" lines and shipping say {row.gross} ({row.net} + {row.tax})"
        for row in session.execute(_SUMS, {"most": MOST})
    ]


def wrong_bands(session: Session) -> list[str]:
    """Orders whose VAT by rate does not add up to their total."""
    rows = session.execute(_BANDS, {"most": MOST})
    return [f"order {number or order_id}: VAT by rate does not add up" for order_id, number in rows]


def wrong_histories(session: Session) -> list[str]:
    """Orders whose timeline, replayed step by step, does not lead to the state they are in."""
    query = (
        select(Order.id, Order.number, Order.state, History.kind, History.state.label("new"))
        .outerjoin(History, (History.order_id == Order.id) & History.state.is_not(None))
        .order_by(Order.id, History.id)
        .execution_options(yield_per=5000)
    )
    wrong: list[str] = []
    current: tuple[int, str, str] | None = None
    steps: list[tuple[str, str | None]] = []
    for order_id, number, state, kind, new in session.execute(query):
        if current is not None and current[0] != order_id:
            wrong += _replayed(current, steps)
            steps = []
        current = (order_id, number or str(order_id), state)
        steps += [(kind, new)] if kind else []
    if current is not None:
        wrong += _replayed(current, steps)
    return wrong[:MOST]


def _replayed(order: tuple[int, str, str], steps: list[tuple[str, str | None]]) -> list[str]:
    try:
        found = replay(steps)
    except ValueError as problem:
        return [f"order {order[1]}: {problem}"]
    return (
        []
        if found == order[2]
        else [f"order {order[1]}: is {order[2]}, its history says {found or 'nothing'}"]
    )


def gaps(session: Session) -> list[str]:
    """Years whose order numbers have gaps, and orders that have none."""
    found = [
        f"{year}: {orders} orders, highest number {highest}, series at {last}"
        for year, last, orders, highest in session.execute(_NUMBERS)
    ]
    unnumbered = session.scalars(select(Order.id).where(Order.number.is_(None)).limit(MOST))
    return found + [f"order {order_id} has no number" for order_id in unnumbered]


def doubled_carts(session: Session) -> list[str]:
    """Carts that became more than one living order."""
    rows = session.execute(_CARTS, {"most": MOST})
    return [f"cart {cart_id}: {count} orders" for cart_id, count in rows]
