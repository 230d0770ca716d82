"""Opens what people upload: CSV in whatever encoding, XLSX and zipped JSON that may be traps.

Everything streams: memory does not grow with the file, only with its longest row.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.catalog.importing.records import Bad
from app.core.admin.imports.files import (
    CHUNK,
    cell_text,
    check_archive,
    csv_grid,
    encoding_of,
    is_archive,
    separator_of,
    unreadable,
    xlsx_cells,
)
from app.core.i18n import _l

LONGEST_OBJECT = 4 * 1024 * 1024
Row = tuple[int, dict[str, str]]


def csv_rows(path: Path) -> Iterator[Row | Bad]:
    """Rows of a CSV as {column: text} with the line they start on; the separator is found out."""
    encoding = encoding_of(path)
    rows = csv_grid(path, encoding, separator_of(path, encoding))
    header = [name.strip() for name in next(rows, (1, []))[1]]
    if len([name for name in header if name]) < 2:
        raise unreadable(_l("its first line does not name at least two columns."))
    yield from _dictionaries(header, rows)


def _dictionaries(header: list[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row | Bad]:
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            extra = _l("%(found)s cells stand here, the first line names %(named)s.")
            yield Bad(line, "", str(extra) % {"found": len(row), "named": len(header)}, row[0][:80])
            continue
        cells = [*row, *[""] * (len(header) - len(row))]
        yield line, {name: cell for name, cell in zip(header, cells, strict=True) if name}


def xlsx_rows(path: Path) -> Iterator[Row | Bad]:
    """Rows of the first sheet. A cell with a formula makes its row bad: its value is not in the file."""
    header: list[str] | None = None
    for number, cells in xlsx_cells(path):
        texts = [cell_text(cell) for cell in cells]
        if header is None:
            header = [text.strip() for text in texts]
            continue
        if not any(text.strip() for text in texts):
            continue
        formula = next((cell for cell in cells if cell.data_type == "f"), None)
        if formula is not None:
            reason = _l("This cell holds a formula; paste its value instead.")
            place = formula.column - 1
            yield Bad(number, header[place] if place < len(header) else "", str(reason), texts[0][:80])
            continue
        padded = [*texts, *[""] * (len(header) - len(texts))]
        yield number, {name: text for name, text in zip(header, padded, strict=False) if name}


def table_rows(path: Path) -> Iterator[Row | Bad]:
    """Rows of a CSV or XLSX, whichever it is by content."""
    return xlsx_rows(path) if is_archive(path) else csv_rows(path)


def json_objects(path: Path) -> Iterator[tuple[int, Any]]:
    """Objects of a JSON array or of lines of JSON: a file, a zip of such files, or a folder of them."""
    number = 0
    if path.is_dir():
        endings = (".json", ".zip", ".jsonl")
        parts = sorted(p for p in path.rglob("*") if p.suffix in endings and p.is_file())
        for part in parts:
            for _place, found in json_objects(part):
                number += 1
                yield number, found
        return
    for stream in _json_streams(path):
        for found in _objects(stream):
            number += 1
            yield number, found


def _json_streams(path: Path) -> Iterator[io.TextIOBase]:
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive:
        check_archive(archive)
        for name in sorted(archive.namelist()):
            if name.endswith((".json", ".jsonl")) and not name.startswith("__MACOSX"):
                with archive.open(name) as raw:
                    yield io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace")


def _objects(stream: io.TextIOBase) -> Iterator[Any]:
    decoder, held = json.JSONDecoder(), ""
    while True:
        held = held.lstrip(" \t\r\n,[]")
        if held:
            try:
                found, end = decoder.raw_decode(held)
            except json.JSONDecodeError as problem:
                if len(held) > LONGEST_OBJECT:
                    raise unreadable(_l("it is not JSON.")) from problem
            except RecursionError as problem:
                raise unreadable(_l("it is nested too deeply.")) from problem
            else:
                held = held[end:]
                yield found
                continue
        more = stream.read(CHUNK * 4)
        if not more:
            if held.strip():
                raise unreadable(_l("it ends in the middle of a record."))
            return
        held += more
