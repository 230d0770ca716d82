"""Lines of the table Online Retail: read one by one, checked, told apart. Nothing here knows the shop."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from app.core.admin.imports.files import unreadable
from app.core.i18n import _l

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
LONGEST_LINE = 1_000_000
LONDON = ZoneInfo("Europe/London")
"""The seller's clock: moments in the file name no zone."""
CENT = Decimal("0.01")
MOST_PIECES = 10_000_000
MOST_MONEY = Decimal(100_000_000)
SHIPPING = frozenset({"POST", "DOT", "C2"})
SERVICES = SHIPPING | {"D", "M", "S", "B", "AMAZONFEE", "BANK CHARGES", "CRUK", "PADS"}
"""Codes that are no goods: postage, carriage, discount, typed in by hand, samples, bad debt, fees, a charity, padding."""
_INVOICE = re.compile(r"([A-Z]?)[0-9]{1,12}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)
_US = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})", re.ASCII)
"""As in the first edition of the table: 12/1/2010 8:26."""


class Kind(StrEnum):
    """What a line is; every line is exactly one."""

    SALE = "sale"
    FREE = "free"
    SHIPPING = "shipping"
    SERVICE = "service"
    CANCELLATION = "cancellation"
    BAD_DEBT = "bad_debt"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `amount` is quantity times price, in whole pennies; `at` is in UTC."""

    number: int
    invoice: str
    code: str
    text: str
    quantity: int
    price: Decimal
    amount: Decimal
    at: datetime
    customer: str
    country: str
    kind: Kind

    @property
    def is_goods(self) -> bool:
        """True for something that lies on a shelf."""
        return self.code not in SERVICES and not self.code.startswith("GIFT_")

    @property
    def month(self) -> str:
        """The month it counts in, by the seller's clock."""
        return f"{self.at.astimezone(LONDON):%Y-%m}"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be taken, and why."""

    number: int
    field: str
    reason: str
    invoice: str = ""


def read(path: Path) -> Iterator[Line | BadLine]:
    """The lines of a file, plain or packed with gzip; memory does not grow with it.

    UTF-8 first; a file that is none is read as Windows Latin, which the original is in.

    Raises:
        UnreadableFile: it is no such table.
    """
    encoding = "utf-8-sig" if _is_utf8(path) else "cp1252"
    with _opened(path) as raw:
        rows = csv.reader(_texts(raw, encoding), strict=False)
        before = 0
        places: list[int] = []
        try:
            for row in rows:
                number, before = before + 1, rows.line_num
                if not places:
                    places = _places(row)
                elif row:
                    made = _line(number, row, places)
                    yield made
                    if isinstance(made, BadLine):
                        yield from _swallowed(made, before)
        except (csv.Error, UnicodeError) as problem:
            raise unreadable(str(problem)) from problem
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise unreadable(_l("it is packed with gzip and damaged.")) from problem
    if not places:
        raise unreadable(_l("it is empty."))


def _swallowed(bad: BadLine, last: int) -> Iterator[BadLine]:
    """The further lines of the file that stand in a bad one, as behind a quote that was never closed: none is lost."""
    reason = str(_l("It stands inside line %(number)s, whose quote is open.") % {"number": bad.number})
    return (BadLine(number, "", reason, bad.invoice) for number in range(bad.number + 1, last + 1))


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _is_utf8(path: Path) -> bool:
    try:
        with _opened(path) as raw:
            for _ in _texts(raw, "utf-8-sig"):
                pass
    except UnicodeDecodeError:
        return False
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise unreadable(_l("it is packed with gzip and damaged.")) from problem
    return True


def _texts(raw: IO[bytes], encoding: str) -> Iterator[str]:
    first = True
    while line := raw.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            raise unreadable(_l("one of its lines is longer than a million signs."))
        yield line.decode(encoding if first else encoding.removesuffix("-sig"))
        first = False


def _places(header: list[str]) -> list[int]:
    """Where each column stands; order and letter case do not matter."""
    known = {name.strip().casefold(): place for place, name in enumerate(header)}
    missing = [name for name in COLUMNS if name.casefold() not in known]
    if missing:
        raise unreadable(_l("its first line does not name %(columns)s.") % {"columns": ", ".join(missing)})
    return [known[name.casefold()] for name in COLUMNS]


def _line(number: int, row: list[str], places: list[int]) -> Line | BadLine:
    if len(row) <= max(places):
        reason = _l("Only %(found)s cells stand here.") % {"found": len(row)}
        return BadLine(number, "", str(reason), row[0][:40])
    cells = [row[place].strip() for place in places]
    invoice, code, text, quantity, moment, price, customer, country = cells
    name = ""
    try:
        if any("\x00" in cell for cell in cells):
            raise ValueError(_l("A sign stands here that no text can hold."))
        name = "InvoiceNo"
        said = _invoice(invoice)
        name = "StockCode"
        said_code = _code(code)
        name = "Quantity"
        pieces = _pieces(quantity)
        name = "UnitPrice"
        each = _price(price)
        name = "Quantity"
        amount = _amount(pieces, each)
        name = "InvoiceDate"
        at = _moment(moment)
        name = "CustomerID"
        who = _customer(customer)
    except ValueError as wrong:
        return BadLine(number, name, str(wrong), invoice[:40])
    kind = _kind(said, said_code, pieces, amount)
    return Line(number, said, said_code, text[:200], pieces, each, amount, at, who, country[:60], kind)


def _invoice(text: str) -> str:
    text = text.upper()
    if not _INVOICE.fullmatch(text):
        raise ValueError(_l("This is no number of an invoice."))
    return text


def _code(text: str) -> str:
    """The code in capitals: 85123a and 85123A are one article."""
    if not text or len(text) > 40 or not text.isprintable():
        raise ValueError(_l("This is no code of an article."))
    return text.upper()


def _pieces(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text, re.ASCII) or not 0 < abs(int(text)) <= MOST_PIECES:
        raise ValueError(_l("This is no number of pieces."))
    return int(text)


def _price(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if len(text) > 20 or not found.is_finite() or abs(found) > MOST_MONEY:
        raise ValueError(_l("This is no price."))
    return found


def _amount(pieces: int, price: Decimal) -> Decimal:
    amount = (pieces * price).quantize(CENT, rounding=ROUND_HALF_UP)
    if abs(amount) > MOST_MONEY:
        raise ValueError(_l("Together this is more than fits into an order."))
    return amount


def _moment(text: str) -> datetime:
    if iso := _ISO.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in iso.groups())
    elif us := _US.fullmatch(text):
        month, day, year, hour, minute = (int(part) for part in us.groups())
        second = 0
    else:
        year = 0
    try:
        if not 1990 <= year <= 2100:
            raise ValueError
        return datetime(year, month, day, hour, minute, second, tzinfo=LONDON).astimezone(UTC)
    except ValueError:
        raise ValueError(_l("This is no date and time, as in 2010-12-01 08:26:00.")) from None


def _customer(text: str) -> str:
    """The customer's number: 17850.0 is 17850; nothing is a guest."""
    if not text:
        return ""
    found = re.fullmatch(r"([0-9]{1,12})(\.0+)?", text, re.ASCII)
    if not found:
        raise ValueError(_l("This is no number of a customer."))
    return found[1]


def _kind(invoice: str, code: str, pieces: int, amount: Decimal) -> Kind:
    if not amount:
        return Kind.FREE if pieces > 0 else Kind.WRITE_OFF
    if invoice[0] == "A":
        return Kind.BAD_DEBT
    if amount < 0:
        return Kind.CANCELLATION
    if code in SHIPPING:
        return Kind.SHIPPING
    return Kind.SERVICE if code in SERVICES else Kind.SALE
