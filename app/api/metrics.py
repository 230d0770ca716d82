"""Figures for programs of staff: the same numbers as on the dashboards, from the same place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import request

from app.analytics import queries
from app.analytics.errors import UnknownPeriod
from app.analytics.rules import Figures, Metric, Period, Question, Unit, period_of, preset
from app.api import metrics_shapes
from app.api.door import Call, door

ASKED = frozenset({"from", "to", "group_by", "currency", "limit", "lang"})
"""What is no filter."""


def _described(metric: Metric) -> dict[str, Any]:
    return {
        "metric": metric.code, "label": str(metric.label), "definition": str(metric.definition),
        "unit": metric.unit.value, "family": metric.family, "source": metric.source, "moment": metric.moment,
        "dimensions": sorted(metric.dimensions), "is_additive": metric.is_additive,
    }  # fmt: skip


@door(
    "GET", "/admin/metrics", summary="The figures there are", tag="figures", answer=metrics_shapes.MetricsShape,
    who="staff",
)  # fmt: skip
def list_metrics(call: Call) -> dict[str, Any]:
    """Every figure of the shop with its one definition, its unit and the dimensions it can be split by."""
    items = [_described(metric) for metric in queries.metrics()]
    return {"items": items, "total": len(items)}


@door(
    "GET", "/admin/metrics/<metric>", summary="What a figure says", tag="figures",
    query=metrics_shapes.MetricQuestion, answer=metrics_shapes.FiguresShape, who="staff",
)  # fmt: skip
def get_metric(call: Call, metric: str) -> dict[str, Any]:
    """A figure over days in the shop's time zone (both ends count; the last 30 days without `from` and `to`).

    `group_by` splits it; a dimension's name is a filter: `?group_by=day&country=BE,NL`. Without `currency` amounts
    are in the shop's base currency, each order at the rate it was placed with; with one, what was sold in it.
    """
    asked = call.query
    question = Question(
        queries.metric(metric).code,
        _period(call, asked["from_"], asked["to"]),
        asked["group_by"],
        _filters(),
        asked["currency"] or None,
        asked["limit"],
    )
    return _as_json(queries.ask(call.session, [question], language=call.language)[0])


def _period(call: Call, start: str, end: str) -> Period:
    """The days asked for; a missing end is today, a missing start is 29 days before the end."""
    today = queries.today(call.session)
    try:
        last = period_of(end, end).end if end else today
        return period_of(start, last.isoformat()) if start else preset("30_days", last)
    except ValueError as wrong:
        raise UnknownPeriod(field="from" if start else "to") from wrong


def _filters() -> dict[str, tuple[str, ...]]:
    """Every other part of the address names a dimension; several keys stand with commas between them."""
    given = request.args.to_dict(flat=False)
    return {
        name: tuple(key for value in values for key in value.split(","))
        for name, values in given.items()
        if name not in ASKED
    }


def _as_json(figures: Figures) -> dict[str, Any]:
    question, unit = figures.question, figures.metric.unit
    return {
        "metric": figures.metric.code, "unit": unit.value, "currency": figures.currency,
        "timezone": figures.timezone, "from": question.period.start.isoformat(),
        "to": question.period.end.isoformat(), "group_by": question.group_by,
        "as_of": figures.as_of.isoformat(),
        "rows": [{"key": r.key, "label": r.label, "value": _value(r.value, unit)} for r in figures.rows],
        "total": _value(figures.total, unit), "is_withheld": figures.is_withheld,
    }  # fmt: skip


def _value(value: Decimal, unit: Unit) -> int | str:
    return int(value) if unit is Unit.COUNT else f"{value:f}"
