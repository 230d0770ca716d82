"""Figures as files: one row a value, with the days, currency and filters it was made with in every row.

The same cards as on the screen, the same numbers: unrounded, as text that no spreadsheet takes for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context
from flask_babel import gettext as _

from app.analytics.rules import Unit
from app.core.admin.export import XLSX_TYPE, csv_chunks, raw_cell, xlsx_chunks
from dashboards.asked import Asked
from dashboards.drawing import Drawn

KINDS = ("csv", "xlsx")
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def answer(asked: Asked, cards: Sequence[Drawn], *, kind: str, name: str, chips: Sequence[Any]) -> Response:
    """The file of some cards."""
    titles = [
        _("Figure"), _("Row"), _("Key"), _("Column"), _("Value"), _("Unit"), _("First day"), _("Last day"), _("Compared from"),
        _("Compared to"), _("Filters"), _("As of"),
    ]  # fmt: skip
    rows = [[raw_cell(cell) for cell in row] for row in _rows(asked, cards, chips)]
    chunks = csv_chunks(titles, rows) if kind == "csv" else xlsx_chunks(titles, rows)
    response = Response(stream_with_context(chunks), mimetype="text/csv" if kind == "csv" else XLSX_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(asked, name)}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def file_name(asked: Asked, name: str) -> str:
    """What the file is called: page, card, days, currency, filters."""
    parts = [name, asked.period.start.isoformat(), asked.period.end.isoformat(), asked.currency or ""]
    parts += [f"{dimension}-{'-'.join(keys)}" for dimension, keys in asked.filters.items()]
    return _UNSAFE.sub("-", "_".join(part for part in parts if part))[:LONGEST_NAME].strip("-_")


def _filters(card: Drawn, chips: Iterable[Any]) -> str:
    """The filters that a card follows, in words: those of the address as far as it can, and its own."""
    followed = [f"{chip.dimension}: {chip.value}" for chip in chips if chip.dimension not in card.ignored]
    return "; ".join([*followed, card.only] if card.only else followed)


def _rows(asked: Asked, cards: Iterable[Drawn], chips: Sequence[Any]) -> Iterator[list[Any]]:
    """Each value of each card. A tile has one; a chart has its rows."""
    before = asked.against
    for card in cards:
        unit = card.currency if card.unit is Unit.MONEY and card.currency else card.unit.value
        frame = [
            asked.period.start, asked.period.end, before.start if before else "", before.end if before else "", _filters(card, chips),
            card.as_of or "",
        ]  # fmt: skip
        if card.is_tile and card.state == "ok":
            yield [card.title, "", "", card.title, card.raw, unit, *frame]
        for row in card.rows:
            for place, (column, value) in enumerate(zip(card.columns, row.values, strict=True)):
                yield [
                    card.title,
                    row.label,
                    row.key,
                    column,
                    value,
                    card.units[place] if card.units else unit,
                    *frame,
                ]
