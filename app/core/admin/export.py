"""Lists as CSV and XLSX, streamed row by row; a cell can never run as a formula.

Rows come from a server-side cursor, so memory does not grow with the list. Text that a spreadsheet
would take for a formula (=, +, -, @, tab, return) gets an apostrophe in front (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from flask import Response, abort, request, stream_with_context
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.core.admin import formats
from app.core.admin.context import database
from app.core.admin.listing import narrowed, read_state
from app.core.clock import utcnow
from app.core.money import Money

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK = 64 * 1024
TURN = 100
MOST_XLSX_ROWS = 1_000_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def raw_cell(value: Any) -> Any:
    """A value as a machine wants it: numbers stay numbers, moments are ISO 8601 in UTC."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return neutral(str(value.value))
    if isinstance(value, dict):
        return neutral(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, list | tuple | set):
        return neutral(", ".join(formats._name(item) for item in value))
    return neutral(formats._name(value))


class ExportMixin:
    """The export routes of a list; they carry its filters, order and columns."""

    export_row_limit = MOST_XLSX_ROWS

    @expose("/export.<string:kind>")
    @has_access
    @permission_name("list")
    def export(self, kind: str) -> Response:
        """The list as a file; `kind` is csv or xlsx."""
        if kind not in ("csv", "xlsx"):
            abort(404)
        state = read_state(self, request.args)
        columns = self.chosen_columns(self.saved(), state)
        titles = [str(self.label_columns.get(name, name)) for name in columns]
        rows = (
            [raw_cell(formats.value_of(row, name)) for name in columns]
            for row in self._stream(state, columns)
        )
        name = f"{self.entity}-{utcnow():%Y%m%d-%H%M}.{kind}"
        if kind == "csv":
            response = Response(stream_with_context(csv_chunks(titles, rows)), mimetype="text/csv")
        else:
            response = Response(stream_with_context(xlsx_chunks(titles, rows)), mimetype=XLSX_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _stream(self, state: Any, columns: list[str]) -> Iterator[Any]:
        statement = narrowed(self, self.visible(), state).options(*self.loading(columns))
        column = self.datamodel.sort_column(state.sort) if state.sort else None
        if column is not None:
            statement = statement.order_by(column.desc() if state.descending else column.asc())
        statement = statement.order_by(*self.datamodel.obj.__mapper__.primary_key).limit(
            self.export_row_limit
        )
        session = database()
        found = session.execute(statement.execution_options(yield_per=500))
        for (row,) in found:
            yield row


def csv_chunks(titles: Iterable[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """CSV in pieces of some size, UTF-8 with a mark so that spreadsheets read it right."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([neutral(title) for title in titles])
    for row in rows:
        writer.writerow(["" if value is None else value for value in row])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def xlsx_chunks(titles: Iterable[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """XLSX, written row by row to a file on disk and sent from there."""
    from openpyxl import Workbook  # brings numpy: 14 MB that a web worker needs only for this
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet()

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000])
        made.data_type = "s"
        return made

    sheet.append([cell(title) for title in titles])
    for number, row in enumerate(rows):
        if number % TURN == 0:
            time.sleep(0)  # with greenlets: the sockets of this process have their turn
        sheet.append([cell(value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece
