"""Customers over time and by what they are worth: cohorts and segments. Nobody is named.

Both count only orders that match the filters they are given, as every other figure does. Where something narrows them,
no group of fewer than five people is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Float,
    Integer,
    Select,
    case,
    cast,
    distinct,
    exists,
    extract,
    func,
    or_,
    select,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import Session

from app.analytics.families import filtering, spans
from app.analytics.families.customers import FLOOR, merged
from app.analytics.families.dimensions import ARTICLE, ORDER, OTHER, PERSONAL
from app.analytics.families.standing import rounded
from app.analytics.models import LineFact, OrderFact
from app.analytics.rules import Period
from app.core.i18n import _l
from app.regions.queries import base_currency

Filters = Mapping[str, Iterable[str]]
FOLLOWED = (ORDER - {"customer_kind"}) | PERSONAL | ARTICLE | {"hour", "weekday"}
"""The dimensions whose filters cohorts and segments follow. New or returning is what they tell themselves."""


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


def _bought(filters: Filters, currency: str | None, since: date | None = None) -> Select[Any]:
    """What matches of orders that count, since a day: whose, when, and for how much gross.

    It has a row for each order; where articles are asked for, one for each line of them. Indexes
    ix_analytics_order_customer, ix_analytics_order_day, ix_analytics_line_product, ix_analytics_line_category.
    """
    known = {name: tuple(keys) for name, keys in filters.items() if name in FOLLOWED}
    facts = (LineFact if _is_by_line(filters) else OrderFact).__table__.c
    conditions = [facts.is_counted, *filtering.conditions(facts, known.items(), currency)]
    if since:
        conditions.append(facts.day >= since)
    gross = (facts.gross if currency else facts.base_gross).label("gross")
    return select(facts.customer_id, facts.order_id, facts.day, facts.is_first, gross).where(*conditions)


def _is_by_line(filters: Filters) -> bool:
    return bool(ARTICLE & set(filters))


def cohorts(
    session: Session, period: Period, *, months: int = 12, filters: Filters | None = None, currency: str | None = None
) -> list[Cohort]:  # fmt: skip
    """Customers by the month of their first order (within a period): who came back, and their gross sales.

    A customer counts once in each month with an order that was not cancelled; revenue is gross in the base currency, or
    in `currency`, of what was sold in it. At most `months` months after the first are told. With filters both the first
    order and the later ones have to match; months with fewer than five customers are then left out.
    """
    query = _followed(period, filters or {}, currency).order_by("month", "since")
    kept = currency or base_currency(session)
    found: dict[date, list[CohortCell]] = {}
    for row in session.execute(query):
        if row.since <= months:
            found.setdefault(row.month, []).append(
                CohortCell(row.since, row.customers, rounded(row.revenue, kept))
            )
    least = FLOOR if filters or currency else 1
    return [
        Cohort(month, cells[0].customers, tuple(cells))
        for month, cells in found.items()
        if cells[0].customers >= least
    ]


def _followed(period: Period, filters: Filters, currency: str | None) -> Select[Any]:
    """Whose first order matches, with those after it that match as well.

    An order knows all that takes where the orders of its customer are alike in what is asked for. Only those of the few
    other people (index ix_analytics_order_unlike) are searched for a first one that matches.
    """
    narrow = filtering.narrowed_by(FOLLOWED.intersection(filters), currency)
    bought = _bought(filters, currency, period.start)
    if not narrow:
        return _known(bought, period)
    if not narrow <= spans.ALIKE:
        return _searched(bought, period)
    unlike = OrderFact.__table__.alias("unlike")
    is_unlike = exists().where(unlike.c.customer_id == OrderFact.customer_id, ~unlike.c.is_like_previous)
    both = union_all(
        _known(bought.where(~is_unlike), period), _searched(bought.where(is_unlike), period)
    ).subquery()
    told = (func.sum(both.c[name]).label(name) for name in ("customers", "revenue"))
    return select(both.c.month, both.c.since, *told).group_by("month", "since")


def _known(bought: Select[Any], period: Period) -> Select[Any]:
    """People whose orders are alike: an order knows since when its customer is one, and counts who placed it where the
    one before lies in an earlier month (index ix_analytics_order_day)."""
    orders = OrderFact.__table__.c
    found = bought.add_columns(orders.customer_since, orders.previous_day).subquery("bought").c
    month = filtering.first_day("month", found.customer_since)
    is_new_to_month = or_(
        found.previous_day.is_(None), found.previous_day < filtering.first_day("month", found.day)
    )
    customers = func.count().filter(is_new_to_month)
    return _by_month(month, found.customer_since, found.day, customers, found.gross).where(
        found.customer_since.between(period.start, period.end)
    )


def _searched(bought: Select[Any], period: Period) -> Select[Any]:
    """People whose first order is among those that match."""
    since_then = bought.cte("bought")
    firsts = (
        select(since_then.c.customer_id, since_then.c.day)
        .where(since_then.c.is_first, since_then.c.day <= period.end)
        .distinct()
        .subquery("firsts")
    )
    later = since_then.alias("later")
    month = filtering.first_day("month", firsts.c.day)
    return (
        _by_month(month, firsts.c.day, later.c.day, func.count(distinct(later.c.customer_id)), later.c.gross)
        .select_from(firsts.join(later, later.c.customer_id == firsts.c.customer_id))
        .where(later.c.day >= firsts.c.day)
    )


def _by_month(month: Any, first: Any, day: Any, customers: Any, gross: Any) -> Select[Any]:
    years = extract("year", day) - extract("year", first)
    since = cast(years * 12 + extract("month", day) - extract("month", first), Integer)
    columns = (
        month.label("month"),
        since.label("since"),
        customers.label("customers"),
        func.sum(gross).label("revenue"),
    )
    return select(*columns).group_by("month", "since")


SEGMENTS: dict[str, tuple[Any, Any]] = {
    "champions": (_l("Best customers"), _l("Bought lately, often and for much.")),
    "loyal": (_l("Loyal customers"), _l("Come back and spend well.")),
    "promising": (_l("Promising customers"), _l("Bought lately, but seldom or for little so far.")),
    "at_risk": (_l("Customers at risk"), _l("Bought often or for much, but not lately.")),
    "asleep": (_l("Sleeping customers"), _l("Bought seldom, for little, and long ago.")),
}
"""Segments, the best first: what they are called and who is in them."""
_OTHERS = (_l("Others"), _l("Segments with fewer than five people, put together."))


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers of one kind, and their gross sales so far in the base currency, or in the one asked for."""

    code: str
    label: Any
    meaning: Any
    customers: int
    revenue: Decimal


def segments(
    session: Session, day: date, *, filters: Filters | None = None, currency: str | None = None
) -> list[Segment]:
    """Customers until a day by recency, frequency and money (RFM), the best segment first; all five are told.

    Each customer gets a score of 1 to 5 for the day of the last order (R), the number of orders (F) and the gross
    of all orders (M), by rank among all customers: the best fifth has 5, equals have the same score. Then: champions
    R >= 4 and F + M >= 8; loyal R >= 3 and F + M >= 6; promising R >= 3; at risk F + M >= 6; asleep everybody else.
    Source: A. M. Hughes, Strategic Database Marketing (1994), scores by fifths; the grid of R against F and M is ours.

    With filters only orders that match count, and customers are ranked among those who have one. Segments with fewer
    than five people then stand together as `_other`; fewer than five in all are not told.
    """
    found = {
        row.code: {"customers": Decimal(row.customers), "revenue": Decimal(row.revenue)}
        for row in session.execute(_segmented(filters or {}, currency, day))
    }
    if filters or currency:
        found = {code: dict(values) for code, values in merged(found).items()}
        if sum(values["customers"] for values in found.values()) < FLOOR:
            found = {}
    kept, nobody = currency or base_currency(session), {"customers": Decimal(0), "revenue": Decimal(0)}
    named = SEGMENTS | ({OTHER: _OTHERS} if OTHER in found else {})
    return [
        Segment(
            code, label, meaning, int(found.get(code, nobody)["customers"]),
            rounded(found.get(code, nobody)["revenue"], kept),
        )
        for code, (label, meaning) in named.items()
    ]  # fmt: skip


def _segmented(filters: Filters, currency: str | None, day: date) -> Select[Any]:
    """Customers and gross by segment, of what was bought until a day."""
    rows = _bought(filters, currency).subquery("bought")
    orders = func.count(distinct(rows.c.order_id)) if _is_by_line(filters) else func.count()
    worth = (
        select(
            func.max(rows.c.day).label("last"),
            orders.label("orders"),
            func.sum(rows.c.gross).label("gross"),
        )
        .where(rows.c.day <= day)
        .group_by(rows.c.customer_id)
        .cte("worth")
    )
    last, orders = _fifths(worth, "last"), _fifths(worth, "orders")
    money = func.percent_rank().over(order_by=worth.c.gross)
    ranked = (
        select(worth.c.gross, last.c.score.label("r"), orders.c.score.label("f"), _fifth(money).label("m"))
        .join(last, last.c.value == worth.c["last"])
        .join(orders, orders.c.value == worth.c.orders)
        .subquery("ranked")
    )
    r, both = ranked.c.r, ranked.c.f + ranked.c.m
    code = case(
        ((r >= 4) & (both >= 8), "champions"), ((r >= 3) & (both >= 6), "loyal"), (r >= 3, "promising"),
        (both >= 6, "at_risk"), else_="asleep",
    ).label("code")  # fmt: skip
    return select(code, func.count().label("customers"), func.sum(ranked.c.gross).label("revenue")).group_by(
        code
    )


def _fifth(share: Any) -> Any:
    """The score of who has this share of all others behind: 1 to 5."""
    return func.least(5, func.floor(share * 5) + 1)


def _fifths(worth: Any, name: str) -> Any:
    """The score of each value of a column that has few: as `percent_rank`, without putting everybody in a row."""
    column = worth.c[name]
    sized = select(column.label("value"), func.count().label("people")).group_by(column).subquery()
    behind = func.sum(sized.c.people).over(order_by=sized.c.value) - sized.c.people
    others = func.nullif(select(func.count()).select_from(worth).scalar_subquery() - 1, 0)
    share = func.coalesce(cast(behind, Float) / others, 0)
    return select(sized.c.value, _fifth(share).label("score")).subquery(f"by_{name}")
