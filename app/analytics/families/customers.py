"""Who buys: customers by their first and later orders. A customer is the e-mail address of orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import Session

from app.analytics.families import filtering, grain, spans
from app.analytics.families.answering import SINCE, Draft, Formula, arranged, finished, ratio, share
from app.analytics.families.dimensions import OTHER, PERSONAL, TIME
from app.analytics.families.scanning import Values
from app.analytics.families.standing import standing
from app.analytics.models import Day, Month, OrderFact
from app.analytics.rules import Figures, Metric, Period, Question, Unit
from app.core.i18n import _l

OF_ORDERS = frozenset({"country", "currency", "channel", "language", "payment_method", "age_band"})
DIMENSIONS = frozenset({"day", "week", "month", "weekday"}) | OF_ORDERS
FLOOR = 5
"""By what says something of people, no fewer than so many of them are told apart."""


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
        Unit.MONEY, dimensions=OF_ORDERS,
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
TOLD = {"new_customers": "new"}
"""The people of whom a figure tells something, where that is not all customers: of them, too, no few are told apart."""
MEASURES = ("customers", "orders", "new", "returning", "gross")
WITH_EARLIER = {"customers", "returning"}
"""What takes the order before to be counted."""
Scope = tuple[Period, tuple[filtering.Filter, ...], str | None]
Part = tuple[Any, dict[str, Any]]
"""Rows of a grouping with its key, and what is added up of them."""
Wanted = Mapping[str, set[str]]
"""What is wanted by each grouping."""
Way = Callable[[Scope, Wanted], dict[str, Part]]


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about customers, in their order.

    Groups of people by country, language or age are never small; nor is everybody together who has a country, language
    or age: of fewer than `FLOOR` nothing is told at all.
    """
    stands = standing(session)
    wanted: dict[Scope, dict[str, set[str]]] = {}
    for question in questions:
        needs = wanted.setdefault(_scope(question), {})
        for name in {"", question.group_by}:
            needs.setdefault(name, set()).update(NEEDS[question.metric])
        if _is_personal(question):
            for name in {"", question.group_by}:
                needs[name].add(_told(question))
    found = {scope: _counted(session, scope, needs) for scope, needs in wanted.items()}
    drafts = []
    for question in questions:
        scope, formula, known = _scope(question), WAYS[question.metric], BY_CODE[question.metric]
        sums, known_of_all = found[scope], wanted[scope][""]
        if _is_personal(question) and _are_few(session, scope, known_of_all, sums[""], _told(question)):
            drafts.append(Draft(question, known, Decimal(0), [], is_withheld=True))
        else:
            drafts.append(Draft(question, known, formula(sums[""][None]), _groups(question, formula, sums)))
    return finished(session, drafts, stands, language)


def _is_personal(question: Question) -> bool:
    """True where a question tells something of people by what they are."""
    return bool({question.group_by, *question.filters} & PERSONAL)


def _are_few(
    session: Session, scope: Scope, needs: set[str], everybody: dict[Any, Values], told: str
) -> bool:
    """True where there is somebody, but fewer than `FLOOR`: who is told of is one of them, so enough of those will do."""
    if everybody[None][told] >= FLOOR:
        return False
    if "customers" not in needs:
        needs.add("customers")
        counted = _counted(session, scope, {"": {"customers"}})[""][None]
        everybody[None] = {**everybody[None], "customers": counted["customers"]}
    return 0 < everybody[None]["customers"] < FLOOR


def _told(question: Question) -> str:
    """What counts the people of whom an answer tells something."""
    return TOLD.get(question.metric, "customers")


def _scope(question: Question) -> Scope:
    period = question.period
    if question.metric == "lifetime_value":
        period = Period(min(SINCE, period.start), period.end)
    filters = sorted((name, tuple(sorted(set(keys)))) for name, keys in question.filters.items())
    return period, tuple(filters), question.currency


def _counted(session: Session, scope: Scope, wanted: dict[str, set[str]]) -> dict[str, dict[Any, Values]]:
    """What is wanted by each grouping, in one statement (indexes ix_analytics_order_day, …_customer)."""
    groupings = sorted(wanted)
    ways: dict[Way, dict[str, set[str]]] = {}
    for name in groupings:
        for way, needs in _ways(scope, name, wanted[name]):
            ways.setdefault(way, {})[name] = needs
    parts = [
        _row(groupings, name, *part) for way, mine in ways.items() for name, part in way(scope, mine).items()
    ]
    query = parts[0] if len(parts) == 1 else union_all(*parts)
    answer: dict[str, dict[Any, dict[str, Decimal]]] = {name: {} for name in groupings}
    for row in session.execute(query).mappings():
        name = row["grouping"]
        key = row[f"by_{name}"] if name else None
        values = answer[name].setdefault(key, dict.fromkeys(MEASURES, Decimal(0)))
        for measure in MEASURES:
            values[measure] += Decimal(row[measure])
    return {
        name: {key: values for key, values in groups.items() if not name or any(values.values())}
        for name, groups in answer.items()
    }


def _each(part: Callable[[Scope, str, set[str]], Part]) -> Way:
    """A way that counts each grouping for itself."""
    return lambda scope, wanted: {name: part(scope, name, needs) for name, needs in wanted.items()}


def _ways(scope: Scope, mine: str, needs: set[str]) -> list[tuple[Way, set[str]]]:
    """How what is wanted by one grouping is counted: people from facts, what adds up from sums by day or month."""
    period, filters, currency = scope
    if mine == "age_band" or any(name == "age_band" for name, _keys in filters):  # no sums know an age
        return [(_people, needs)]
    if needs == {"new"}:
        return [(_firsts, needs)]
    if "gross" not in needs:
        return [(_people, needs)]
    narrow = filtering.narrowed_by((mine, *dict(filters)), currency) - {""}
    if period.start <= SINCE and needs <= {"gross", "customers"} and narrow <= spans.ALIKE:
        return [(_worth, needs), *([(_unlike, needs & {"customers"})] if narrow else [])]
    return [(_worth, {"gross"}), (_people, needs - {"gross"})]


def _row(groupings: Sequence[str], mine: str, inner: Any, sums: dict[str, Any]) -> Select[Any]:
    """Rows of one grouping, each with a place for the keys of all; what they do not tell is 0."""
    keys = [
        (inner.c[f"by_{name}"] if name == mine else cast(null(), _type(name))).label(f"by_{name}")
        for name in groupings
        if name
    ]
    measures = [sums.get(name, literal_column("0")).label(name) for name in MEASURES]
    query = select(literal(mine).label("grouping"), *keys, *measures).select_from(inner)
    return query.group_by(inner.c[f"by_{mine}"]) if mine else query


def _type(name: str) -> Any:
    return Text() if name == "age_band" else filtering.dimension(OrderFact.__table__.c, name).type


def _placed(scope: Scope, table: Any) -> list[Any]:
    """Orders of a scope that count."""
    period, filters, currency = scope
    days = (table.day >= period.start, table.day <= period.end)
    return [table.is_counted, *days, *filtering.conditions(table, filters, currency)]


def _key(table: Any, name: str) -> list[Any]:
    """The key of a grouping; none for everybody together."""
    return [filtering.dimension(table, name).label(f"by_{name}")] if name else []


def _people(scope: Scope, wanted: Wanted, *, only_unlike: bool = False) -> dict[str, Part]:
    """People, and what is added up of them, of all groupings from one look at the orders (`spans`).

    It counts by all keys at once, and each grouping adds up what differs by the others. Indexes ix_analytics_order_day,
    ix_analytics_order_customer, without the rows.
    """
    period, filters, currency = scope
    facts = OrderFact.__table__
    facts = filtering.with_age(facts) if "age_band" in wanted else facts
    table = facts.c
    every = set().union(*wanted.values())
    columns = [*chain(*(_key(table, name) for name in wanted)), table.is_first]
    if "gross" in every:
        columns.append((table.gross if currency else table.base_gross).label("gross"))
    only = [*_placed(scope, table), *([table.is_first] if every == {"new"} else [])]
    with_earlier = [name for name, needs in wanted.items() if needs & WITH_EARLIER]
    reads = []
    found = spans.readings(facts, with_earlier, filters, currency)
    for reading in found[-1:] if only_unlike else found:
        days = [earlier.day.label(f"day_{name}") for name, earlier in reading.before.items()]
        firsts = [earlier.is_first.label(f"first_{name}") for name, earlier in reading.before.items()]
        reads.append(select(*columns, *days, *firsts).select_from(reading.source).where(*only, *reading.only))
    read = union_all(*reads).subquery("orders")
    sums = [
        told.label(f"{need}_{name}")
        for name, needs in wanted.items()
        for need, told in _told_of(read.c, name, needs, period.start).items()
    ]
    by = [read.c[f"by_{name}"] for name in wanted if name]
    once = select(*by, *sums).group_by(*by).cte("unlike" if only_unlike else "people")
    return {
        name: (once, {need: func.coalesce(func.sum(once.c[f"{need}_{name}"]), 0) for need in needs})
        for name, needs in wanted.items()
    }


def _unlike(scope: Scope, wanted: Wanted) -> dict[str, Part]:
    """Of all people there are so far, those whom their first order of all does not tell: it did not match, or has
    another key."""
    return _people(scope, wanted, only_unlike=True)


def _told_of(orders: Any, name: str, needs: set[str], start: date) -> dict[str, Any]:
    """What is added up of orders that are read with the ones before them."""
    begin = func.greatest(orders[f"by_{name}"], start) if name in spans.STEPS - {""} else start
    earlier = spans.Before(orders[f"day_{name}"], orders[f"first_{name}"]) if needs & WITH_EARLIER else None
    told = spans.counts(orders, earlier, begin) | (
        {"gross": func.sum(orders.gross)} if "gross" in needs else {}
    )
    return {need: told[need] for need in sorted(needs)}


@_each
def _firsts(scope: Scope, name: str, _needs: set[str]) -> Part:
    """First orders need no people: the sums by day or by month tell them."""
    table = _summed(scope, name)
    inner = (
        select(*_key(table.c, name), table.c.orders)
        .where(table.c.is_first, *filtering.conditions(table.c, *scope[1:]))
        .subquery()
    )
    return inner, {"new": func.coalesce(func.sum(inner.c.orders), 0)}


@_each
def _worth(scope: Scope, name: str, needs: set[str]) -> Part:
    """Gross of each group, and of all customers there are so far those whose first order tells of them."""
    table = _summed(scope, name)
    gross = (table.c.gross if scope[2] else table.c.base_gross).label("gross")
    firsts = case((table.c.is_first, table.c.orders), else_=0).label("firsts")
    inner = (
        select(*_key(table.c, name), gross, firsts)
        .where(*filtering.conditions(table.c, *scope[1:]))
        .subquery()
    )
    sums = {"gross": func.coalesce(func.sum(inner.c.gross), 0)}
    if "customers" in needs:
        sums["customers"] = func.coalesce(func.sum(inner.c.firsts), 0)
    return inner, sums


def _summed(scope: Scope, name: str) -> Any:
    """Sums of orders in the days of a scope: by month where whole months tell it, else by day."""
    period, asked = scope[0], {name, *(known for known, _keys in scope[1])}
    if grain.months_of(period) is None or asked & grain.FINE:
        days = Day.__table__
        return select(days).where(days.c.day >= period.start, days.c.day <= period.end).subquery("days")
    return grain.mixed(Month.__table__, Day.__table__, period)


def _groups(
    question: Question, formula: Formula, sums: dict[str, dict[Any, Values]]
) -> list[tuple[Any, Decimal]]:
    if not question.group_by:
        return []
    found = sums[question.group_by]
    if _is_personal(question) and question.group_by not in TIME:
        people = _told(question)
        found = merged({key: values for key, values in found.items() if values[people]}, by=people)
    return arranged(question, [(key, formula(values)) for key, values in found.items()])


def merged(groups: Mapping[Any, Values], floor: int = FLOOR, *, by: str = "customers") -> dict[Any, Values]:
    """Put groups of fewer than `floor` people together, so that nobody is told apart (k-anonymity).

    When those together are too few as well, the next larger group joins them. People in two small groups count in
    each, so "others" is at most as many people as it says.
    """
    sized = sorted(groups.items(), key=lambda pair: (pair[1][by], str(pair[0])))
    small = [pair for pair in sized if pair[1][by] < floor]
    rest = sized[len(small) :]
    while small and rest and sum(values[by] for _, values in small) < floor:
        small.append(rest.pop(0))
    if not small:
        return dict(rest)
    others: Values = {name: sum((v[name] for _, v in small), Decimal(0)) for name in small[0][1]}
    return {**dict(rest), OTHER: others}
