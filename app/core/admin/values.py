"""Text from an address or a form, turned into the type of its column, or refused with a sentence."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_appbuilder.exceptions import FABException
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Date, Integer, SmallInteger, Uuid
from sqlalchemy.sql.schema import Column

MAX_TEXT = 1_000
"""Longest text accepted as a filter; nobody types more into a search box."""
_INT_LIMITS = ((SmallInteger, 2**15), (BigInteger, 2**63), (Integer, 2**31))
_YES, _NO = {"y", "yes", "true", "1", "on"}, {"n", "no", "false", "0", "off"}


class BadValue(FABException):
    """A value that its column cannot hold. The text is for people."""


def int_limit(column_type: Any) -> int:
    """The first whole number that does not fit a column of this type."""
    return next((limit for kind, limit in _INT_LIMITS if isinstance(column_type, kind)), 2**31)


def storable(plain: str) -> bool:
    """True for text that PostgreSQL can hold: no NUL, no lone surrogate."""
    return "\x00" not in plain and not any("\ud800" <= char <= "\udfff" for char in plain)


def parse_text(raw: Any) -> str:
    """A short text."""
    plain = str(raw)
    if not storable(plain):
        raise BadValue(_("This text contains characters that cannot be stored."))
    if len(plain) > MAX_TEXT:
        raise BadValue(_("This text is too long to search for."))
    return plain


def parse_int(raw: Any, column_type: Any = None) -> int:
    """A whole number that fits the column."""
    plain = str(raw).strip()
    digits = plain.lstrip("-")
    if isinstance(raw, bool) or not digits.isascii() or not digits.isdigit() or len(digits) > 19:
        raise BadValue(_("“%(value)s” is not a whole number.", value=plain[:40]))
    number = int(plain)
    limit = int_limit(column_type)
    if not -limit <= number < limit:
        raise BadValue(_("%(value)s is too large.", value=plain[:40]))
    return number


def parse_decimal(raw: Any) -> Decimal:
    """A finite decimal number of a sane size; a decimal comma is understood."""
    plain = str(raw).strip()
    try:
        number = Decimal(plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain)
    except (InvalidOperation, ValueError) as wrong:
        raise BadValue(_("“%(value)s” is not a number.", value=plain[:40])) from wrong
    if not number.is_finite() or (number and not -30 < number.adjusted() < 30) or len(plain) > 60:
        raise BadValue(_("“%(value)s” is not a number.", value=plain[:40]))
    return number


def parse_bool(raw: Any) -> bool:
    """Yes or no."""
    plain = str(raw).strip().lower()
    if plain not in _YES | _NO:
        raise BadValue(_("Choose yes or no."))
    return plain in _YES


def parse_date(raw: Any) -> date:
    """A day, 2026-01-31."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip()[:10])
    except ValueError as wrong:
        raise BadValue(_("“%(value)s” is not a date.", value=str(raw)[:40])) from wrong


def parse_moment(raw: Any) -> datetime:
    """A moment in UTC, which it also is without a zone; one outside the calendar in UTC is refused."""
    if isinstance(raw, datetime):
        return raw
    try:
        moment = datetime.fromisoformat(str(raw).strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        raise BadValue(_("“%(value)s” is not a date.", value=str(raw)[:40])) from wrong


def parse_uuid(raw: Any) -> uuid.UUID:
    """A UUID."""
    try:
        return uuid.UUID(str(raw).strip())
    except ValueError as wrong:
        raise BadValue(_("“%(value)s” is not a valid identifier.", value=str(raw)[:40])) from wrong


def parse_enum(raw: Any, column_type: Any) -> Any:
    """A member of an enumeration, by its name."""
    if column_type.enum_class is not None:
        if isinstance(raw, column_type.enum_class):
            return raw
        member = column_type.enum_class.__members__.get(str(raw))
        if member is not None:
            return member
    elif str(raw) in column_type.enums:
        return str(raw)
    raise BadValue(_("“%(value)s” is not one of the possible values.", value=str(raw)[:40]))


def parse_for(datamodel: Any, name: str, raw: Any) -> Any:
    """A value for a column of a model.

    Raises:
        BadValue: when the column cannot hold it.
    """
    kind = getattr(datamodel.list_columns.get(name), "type", None)
    if datamodel.is_enum(name):
        return parse_enum(raw, kind)
    if datamodel.is_boolean(name):
        return parse_bool(raw)
    if datamodel.is_integer(name):
        return parse_int(raw, kind)
    if datamodel.is_float(name):
        return float(parse_decimal(raw))
    if datamodel.is_numeric(name):
        return parse_decimal(raw)
    if datamodel.is_datetime(name):
        return parse_moment(raw)
    if datamodel.is_date(name):
        return parse_date(raw)
    if datamodel.is_uuid(name):
        return parse_uuid(raw)
    return parse_text(raw)


def parse_key(column: Column[Any], raw: Any) -> Any | None:
    """A primary key from an address; None when no row can have it."""
    try:
        if isinstance(column.type, Integer):
            return parse_int(raw, column.type)
        if isinstance(column.type, Date):
            return parse_date(raw)
        return parse_uuid(raw) if isinstance(column.type, Uuid) else parse_text(raw)
    except BadValue:
        return None
