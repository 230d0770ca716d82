"""From sums to answers: what a family of figures made from orders shares."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from app.analytics.families import naming, scanning
from app.analytics.families.dimensions import TIME
from app.analytics.families.scanning import Scan, Values
from app.analytics.families.standing import Standing, standing
from app.analytics.rules import Figures, Metric, Period, Question, Row, Unit, at_unit
from app.core.money import exponent

SINCE = date(1970, 1, 1)
"""Before every order."""
Formula = Callable[[Values], Decimal]


@dataclass(frozen=True, slots=True)
class Way:
    """How a figure comes from sums, and from which. `counts_orders`: whole orders are needed, also by article.
    `until`: everything up to the end of the period counts."""

    needs: tuple[str, ...]
    formula: Formula
    counts_orders: bool = False
    until: bool = False
    spreads: str = ""
    """What of `families.spreading` tells it where single lines or promotions are asked for."""


def one(name: str, **more: Any) -> Way:
    """A figure that is one sum."""
    return Way((name,), itemgetter(name), **more)


def share(part: Decimal, whole: Decimal) -> Decimal:
    """A part of a whole in percent; 0 of nothing."""
    return part * 100 / whole if whole else Decimal(0)


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """How much for one; 0 of nothing."""
    return part / whole if whole else Decimal(0)


def answer(
    session: Session,
    questions: Sequence[Question],
    language: str,
    metrics: Mapping[str, Metric],
    ways: Mapping[str, Way],
) -> list[Figures]:
    """Answer questions whose figures are formulas over sums, with one statement for each scope."""
    stands = standing(session)
    scans: dict[scanning.Scope, Scan] = {}
    asked = []
    for question in questions:
        way = ways[question.metric]
        period = question.period
        if way.until:
            period = Period(min(SINCE, period.start), period.end)
        scope = scanning.scope_of(
            period, question.filters, question.currency, question.group_by, orders=way.counts_orders,
            spreads=way.spreads, places=exponent(question.currency or stands.base),
        )  # fmt: skip
        scan = scans.setdefault(scope, Scan(scope))
        scan.groupings.add(question.group_by)
        scan.needed.update(way.needs)
        scan.counts_orders = scan.counts_orders or (way.counts_orders and scope.by_fact)
        whole = scan
        if way.counts_orders and scope.of_articles and not scope.by_fact:
            # an order stands under each of its articles, so all of them together are counted as orders
            plain = scanning.scope_of(period, question.filters, question.currency, "", orders=False)
            whole = scans.setdefault(plain, Scan(plain))
            whole.needed.update(way.needs)
        asked.append((question, metrics[question.metric], way, scan, whole))
    for scan in scans.values():
        scanning.run(session, scan)
    drafts = [
        Draft(question, metric, way.formula(whole.total()), _groups(question, way.formula, scan))
        for question, metric, way, scan, whole in asked
    ]
    return finished(session, drafts, stands, language)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer whose groups have no names yet."""

    question: Question
    metric: Metric
    total: Decimal
    groups: list[tuple[Any, Decimal]]
    is_withheld: bool = False


def _groups(question: Question, formula: Formula, scan: Scan) -> list[tuple[Any, Decimal]]:
    name = question.group_by
    if not name:
        return []
    found = scan.answer[name]
    groups = [(key, formula(values)) for key, values in found.items() if any(values.values())]
    return arranged(question, groups)


def arranged(question: Question, groups: list[tuple[Any, Decimal]]) -> list[tuple[Any, Decimal]]:
    """Times in their order and without holes, all else by size without zeros; no more than wanted."""
    name = question.group_by
    if name in TIME:
        values = dict(groups)
        if not TIME & set(question.filters):
            values = {key: values.get(key, Decimal(0)) for key in moments(name, question.period)}
        kept = sorted(values.items())
        if question.limit is not None:
            largest = {key for key, _ in sorted(kept, key=lambda pair: -pair[1])[: question.limit]}
            kept = [pair for pair in kept if pair[0] in largest]
        return kept
    filled = (pair for pair in groups if pair[1])
    if question.limit is None:
        return sorted(filled, key=_by_size)
    return heapq.nsmallest(question.limit, filled, key=_by_size)


def _by_size(pair: tuple[Any, Decimal]) -> tuple[Decimal, str]:
    return -pair[1], str(pair[0])


def moments(name: str, period: Period) -> list[Any]:
    """Every day, week, month, hour or weekday that lies in a period."""
    if name == "hour":
        return list(range(24))
    days = [period.start + timedelta(days=n) for n in range(period.days)]
    first: dict[str, Callable[[date], Any]] = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
        "weekday": lambda day: day.isoweekday(),
    }
    return sorted({first[name](day) for day in days})


def finished(session: Session, drafts: Sequence[Draft], stands: Standing, language: str) -> list[Figures]:
    """Give the groups their names and the values their decimals."""
    wanted = {(draft.question.group_by, key) for draft in drafts for key, _ in draft.groups}
    names = naming.names(session, wanted, language) if wanted else {}
    return [_finished(draft, names, stands) for draft in drafts]


def _finished(draft: Draft, names: naming.Names, stands: Standing) -> Figures:
    question, unit = draft.question, draft.metric.unit
    currency = (question.currency or stands.base) if unit is Unit.MONEY else None
    rows = tuple(
        Row(*names[(question.group_by, key)], at_unit(value, unit, currency)) for key, value in draft.groups
    )
    total = at_unit(draft.total, unit, currency)
    return Figures(
        draft.metric, question, rows, total, currency, stands.timezone, stands.as_of, draft.is_withheld
    )
