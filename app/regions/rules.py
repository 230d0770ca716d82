"""Pure rules of regions: the EU, conversion, and how a file of rates is read."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from xml.etree.ElementTree import ParseError

from babel import Locale
from babel.core import UnknownLocaleError
from defusedxml.ElementTree import fromstring

from app.core.money import Money

EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The 27 member states (since 2020-02-01)."""
MAX_FILE = 5_000_000


@dataclass(frozen=True, slots=True)
class CountryChoice:
    """A country with its name in the reader's language."""

    code: str
    name: str
    in_eu: bool


@dataclass(frozen=True, slots=True)
class RateInfo:
    """A rate as it is used now: units of `currency` for one unit of the base currency."""

    currency: str
    rate: Decimal
    on: date
    manual: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class DayRate:
    """One line of a file of rates."""

    currency: str
    on: date
    rate: Decimal


class UnreadableRates(ValueError):
    """The file is not what it should be."""


def country_name(code: str, language: str) -> str:
    """The name of a country in a language (CLDR); its code when there is none."""
    try:
        return Locale.parse(language).territories.get(code, code)
    except (UnknownLocaleError, ValueError):
        return code


def alphabetical(name: str) -> str:
    """A key that sorts names as a reader expects: accents beside their letter, case ignored."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def convert(money: Money, currency: str, rate: Decimal) -> Money:
    """Convert at `rate` units of `currency` for one unit of `money`'s currency, rounded half up."""
    if money.currency == currency:
        return money
    return Money.rounded(Fraction(money.amount) * Fraction(rate), currency)


def read_rates(data: bytes) -> list[DayRate]:
    """Read the ECB's XML (daily or history) or CSV (a column `Date`, one a currency).

    Raises:
        UnreadableRates: with a sentence that says what is wrong.
    """
    if len(data) > MAX_FILE:
        raise UnreadableRates("larger than 5 MB")
    found = _from_xml(data) if data.lstrip()[:1] == b"<" else _from_csv(data)
    if not found:
        raise UnreadableRates("no rates in it")
    return found


def _rate(currency: str, day: str, number: str) -> DayRate:
    try:
        rate = Decimal(number.strip())
        on = date.fromisoformat(day.strip())
    except (InvalidOperation, ValueError) as wrong:
        raise UnreadableRates(f"{currency[:3]} {day[:20]} {number[:20]}") from wrong
    if not rate.is_finite() or not Decimal("0.00000001") <= rate < Decimal(1_000_000_000):
        raise UnreadableRates(f"{currency[:3]} {number[:20]}")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise UnreadableRates(f"{currency[:20]!r} is not a currency")
    return DayRate(currency, on, rate)


def _from_xml(data: bytes) -> list[DayRate]:
    try:
        root = fromstring(data)
    except (ParseError, ValueError) as wrong:
        raise UnreadableRates("not well-formed XML") from wrong
    return [
        _rate(cube.get("currency", ""), day.get("time", ""), cube.get("rate", ""))
        for day in root.iter()
        if day.get("time")
        for cube in day
        if cube.get("currency")
    ]


def _from_csv(data: bytes) -> list[DayRate]:
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UnreadableRates("not UTF-8") from wrong
    rows = csv.DictReader(io.StringIO(words))
    names = [name for name in rows.fieldnames or [] if name]
    day = next((name for name in names if name.strip().lower() == "date"), None)
    if day is None:
        raise UnreadableRates("no column Date")
    found: list[DayRate] = []
    for row in rows:
        for name in names:
            number = (row.get(name) or "").strip()
            if name != day and number and number != "N/A":
                found.append(_rate(name.strip(), _iso(row[day] or ""), number))
    return found


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _iso(day: str) -> str:
    """ECB's daily CSV writes "09 May 2025"; its history 2025-05-09."""
    parts = day.split()
    if len(parts) == 3 and parts[1] in _MONTHS:
        return f"{parts[2]}-{_MONTHS.index(parts[1]) + 1:02}-{parts[0]:0>2}"
    return day
