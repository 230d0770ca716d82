"""Figures of visits: who came, what they looked at, how far they went, what was left in bags, what was looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.analytics.families.answering import Draft, arranged
from app.analytics.families.naming import Names
from app.analytics.rules import Figures, Metric, Question, Row, Unit, at_unit
from app.analytics.visits import counting, queries
from app.analytics.visits.counting import Scan, Scope, Sums
from app.core.clock import utcnow
from app.core.i18n import _l
from app.regions.queries import base_currency

TIME = frozenset({"day", "week", "month"})
WAY = frozenset({"language", "device", "referrer"})
VISITS = "analytics_visit, analytics_visit_day"
STARTED = "analytics_visit.started_at"


def _metric(code: str, label: Any, definition: Any, unit: Unit = Unit.COUNT, **more: Any) -> Metric:
    held: dict[str, Any] = {"source": VISITS, "moment": STARTED, "dimensions": TIME | WAY, "family": "visits"}
    return Metric(code=code, label=label, definition=definition, unit=unit, **{**held, **more})


def _share(code: str, label: Any, definition: Any) -> Metric:
    return _metric(code, label, definition, Unit.PERCENT, is_additive=False)


METRICS: tuple[Metric, ...] = (
    _metric("visits", _l("Visits"), _l("Visits of people who agreed to be counted, robots left out. A visit ends after half an hour without a sign; it counts on the day it began.")),
    _metric("visitors", _l("Visitors"), _l("Different browsers that came in the period, of people who agreed to be counted. Where only sums of days are kept any more: those of each day."), is_additive=False),
    _metric("page_views", _l("Page views"), _l("Pages that were opened in counted visits. By kind of page and by product: on the day they were opened, while visits are kept."), dimensions=TIME | WAY | {"page"}),
    _metric("product_views", _l("Product views"), _l("Product pages that were opened in counted visits. By product: on the day they were opened, while visits are kept."), dimensions=TIME | WAY | {"product"}),
    _share("add_to_cart_rate", _l("Visits with something put in the bag"), _l("The share of counted visits in which something was put into the bag.")),
    _share("checkout_rate", _l("Visits that began a checkout"), _l("The share of counted visits in which the checkout was opened with something in the bag.")),
    _share("conversion", _l("Conversion"), _l("The share of counted visits in which an order was placed.")),
    _metric("abandoned_carts", _l("Bags left behind"), _l("Open bags with something in them that nobody has touched for an hour, on the day of the last touch. Everybody's bags: no visit is needed."), source="cart_cart, cart_line", moment="cart_cart.updated_at", dimensions=TIME | {"language", "currency"}, less_is_better=True),
    _metric("abandoned_cart_value", _l("Value of bags left behind"), _l("What lay in bags left behind, at the prices shown when it was put in. In the base currency at today's rates."), Unit.MONEY, source="cart_cart, cart_line", moment="cart_cart.updated_at", dimensions=TIME | {"language", "currency"}, less_is_better=True),
    _metric("searches", _l("Searches"), _l("Searches in the shop, counted without anybody's name, on the day they were written down."), source="search_query_count", moment="search_query_count.day", dimensions=TIME | {"language", "query"}),
    _metric("searches_without_results", _l("Searches without results"), _l("Searches that found nothing when they were last counted that day."), source="search_query_count", moment="search_query_count.day", dimensions=TIME | {"language", "query"}, less_is_better=True),
)  # fmt: skip
_BY_CODE = {metric.code: metric for metric in METRICS}


def _part(part: str) -> Callable[[Sums], Decimal]:
    def share(sums: Sums) -> Decimal:
        return Decimal(100) * sums.get(part, 0) / sums["visits"] if sums.get("visits") else Decimal(0)

    return share


def _sum(name: str) -> Callable[[Sums], Decimal]:
    return lambda sums: Decimal(sums.get(name, 0))


VALUES: Mapping[str, Callable[[Sums], Decimal]] = {
    "add_to_cart_rate": _part("with_addition"),
    "checkout_rate": _part("with_checkout"),
    "conversion": _part("with_order"),
    "abandoned_carts": _sum("carts"),
    "abandoned_cart_value": _sum("value"),
}
"""How a figure is made from the sums of its group; the others are a sum of their own name."""


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about visits, in their order.

    Those of one kind of rows with the same filters and currency share a statement, whatever their periods and groups.
    """
    scans: dict[Scope, Scan] = {}
    for question in questions:
        scope = counting.scope_of(question)
        scan = scans.setdefault(scope, Scan(scope))
        scan.periods.add(question.period)
        scan.groups.add(question.group_by)
    for scan in scans.values():
        counting.run(session, scan)
    drafts = [_draft(question, scans[counting.scope_of(question)]) for question in questions]
    wanted = {(draft.question.group_by, key) for draft in drafts for key, _number in draft.groups}
    names = counting.labels(session, wanted, language) if wanted else {}
    return [_finished(session, draft, names) for draft in drafts]


def _draft(question: Question, scan: Scan) -> Draft:
    metric = _BY_CODE[question.metric]
    value = VALUES.get(metric.code, _sum(metric.code))
    found = scan.answer.get((question.period, question.group_by), {}) if question.group_by else {}
    groups = [(key, value(sums)) for key, sums in found.items()]
    return Draft(
        question,
        metric,
        value(scan.total(question.period)),
        arranged(question, groups) if question.group_by else [],
    )


def _finished(session: Session, draft: Draft, names: Names) -> Figures:
    question, metric = draft.question, draft.metric
    currency = (question.currency or base_currency(session)) if metric.unit is Unit.MONEY else None
    return Figures(
        metric=metric, question=question,
        rows=tuple(Row(*names[(question.group_by, key)], at_unit(number, metric.unit, currency)) for key, number in draft.groups),
        total=at_unit(draft.total, metric.unit, currency), currency=currency,
        timezone=queries.zone(session).key, as_of=utcnow(),
    )  # fmt: skip
