"""Reads sums from the cheapest table that can tell them, several groupings in one statement.

Orders and their money: `analytics_day`, or the facts where an hour or a coupon is asked for. Articles:
`analytics_article_day`, or the lines where anything of the order is asked for as well. Whole months of a period come
from `analytics_month` and `analytics_article_month` unless their days are asked for. Index: `…_day` of each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import Session

from app.analytics.families import filtering, grain, spreading
from app.analytics.families.dimensions import ARTICLE, TIME
from app.analytics.models import ArticleDay, ArticleMonth, Day, LineFact, Month, MoveFact, OrderFact
from app.analytics.rules import Period

Values = Mapping[str, Decimal]
"""Sums by the name of what was measured."""

COUNTS = ("orders", "cancelled", "units")
ORDER_MONEY = ("discount", "shipping", "net", "tax", "gross")
MOVE_MONEY = ("captured", "settled", "refunded", "refunded_net")
SUMMED = frozenset({"day", "week", "month", "weekday", "currency"}) | (ARTICLE - {"variant"})
"""What sums by article know."""
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
    spread: str = ""
    """What is spread over lines or promotions (`families.spreading`); "" for what stands in a table."""
    places: int = 2
    """Decimals of the currency that is asked for."""

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
    period: Period, filters: Mapping[str, Iterable[str]], currency: str | None, group_by: str, *, orders: bool,
    spreads: str = "", places: int = 2,
) -> Scope:  # fmt: skip
    """The scope that answers a question; `orders` says that whole orders are counted.

    A plain total is told by whatever table the question's filters need.
    """
    asked = {*filters, group_by} - {""}
    of_articles = bool(asked & ARTICLE)
    spread = spreads if asked & (ARTICLE | {"promotion"}) else ""
    if spread:
        by_fact = True
    elif of_articles:
        by_fact = not asked <= SUMMED or (orders and not adds_up(filters, group_by))
    else:
        by_fact = bool(asked & {"hour", "coupon"})
    kept = tuple(sorted((name, tuple(sorted(set(keys)))) for name, keys in filters.items()))
    return Scope(period, kept, currency, of_articles, by_fact, spread, places if spread else 2)


def adds_up(filters: Iterable[str], group_by: str) -> bool:
    """True where orders by article are told by sums: by product, of all articles; else an order counts twice."""
    return group_by == "product" and {*filters} <= SUMMED - ARTICLE


def run(session: Session, scan: Scan) -> None:
    """Read a scan with one statement: what needs days from the sums by day, all else by month."""
    wanted = sorted(scan.groupings - {""})
    parts = [_part(scan, wanted, *part) for part in _parts(scan, wanted)]
    query = parts[0] if len(parts) == 1 else union_all(*parts)
    result = session.execute(query)
    count = len(wanted)
    measures = list(enumerate(result.keys()))[2 * count :]
    scan.answer = {name: {} for name in ("", *wanted)}
    for row in result:  # by position: there may be ten thousand of them
        place = next((n for n in range(count) if not row[count + n]), None)
        name, key = ("", None) if place is None else (wanted[place], row[place])
        scan.answer[name][key] = {measure: _decimal(row[n]) for n, measure in measures}


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value or 0)


def _parts(scan: Scan, wanted: list[str]) -> list[tuple[list[str], bool]]:
    """Groupings that are read together, and whether by month; the first part tells the total."""
    scope = scan.scope
    asked = {name for name, _keys in scope.filters}
    if scope.by_fact or asked & grain.FINE or grain.months_of(scope.period) is None:
        return [(wanted, False)]
    fine = [name for name in wanted if name in grain.FINE]
    if fine == wanted:
        return [(wanted, not fine)]
    coarse = [name for name in wanted if name not in grain.FINE]
    return [(coarse, True), (fine, False)] if fine else [(coarse, True)]


def _part(scan: Scan, wanted: list[str], mine: list[str], by_month: bool) -> Select[Any]:
    """Sums by some of the wanted groupings, each row with a place for all of them."""
    source = _months(scan) if by_month else _source(scan)
    by = [filtering.dimension(source.c, name).label(f"by_{name}") for name in mine]
    conditions = _conditions(source.c, scan.scope, by_month)
    inner: Any = select(*by, *_measures(source, scan)).where(*conditions).subquery()
    if len(mine) > 1 and not scan.counts_orders and not _many(scan, mine):
        inner = _summed_once(inner).subquery()
    keys = [inner.c[f"by_{name}"] for name in mine]
    places, which = [], []
    for name in wanted:
        key = inner.c[f"by_{name}"] if name in mine else None
        places.append((null() if key is None else key).label(f"by_{name}"))
        which.append((literal_column("1") if key is None else func.grouping(key)).label(f"is_all_{name}"))
    sums = [_sum(column) for column in inner.c if not column.name.startswith("by_")]
    query = select(*places, *which, *sums)
    if not mine:
        return query
    total = [tuple_()] if by_month or mine == wanted else []
    return query.group_by(func.grouping_sets(*total, *(tuple_(key) for key in keys)))


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


def _conditions(columns: Any, scope: Scope, by_month: bool) -> list[Any]:
    days = [] if by_month else [columns.day >= scope.period.start, columns.day <= scope.period.end]
    return [*days, *filtering.conditions(columns, scope.filters, scope.currency)]


def _source(scan: Scan) -> Any:
    scope = scan.scope
    if scope.spread:
        start, end = scope.period.start, scope.period.end
        return spreading.SOURCES[scope.spread](start, end, prefix=scope.prefix, places=scope.places)
    if scope.of_articles:
        if not scope.by_fact:
            return ArticleDay.__table__
        return select(LineFact.__table__).where(LineFact.is_counted).subquery("lines")
    return _order_facts(scope, scan.needed) if scope.by_fact else Day.__table__


def _months(scan: Scan) -> Any:
    """Sums by month for the whole months of a period, by day for the rest, as rows of the same shape."""
    if scan.scope.of_articles:
        return grain.mixed(ArticleMonth.__table__, ArticleDay.__table__, scan.scope.period)
    return grain.mixed(Month.__table__, Day.__table__, scan.scope.period)


def _measures(source: Any, scan: Scan) -> list[Any]:
    """The columns to add up, under their own names."""
    scope, columns, needed = scan.scope, source.c, sorted(scan.needed)
    if scope.spread:
        return [columns[n].label(n) for n in needed]
    if scope.of_articles:
        told = LINES if scope.by_fact else LINES | {"orders"}
        found = [
            (columns[n] if n in COUNTS else columns[scope.prefix + n]).label(n) for n in needed if n in told
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


def _order_facts(scope: Scope, needed: set[str]) -> Any:
    """Orders and movements of money as rows of the same shape; days are asked for in each, where the index is.

    Only what is needed is read: orders alone, where no money that moved is asked for.
    """
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
    read = [rows for rows, told in ((placed, COUNTS + ORDER_MONEY), (moved, MOVE_MONEY)) if needed & {*told}]
    return (union_all(*read) if len(read) > 1 else read[0]).subquery("facts")


__all__ = ["Scan", "Scope", "Values", "run", "scope_of"]
