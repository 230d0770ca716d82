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
    """SELECT o.email_key, (a.is_counted, a.country, a.language, a.currency, a.channel) IS NOT DISTINCT FROM
              (o.state <> 'cancelled', o.country, o.language, o.currency, o.channel) AS stays
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
    f"""SELECT a.order_id FROM orders_order t
         JOIN orders_order o ON o.email_key = t.email_key AND (o.placed_at, o.id) > (t.placed_at, t.id)
         JOIN analytics_order a ON a.order_id = o.id
{facts.EARLIER}
        WHERE t.id = :id AND {facts.MISPLACED}"""
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
            ids.update(session.scalars(_FOLLOWING, {"id": order_id, "tz": how.timezone}))
        session.execute(text(facts.RECORD), {**values, "ids": sorted(ids)})
    return True
