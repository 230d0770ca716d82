"""Opens what people upload: CSV in whatever encoding, XLSX and zipped JSON that may be traps.

Everything streams: memory does not grow with the file, only with its longest row.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.catalog.importing.errors import UnreadableFile
from app.catalog.importing.records import Bad
from app.core.i18n import _l

LARGEST = 512 * 1024 * 1024
"""Bytes of a file once unpacked."""
MOST_PACKED = 200
"""An archive that grows more than this many times is a bomb."""
FREE_RATIO_BELOW = 1024 * 1024
LONGEST_CELL = 200_000
LONGEST_OBJECT = 4 * 1024 * 1024
CHUNK = 1 << 16
csv.field_size_limit(LONGEST_CELL)
Row = tuple[int, dict[str, str]]


def unreadable(reason: Any) -> UnreadableFile:
    """A refusal with its reason."""
    return UnreadableFile(reason=reason)


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse archives that would unpack to far more than they are.

    Raises:
        UnreadableFile: for a bomb, or an encrypted file.
    """
    total = 0
    for info in archive.infolist():
        total += info.file_size
        heavy = info.file_size > FREE_RATIO_BELOW
        if heavy and info.file_size > MOST_PACKED * max(1, info.compress_size):
            raise unreadable(_l("it would unpack to far more than it is."))
        if info.flag_bits & 1:
            raise unreadable(_l("it is encrypted."))
    if total > LARGEST:
        raise unreadable(_l("it is too large."))


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without mark), UTF-16 with a mark, else Windows Latin."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while block := file.read(CHUNK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def csv_rows(path: Path) -> Iterator[Row | Bad]:
    """Rows of a CSV as {column: text} with the line they start on; the separator is found out."""
    if path.stat().st_size > LARGEST:
        raise unreadable(_l("it is too large."))
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = (line.replace("\x00", "") for line in file)
        first = file.readline(LONGEST_CELL).replace("\x00", "")
        file.seek(0)
        separator = max(",;\t|", key=first.count)
        reader = csv.reader(lines, delimiter=separator, doublequote=True, strict=False)
        try:
            header = [name.strip() for name in next(reader, [])]
            if len([name for name in header if name]) < 2:
                raise unreadable(_l("its first line does not name at least two columns."))
            yield from _dictionaries(header, reader)
        except csv.Error as problem:
            raise unreadable(str(problem)) from problem


def _dictionaries(header: list[str], reader: Any) -> Iterator[Row | Bad]:
    before = reader.line_num
    for row in reader:
        line, before = before + 1, reader.line_num
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
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as problem:
        raise unreadable(_l("it is not a spreadsheet.")) from problem
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        header: list[str] | None = None
        for number, cells in enumerate(sheet.iter_rows(max_col=1000), 1):
            texts = [_cell_text(cell) for cell in cells]
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
    finally:
        book.close()


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL]


def table_rows(path: Path) -> Iterator[Row | Bad]:
    """Rows of a CSV or XLSX, whichever it is by content."""
    with path.open("rb") as file:
        is_archive = file.read(4) == b"PK\x03\x04"
    return xlsx_rows(path) if is_archive else csv_rows(path)


def json_objects(path: Path) -> Iterator[tuple[int, Any]]:
    """Objects of a JSON array or of lines of JSON: a file, a zip of such files, or a folder of them."""
    number = 0
    if path.is_dir():
        parts = sorted(p for p in path.iterdir() if p.suffix in (".json", ".zip", ".jsonl"))
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
