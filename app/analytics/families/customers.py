"""Who buys: customers by their first and later orders. A customer is the e-mail address of orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, cast, distinct, func, literal, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from app.analytics.families import filtering, grain
from app.analytics.families.answering import SINCE, Draft, Formula, arranged, finished, ratio, share
from app.analytics.families.dimensions import OTHER
from app.analytics.families.scanning import Values
from app.analytics.families.standing import standing
from app.analytics.models import Day, Month, OrderFact
from app.analytics.rules import Figures, Metric, Period, Question, Unit
from app.core.i18n import _l

DIMENSIONS = frozenset(
    {"day", "week", "month", "weekday", "country", "currency", "channel", "language", "payment_method"}
)


PERSONAL = frozenset({"country", "language"})
"""Dimensions that say something of people: small groups are put together."""
FLOOR = 5


def _metric(code: str, label: Any, definition: Any, unit: Unit, **more: Any) -> Metric:
    values: dict[str, Any] = {
        "dimensions": DIMENSIONS, "family": "customers", "source": "orders_order",
        "moment": "orders_order.placed_at", "is_additive": False,
    }  # fmt: skip
    return Metric(code=code, label=label, definition=definition, unit=unit, **{**values, **more})


METRICS: tuple[Metric, ...] = (
    _metric(
        "customers", _l("Customers"),
        _l("People (e-mail addresses) who placed at least one order in the period that was not cancelled."),
        Unit.COUNT,
    ),
    _metric(
        "new_customers", _l("New customers"),
        _l("People whose first order that was not cancelled lies in the period."),
        Unit.COUNT, is_additive=True,
    ),
    _metric(
        "returning_customers", _l("Returning customers"),
        _l("People who placed an order in the period that was not their first; cancelled orders do not count."),
        Unit.COUNT,
    ),
    _metric(
        "returning_share", _l("Share of returning customers"),
        _l("Returning customers as a share of all customers of the period."),
        Unit.PERCENT,
    ),
    _metric(
        "orders_per_customer", _l("Orders per customer"),
        _l("Orders of the period divided by its customers."),
        Unit.RATIO,
    ),
    _metric(
        "lifetime_value", _l("Value of a customer so far"),
        _l("Gross sales of all orders until the end of the period that were not cancelled, divided by the customers"
           " who placed them."),
        Unit.MONEY, dimensions=frozenset({"country", "currency", "channel", "language", "payment_method"}),
    ),
)  # fmt: skip


BY_CODE = {metric.code: metric for metric in METRICS}
WAYS: dict[str, Formula] = {
    "customers": itemgetter("customers"),
    "new_customers": itemgetter("new"),
    "returning_customers": itemgetter("returning"),
    "returning_share": lambda v: share(v["returning"], v["customers"]),
    "orders_per_customer": lambda v: ratio(v["orders"], v["customers"]),
    "lifetime_value": lambda v: ratio(v["gross"], v["customers"]),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "customers": ("customers",), "new_customers": ("new",), "returning_customers": ("returning",),
    "returning_share": ("returning", "customers"), "orders_per_customer": ("orders", "customers"),
    "lifetime_value": ("gross", "customers"),
}  # fmt: skip
"""What each is made from."""
MEASURES = ("customers", "orders", "new", "returning", "gross")
Scope = tuple[Period, tuple[tuple[str, tuple[str, ...]], ...], str | None]


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about customers, in their order. Groups of people by country or language are never small."""
    stands = standing(session)
    wanted: dict[Scope, dict[str, set[str]]] = {}
    for question in questions:
        needs = wanted.setdefault(_scope(question), {})
        for name in {"", question.group_by}:
            needs.setdefault(name, set()).update(NEEDS[question.metric])
        if question.group_by in PERSONAL:
            needs[question.group_by].add("customers")
    found = {scope: _counted(session, scope, needs) for scope, needs in wanted.items()}
    drafts = []
    for question in questions:
        formula, sums = WAYS[question.metric], found[_scope(question)]
        drafts.append(
            Draft(
                question, BY_CODE[question.metric], formula(sums[""][None]), _groups(question, formula, sums)
            )
        )
    return finished(session, drafts, stands, language)


def _scope(question: Question) -> Scope:
    period = question.period
    if question.metric == "lifetime_value":
        period = Period(min(SINCE, period.start), period.end)
    filters = sorted((name, tuple(sorted(set(keys)))) for name, keys in question.filters.items())
    return period, tuple(filters), question.currency


def _counted(session: Session, scope: Scope, wanted: dict[str, set[str]]) -> dict[str, dict[Any, Values]]:
    """What is wanted by each grouping, in one statement (indexes ix_analytics_order_day, …_customer)."""
    period, filters, currency = scope
    if period.start <= SINCE and not filters and not currency and set(wanted) == {""}:
        return {"": {None: _everybody(session, period)}}
    groupings = sorted(wanted)
    parts = [_part(scope, groupings, name, wanted[name]) for name in groupings]
    query = parts[0] if len(parts) == 1 else union_all(*parts)
    answer: dict[str, dict[Any, Values]] = {name: {} for name in groupings}
    for row in session.execute(query).mappings():
        name = row["grouping"]
        values = {measure: Decimal(row[measure]) for measure in MEASURES}
        answer[name][row[f"by_{name}"] if name else None] = values
    return answer


def _part(scope: Scope, groupings: Sequence[str], mine: str, needs: set[str]) -> Select[Any]:
    """What is wanted by one grouping, each row with a place for the keys of all; what nobody wants is 0."""
    inner, sums = _firsts(scope, mine) if needs == {"new"} else _people(scope, mine, needs)
    kinds = OrderFact.__table__.c
    keys = [
        (inner.c.key if name == mine else cast(null(), filtering.dimension(kinds, name).type)).label(
            f"by_{name}"
        )
        for name in groupings
        if name
    ]
    measures = [sums.get(name, literal_column("0")).label(name) for name in MEASURES]
    query = select(literal(mine).label("grouping"), *keys, *measures).select_from(inner)
    return query.group_by(inner.c.key) if mine else query


def _conditions(columns: Any, scope: Scope) -> list[Any]:
    _period, filters, currency = scope
    found = [columns.currency == currency] if currency else []
    return [*found, *(filtering.condition(columns, name, keys) for name, keys in filters)]


def _people(scope: Scope, name: str, needs: set[str]) -> tuple[Any, dict[str, Any]]:
    """People of each group, and what is added up of them."""
    period, table = scope[0], OrderFact.__table__.c
    key = [filtering.dimension(table, name).label("key")] if name else []
    conditions = [
        table.is_counted,
        table.day >= period.start,
        table.day <= period.end,
        *_conditions(table, scope),
    ]
    if "gross" in needs:  # amounts are slow to add up twice
        gross = (table.gross if scope[2] else table.base_gross).label("gross")
        inner = select(*key, table.customer_id, gross).where(*conditions).subquery()
        people = func.count(distinct(inner.c.customer_id))
        return inner, {"customers": people, "gross": func.coalesce(func.sum(inner.c.gross), 0)}
    columns = {
        "orders": func.count(), "new": func.count().filter(table.is_first), "returning": func.bool_or(~table.is_first),
    }  # fmt: skip
    inner = (
        select(*key, *(columns[need].label(need) for need in sorted(needs - {"customers"})))
        .where(*conditions)
        .group_by(*key, table.customer_id)
        .subquery()
    )
    sums: dict[str, Any] = {"customers": func.count()}
    for need in needs & {"orders", "new"}:
        sums[need] = func.coalesce(func.sum(inner.c[need]), 0)
    if "returning" in needs:
        sums["returning"] = func.count().filter(inner.c.returning)
    return inner, sums


def _firsts(scope: Scope, name: str) -> tuple[Any, dict[str, Any]]:
    """First orders need no people: the sums by day or by month tell them."""
    period, asked = scope[0], {name, *(known for known, _keys in scope[1])}
    if grain.months_of(period) is None or asked & grain.FINE:
        days = Day.__table__
        table: Any = select(days).where(days.c.day >= period.start, days.c.day <= period.end).subquery("days")
    else:
        table = grain.mixed(Month.__table__, Day.__table__, period)
    key = [filtering.dimension(table.c, name).label("key")] if name else []
    inner = select(*key, table.c.orders).where(table.c.is_first, *_conditions(table.c, scope)).subquery()
    return inner, {"new": func.coalesce(func.sum(inner.c.orders), 0)}


def _everybody(session: Session, period: Period) -> Values:
    """All customers so far: each has one first order (`analytics_day` instead of every order)."""
    firsts = func.sum(Day.orders).filter(Day.is_first)
    query = select(func.coalesce(firsts, 0), func.coalesce(func.sum(Day.base_gross), 0)).where(
        Day.day <= period.end
    )
    customers, gross = session.execute(query).one()
    return {"customers": Decimal(customers), "gross": Decimal(gross)}


def _groups(
    question: Question, formula: Formula, sums: dict[str, dict[Any, Values]]
) -> list[tuple[Any, Decimal]]:
    if not question.group_by:
        return []
    found = sums[question.group_by]
    if question.group_by in PERSONAL:
        found = merged(found)
    return arranged(question, [(key, formula(values)) for key, values in found.items()])


def merged(groups: dict[Any, Values], floor: int = FLOOR) -> dict[Any, Values]:
    """Put groups of fewer than `floor` people together, so that nobody is told apart (k-anonymity).

    When those together are too few as well, the next larger group joins them. People in two small groups count in
    each, so "others" is at most as many people as it says.
    """
    sized = sorted(groups.items(), key=lambda pair: (pair[1]["customers"], str(pair[0])))
    small = [pair for pair in sized if pair[1]["customers"] < floor]
    rest = sized[len(small) :]
    while small and rest and sum(values["customers"] for _, values in small) < floor:
        small.append(rest.pop(0))
    if not small:
        return dict(rest)
    others: Values = {name: sum((v[name] for _, v in small), Decimal(0)) for name in small[0][1]}
    return {**dict(rest), OTHER: others}
