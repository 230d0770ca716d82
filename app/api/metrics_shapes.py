"""Shapes of figures: which there are, and what one says."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from app.analytics.rules import Unit
from app.api.fields import Counted, Text

DAY = {"pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", "example": "2026-01-31"}
UNITS = {"enum": [unit.value for unit in Unit]}


class MetricQuestion(Schema):
    """Which days, by what, in which currency. Every dimension of the figure is a filter too: `country=BE,NL`."""

    from_ = Text(longest=10, load_default="", data_key="from", metadata=DAY)
    to = Text(longest=10, load_default="", metadata=DAY)
    group_by = Text(longest=40, load_default="", metadata={"example": "day"})
    currency = Text(longest=3, load_default="", metadata={"example": "EUR"})
    limit = Counted(least=1, most=10_000, load_default=None)


class MetricShape(Schema):
    """A figure: what it counts, in which unit, from what, at which time, and by what it can be split."""

    metric = fields.String(required=True)
    label = fields.String(required=True)
    definition = fields.String(required=True)
    unit = fields.String(required=True, metadata=UNITS)
    family = fields.String(required=True)
    source = fields.String(required=True)
    moment = fields.String(required=True)
    dimensions = fields.List(fields.String(), required=True)
    is_additive = fields.Boolean(required=True)


class MetricsShape(Schema):
    """All figures of the shop."""

    items = fields.List(fields.Nested(MetricShape), required=True)
    total = fields.Integer(required=True)


class Value(fields.Field[Any]):
    """A whole number where things are counted, else a decimal as text: "1234.50"."""

    def __init__(self) -> None:
        words = "A whole number for counts; for money, shares, days and ratios a decimal as text"
        super().__init__(
            required=True, metadata={"description": words, "oneOf": [{"type": "integer"}, {"type": "string"}]}
        )


class RowShape(Schema):
    """One group: its key, its name, its value."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    value = Value()


class FiguresShape(Schema):
    """What a figure says. `as_of`: everything that happened until then is in it. `is_withheld`: it is about people by
    country, language or age and would tell of fewer than five, so it says nothing; the total is 0."""

    metric = fields.String(required=True)
    unit = fields.String(required=True, metadata=UNITS)
    currency = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(required=True)
    group_by = fields.String(required=True)
    as_of = fields.DateTime(required=True)
    rows = fields.List(fields.Nested(RowShape), required=True)
    total = Value()
    is_withheld = fields.Boolean(required=True)
