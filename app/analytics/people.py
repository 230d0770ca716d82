"""Customers over time and by what they are worth: cohorts and segments. Nobody is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.families.standing import rounded
from app.analytics.rules import Period
from app.core.i18n import _l
from app.regions.queries import base_currency


@dataclass(frozen=True, slots=True)
class CohortCell:
    """What the customers of a cohort did so many months after their first: how many ordered, for how much gross."""

    months_since: int
    customers: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody whose first order lies in a month; the first cell is that month itself."""

    month: date
    customers: int
    cells: tuple[CohortCell, ...]


_COHORTS = text(
    """SELECT date_trunc('month', f.day)::date AS month,
              ((extract(year FROM o.day) - extract(year FROM f.day)) * 12
               + extract(month FROM o.day) - extract(month FROM f.day))::int AS since,
              count(DISTINCT o.customer_id) AS customers, sum(o.base_gross) AS revenue
         FROM analytics_order f JOIN analytics_order o ON o.customer_id = f.customer_id AND o.is_counted
        WHERE f.is_first AND f.is_counted AND f.day >= :start AND f.day <= :end AND o.day >= f.day
        GROUP BY 1, 2 ORDER BY 1, 2"""
)


def cohorts(session: Session, period: Period, *, months: int = 12) -> list[Cohort]:
    """Customers by the month of their first order (within a period): who came back, and their gross sales.

    A customer counts once in each month with an order that was not cancelled; revenue is gross in the base currency.
    At most `months` months after the first are told (index ix_analytics_order_customer).
    """
    base = base_currency(session)
    found: dict[date, list[CohortCell]] = {}
    for row in session.execute(_COHORTS, {"start": period.start, "end": period.end}):
        if row.since <= months:
            found.setdefault(row.month, []).append(
                CohortCell(row.since, row.customers, rounded(row.revenue, base))
            )
    return [Cohort(month, cells[0].customers, tuple(cells)) for month, cells in found.items()]


SEGMENTS: dict[str, tuple[Any, Any]] = {
    "champions": (_l("Best customers"), _l("Bought lately, often and for much.")),
    "loyal": (_l("Loyal customers"), _l("Come back and spend well.")),
    "promising": (_l("Promising customers"), _l("Bought lately, but seldom or for little so far.")),
    "at_risk": (_l("Customers at risk"), _l("Bought often or for much, but not lately.")),
    "asleep": (_l("Sleeping customers"), _l("Bought seldom, for little, and long ago.")),
}
"""Segments, the best first: what they are called and who is in them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers of one kind, and their gross sales so far in the base currency."""

    code: str
    label: Any
    meaning: Any
    customers: int
    revenue: Decimal


_SEGMENTS = text(
    """WITH worth AS (
           SELECT customer_id, max(day) AS last, count(*) AS orders, sum(base_gross) AS gross
             FROM analytics_order WHERE is_counted AND day <= :day GROUP BY customer_id
       ), ranked AS (
           SELECT gross, least(5, floor(percent_rank() OVER (ORDER BY last) * 5) + 1) AS r,
                  least(5, floor(percent_rank() OVER (ORDER BY orders) * 5) + 1) AS f,
                  least(5, floor(percent_rank() OVER (ORDER BY gross) * 5) + 1) AS m
             FROM worth
       )
       SELECT CASE WHEN r >= 4 AND f + m >= 8 THEN 'champions' WHEN r >= 3 AND f + m >= 6 THEN 'loyal'
                   WHEN r >= 3 THEN 'promising' WHEN f + m >= 6 THEN 'at_risk' ELSE 'asleep' END AS code,
              count(*) AS customers, sum(gross) AS revenue
         FROM ranked GROUP BY 1"""
)


def segments(session: Session, day: date) -> list[Segment]:
    """Customers until a day by recency, frequency and money (RFM), the best segment first; all five are told.

    Each customer gets a score of 1 to 5 for the day of the last order (R), the number of orders (F) and the gross
    of all orders (M), by rank among all customers: the best fifth has 5, equals have the same score. Then: champions
    R >= 4 and F + M >= 8; loyal R >= 3 and F + M >= 6; promising R >= 3; at risk F + M >= 6; asleep everybody else.
    Source: A. M. Hughes, Strategic Database Marketing (1994), scores by fifths; the grid of R against F and M is ours.
    """
    base = base_currency(session)
    found = {row.code: row for row in session.execute(_SEGMENTS, {"day": day})}
    return [
        Segment(
            code, label, meaning, found[code].customers if code in found else 0,
            rounded(found[code].revenue if code in found else Decimal(0), base),
        )
        for code, (label, meaning) in SEGMENTS.items()
    ]  # fmt: skip
