"""Opens tables that people upload: CSV in whatever encoding, XLSX that may be a trap.

Everything streams: memory does not grow with the file, only with its longest row.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import _l

HEAVIEST = 20 * 1024 * 1024
"""Bytes of an upload of one table."""
LARGEST = 512 * 1024 * 1024
"""Bytes of a file once unpacked."""
MOST_PACKED = 200
"""An archive that grows more than this many times is a bomb."""
FREE_RATIO_BELOW = 1024 * 1024
LONGEST_CELL = 200_000
MOST_COLUMNS = 200
SNIFFED = 2_000
"""Letters of the first line that tell the separator: the library's time grows with the square of them."""
CHUNK = 1 << 16
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS: dict[str, Any] = {
    "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": _l("Windows, Western Europe"),
    "cp1250": _l("Windows, Central Europe"), "mac_roman": "Mac",
}  # fmt: skip
UNREADABLE = "�"
"""Stands for bytes that the chosen encoding does not know."""
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, SyntaxError, TypeError, AttributeError,
    IndexError, NotImplementedError,
)  # fmt: skip
"""What the library says about spreadsheets that are none, or were made to hurt."""
csv.field_size_limit(LONGEST_CELL)
Row = tuple[int, list[str]]
"""The line a row starts on, and its cells."""


class UnreadableFile(Invalid):
    """The file is not what its format promises."""

    code, field = "unreadable_file", "file"
    message = _l("This file cannot be read: %(reason)s")


def unreadable(reason: Any) -> UnreadableFile:
    """A refusal with its reason."""
    return UnreadableFile(reason=reason)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a first look at a file tells. CSV has an encoding and a separator, XLSX has neither."""

    encoding: str
    separator: str
    header: list[str]
    first: list[list[str]]


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


def separator_of(path: Path, encoding: str) -> str:
    """What stands between the cells, told from the first line."""
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        line = file.readline(LONGEST_CELL)
    try:
        return csv.Sniffer().sniff(line[:SNIFFED], "".join(SEPARATORS)).delimiter
    except csv.Error:
        return max(SEPARATORS, key=line.count)


def is_archive(path: Path) -> bool:
    """True for a zip by its first bytes, which every XLSX is."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def csv_grid(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    """Rows of a CSV. Characters that no column can hold (NUL) are left out."""
    if path.stat().st_size > LARGEST:
        raise unreadable(_l("it is too large."))
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = (line.replace("\x00", "") for line in file)
        reader = csv.reader(lines, delimiter=separator, doublequote=True, strict=False)
        before = 0
        try:
            for row in reader:
                line, before = before + 1, reader.line_num
                yield line, row
        except (csv.Error, UnicodeError) as problem:
            raise unreadable(str(problem)) from problem


def xlsx_cells(path: Path, most_columns: int = 1000) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The cells of the first sheet, row by row. A formula is its own text, never its result."""
    from openpyxl import load_workbook  # brings numpy: only imports need it
    from openpyxl.utils.exceptions import InvalidFileException

    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                check_archive(archive)
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except (InvalidFileException, *_BROKEN) as problem:
            raise unreadable(_l("it is not a spreadsheet.")) from problem
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from enumerate(sheet.iter_rows(max_col=most_columns), 1)
        except _BROKEN as problem:
            raise unreadable(_l("it is not a spreadsheet.")) from problem
        finally:
            book.close()


def cell_text(cell: Any) -> str:
    """The text of a spreadsheet's cell: whole numbers without decimals, yes and no as words."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL]


def xlsx_grid(path: Path) -> Iterator[Row]:
    """Rows of the first sheet as text."""
    for line, cells in xlsx_cells(path, MOST_COLUMNS + 1):
        yield line, [cell_text(cell).replace("\x00", "") for cell in cells]


def grid(path: Path, encoding: str = "", separator: str = "") -> Iterator[Row]:
    """All rows of a table that is one or the other; empty rows are left out."""
    found = csv_grid(path, encoding, separator) if encoding else xlsx_grid(path)
    for line, row in found:
        if any(cell.strip() for cell in row):
            yield line, row


def look(path: Path, encoding: str = "", separator: str = "", rows: int = 5) -> Opened:
    """Read the first rows of an upload; what is not given is guessed.

    Raises:
        UnreadableFile: it is no table, or too wide, or has nothing below its first line.
    """
    size = path.stat().st_size
    if not size:
        raise unreadable(_l("it is empty."))
    if size > HEAVIEST:
        raise unreadable(_l("it is too large."))
    if is_archive(path):
        encoding = separator = ""
    else:
        encoding, separator = _as_text(path, encoding, separator)
    found = [row for _line, row in islice(grid(path, encoding, separator), rows + 1)]
    header = [" ".join(name.split())[:120] for name in found[0]] if found else []
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise unreadable(_l("it has too many columns."))
    if not header:
        raise unreadable(_l("its first line does not name the columns."))
    if len(found) < 2:
        raise unreadable(_l("there is nothing below its first line."))
    return Opened(encoding, separator, header, found[1:])


def _as_text(path: Path, encoding: str, separator: str) -> tuple[str, str]:
    encoding = encoding if encoding in ENCODINGS else encoding_of(path)
    with path.open("rb") as file:
        start = file.read(8)
        if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise unreadable(_l("it is an old Excel file; save it as XLSX or CSV."))
        if encoding != "utf-16":
            file.seek(0)
            while block := file.read(CHUNK):
                if b"\x00" in block:
                    raise unreadable(_l("it is neither a CSV nor an XLSX table."))
    with path.open(encoding=encoding, newline="", errors="replace") as text:
        if len(text.readline(LONGEST_CELL)) >= LONGEST_CELL:
            raise unreadable(_l("it has too many columns."))
    return encoding, separator if separator in SEPARATORS else separator_of(path, encoding)


def plain(text: str) -> str:
    """Text without the apostrophe by which an export keeps spreadsheets from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(RISKY) else text
