"""Files that are no table of orders, and lines that are no lines: a plain sentence, nothing written, no traceback."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ops.history.lines import BadLine, Line, read
from app.orders.models import Order

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
FILES = {
    "nothing": b"",
    "only a header": HEADER.encode(),
    "binary": os.urandom(4_096).replace(b"\n", b""),
    "wrong header": b"invoice;article\n1;2\n",
    "a line of ten megabytes": HEADER.encode() + b"x" * 10_000_000,
    "zip": b"PK\x03\x04 nothing",
    "gzip that ends": gzip.compress((HEADER + GOOD * 5_000).encode())[:-200],
    "gzip that is none": b"\x1f\x8b\x08 nothing of the kind",
    "utf-16": HEADER.encode("utf-16"),
    "an open quote": HEADER.encode() + b'536365,"' + b"a,\n" * 200_000,
}
LINES = {
    "Quantity": ["0", "", "many", "1.5", "99999999999", "-0", "٣"],
    "UnitPrice": ["", "NaN", "1e999", "Infinity", "1" * 40, "2,55"],
    "InvoiceDate": [
        "",
        "2010-02-30 10:00:00",
        "0001-01-01 00:00:00",
        "yesterday",
        "2010-12-01 25:00:00",
        "9" * 500,
    ],
    "InvoiceNo": ["", "OR-1", "C", "5" * 30, "=1+1", "536 365"],
    "StockCode": ["", "x" * 50, "a\x00b", "\x07"],
    "CustomerID": ["seventeen", "17850.5", "-1", "1" * 30],
}
PLACES = {"InvoiceNo": 0, "StockCode": 1, "Quantity": 3, "InvoiceDate": 4, "UnitPrice": 5, "CustomerID": 6}


@pytest.fixture
def flask(app: Any, session: Session) -> Callable[..., Any]:
    """Runs a command; a traceback would be an exception that is not SystemExit."""

    def run(*arguments: str) -> Any:
        done = app.test_cli_runner().invoke(args=list(arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done

    return run


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("dry", [True, False])
def test_files_that_are_no_orders(
    flask: Callable[..., Any], session: Session, tmp_path: Path, kind: str, dry: bool
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(FILES[kind])
    done = flask("orders", "import", str(path), "--format", "online-retail", *(["--dry-run"] if dry else []))
    said = json.loads(done.stdout.splitlines()[-1])
    assert done.exit_code in (1, 2) and said["created"] == 0
    assert done.exit_code == 1 or said["error"]
    assert session.scalar(select(func.count()).select_from(Order)) == 0


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in LINES.items() for value in values]
)
def test_cells_that_mean_nothing(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "file.csv"
    cells = next(csv.reader([GOOD]))
    cells[PLACES[name]] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + GOOD)
        csv.writer(file).writerow(cells)
    good, bad = read(path)
    assert isinstance(good, Line) and isinstance(bad, BadLine)
    assert (bad.number, bad.field) == (3, "StockCode" if "\x00" in value else name) or "\x00" in value
    assert bad.reason


def test_more_money_than_fits(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + GOOD.replace(",6,", ",9999999,").replace("2.55", "99999999"), encoding="utf-8")
    (bad,) = read(path)
    assert isinstance(bad, BadLine) and "order" in bad.reason


def test_a_short_line(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "536365,85123A\n\n" + GOOD, encoding="utf-8")
    bad, good = read(path)
    assert isinstance(bad, BadLine) and isinstance(good, Line) and good.number == 4


def test_lines_behind_an_open_quote_are_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + '536364,85123A,"HEART,6\n' + GOOD * 2 + '536366,X,"a\n' + GOOD, encoding="utf-8")
    found = list(read(path))
    assert [line.number for line in found] == [2, 3, 4, 5, 6]
    assert [type(line) for line in found] == [BadLine] * 4 + [Line]
    assert isinstance(found[1], BadLine) and "line 2" in found[1].reason


def test_columns_may_stand_anywhere_and_the_first_edition_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    first = "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n"
    row = "EIRE,17850,2.55,12/1/2010 8:26,6,20£ HEART ,85123a,536365\n"
    path.write_bytes((first + row).encode("cp1252"))
    (line,) = read(path)
    assert isinstance(line, Line)
    assert (line.invoice, line.code, line.text, line.customer) == ("536365", "85123A", "20£ HEART", "17850")
    assert line.at.isoformat() == "2010-12-01T08:26:00+00:00"


def test_summer_time_is_that_of_the_seller(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + GOOD.replace("2010-12-01", "2011-07-01"), encoding="utf-8")
    (line,) = read(path)
    assert (
        isinstance(line, Line)
        and line.at.isoformat() == "2011-07-01T07:26:00+00:00"
        and line.month == "2011-07"
    )


def test_a_file_of_bad_lines_only(flask: Callable[..., Any], session: Session, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + GOOD.replace(",6,", ",none,"), encoding="utf-8")
    bad = tmp_path / "bad.csv"
    done = flask("orders", "import", str(path), "--format", "online-retail", "--bad", str(bad))
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.exit_code, said["rows_read"], said["bad"], said["bad_rows_file"]) == (1, 1, 1, str(bad))


def test_another_format(flask: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER, encoding="utf-8")
    assert flask("orders", "import", str(path), "--format", "magento").exit_code == 2


@pytest.mark.parametrize("command", [("orders", "online-retail"), ("catalog", "generic")])
@pytest.mark.parametrize("content", [b"PK\x03\x04 nothing", b"a,b\n1,2\n", "folder", None])
def test_a_file_that_cannot_be_read_ends_with_one_and_a_sentence(
    flask: Callable[..., Any], tmp_path: Path, command: tuple[str, str], content: bytes | str | None
) -> None:
    path = tmp_path / "file.csv"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    done = flask(command[0], "import", str(path), "--format", command[1])
    assert done.exit_code == 1, done.output
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(said.split()) > 4, said
