"""Reads a table of sales (sku, date, quantity) from a CSV file, and says plainly what is wrong with one."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.core.errors import Invalid

COLUMNS = ("sku", "date", "quantity")
MOST_BYTES = 500 * 1024 * 1024
MOST_ROWS = 10_000_000
MOST_CELLS = 60_000_000
MOST_DAYS = 3_660
LONGEST_SKU = 200
LONGEST_GAP = 35
"""Days in a row without any row at all; more look like a part that is missing, not like a shop without customers."""
NAMED = 5


class BadTable(Invalid):
    """A file cannot be read as a table of sales; the message says which line and why."""

    code = "bad_table"


@dataclass(frozen=True)
class Sales:
    """Pieces by article and day, with what was left out in words."""

    pieces: dict[tuple[str, date], float]
    start: date
    end: date
    notes: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        """The articles, in order."""
        return sorted({sku for sku, _day in self.pieces})


def read(path: Path) -> Sales:
    """Read a file; quantities of the same article and day are added up, returns (below zero) are left out.

    Raises:
        BadTable: columns are missing, lines cannot be read, days are missing, or it is too large.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise BadTable(f"The file has {size // 2**20} MB; at most {MOST_BYTES // 2**20} MB can be read.")
    pieces: dict[tuple[str, date], float] = defaultdict(float)
    wrong: list[str] = []
    returns = 0
    for number, line in _lines(path):
        if number - 1 > MOST_ROWS:
            raise BadTable(f"The file has more than {MOST_ROWS:,} rows.")
        try:
            sku, day, quantity = _row(line)
        except ValueError as problem:
            wrong.append(f"line {number}: {problem}")
            if len(wrong) > NAMED:
                break
            continue
        if quantity < 0:
            returns += 1
        else:
            pieces[(sku, day)] += quantity
    if wrong:
        more = "; and more" if len(wrong) > NAMED else ""
        raise BadTable(f"The file cannot be read: {'; '.join(wrong[:NAMED])}{more}.")
    notes = (f"{returns} rows with a quantity below zero were left out as returns",) if returns else ()
    return _checked(dict(pieces), notes)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline(10_000)
            separator = max(",;\t", key=head.count)
            names = [cell.strip().casefold() for cell in next(csv.reader([head], delimiter=separator), [])]
            missing = [name for name in COLUMNS if name not in names]
            if missing:
                raise BadTable(
                    f"The first line must name the columns sku, date and quantity; {', '.join(missing)} is missing."
                )
            places = [names.index(name) for name in COLUMNS]
            for number, row in enumerate(csv.reader(file, delimiter=separator), start=2):
                if any(row):
                    yield number, [row[at] if at < len(row) else "" for at in places]
    except UnicodeDecodeError as problem:
        raise BadTable("The file is not UTF-8 text.") from problem
    except csv.Error as problem:
        raise BadTable(f"The file is not a CSV table: {problem}.") from problem


def _row(cells: list[str]) -> tuple[str, date, float]:
    sku, day, raw = (cell.strip() for cell in cells)
    if not sku or len(sku) > LONGEST_SKU or "\x00" in sku:
        raise ValueError(f"sku must have 1 to {LONGEST_SKU} letters")
    try:
        on = date.fromisoformat(day[:10])
    except ValueError:
        raise ValueError(f"{day[:20]!r} is not a date such as 2026-01-31") from None
    try:
        quantity = float(raw)
    except ValueError:
        raise ValueError(f"{raw[:20]!r} is not a number") from None
    if not math.isfinite(quantity) or abs(quantity) > 1e9:
        raise ValueError(f"{raw[:20]!r} is not a sensible quantity")
    return sku, on, quantity


def _checked(pieces: dict[tuple[str, date], float], notes: tuple[str, ...]) -> Sales:
    days = sorted({day for _sku, day in pieces})
    if not days or not any(pieces.values()):
        raise BadTable("The file holds no sales.")
    span = (days[-1] - days[0]).days + 1
    if span > MOST_DAYS:
        raise BadTable(
            f"The file spans {span} days, from {days[0]} to {days[-1]}; at most {MOST_DAYS} are looked at."
        )
    gap, before = (
        max(((b - a).days - 1, a) for a, b in zip(days, days[1:], strict=False))
        if len(days) > 1
        else (0, days[0])
    )
    if gap > LONGEST_GAP:
        first, last = before + timedelta(days=1), before + timedelta(days=gap)
        raise BadTable(
            f"There are no rows at all from {first} to {last} ({gap} days). Add the missing days, with quantity 0 where"
            " nothing was sold, or leave out what lies before."
        )
    articles = len({sku for sku, _day in pieces})
    if articles * span > MOST_CELLS:
        raise BadTable(
            f"{articles:,} articles over {span} days are too many at once: at most {MOST_CELLS:,} article days."
        )
    missing = span - len(days)
    if missing:
        notes = (*notes, f"{missing} days without any row count as days without sales")
    return Sales(pieces, days[0], days[-1], notes)
