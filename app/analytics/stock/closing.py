"""Sums movements of stock up by day, once a day is over for good, with the running totals of each stock row."""

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

MOVED_BY_DAY = """
SELECT d.stock_id, CAST(d.at AT TIME ZONE :zone AS date) AS day, sum(d.quantity)::integer AS net,
       coalesce(-sum(d.quantity) FILTER (WHERE d.kind IN ('sale', 'return')), 0)::integer AS sold,
       coalesce(sum(d.quantity) FILTER (WHERE d.kind NOT IN ('sale', 'return') AND d.quantity > 0), 0)::integer AS taken_in,
       bool_or(d.kind = 'sale') AS has_sale
  FROM inventory_movement d WHERE {where} GROUP BY 1, 2"""
"""What moved of each stock row on each day, out of single movements."""
NUMBER = "({day} - DATE '2000-01-01')"
"""The number of a day."""
MOMENT = f"CAST({{row}}.net AS bigint) * {NUMBER.format(day='{row}.day')}"
"""Pieces times the number of their day, of a row of what moved."""

_FIRST = text("SELECT min(at) FROM inventory_movement")
# ix_inventory_movement_at; primary key of analytics_stock_day
_SUM = text(
    f"""WITH moved AS MATERIALIZED ({MOVED_BY_DAY.format(where="d.at >= :start AND d.at < :end")}),
        before AS MATERIALIZED (
          SELECT t.* FROM (SELECT DISTINCT stock_id FROM moved) s
           CROSS JOIN LATERAL (SELECT * FROM analytics_stock_day d WHERE d.stock_id = s.stock_id ORDER BY d.day DESC LIMIT 1) t)
        INSERT INTO analytics_stock_day (stock_id, day, net, sold, taken_in, has_sale,
                                         net_total, sold_total, taken_total, moment_total, since, last_sale)
        SELECT m.*, coalesce(b.net_total, 0) + sum(m.net) OVER w, coalesce(b.sold_total, 0) + sum(m.sold) OVER w,
               coalesce(b.taken_total, 0) + sum(m.taken_in) OVER w,
               coalesce(b.moment_total, 0) + sum({MOMENT.format(row="m")}) OVER w, least(b.since, min(m.day) OVER w),
               coalesce(max(m.day) FILTER (WHERE m.has_sale) OVER w, b.last_sale)
          FROM moved m LEFT JOIN before b USING (stock_id)
        WINDOW w AS (PARTITION BY m.stock_id ORDER BY m.day)"""
)
_WRONG = text(
    f"""SELECT coalesce(d.stock_id, m.stock_id) AS stock_id, coalesce(d.day, m.day) AS day
          FROM (SELECT *, (net_total, sold_total, taken_total, moment_total, since, last_sale) IS DISTINCT FROM
                          (sum(e.net) OVER w, sum(e.sold) OVER w, sum(e.taken_in) OVER w, sum({MOMENT.format(row="e")}) OVER w,
                           min(e.day) OVER w, max(e.day) FILTER (WHERE e.has_sale) OVER w) AS is_off
                  FROM analytics_stock_day e WHERE e.day <= :through
                WINDOW w AS (PARTITION BY e.stock_id ORDER BY e.day)) d
          FULL JOIN ({MOVED_BY_DAY.format(where="d.at < :end")}) m USING (stock_id, day)
         WHERE (d.net, d.sold, d.taken_in, d.has_sale) IS DISTINCT FROM (m.net, m.sold, m.taken_in, m.has_sale) OR d.is_off
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
    """Sums that are not what the movements say: days that were written into after they were closed; and totals that are
    not the running sums."""
    how = session.get(State, 1)
    if how is None or how.stock_through is None:
        return []
    end = midnight(how.stock_through + timedelta(days=1), how.timezone)
    values = {"zone": how.timezone, "end": end, "through": how.stock_through}
    return [f"stock row {row.stock_id}, {row.day}" for row in session.execute(_WRONG, values)]
