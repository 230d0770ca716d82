"""Keeps the facts of single orders: each change of an order makes its rows anew, whole."""

from __future__ import annotations

import secrets

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.analytics.models import State
from app.analytics.operations import facts
from app.analytics.settings import AnalyticsSettings
from app.core import settings
from app.core.unit_of_work import unit_of_work

_ORDER = text(
    """SELECT o.email_key, a.order_id IS NOT NULL AND a.is_counted = (o.state <> 'cancelled') AS stays
         FROM orders_order o LEFT JOIN analytics_order a ON a.order_id = o.id
        WHERE o.id = :id FOR UPDATE OF o"""
)
_CUSTOMER = text(
    """SELECT id FROM analytics_customer WHERE id = coalesce(
           (SELECT customer_id FROM analytics_order WHERE order_id = :id),
           (SELECT id FROM analytics_customer
             WHERE key = encode(sha256(convert_to(:salt || CAST(:email AS text), 'UTF8')), 'hex')))
       FOR UPDATE"""
)
_FOLLOWING = text(
    """SELECT a.order_id
         FROM (SELECT id, count(*) FILTER (WHERE state <> 'cancelled') OVER earlier AS orders,
                      max(placed_at) FILTER (WHERE state <> 'cancelled') OVER earlier AS last_at
                 FROM orders_order WHERE email_key = :email
               WINDOW earlier AS (ORDER BY placed_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) m
         JOIN analytics_order a ON a.order_id = m.id
        WHERE (a.is_first, a.is_second, a.previous_day)
              IS DISTINCT FROM (m.orders = 0, m.orders = 1, (m.last_at AT TIME ZONE :tz)::date)"""
)


def state(session: Session) -> State:
    """How the facts are made; laid down with the first of them."""
    known = session.get(State, 1)
    if known is not None:
        return known
    zone = settings.get(session, AnalyticsSettings).timezone
    fresh = insert(State).values(id=1, timezone=zone, salt=secrets.token_hex(16))
    session.execute(fresh.on_conflict_do_nothing())
    return session.scalars(select(State).where(State.id == 1)).one()


def record_order(session: Session, *, order_id: int) -> bool:
    """Make the facts of an order anew from the order and its payments, and add the difference to the roll-ups.

    Repeatable and free of order: what counts is how the order stands, not which event told of it. The order's row,
    then its customer's, are locked; orders of the same customer that have another one before them now follow.
    Returns False when there is no such order.
    """
    with unit_of_work(session):
        session.flush()
        how = state(session)
        # a rebuild holds this off before anything else is locked
        session.execute(text("LOCK TABLE analytics_order IN ROW EXCLUSIVE MODE"))
        order = session.execute(_ORDER, {"id": order_id}).one_or_none()
        if order is None:
            return False
        values = facts.parameters(session, timezone=how.timezone, salt=how.salt)
        session.execute(text(facts.CUSTOMERS.format(scope=facts.ONE)), {"ids": [order_id], "salt": how.salt})
        session.execute(_CUSTOMER, {"id": order_id, "salt": how.salt, "email": order.email_key})
        ids = {order_id}
        if not order.stays:
            ids.update(session.scalars(_FOLLOWING, {"email": order.email_key, "tz": how.timezone}))
        session.execute(text(facts.RECORD), {**values, "ids": sorted(ids)})
    return True
