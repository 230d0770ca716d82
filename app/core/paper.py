"""Paper: fonts, lines of text and pages for documents drawn as PDF with reportlab. Loaded only by whoever draws.

Fonts are embedded as far as their letters are used: Noto Sans, and FiraGO for scripts it lacks (Georgian, Hebrew,
Thai). Chinese, Japanese and Korean use the standard fonts of PDF readers, which are named and not embedded.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from pymupdf_fonts import myfont
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 51.0, WIDTH - 51.0, HEIGHT - 54.0, 92.0
INK, QUIET, LINE, ACCENT, SOFT = (
    HexColor(c) for c in ("#1c1a17", "#5d574e", "#d8d2c7", "#1d4c3f", "#eef3ee")
)
REGULAR, BOLD = "notos", "notosbo"
BACKUP = {REGULAR: "figo", BOLD: "figbo"}
WIDE = (
    (0x3040, 0x30FF, "HeiseiKakuGo-W5"),
    (0xAC00, 0xD7AF, "HYGothic-Medium"),
    (0x1100, 0x11FF, "HYGothic-Medium"),
    (0x2E80, 0x9FFF, "STSong-Light"),
    (0xFF00, 0xFFEF, "STSong-Light"),
)
"""Blocks of letters that neither font has, and the reader's own font for them."""
Step = Callable[[Canvas], None]


@lru_cache(maxsize=1)
def fonts() -> dict[str, Any]:
    """The fonts, read once a process."""
    for name in (REGULAR, BOLD, *BACKUP.values()):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(myfont(name))))
    for name in {name for _low, _high, name in WIDE}:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return {name: pdfmetrics.getFont(name).face.charToGlyph for name in (REGULAR, BOLD, *BACKUP.values())}


def _font_of(letter: str, wanted: str) -> str:
    known, code = fonts(), ord(letter)
    for name in (wanted, BACKUP[wanted]):
        if code in known[name]:
            return name
    return next((name for low, high, name in WIDE if low <= code <= high), "")


def runs(text: str, font: str) -> Iterator[tuple[str, str]]:
    """A text as (font, part): each part in a font that has its letters; "?" where none has."""
    part, current = "", font
    for letter in text:
        name = _font_of(letter, font)
        letter, name = (letter, name) if name else ("?", font)
        if name != current and part:
            yield current, part
            part = ""
        part, current = part + letter, name
    if part:
        yield current, part


def width_of(text: str, font: str, size: float) -> float:
    """How wide a text is drawn."""
    return sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text, font))


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """A text in lines that fit; a word that is wider than a line is cut."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, font, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(word, font, size) > width:
            cut = max(n for n in range(1, len(word) + 1) if n == 1 or width_of(word[:n], font, size) <= width)
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line or not lines else lines


class Pages:
    """Pages being filled from top to bottom; drawn at the end, when it is known how many there are."""

    def __init__(self) -> None:
        self.done: list[list[Step]] = [[]]
        self.y = TOP

    def turn(self) -> None:
        """Go on on a new page."""
        self.done.append([])
        self.y = TOP

    def has(self, height: float) -> bool:
        """True when so much room is left."""
        return self.y - height >= BOTTOM

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        font: str = REGULAR,
        colour: Any = INK,
        align: str = "left",
    ) -> None:
        """Put a line of text; `x` is its left, or with `align="right"` its right end."""
        start = x - width_of(text, font, size) if align == "right" else x
        self.done[-1].append(lambda canvas: put(canvas, start, y, text, size, font, colour))

    def rule(
        self, y: float, left: float = LEFT, right: float = RIGHT, weight: float = 0.5, colour: Any = LINE
    ) -> None:
        """Draw a thin line."""

        def step(canvas: Canvas) -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(weight)
            canvas.line(left, y, right, y)

        self.done[-1].append(step)

    def box(self, left: float, top: float, right: float, height: float) -> None:
        """Fill a quiet box."""

        def step(canvas: Canvas) -> None:
            canvas.setFillColor(SOFT)
            canvas.roundRect(left, top - height, right - left, height, 5, stroke=0, fill=1)

        self.done[-1].append(step)


def put(canvas: Canvas, x: float, y: float, text: str, size: float, font: str, colour: Any) -> None:
    """Draw a line of text at once, each part in a font that has its letters."""
    canvas.setFillColor(colour)
    for name, part in runs(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, part)
        x += pdfmetrics.stringWidth(part, name, size)
