"""Who buys: customers by their first and later orders. A customer is the e-mail address of orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import distinct, func, select, tuple_
from sqlalchemy.orm import Session

from app.analytics.families import filtering
from app.analytics.families.answering import SINCE, Draft, Formula, arranged, finished, ratio, share
from app.analytics.families.dimensions import OTHER
from app.analytics.families.scanning import Values
from app.analytics.families.standing import standing
from app.analytics.models import Day, OrderFact
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
Scope = tuple[Period, tuple[tuple[str, tuple[str, ...]], ...], str | None]


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about customers, in their order. Groups of people by country or language are never small."""
    stands = standing(session)
    groupings: dict[Scope, set[str]] = {}
    for question in questions:
        groupings.setdefault(_scope(question), set()).add(question.group_by)
    found = {scope: _counted(session, scope, names) for scope, names in groupings.items()}
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


def _counted(session: Session, scope: Scope, groupings: set[str]) -> dict[str, dict[Any, Values]]:
    """People, orders and their gross by each grouping, in one statement (index ix_analytics_order_day)."""
    period, filters, currency = scope
    if period.start <= SINCE and not filters and not currency and groupings == {""}:
        return {"": {None: _everybody(session, period)}}
    table = OrderFact.__table__.c
    wanted = sorted(groupings - {""})
    conditions = [table.is_counted, table.day >= period.start, table.day <= period.end]
    if currency:
        conditions.append(table.currency == currency)
    conditions += [filtering.condition(table, name, keys) for name, keys in filters]
    gross = table.gross if currency else table.base_gross
    columns = (table.customer_id, table.is_first, gross.label("gross"))
    by = [filtering.dimension(table, name).label(f"by_{name}") for name in wanted]
    inner = select(*columns, *by).where(*conditions).subquery()
    keys = [inner.c[f"by_{name}"] for name in wanted]
    people = func.count(distinct(inner.c.customer_id))
    sums = (
        people.label("customers"), func.count().label("orders"), func.count().filter(inner.c.is_first).label("new"),
        people.filter(~inner.c.is_first).label("returning"), func.coalesce(func.sum(inner.c.gross), 0).label("gross"),
    )  # fmt: skip
    which = [func.grouping(key).label(f"is_all_{name}") for name, key in zip(wanted, keys, strict=True)]
    query = select(*keys, *which, *sums)
    if wanted:
        query = query.group_by(func.grouping_sets(tuple_(), *(tuple_(key) for key in keys)))
    answer: dict[str, dict[Any, Values]] = {name: {} for name in ("", *wanted)}
    for row in session.execute(query).mappings():
        name = next((name for name in wanted if not row[f"is_all_{name}"]), "")
        answer[name][row[f"by_{name}"] if name else None] = {s.name: Decimal(row[s.name]) for s in sums}
    return answer


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
