"""Figures of stock: what lies there, what it is worth, how long it lasts, what does not sell, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.analytics.rules import Figures, Metric, Period, Question, Row, Unit, at_unit
from app.analytics.stock import queries, rules, shelves
from app.analytics.stock.rules import AtEnd, Place, Spans, Sums
from app.core import settings
from app.core.clock import utcnow
from app.core.i18n import _l
from app.inventory.settings import InventorySettings
from app.regions import queries as regions

TIME = frozenset({"day", "week", "month"})
ARTICLE = frozenset({"product", "variant", "category", "brand", "seller", "warehouse"})
NOW = "now"
MOVED = "inventory_movement.at"
STOCK, WORTH = "inventory_stock, inventory_movement", "inventory_stock, inventory_movement, inventory_cost"
EXTRA = {
    "lost_days": shelves.GAPS,
    "turnover": shelves.VALUES,
    "cost_of_sales": shelves.VALUES,
}
"""What figures need that costs extra."""


def _metric(code: str, label: Any, definition: Any, unit: Unit, **more: Any) -> Metric:
    held: dict[str, Any] = {"source": STOCK, "moment": MOVED, "dimensions": ARTICLE, "family": "stock"}
    return Metric(code=code, label=label, definition=definition, unit=unit, **{**held, **more})


METRICS: tuple[Metric, ...] = (
    _metric("stock_units", _l("Pieces in stock"), _l("Pieces on the shelves at the end of the period's last day: the levels of now less what moved since. By day, week or month: at the end of each."), Unit.COUNT, dimensions=ARTICLE | TIME, overlapping=TIME),
    _metric("stock_value", _l("Stock value"), _l("Pieces on the shelves at the end of the period's last day, each at its cost of that day, in the base currency. Articles without a cost count nothing here; see articles without a cost."), Unit.MONEY, dimensions=ARTICLE | TIME, overlapping=TIME, source=WORTH),
    _metric("stock_value_retail", _l("Stock value at sales prices"), _l("Pieces on the shelves at the end of the period's last day at the prices of now in the base currency, VAT included. Articles without such a price count nothing."), Unit.MONEY, dimensions=ARTICLE | TIME, overlapping=TIME, source="inventory_stock, inventory_movement, pricing_price"),
    _metric("stock_without_cost", _l("Articles without a cost"), _l("Articles that lay on the shelves at the end of the period's last day and whose cost nobody has said; their value is unknown, not zero."), Unit.COUNT, source=WORTH, overlapping=frozenset({"warehouse"}), less_is_better=True),
    _metric("days_of_cover", _l("Days of cover"), _l("Pieces at the end of the period's last day divided by the mean daily sales of the days before it (returns taken off); how many days is set under Stock. Articles that sold nothing in them are left out."), Unit.DAYS, is_additive=False),
    _metric("turnover", _l("Stock turnover"), _l("What the goods sold in the period had cost (returns taken off), divided by the mean stock value at the ends of its days, times 365 over the days: turns a year. Articles without a cost count on neither side."), Unit.RATIO, is_additive=False, source=WORTH),
    _metric("cost_of_sales", _l("Cost of goods sold"), _l("What the pieces that left by sale had cost on that day, less those that came back. Articles without a cost count nothing."), Unit.MONEY, source=WORTH),
    _metric("sell_through", _l("Sell-through"), _l("Pieces sold in the period (returns taken off) as a share of what was there at its start and came in during it."), Unit.PERCENT, is_additive=False),
    _metric("dead_stock_value", _l("Dead stock value"), _l("Stock value at the end of the period's last day of articles that were there before and sold nothing in the days before it; how many days is set under Stock."), Unit.MONEY, source=WORTH, less_is_better=True),
    _metric("lost_days", _l("Days out of stock"), _l("Days of the period on which an article had nothing in a warehouse from midnight to midnight, counted for each article and warehouse since it first had goods. Only articles sold now."), Unit.DAYS, less_is_better=True),
    _metric("low_stock", _l("Running low"), _l("Articles in a warehouse of which something is left, at or below the level at which the shop warns. As it is now, whatever the period."), Unit.COUNT, source="inventory_stock", moment=NOW, less_is_better=True),
    _metric("out_of_stock", _l("Out of stock"), _l("Articles in a warehouse of which nothing is free. As it is now, whatever the period."), Unit.COUNT, source="inventory_stock", moment=NOW, less_is_better=True),
)  # fmt: skip
_BY_CODE = {metric.code: metric for metric in METRICS}

VALUES: dict[str, Callable[[Sums, Spans], Decimal]] = {
    "stock_units": lambda sums, _spans: Decimal(sums.units),
    "stock_value": lambda sums, _spans: sums.value,
    "stock_value_retail": lambda sums, _spans: sums.retail,
    "stock_without_cost": lambda sums, _spans: Decimal(len(sums.without_cost)),
    "days_of_cover": lambda sums, spans: rules.cover(sums.covered, sums.demand, spans.demand_days),
    "turnover": lambda sums, _spans: rules.turnover(sums.cost_of_sales, sums.value_days),
    "cost_of_sales": lambda sums, _spans: sums.cost_of_sales,
    "sell_through": lambda sums, _spans: rules.sell_through(sums.sold, sums.offered),
    "dead_stock_value": lambda sums, _spans: sums.dead_value,
    "lost_days": lambda sums, _spans: Decimal(sums.empty_days),
    "low_stock": lambda sums, _spans: Decimal(sums.low),
    "out_of_stock": lambda sums, _spans: Decimal(sums.out),
}
"""How each figure is made from the sums of its group."""
AT_END: dict[str, Callable[[AtEnd], Decimal]] = {
    "stock_units": lambda end: Decimal(end.units),
    "stock_value": lambda end: end.value,
    "stock_value_retail": lambda end: end.retail,
}


@dataclass
class _Asked:
    """What several questions share: the shop's day and wishes, and the shelves by their filters."""

    session: Session
    day: date
    as_of: datetime
    currency: str
    mine: InventorySettings
    places: dict[Any, list[Place]] = field(default_factory=dict)
    ends: dict[Any, dict[date, AtEnd]] = field(default_factory=dict)
    sums: dict[Any, dict[str, Sums]] = field(default_factory=dict)

    def spans(self, period: Period) -> Spans:
        """The days of a period until today; one that lies ahead is today."""
        end = min(period.end, self.day)
        start, over = min(period.start, end), self.day - rules.DAY
        return Spans(start, end, self.mine.demand_days, self.mine.dead_days, over)


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about stock, in their order; money is always in the base currency.

    Questions with the same filters read the shelves once, in two statements.
    """
    moment = utcnow()
    asked = _Asked(
        session, queries.today(session), moment, regions.base_currency(session),
        settings.get(session, InventorySettings),
    )  # fmt: skip
    _load(asked, questions)
    found = [_answer(asked, question) for question in questions]
    wanted: dict[str, set[str]] = {}
    for question, (rows, _total) in zip(questions, found, strict=True):
        wanted.setdefault(question.group_by, set()).update(rows)
    labels = {
        by: queries.names(session, by, keys, language) for by, keys in wanted.items() if by not in TIME | {""}
    }
    return [_written(asked, question, *told, labels) for question, told in zip(questions, found, strict=True)]


def _filters(question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        sorted((name, tuple(keys)) for name, keys in question.filters.items() if name in shelves.COLUMNS)
    )


def _load(asked: _Asked, questions: Sequence[Question]) -> None:
    by_filters: dict[Any, list[Question]] = {}
    for question in questions:
        by_filters.setdefault(_filters(question), []).append(question)
    for filters, mine in by_filters.items():
        spans = list({asked.spans(question.period): None for question in mine})
        extra = {EXTRA[question.metric] for question in mine if question.metric in EXTRA}
        asked.places[filters] = shelves.places(asked.session, spans, filters=dict(filters), extra=extra)
        days = {day for question in mine for day in _ends(asked, question).values()}
        if days:
            asked.ends[filters] = shelves.over_time(asked.session, days, filters=dict(filters))


def _step(question: Question) -> str:
    """The dimension of time by which a question is grouped or filtered; "" for none."""
    by = question.group_by
    return by if by in TIME else next((name for name in question.filters if name in TIME), "")


def _ends(asked: _Asked, question: Question) -> dict[str, date]:
    step, spans = _step(question), asked.spans(question.period)
    return rules.ends_of(spans.start, spans.end, step) if step else {}


def _answer(asked: _Asked, question: Question) -> tuple[dict[str, Decimal], Decimal]:
    metric, spans = _BY_CODE[question.metric], asked.spans(question.period)
    shelf, by = _filters(question), question.group_by
    total = VALUES[metric.code](_sums(asked, shelf, spans, "").get("", Sums()), spans)
    rows: dict[str, Decimal] = {}
    if step := _step(question):
        wanted, at = question.filters.get(step), AT_END[metric.code]
        days = _ends(asked, question).items()
        rows = {key: at(asked.ends[shelf][day]) for key, day in days if wanted is None or key in wanted}
        total = list(rows.values())[-1] if rows else Decimal(0)
        rows = rows if by == step else {}
    elif by:
        found = _sums(asked, shelf, spans, by)
        values = ((key, VALUES[metric.code](sums, spans)) for key, sums in found.items())
        rows = dict(sorted(((k, v) for k, v in values if v), key=lambda row: (-row[1], row[0])))
    if question.limit is not None and by not in TIME:
        rows = dict(list(rows.items())[: question.limit])
    return rows, total


def _sums(asked: _Asked, shelf: Any, spans: Spans, by: str) -> dict[str, Sums]:
    key = (shelf, spans, by)
    if key not in asked.sums:
        asked.sums[key] = rules.add_up(asked.places[shelf], spans, by)
    return asked.sums[key]


def _written(
    asked: _Asked,
    question: Question,
    rows: dict[str, Decimal],
    total: Decimal,
    names: dict[str, dict[str, tuple[str, str]]],
) -> Figures:
    metric, by = _BY_CODE[question.metric], question.group_by
    is_money, labels = metric.unit is Unit.MONEY, names.get(by, {})

    def shown(value: Decimal) -> Decimal:
        return at_unit(value, metric.unit, asked.currency)

    return Figures(
        metric=metric, question=question,
        rows=tuple(Row(*labels.get(key, (key, key)), shown(value)) for key, value in rows.items()),
        total=shown(total), currency=asked.currency if is_money else None,
        timezone=queries.zone(asked.session).key, as_of=asked.as_of,
    )  # fmt: skip
