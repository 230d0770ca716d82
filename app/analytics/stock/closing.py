"""Sums movements of stock up by day, once a day is over for good."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics.models import State
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work

MARGIN = timedelta(days=2)
"""A movement bears the time at which its transaction began; one that began yesterday may still be under way."""
AT_ONCE = timedelta(days=31)

_FIRST = text("SELECT min(at) FROM inventory_movement")
_SUM = text(
    """INSERT INTO analytics_stock_day (stock_id, day, net, sold, taken_in, has_sale)
       SELECT m.stock_id, CAST(m.at AT TIME ZONE :zone AS date), sum(m.quantity),
              coalesce(-sum(m.quantity) FILTER (WHERE m.kind IN ('sale', 'return')), 0),
              coalesce(sum(m.quantity) FILTER (WHERE m.kind NOT IN ('sale', 'return') AND m.quantity > 0), 0),
              bool_or(m.kind = 'sale')
         FROM inventory_movement m
        WHERE m.at >= :start AND m.at < :end
        GROUP BY 1, 2"""
)
_WRONG = text(
    """SELECT coalesce(d.stock_id, m.stock_id) AS stock_id, coalesce(d.day, m.day) AS day
         FROM (SELECT * FROM analytics_stock_day WHERE day <= :through) d
         FULL JOIN (SELECT stock_id, CAST(at AT TIME ZONE :zone AS date) AS day, sum(quantity) AS net,
                           coalesce(-sum(quantity) FILTER (WHERE kind IN ('sale', 'return')), 0) AS sold
                      FROM inventory_movement WHERE at < :end GROUP BY 1, 2) m USING (stock_id, day)
        WHERE (d.net, d.sold) IS DISTINCT FROM (m.net, m.sold)
        ORDER BY 1, 2 LIMIT 100"""
)


def midnight(day: date, zone: str) -> datetime:
    """When a day begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def reopen(session: Session, how: State) -> None:
    """Forget all sums; movements are read one by one until the next closing. The caller commits."""
    session.execute(text("DELETE FROM analytics_stock_day"))
    how.stock_through = None


def close(session: Session) -> int:
    """Sum up every day that is over for good and not summed up yet; returns how many days.

    Repeatable, a month in each transaction. Nothing is done before the first facts are made, because these settle the
    time zone.
    """
    closed = 0
    while done := _close_some(session):
        closed += done
    return closed


def _close_some(session: Session) -> int:
    with unit_of_work(session):
        how = session.scalar(select(State).where(State.id == 1).with_for_update())
        if how is None:
            return 0
        last = utcnow().astimezone(ZoneInfo(how.timezone)).date() - MARGIN
        if how.stock_through is not None:
            first = how.stock_through + timedelta(days=1)
        else:
            moment = session.scalar(_FIRST)
            first = moment.astimezone(ZoneInfo(how.timezone)).date() if moment else last
        if first > last:
            return 0
        until = min(last, first + AT_ONCE)
        span = {
            "start": midnight(first, how.timezone),
            "end": midnight(until + timedelta(days=1), how.timezone),
        }
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(_SUM, {"zone": how.timezone, **span})
        how.stock_through = until
        return (until - first).days + 1


def wrong_days(session: Session) -> list[str]:
    """Sums that are not what the movements say: days that were written into after they were closed."""
    how = session.get(State, 1)
    if how is None or how.stock_through is None:
        return []
    end = midnight(how.stock_through + timedelta(days=1), how.timezone)
    values = {"zone": how.timezone, "end": end, "through": how.stock_through}
    return [f"stock row {row.stock_id}, {row.day}" for row in session.execute(_WRONG, values)]
