"""Reads sums from the cheapest table that can tell them, several groupings in one statement.

Orders and their money: `analytics_day`, or the facts where an hour or a coupon is asked for. Articles:
`analytics_article_day`, or the lines where anything of the order is asked for as well. Index: `…_day` of each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, distinct, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.analytics.families import filtering
from app.analytics.families.dimensions import ARTICLE, TIME
from app.analytics.models import ArticleDay, Day, LineFact, MoveFact, OrderFact
from app.analytics.rules import Period

Values = Mapping[str, Decimal]
"""Sums by the name of what was measured."""

COUNTS = ("orders", "cancelled", "units")
ORDER_MONEY = ("discount", "shipping", "net", "tax", "gross")
MOVE_MONEY = ("captured", "settled", "refunded", "refunded_net")
LINES = frozenset({"units", "discount", "net", "tax", "gross"})
"""What lines tell; orders with an article are counted apart."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What questions that can share a statement have in common."""

    period: Period
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    currency: str | None
    of_articles: bool
    """True where an article, department or rate is asked for: lines are summed, not orders."""
    by_fact: bool
    """True where only the facts can tell."""

    @property
    def prefix(self) -> str:
        """What the columns of amounts begin with."""
        return "" if self.currency else "base_"


@dataclass(slots=True)
class Scan:
    """A scope with the groupings and sums wanted from it, and its answer: grouping -> key -> sums."""

    scope: Scope
    groupings: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    counts_orders: bool = False
    answer: dict[str, dict[Any, Values]] = field(default_factory=dict)

    def total(self) -> Values:
        """The sums of everything in the scope."""
        return self.answer[""].get(None, {})


def scope_of(
    period: Period, filters: Mapping[str, Iterable[str]], currency: str | None, group_by: str, *, orders: bool
) -> Scope:
    """The scope that answers a question; `orders` says that whole orders are counted.

    A plain total is told by whatever table the question's filters need.
    """
    asked = {*filters, group_by} - {""}
    of_articles = bool(asked & ARTICLE)
    if of_articles:
        by_fact = orders or not asked <= {
            "day",
            "week",
            "month",
            "weekday",
            "currency",
            *(ARTICLE - {"variant"}),
        }
    else:
        by_fact = bool(asked & {"hour", "coupon"})
    kept = tuple(sorted((name, tuple(sorted(set(keys)))) for name, keys in filters.items()))
    return Scope(period, kept, currency, of_articles, by_fact)


def run(session: Session, scan: Scan) -> None:
    """Read a scan with one statement."""
    source = _source(scan)
    wanted = sorted(scan.groupings - {""})
    by = [filtering.dimension(source.c, name).label(f"by_{name}") for name in wanted]
    inner: Any = select(*by, *_measures(source, scan)).where(*_conditions(source.c, scan.scope)).subquery()
    if len(wanted) > 1 and not scan.counts_orders and not _many(scan, wanted):
        inner = _summed_once(inner).subquery()
    keys = [inner.c[f"by_{name}"] for name in wanted]
    sums = [_sum(column) for column in inner.c if not column.name.startswith("by_")]
    query: Select[Any] = select(*keys, *sums)
    if wanted:
        which = [func.grouping(key).label(f"is_all_{name}") for name, key in zip(wanted, keys, strict=True)]
        sets = func.grouping_sets(tuple_(), *(tuple_(key) for key in keys))
        query = select(*keys, *which, *sums).group_by(sets)
    scan.answer = {name: {} for name in ("", *wanted)}
    for row in session.execute(query).mappings():
        name = next((name for name in wanted if not row[f"is_all_{name}"]), "")
        key = row[f"by_{name}"] if name else None
        scan.answer[name][key] = {s.name: Decimal(row[s.name] or 0) for s in sums}


def _many(scan: Scan, wanted: list[str]) -> bool:
    """True where the groupings together are hardly fewer than the rows, so that summing once before is no help."""
    return scan.scope.of_articles and not TIME.isdisjoint(wanted)


def _summed_once(inner: Any) -> Select[Any]:
    """One row for each combination of the groupings: articles know department and brand, days their week."""
    keys = [column for column in inner.c if column.name.startswith("by_")]
    sums = [func.sum(column).label(column.name) for column in inner.c if not column.name.startswith("by_")]
    return select(*keys, *sums).group_by(*keys)


def _sum(column: Any) -> Any:
    if column.name == "distinct_orders":
        return func.count(distinct(column)).label("orders")
    return func.sum(column).label(column.name)


def _conditions(columns: Any, scope: Scope) -> list[Any]:
    found = [columns.day >= scope.period.start, columns.day <= scope.period.end]
    if scope.currency:
        found.append(columns.currency == scope.currency)
    return [*found, *(filtering.condition(columns, name, keys) for name, keys in scope.filters)]


def _source(scan: Scan) -> Any:
    scope = scan.scope
    if scope.of_articles:
        if not scope.by_fact:
            return ArticleDay.__table__
        return select(LineFact.__table__).where(LineFact.is_counted).subquery("lines")
    return _order_facts(scope) if scope.by_fact else Day.__table__


def _measures(source: Any, scan: Scan) -> list[Any]:
    """The columns to add up, under their own names."""
    scope, columns, needed = scan.scope, source.c, sorted(scan.needed)
    if scope.of_articles:
        found = [
            (columns[n] if n == "units" else columns[scope.prefix + n]).label(n) for n in needed if n in LINES
        ]
        if scan.counts_orders:
            found.append(case((columns.line_id != 0, columns.order_id)).label("distinct_orders"))
        return found
    if scope.by_fact:
        return [columns[n].label(n) for n in needed]
    return [columns[n if n in COUNTS else scope.prefix + n].label(n) for n in needed]


SLICE = (
    "day", "hour", "currency", "country", "language", "channel", "payment_method", "coupon", "is_first",
)  # fmt: skip


def _order_facts(scope: Scope) -> Any:
    """Orders and movements of money as rows of the same shape; days are asked for in each, where the index is."""
    orders, moves, prefix = OrderFact.__table__.c, MoveFact.__table__.c, scope.prefix
    zero = literal(0)
    counted = orders.is_counted
    amount, net = moves[f"{prefix}amount"], moves[f"{prefix}net"]
    is_capture, is_refund = moves.kind == "capture", moves.kind == "refund"
    placed = select(
        *(orders[n] for n in SLICE),
        case((counted, 1), else_=0).label("orders"),
        case((counted, 0), else_=1).label("cancelled"),
        case((counted, orders.units), else_=0).label("units"),
        *(case((counted, orders[prefix + n]), else_=0).label(n) for n in ORDER_MONEY),
        *(zero.label(n) for n in MOVE_MONEY),
    ).where(orders.day >= scope.period.start, orders.day <= scope.period.end)
    moved = select(
        *(moves[n] for n in SLICE),
        *(zero.label(n) for n in (*COUNTS, *ORDER_MONEY)),
        case((is_capture, amount), else_=0).label("captured"),
        case((and_(is_capture, moves.is_counted), amount), else_=0).label("settled"),
        case((is_refund, amount), else_=0).label("refunded"),
        case((is_refund, net), else_=0).label("refunded_net"),
    ).where(moves.day >= scope.period.start, moves.day <= scope.period.end)
    return union_all(placed, moved).subquery("facts")


__all__ = ["Scan", "Scope", "Values", "run", "scope_of"]
