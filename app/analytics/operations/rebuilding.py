"""Makes all facts and roll-ups anew, some days at a time, while the shop goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.analytics.models import State
from app.analytics.operations import facts
from app.analytics.operations.recording import state
from app.analytics.settings import AnalyticsSettings
from app.analytics.stock import closing
from app.core import settings
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order

AT_ONCE = 10_000
"""About so many orders are made into facts in one transaction; who records an order meanwhile waits for it."""
MONTH = 31
Report = Callable[[int, int, str], None]
_HOLD = text(
    "LOCK TABLE analytics_order, analytics_line, analytics_move, analytics_back IN SHARE ROW EXCLUSIVE MODE"
)
ENDS = text(
    """SELECT min(day), max(day) FROM (
           SELECT min(day) AS day FROM analytics_order UNION ALL SELECT max(day) FROM analytics_order
           UNION ALL SELECT min(day) FROM analytics_move UNION ALL SELECT max(day) FROM analytics_move
           UNION ALL SELECT min(day) FROM analytics_day UNION ALL SELECT max(day) FROM analytics_day
           UNION ALL SELECT min(day) FROM analytics_article_day UNION ALL SELECT max(day) FROM analytics_article_day
           UNION ALL SELECT min(day) FROM analytics_month UNION ALL SELECT max(day) FROM analytics_month
           UNION ALL SELECT min(day) FROM analytics_article_month UNION ALL SELECT max(day) FROM analytics_article_month
       ) d"""
)
_PATIENCE = text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
_GONE = """DELETE FROM {} f WHERE NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.id = f.order_id)"""


def rebuild(session: Session, *, report: Report = lambda done, total, words: None) -> int:
    """Make facts and roll-ups anew from orders and payments; returns how many orders.

    Days are counted in the time zone that is set now. About `AT_ONCE` orders commit together: events that come
    meanwhile wait for those at most, and running it again after a stop gives the same. What lines say of department,
    brand and seller stays as it was first written down.
    """
    how = _begin(session)
    first, last, count = session.execute(
        select(func.min(Order.placed_at), func.max(Order.placed_at), func.count())
    ).one()
    ends = session.execute(ENDS).one() if first is None else None
    session.rollback()
    made = 0
    if first is not None:
        days = (last - first).days + 1
        steps = list(spans(first.date(), last.date(), max(1, min(MONTH, AT_ONCE * days // count))))
        for number, (start, end) in enumerate(steps):
            report(number, 2 * len(steps), start.isoformat())
            made += _facts_of(session, how, start, end)
        ends = session.execute(ENDS).one()
        session.rollback()
    if ends is not None and ends[0] is not None:
        steps = list(months(ends[0], ends[1]))
        for number, (start, end) in enumerate(steps):
            report(len(steps) + number, 2 * len(steps), start.isoformat())
            _roll_up(session, start, end)
    closing.close(session)
    with unit_of_work(session):
        state(session).built_at = utcnow()
    return made


def _begin(session: Session) -> State:
    """Take over the time zone that is set, in which single orders are recorded too from here on; drop facts of
    orders that do not exist."""
    with unit_of_work(session):
        how = state(session)
        session.execute(_PATIENCE)
        session.execute(_HOLD)
        for table, _name in facts.FACTS:
            session.execute(text(_GONE.format(table.__tablename__)))
        how.timezone = settings.get(session, AnalyticsSettings).timezone
        closing.reopen(session, how)
    return how


def spans(first: date, last: date, days: int) -> Iterator[tuple[date, date]]:
    """Spans of so many days that cover the days from `first` to `last`, each as its first and last day."""
    start = first
    while start <= last:
        yield start, start + timedelta(days=days - 1)
        start += timedelta(days=days)


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The calendar months in which the days from `first` to `last` lie, each as its first and last day."""
    start = first.replace(day=1)
    while start <= last:
        after = (start + timedelta(days=MONTH)).replace(day=1)
        yield start, after - timedelta(days=1)
        start = after


def _facts_of(session: Session, how: State, first: date, last: date) -> int:
    span = {"start": _midnight(first), "end": _midnight(last + timedelta(days=1))}
    with unit_of_work(session):
        session.execute(_PATIENCE)
        session.execute(_HOLD)
        values = facts.parameters(session, timezone=how.timezone, salt=how.salt)
        session.execute(text(facts.CUSTOMERS.format(scope=facts.SPAN)), {**span, "salt": how.salt})
        return int(session.scalar(text(facts.REMAKE), {**values, **span}) or 0)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _roll_up(session: Session, first: date, last: date) -> None:
    """Fill the roll-ups of a month from the facts; nobody records meanwhile."""
    days = {"first": first, "last": last}
    with unit_of_work(session):
        session.execute(_PATIENCE)
        session.execute(_HOLD)
        for table, _keys, fill in facts.ROLL_UPS:
            gone = f"DELETE FROM {table.__tablename__} WHERE day >= :first AND day <= :last"
            session.execute(text(gone), days)
            session.execute(text(fill), days)
