"""Draws a document as PDF, A4. Loaded only by whoever draws: it is heavy. The same sheet gives the same bytes."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.core.paper import (
    ACCENT,
    BOLD,
    HEIGHT,
    INK,
    LEFT,
    LINE,
    QUIET,
    REGULAR,
    RIGHT,
    TOP,
    WIDTH,
    Pages,
    fonts,
    put,
    width_of,
    wrapped,
)
from app.invoicing.sheet import Row, Sheet

COLUMNS = (RIGHT - 258, RIGHT - 186, RIGHT - 138, RIGHT - 69, RIGHT)
"""Right edges of the columns behind the description."""


def pdf(sheet: Sheet) -> bytes:
    """The document as PDF; nothing in it depends on when or where it is drawn."""
    fonts()
    pages = Pages()
    _head(pages, sheet)
    _table(pages, sheet)
    _sums(pages, sheet)
    _notes(pages, sheet)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, lang=sheet.language)
    canvas.setTitle(f"{sheet.title} {sheet.number}".strip())
    canvas.setAuthor(sheet.brand)
    canvas.setCreator("Comptoir")
    canvas.setSubject(sheet.title)
    for count, steps in enumerate(pages.done, 1):
        for step in steps:
            step(canvas)
        _foot(canvas, sheet, count, len(pages.done))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _head(pages: Pages, sheet: Sheet) -> None:
    y = TOP
    pages.rule(HEIGHT - 24, 0, WIDTH, 5, ACCENT)
    for line in wrapped(sheet.brand, BOLD, 15, 250)[:2]:
        pages.text(LEFT, y, line, 15, BOLD)
        y -= 19
    pages.text(RIGHT, TOP + 1, sheet.title, 19, BOLD, ACCENT, "right")
    pages.text(RIGHT, TOP - 17, sheet.number, 11, BOLD, INK, "right")
    top = TOP - 66
    pages.text(LEFT, top, sheet.buyer_label, 8, BOLD, QUIET)
    y = top - 15
    for n, line in enumerate(sheet.buyer):
        for part in wrapped(line, BOLD if n == 0 else REGULAR, 10, 225):
            pages.text(LEFT, y, part, 10, BOLD if n == 0 else REGULAR)
            y -= 14
    side, right = top, LEFT + 262
    for label, value in sheet.facts:
        pages.text(right, side, label, 9, REGULAR, QUIET)
        room = RIGHT - right - width_of(label, REGULAR, 9) - 10
        for part in wrapped(value, REGULAR, 9, room):
            pages.text(RIGHT, side, part, 9, REGULAR, INK, "right")
            side -= 14
        pages.rule(side + 9.5, right)
        side -= 3
    pages.y = min(y, side) - 24


def _columns(pages: Pages, sheet: Sheet) -> None:
    """The heading of the table, on each of its pages."""
    room = (48.0, 66.0, 44.0, 64.0, 64.0)
    heads = [wrapped(label, BOLD, 7.5, wide) for label, wide in zip(sheet.columns[1:], room, strict=True)]
    depth = max(len(lines) for lines in heads)
    base = pages.y - 9.5 * (depth - 1)
    pages.text(LEFT, base, sheet.columns[0], 7.5, BOLD, QUIET)
    for edge, lines in zip(COLUMNS, heads, strict=True):
        for n, line in enumerate(reversed(lines)):
            pages.text(edge, base + 9.5 * n, line, 7.5, BOLD, QUIET, "right")
    pages.rule(base - 7, weight=1, colour=INK)
    pages.y = base - 21


def _table(pages: Pages, sheet: Sheet) -> None:
    _columns(pages, sheet)
    for row in sheet.rows:
        names = wrapped(row.name, REGULAR, 9.5, COLUMNS[0] - 40 - LEFT)
        details = wrapped(row.detail, REGULAR, 8, COLUMNS[0] - 40 - LEFT) if row.detail else []
        height = 13 * len(names) + 11 * len(details) + 9
        if not pages.has(height):
            pages.turn()
            _columns(pages, sheet)
        _line(pages, row, names, details)
    pages.y -= 4


def _line(pages: Pages, row: Row, names: list[str], details: list[str]) -> None:
    for edge, cell in zip(COLUMNS, row.cells, strict=True):
        pages.text(edge, pages.y, cell, 9.5, REGULAR, INK, "right")
    for line in names:
        pages.text(LEFT, pages.y, line, 9.5)
        pages.y -= 13
    for line in details:
        pages.text(LEFT, pages.y + 1, line, 8, REGULAR, QUIET)
        pages.y -= 11
    pages.rule(pages.y + 5)
    pages.y -= 9


def _sums(pages: Pages, sheet: Sheet) -> None:
    height = max(16 * len(sheet.totals) + 34, 14 * len(sheet.taxes) + 40) + 14 * len(sheet.box) + 44
    if not pages.has(height):
        pages.turn()
    top = pages.y - 6
    bottom = _totals(pages, sheet, top)
    left = _taxes(pages, sheet, top)
    pages.y = min(bottom, left) - 20
    if sheet.box:
        _box(pages, sheet)


def _taxes(pages: Pages, sheet: Sheet, top: float) -> float:
    """VAT by rate, on the left."""
    edges = (LEFT, LEFT + 110, LEFT + 168, LEFT + 238)
    for n, (edge, label) in enumerate(zip(edges, sheet.tax_columns, strict=True)):
        pages.text(edge, top, label, 7.5, BOLD, QUIET, "right" if n else "left")
    pages.rule(top - 5, LEFT, edges[-1])
    y = top - 17
    for cells in sheet.taxes:
        for n, (edge, cell) in enumerate(zip(edges, cells, strict=True)):
            pages.text(edge, y, cell, 8.5, REGULAR, INK, "right" if n else "left")
        y -= 14
    return y


def _totals(pages: Pages, sheet: Sheet, top: float) -> float:
    """The sums, on the right, the last one large."""
    left, y = LEFT + 262, top
    for label, value in sheet.totals[:-1]:
        lines = wrapped(label, REGULAR, 9, RIGHT - left - width_of(value, REGULAR, 9) - 12)
        pages.text(RIGHT, y, value, 9, REGULAR, INK, "right")
        for line in lines:
            pages.text(left, y, line, 9, REGULAR, QUIET)
            y -= 15
    label, value = sheet.totals[-1]
    pages.box(left - 8, y + 7, RIGHT + 8, 28)
    pages.text(left, y - 12, label, 10, BOLD)
    pages.text(RIGHT, y - 12, value, 13, BOLD, ACCENT, "right")
    return y - 26


def _box(pages: Pages, sheet: Sheet) -> None:
    """How it is, or was, paid."""
    pages.text(LEFT, pages.y, sheet.box_title, 9, BOLD)
    pages.y -= 15
    for label, value in sheet.box:
        pages.text(LEFT, pages.y, label, 8.5, REGULAR, QUIET)
        pages.text(LEFT + 150, pages.y, value, 8.5)
        pages.y -= 13
    pages.y -= 8


def _notes(pages: Pages, sheet: Sheet) -> None:
    for note in sheet.notes:
        lines = wrapped(note, REGULAR, 8.5, RIGHT - LEFT)
        if not pages.has(12 * len(lines)):
            pages.turn()
        for line in lines:
            pages.text(LEFT, pages.y, line, 8.5, REGULAR, QUIET)
            pages.y -= 12
        pages.y -= 3


def _foot(canvas: Canvas, sheet: Sheet, page: int, count: int) -> None:
    """The seller as the law wants it, and the page."""
    lines = [part for text in sheet.foot for part in wrapped(text, REGULAR, 7.5, RIGHT - LEFT - 70)][:5]
    y = 34 + 10.0 * (len(lines) - 1)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT, y + 14, RIGHT, y + 14)
    where = sheet.page_label.replace("{page}", str(page)).replace("{pages}", str(count))
    put(canvas, RIGHT - width_of(where, REGULAR, 7.5), y, where, 7.5, REGULAR, QUIET)
    for line in lines:
        put(canvas, LEFT, y, line, 7.5, REGULAR, QUIET)
        y -= 10
