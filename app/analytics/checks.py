"""Invariants of figures: sums are their facts, facts are the orders and their money, to the cent, in each currency."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.analytics.models import State
from app.analytics.operations import facts
from app.analytics.operations.rebuilding import ENDS, months
from app.orders.models import Order

MOST = 100
AT_ONCE = 20_000
"""So many orders are compared in one statement, so that each keeps within the time limit of statements."""

_WAITING = """EXISTS (SELECT 1 FROM core_outbox w WHERE w.done_at IS NULL AND NOT w.dead
                       AND w.handler = 'app.analytics.handlers.record_order')"""
"""While announcements are on their way, facts may be behind."""

_ORDERS = text(
    f"""SELECT o.id, coalesce(o.number, o.id::text) AS number FROM orders_order o
      LEFT JOIN analytics_order a ON a.order_id = o.id
      LEFT JOIN (SELECT order_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross, sum(discount) AS discount,
                        sum(units) AS units, sum(base_net) AS base_net, sum(base_tax) AS base_tax,
                        sum(base_gross) AS base_gross, min(customer_id) AS whose, max(customer_id) AS also_whose
                   FROM analytics_line WHERE order_id > :after AND order_id <= :upto GROUP BY order_id) l ON l.order_id = o.id
      LEFT JOIN (SELECT p.order_id, sum(p.captured) AS captured, sum(p.refunded) AS refunded
                   FROM payments_payment p WHERE p.order_id > :after AND p.order_id <= :upto
                  GROUP BY p.order_id) p ON p.order_id = o.id
      LEFT JOIN (SELECT order_id, sum(amount) FILTER (WHERE kind = 'capture') AS captured,
                        sum(amount) FILTER (WHERE kind = 'refund') AS refunded
                   FROM analytics_move WHERE order_id > :after AND order_id <= :upto GROUP BY order_id) m ON m.order_id = o.id
      LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM analytics_back
                  WHERE order_id > :after AND order_id <= :upto GROUP BY order_id) k ON k.order_id = o.id
{facts.EARLIER}
     WHERE o.id > :after AND o.id <= :upto AND NOT {_WAITING}
       AND ((a.currency, a.country, a.language, a.channel, a.payment_method, a.state, a.is_counted, a.net, a.tax, a.gross, a.discount,
             a.shipping, a.day) IS DISTINCT FROM
            (o.currency, o.country, o.language, o.channel, o.payment_method, o.state, o.state <> 'cancelled', o.total_net, o.total_tax,
             o.total_gross, o.discount, o.shipping_gross, (o.placed_at AT TIME ZONE :tz)::date)
        OR {facts.MISPLACED}
        OR (l.whose, l.also_whose) IS DISTINCT FROM (a.customer_id, a.customer_id)
        OR (l.net, l.tax, l.gross, l.discount) IS DISTINCT FROM (o.total_net, o.total_tax, o.total_gross, o.discount)
        OR (l.base_net, l.base_tax, l.base_gross, l.units)
           IS DISTINCT FROM (a.base_net, a.base_tax, a.base_gross, a.units)
        OR (a.base_net, a.base_gross) IS DISTINCT FROM
           (round(o.total_net / o.exchange_rate, :places), round(o.total_gross / o.exchange_rate, :places))
        OR (coalesce(m.captured, 0), coalesce(m.refunded, 0), coalesce(k.amount, 0))
           IS DISTINCT FROM (coalesce(p.captured, 0), coalesce(p.refunded, 0), coalesce(p.refunded, 0)))
     ORDER BY o.id LIMIT :most"""
)
_TOO_MANY = text(
    """SELECT a.order_id FROM analytics_order a LEFT JOIN orders_order o ON o.id = a.order_id
        WHERE o.id IS NULL ORDER BY a.order_id LIMIT :most"""
)


def wrong_facts(session: Session) -> list[str]:
    """Orders whose facts are not what order, lines, captures and refunds say, once everything announced is done.

    Nothing is said while the facts were never made or are being made in another time zone.
    """
    how = session.get(State, 1)
    if (
        how is None
        or how.built_at is None
        and session.scalar(text("SELECT count(*) FROM analytics_order")) == 0
    ):
        return []
    values = facts.parameters(session, timezone=how.timezone, salt=how.salt)
    asked = {"tz": values["tz"], "places": values["places"], "most": MOST}
    found: list[str] = []
    first, last = session.execute(select(func.min(Order.id), func.max(Order.id))).one()
    for after in range((first or 0) - 1, last or -1, AT_ONCE):
        rows = session.execute(_ORDERS, {**asked, "after": after, "upto": after + AT_ONCE})
        found += [f"order {row.number}: its figures are not its own" for row in rows]
    return found + [
        f"figures of an order {row.order_id} that does not exist"
        for row in session.execute(_TOO_MANY, {"most": MOST})
    ]


def wrong_sums(session: Session) -> list[str]:
    """Days whose sums are not the sums of their facts, and months whose sums are not those of their days, by currency."""
    first, last = session.execute(ENDS).one()
    if first is None:
        return []
    return [
        sentence
        for start, end in months(first, last)
        for table, keys, fill in facts.ROLL_UPS
        for sentence in _differences(
            session, table, keys, facts.sums_alone(fill), {"first": start, "last": end}
        )
    ][:MOST]


def _differences(
    session: Session, table: Any, keys: tuple[str, ...], fresh: str, days: dict[str, date]
) -> list[str]:
    names = facts.columns(table)
    sums = [name for name in names if name not in keys]
    columns = ", ".join(names)
    query = f"""
        SELECT day, currency FROM (SELECT 1 AS sign, {columns} FROM {table.__tablename__}
                                    WHERE day >= :first AND day <= :last
                                   UNION ALL SELECT -1, {columns} FROM ({fresh}) f({columns})) d
         GROUP BY {", ".join(keys)} HAVING {" OR ".join(f"sum(sign * {s}) <> 0" for s in sums)}
         ORDER BY day, currency LIMIT :most"""
    rows = session.execute(text(query), {**days, "most": MOST})
    return [
        f"{table.__tablename__} {row.day} {row.currency}: the sums are not those of the orders"
        for row in rows
    ]
