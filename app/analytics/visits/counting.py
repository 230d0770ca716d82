"""How figures of visits are counted: one statement for each scope, with all its periods and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from app.analytics.families import naming
from app.analytics.rules import Period, Question
from app.analytics.visits import queries
from app.analytics.visits.models import Visit, VisitDay, VisitEvent
from app.cart.models import Cart, CartLine
from app.catalog.models import Product
from app.core.i18n import _l, speak
from app.search.models import QueryCount

Sums = dict[str, Any]
"""Sums by their names."""

PAGE_LABELS: dict[str, Any] = {
    "home": _l("Home page"), "category": _l("Departments"), "product": _l("Products"), "search": _l("Search"),
    "cart": _l("Bag"), "checkout": _l("Checkout"), "other": _l("Other pages"),
}  # fmt: skip
DEVICE_LABELS: dict[str, Any] = {"desktop": _l("Computer"), "phone": _l("Phone"), "tablet": _l("Tablet")}
REFERRER_LABELS: dict[str, Any] = {
    "direct": _l("Directly"), "search": _l("Search engine"), "social": _l("Social network"),
    "campaign": _l("Campaign"), "site": _l("Other website"),
}  # fmt: skip


def labels(
    session: Session, wanted: Iterable[tuple[str, Any]], language: str
) -> dict[tuple[str, Any], tuple[str, str]]:
    """Key and name for people of values of dimensions: own words, else those of all figures, asked for at once."""
    own = {"page": PAGE_LABELS, "device": DEVICE_LABELS, "referrer": REFERRER_LABELS, "query": {}}
    every = set(wanted)
    found = dict(naming.names(session, {(name, value) for name, value in every if name not in own}, language))
    with speak(language):
        for name, value in every - found.keys():
            found[(name, value)] = (value, str(own[name].get(value, value)))
    return found


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


@dataclass(frozen=True, slots=True)
class Scope:
    """What questions that share a statement have in common. Their periods and groups may differ."""

    source: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    currency: str | None


@dataclass(slots=True)
class Scan:
    """A scope with the periods and groups wanted from it, and its answer: period and group -> key -> sums."""

    scope: Scope
    periods: set[Period] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    answer: dict[tuple[Period, str], dict[Any, Sums]] = field(default_factory=dict)

    def total(self, period: Period) -> Sums:
        """The sums of everything in a period; none where there was nothing."""
        return self.answer.get((period, ""), {}).get(None, {})


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to be added up, and how SQL says each dimension of them."""

    rows: Select[Any]
    dimensions: Mapping[str, Dimension]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of rows: where those of a period (and a currency) stand, and what is made of their columns."""

    parts: Callable[[Session, Period, str | None], list[Part]]
    sums: Callable[[Any], dict[str, Any]]


def scope_of(question: Question) -> Scope:
    """The scope that answers a question."""
    filters = tuple(sorted((name, tuple(sorted(set(keys)))) for name, keys in question.filters.items()))
    return Scope(_source_of(question), filters, question.currency)


def _source_of(question: Question) -> str:
    if question.metric.startswith("abandoned"):
        return "carts"
    if question.metric.startswith("searches"):
        return "searches"
    return "events" if {question.group_by, *question.filters} & {"page", "product"} else "visits"


def run(session: Session, scan: Scan) -> None:
    """Read a scan with one statement: the rows of each period, then a grouping set for each group and one for all."""
    source, groups = SOURCES[scan.scope.source], sorted(scan.groups - {""})
    periods = sorted(scan.periods, key=lambda period: (period.start, period.end))
    parts = [
        _numbered(part, number, scan.scope, groups)
        for number, period in enumerate(periods)
        for part in source.parts(session, period, scan.scope.currency)
    ]
    rows = union_all(*parts).subquery("counted")
    keys = {name: rows.c[f"by_{name}"] for name in groups}
    which = [func.grouping(key).label(f"is_all_{name}") for name, key in keys.items()]
    sums = source.sums(rows.c)
    sets = [tuple_(rows.c.period), *(tuple_(rows.c.period, key) for key in keys.values())]
    query = select(
        rows.c.period, *keys.values(), *which, *(value.label(name) for name, value in sums.items())
    )
    for row in session.execute(query.group_by(func.grouping_sets(*sets))).mappings():
        name = next((name for name in groups if not row[f"is_all_{name}"]), "")
        found = scan.answer.setdefault((periods[row["period"]], name), {})
        found[row[f"by_{name}"] if name else None] = {each: row[each] for each in sums}


def _numbered(part: Part, number: int, scope: Scope, groups: Iterable[str]) -> Select[Any]:
    """The filtered rows of a part with the number of their period and their groups."""
    by = [part.dimensions[name].value.label(f"by_{name}") for name in groups]
    query = part.rows.add_columns(literal_column(str(number)).label("period"), *by)
    return query.where(*(part.dimensions[name].key.in_(wanted) for name, wanted in scope.filters))


def _added(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)


VISIT_SUMS = ("visits", "page_views", "product_views", "with_product", "with_addition", "with_checkout", "with_order", "orders")  # fmt: skip


def _visits(session: Session, period: Period, _currency: str | None) -> list[Part]:
    """Visits by their own columns, and what days came to of which no visit is kept any more."""
    one: ColumnElement[int] = literal_column("1")

    def having(column: Any) -> Any:
        return case((column > 0, one), else_=literal_column("0"))

    columns = (
        one, Visit.page_views, Visit.product_views, having(Visit.product_views), having(Visit.additions),
        having(Visit.checkouts), having(Visit.orders), Visit.orders,
    )  # fmt: skip
    kept = queries.people_between(*queries.bounds(session, period)).add_columns(
        *(column.label(name) for name, column in zip(VISIT_SUMS, columns, strict=True)),
        Visit.visitor.label("visitor"), literal_column("0").label("visitors"),
    )  # fmt: skip
    gone = select(
        *(getattr(VisitDay, name).label(name) for name in VISIT_SUMS),
        cast(null(), Uuid).label("visitor"), VisitDay.visitors.label("visitors"),
    ).where(VisitDay.day.between(period.start, period.end), VisitDay.day < queries.first_kept_day(session))  # fmt: skip
    ways = {name: _plain(getattr(VisitDay, name)) for name in ("language", "device", "referrer")}
    return [
        Part(kept, _times(queries.local_day(session, Visit.started_at)) | _ways()),
        Part(gone, _times(VisitDay.day) | ways),
    ]


def _visit_sums(rows: Any) -> dict[str, Any]:
    visitors = func.count(rows.visitor.distinct()) + _added(rows.visitors)
    return {name: _added(rows[name]) for name in VISIT_SUMS} | {"visitors": visitors}


def _events(session: Session, period: Period, _currency: str | None) -> list[Part]:
    """Pages that were opened, on the day they were (ix_analytics_visit_event_at)."""
    start, end = queries.bounds(session, period)
    slug = select(Product.slug).where(Product.id == VisitEvent.product_id).scalar_subquery()
    product = Dimension(func.coalesce(VisitEvent.product_id, 0), slug)
    dimensions = _times(queries.local_day(session, VisitEvent.at)) | _ways()
    rows = (
        select(VisitEvent.product_id.label("product_id"))
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.kind == "page", VisitEvent.at >= start, VisitEvent.at < end, ~Visit.is_robot)
    )
    return [Part(rows, dimensions | {"page": _plain(VisitEvent.page), "product": product})]


def _event_sums(rows: Any) -> dict[str, Any]:
    """Pages without a product add nothing to product views, so that both share a statement."""
    return {"page_views": func.count(), "product_views": func.count(rows.product_id)}


def _carts(session: Session, period: Period, currency: str | None) -> list[Part]:
    """Lines of bags left behind (ix_cart_cart_idle)."""
    dimensions = _times(queries.local_day(session, Cart.updated_at)) | {
        "language": _plain(Cart.language),
        "currency": _plain(cast(Cart.currency, Text)),
    }
    rows = (
        select(Cart.id.label("cart_id"), queries.lying_value(session, currency).label("value"))
        .join(CartLine, CartLine.cart_id == Cart.id)
        .where(*queries.is_left(*queries.bounds(session, period)))
    )
    if currency is not None:
        rows = rows.where(Cart.currency == currency)
    return [Part(rows, dimensions)]


def _cart_sums(rows: Any) -> dict[str, Any]:
    return {"carts": func.count(rows.cart_id.distinct()), "value": _added(rows.value)}


def _searches(_session: Session, period: Period, _currency: str | None) -> list[Part]:
    """What was looked for, as the search counts it (primary key of search_query_count)."""
    dimensions = _times(QueryCount.day)
    dimensions |= {"language": _plain(QueryCount.lang), "query": _plain(QueryCount.query)}
    columns: tuple[Any, ...] = (QueryCount.times.label("times"), QueryCount.hits.label("hits"))
    rows = select(*columns)
    return [Part(rows.where(QueryCount.day.between(period.start, period.end)), dimensions)]


def _search_sums(rows: Any) -> dict[str, Any]:
    in_vain = func.coalesce(func.sum(rows.times).filter(rows.hits == 0), 0)
    return {"searches": _added(rows.times), "searches_without_results": in_vain}


SOURCES: Mapping[str, Source] = {
    "visits": Source(_visits, _visit_sums),
    "events": Source(_events, _event_sums),
    "carts": Source(_carts, _cart_sums),
    "searches": Source(_searches, _search_sums),
}
