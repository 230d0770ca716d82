"""Boards and reports on paper: A4 pages with figures, charts and tables, drawn by whoever carries reportlab (the worker)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    SOFT,
    TOP,
    WIDTH,
    Pages,
    fonts,
    put,
    width_of,
    wrapped,
)
from dashboards.drawing import Drawn
from dashboards.pages import Kind

BOTTOM = 60.0
CHART = 120.0
GUTTER = 9.0
"""Between two columns."""
MOST_ROWS = 31
"""Rows of a chart's table on paper, enough for a month by days; the rest is on the screen and in the files."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around: headings and notes, in the reader's language. `page_label` holds {page} and {pages}."""

    language: str
    brand: str
    title: str
    lines: tuple[str, ...]
    page_label: str
    foot: str = ""


class Sheet(Pages):
    """Pages with a smaller foot than that of invoices."""

    def has(self, height: float) -> bool:
        """True when so much room is left."""
        return self.y - height >= BOTTOM

    def need(self, height: float) -> None:
        """Turn the page unless there is room."""
        if not self.has(height):
            self.turn()

    def bar(self, left: float, bottom: float, width: float, height: float, colour: Any = ACCENT) -> None:
        """Fill a rectangle."""

        def step(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            canvas.rect(left, bottom, width, height, stroke=0, fill=1)

        self.done[-1].append(step)

    def path(self, points: Sequence[tuple[float, float]], weight: float = 1.4, colour: Any = ACCENT) -> None:
        """Draw a line through points."""

        def step(canvas: Canvas) -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(weight)
            drawn = canvas.beginPath()
            drawn.moveTo(*points[0])
            for point in points[1:]:
                drawn.lineTo(*point)
            canvas.drawPath(drawn)

        self.done[-1].append(step)


def board(frame: Frame, cards: Iterable[Drawn]) -> bytes:
    """A board: its numbers in a row of boxes, then each chart with its table."""
    fonts()
    sheet = Sheet()
    _head(sheet, frame)
    cards = list(cards)
    _numbers(sheet, [card for card in cards if card.is_tile])
    for card in cards:
        if not card.is_tile:
            _card(sheet, card)
    return _finish(sheet, frame)


def table(
    frame: Frame, titles: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool], widths: Sequence[float]
) -> bytes:  # fmt: skip
    """A table over as many pages as it needs; columns marked in `right` hold numbers and stand at their right edge.

    `widths` are the columns' shares of the page.
    """
    fonts()
    sheet = Sheet()
    _head(sheet, frame)
    edges = _edges(widths)
    _heads(sheet, titles, edges, right)
    for row in rows:
        if not sheet.has(12):
            sheet.turn()
            _heads(sheet, titles, edges, right)
        _cells(sheet, row, edges, right, REGULAR, INK)
        sheet.y -= 12
    return _finish(sheet, frame)


def _head(sheet: Sheet, frame: Frame) -> None:
    sheet.rule(HEIGHT - 24, 0, WIDTH, 5, ACCENT)
    sheet.text(LEFT, TOP, frame.brand, 9, BOLD, QUIET)
    y = TOP - 24
    for line in wrapped(frame.title, BOLD, 18, RIGHT - LEFT)[:2]:
        sheet.text(LEFT, y, line, 18, BOLD)
        y -= 22
    for line in frame.lines:
        for part in wrapped(line, REGULAR, 9, RIGHT - LEFT):
            sheet.text(LEFT, y, part, 9, REGULAR, QUIET)
            y -= 13
    sheet.y = y - 14


def _numbers(sheet: Sheet, tiles: Sequence[Drawn]) -> None:
    """Boxes, three in a row."""
    wide = (RIGHT - LEFT - 20) / 3
    for start in range(0, len(tiles), 3):
        row = tiles[start : start + 3]
        tall = 64 if any(tile.remark for tile in row) else 52
        sheet.need(tall + 10)
        for place, tile in enumerate(row):
            left = LEFT + place * (wide + 10)
            sheet.box(left, sheet.y, left + wide, tall)
            sheet.text(
                left + 9, sheet.y - 15, wrapped(tile.title, REGULAR, 8, wide - 18)[0], 8, REGULAR, QUIET
            )
            sheet.text(left + 9, sheet.y - 32, tile.total or "–", 14, BOLD)
            if tile.change is not None:
                words = f"{tile.change.text} ({tile.change.before})"
                sheet.text(
                    left + 9, sheet.y - 45, wrapped(words, REGULAR, 7.5, wide - 18)[0], 7.5, REGULAR, QUIET
                )
            if tile.remark:
                below = sheet.y - tall + 7
                sheet.text(left + 9, below, _cut(tile.remark, REGULAR, 7.5, wide - 18), 7.5, REGULAR, QUIET)
        sheet.y -= tall + 10
    sheet.y -= 8


def _card(sheet: Sheet, card: Drawn) -> None:
    sheet.need(CHART + 60)
    sheet.text(LEFT, sheet.y, wrapped(card.title, BOLD, 11.5, RIGHT - LEFT - 120)[0], 11.5, BOLD)
    if card.total:
        sheet.text(RIGHT, sheet.y, card.total, 11.5, BOLD, ACCENT, "right")
    sheet.y -= 16
    if card.remark:
        sheet.text(LEFT, sheet.y, _cut(card.remark, REGULAR, 8, RIGHT - LEFT), 8, REGULAR, QUIET)
        sheet.y -= 14
    if card.state != "ok":
        sheet.text(LEFT, sheet.y, card.message, 9, REGULAR, QUIET)
        sheet.y -= 28
        return
    values = [
        Decimal(row.values[0]) if row.values and row.values[0] is not None else Decimal(0)
        for row in card.rows
    ]
    if card.kind in (Kind.LINE, Kind.COLUMNS) and len(values) > 1:
        _upright(sheet, card, values)
        _rows(sheet, card, [])
    else:
        _rows(sheet, card, values if card.kind is Kind.BARS else [])
    sheet.y -= 14


def _upright(sheet: Sheet, card: Drawn, values: Sequence[Decimal]) -> None:
    """A line or columns over the width of the page, with the first, the last and the largest in words."""
    top, low = max(*values, Decimal(0)), min(*values, Decimal(0))
    span = (top - low) or Decimal(1)
    floor = sheet.y - CHART
    step = (RIGHT - LEFT) / len(values)

    def at(value: Decimal) -> float:
        return floor + float((value - low) / span) * (CHART - 14)

    zero = at(Decimal(0))
    sheet.rule(zero)
    if card.kind is Kind.LINE:
        sheet.path([(LEFT + step * (place + 0.5), at(value)) for place, value in enumerate(values)])
    else:
        for place, value in enumerate(values):
            sheet.bar(
                LEFT + step * place + step * 0.15, min(zero, at(value)), step * 0.7, abs(at(value) - zero)
            )
    largest = max(range(len(values)), key=lambda place: values[place])
    x = min(max(LEFT + step * (largest + 0.5), LEFT + 30), RIGHT - 30)
    words = card.rows[largest].texts[0]
    sheet.text(x - width_of(words, REGULAR, 7.5) / 2, at(values[largest]) + 4, words, 7.5, REGULAR, QUIET)
    sheet.text(LEFT, floor - 11, card.rows[0].label, 7.5, REGULAR, QUIET)
    sheet.text(RIGHT, floor - 11, card.rows[-1].label, 7.5, REGULAR, QUIET, "right")
    sheet.y = floor - 28


def _rows(sheet: Sheet, card: Drawn, bars: Sequence[Decimal]) -> None:
    """The table of a chart; with `bars` each row has one behind its name."""
    titles, count = [card.head, *card.columns], len(card.columns)
    edges, right = _edges([0.46, *[0.54 / count] * count]), [False] + [True] * count
    _heads(sheet, titles, edges, right)
    top = max([*map(abs, bars), Decimal(0)])
    for place, row in enumerate(card.rows[:MOST_ROWS]):
        if not sheet.has(13):
            sheet.turn()
            _heads(sheet, titles, edges, right)
        if bars and top:
            room = edges[1][0] - LEFT - 14
            sheet.bar(LEFT, sheet.y - 3.5, float(abs(bars[place]) / top) * room, 11, SOFT)
        _cells(sheet, [row.label, *row.texts], edges, right, REGULAR, INK)
        sheet.y -= 13
    if len(card.rows) > MOST_ROWS:
        sheet.text(LEFT, sheet.y, "…", 9, REGULAR, QUIET)
        sheet.y -= 13


def _edges(shares: Sequence[float]) -> list[tuple[float, float]]:
    """Left and right of each column, by their shares of the page; the last one ends at its edge."""
    unit, found, left = (RIGHT - LEFT + GUTTER) / sum(shares), [], LEFT
    for share in shares:
        found.append((left, left + unit * share - GUTTER))
        left += unit * share
    return found


def _heads(
    sheet: Sheet, titles: Sequence[str], edges: Sequence[tuple[float, float]], right: Sequence[bool]
) -> None:
    """Headings over the columns, long ones in two lines."""
    lines = [wrapped(title, BOLD, 7.5, end - left)[:2] for title, (left, end) in zip(titles, edges, strict=True)]  # fmt: skip
    for number in range(max(map(len, lines))):
        if number:
            sheet.y -= 10
        _cells(sheet, [part[number] if number < len(part) else "" for part in lines], edges, right, BOLD, QUIET)  # fmt: skip
    sheet.rule(sheet.y - 4, weight=0.8, colour=INK)
    sheet.y -= 15


def _cells(
    sheet: Sheet,
    cells: Sequence[str],
    edges: Sequence[tuple[float, float]],
    right: Sequence[bool],
    font: str,
    colour: Any,
) -> None:
    for (left, end), text, is_number in zip(edges, cells, right, strict=True):
        shown = _cut(text, font, 7.5, end - left)
        sheet.text(
            end if is_number else left, sheet.y, shown, 7.5, font, colour, "right" if is_number else "left"
        )


def _cut(text: str, font: str, size: float, width: float) -> str:
    """A text that fits, shortened by an ellipsis where it must be."""
    if width_of(text, font, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if width_of(text[:middle] + "…", font, size) <= width else (low, middle - 1)
        )
    return text[:low] + "…"


def _finish(sheet: Sheet, frame: Frame) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, lang=frame.language)
    canvas.setTitle(frame.title)
    canvas.setAuthor(frame.brand)
    canvas.setCreator("Comptoir")
    for count, steps in enumerate(sheet.done, 1):
        for step in steps:
            step(canvas)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, 44, RIGHT, 44)
        where = frame.page_label.replace("{page}", str(count)).replace("{pages}", str(len(sheet.done)))
        put(canvas, RIGHT - width_of(where, REGULAR, 7.5), 31, where, 7.5, REGULAR, QUIET)
        put(canvas, LEFT, 31, _cut(frame.foot, REGULAR, 7.5, RIGHT - LEFT - 90), 7.5, REGULAR, QUIET)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
