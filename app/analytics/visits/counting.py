"""How figures of visits are counted: one statement for each kind of source, with groups and a row for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Text, cast, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from app.analytics.families import naming
from app.analytics.rules import Question
from app.analytics.visits import queries
from app.analytics.visits.models import Visit, VisitDay, VisitEvent
from app.cart.models import Cart, CartLine
from app.catalog.models import Product
from app.core.i18n import _l, speak
from app.search.models import QueryCount

Sums = dict[str, Any]
Count = Callable[[Session, Question], dict[Any, Sums]]
ALL = "\0all"
"""The group of everything."""


PAGE_LABELS: dict[str, Any] = {
    "home": _l("Home page"), "category": _l("Departments"), "product": _l("Products"), "search": _l("Search"),
    "cart": _l("Bag"), "checkout": _l("Checkout"), "other": _l("Other pages"),
}  # fmt: skip
DEVICE_LABELS: dict[str, Any] = {"desktop": _l("Computer"), "phone": _l("Phone"), "tablet": _l("Tablet")}
REFERRER_LABELS: dict[str, Any] = {
    "direct": _l("Directly"), "search": _l("Search engine"), "social": _l("Social network"),
    "campaign": _l("Campaign"), "site": _l("Other website"),
}  # fmt: skip


def source_of(code: str, question: Question) -> Count:
    """What counts this figure for this question."""
    used = {question.group_by, *question.filters}
    if code.startswith("abandoned"):
        return carts
    if code.startswith("searches"):
        return searches
    return events if used & {"page", "product"} else visits


def labels(
    session: Session, dimension: str, values: Iterable[Any], language: str
) -> dict[Any, tuple[str, str]]:
    """Key and name for people of each value of a dimension: its own words, else those of all figures."""
    own = {"page": PAGE_LABELS, "device": DEVICE_LABELS, "referrer": REFERRER_LABELS}.get(dimension)
    if dimension == "query":
        return {value: (value, value) for value in values}
    if own is not None:
        with speak(language):
            return {value: (value, str(own.get(value, value))) for value in values}
    names = naming.names(session, {(dimension, value) for value in values}, language)
    return {value: name for (_dimension, value), name in names.items()}


@dataclass(frozen=True, slots=True)
class Dimension:
    """How SQL says a dimension: the value to group by, and its key as filters name it."""

    value: Any
    key: Any


def _plain(column: Any) -> Dimension:
    return Dimension(column, column)


def _ways() -> dict[str, Dimension]:
    return {
        "language": _plain(Visit.language), "device": _plain(Visit.device), "referrer": _plain(queries.referrer()),
    }  # fmt: skip


def _times(day: Any) -> dict[str, Dimension]:
    """The day, the week by its Monday, the month by its first."""
    return {
        "day": Dimension(day, func.to_char(day, "YYYY-MM-DD")),
        "week": Dimension(
            cast(func.date_trunc(literal_column("'week'"), day), Date), func.to_char(day, 'IYYY-"W"IW')
        ),
        "month": Dimension(
            cast(func.date_trunc(literal_column("'month'"), day), Date), func.to_char(day, "YYYY-MM")
        ),
    }


def _grouped(
    session: Session, query: Any, question: Question, dimensions: dict[str, Dimension]
) -> dict[Any, Sums]:
    """Filter and group a query of sums; the empty grouping set is the row of all."""
    for name, wanted in question.filters.items():
        query = query.where(dimensions[name].key.in_(wanted))
    if not question.group_by:
        return {ALL: dict(session.execute(query).mappings().one())}
    key = dimensions[question.group_by].value.label("key")
    inner = query.add_columns(key, func.grouping(key).label("is_all"))
    rows = session.execute(inner.group_by(func.grouping_sets(tuple_(key), tuple_()))).mappings()
    return {ALL if row["is_all"] else row["key"]: dict(row) for row in rows}


def visits(session: Session, question: Question) -> dict[Any, Sums]:
    """Visits by their own columns; days of which no visit is kept any more from what they were summed up to."""
    start, end = queries.bounds(session, question.period)
    day = queries.local_day(session, Visit.started_at)
    dimensions = _times(day) | _ways()
    found = _grouped(session, queries.sums_between(start, end), question, dimensions)
    first = queries.first_kept(session)
    if first is None or start < queries.start_of(session, first):
        _add(found, _summed_up(session, question, first))
    return found


def _summed_up(session: Session, question: Question, first: Any) -> dict[Any, Sums]:
    names = ("visits", "visitors", "page_views", "product_views", "with_product", "with_addition", "with_checkout", "with_order", "orders")  # fmt: skip
    sums = [func.coalesce(func.sum(getattr(VisitDay, name)), 0).label(name) for name in names]
    query = select(*sums).where(VisitDay.day.between(question.period.start, question.period.end))
    if first is not None:
        query = query.where(VisitDay.day < first.astimezone(queries.zone(session)).date())
    dimensions = _times(VisitDay.day)
    dimensions |= {name: _plain(getattr(VisitDay, name)) for name in ("language", "device", "referrer")}
    return _grouped(session, query, question, dimensions)


def _add(found: dict[Any, Sums], more: dict[Any, Sums]) -> None:
    for key, sums in more.items():
        held = found.setdefault(key, {})
        for name, value in sums.items():
            if name not in ("key", "is_all"):
                held[name] = held.get(name, 0) + value


def events(session: Session, question: Question) -> dict[Any, Sums]:
    """Page views by kind of page or by product, on the day they happened (ix_analytics_visit_event_at)."""
    start, end = queries.bounds(session, question.period)
    day = queries.local_day(session, VisitEvent.at)
    slug = select(Product.slug).where(Product.id == VisitEvent.product_id).scalar_subquery()
    product = Dimension(func.coalesce(VisitEvent.product_id, 0), slug)
    dimensions = _times(day) | _ways() | {"page": _plain(VisitEvent.page), "product": product}
    query = (
        select(
            func.count().label("page_views"),
            func.count(VisitEvent.product_id).label("product_views"),
        )
        .select_from(VisitEvent)
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.kind == "page", VisitEvent.at >= start, VisitEvent.at < end, ~Visit.is_robot)
    )
    if question.metric == "product_views":
        query = query.where(VisitEvent.product_id.is_not(None))
    return _grouped(session, query, question, dimensions)


def carts(session: Session, question: Question) -> dict[Any, Sums]:
    """Bags left behind and what lay in them (ix_cart_cart_idle)."""
    start, end = queries.bounds(session, question.period)
    day = queries.local_day(session, Cart.updated_at)
    dimensions = _times(day) | {
        "language": _plain(Cart.language),
        "currency": _plain(cast(Cart.currency, Text)),
    }
    value = queries.lying_value(session, question.currency)
    query = (
        select(
            func.count(Cart.id.distinct()).label("carts"), func.coalesce(func.sum(value), 0).label("value")
        )
        .select_from(Cart)
        .join(CartLine, CartLine.cart_id == Cart.id)
        .where(*queries.is_left(start, end))
    )
    if question.currency is not None:
        query = query.where(Cart.currency == question.currency)
    return _grouped(session, query, question, dimensions)


def searches(session: Session, question: Question) -> dict[Any, Sums]:
    """What was looked for, as the search counts it (primary key of search_query_count)."""
    dimensions = _times(QueryCount.day)
    dimensions |= {"language": _plain(QueryCount.lang), "query": _plain(QueryCount.query)}
    query = select(
        func.coalesce(func.sum(QueryCount.times), 0).label("searches"),
        func.coalesce(func.sum(QueryCount.times).filter(QueryCount.hits == 0), 0).label(
            "searches_without_results"
        ),
    ).where(QueryCount.day.between(question.period.start, question.period.end))
    return _grouped(session, query, question, dimensions)
