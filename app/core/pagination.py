"""Keyset pages: a cursor holds the sort key and id of the last row, so that no row shows twice."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid

T = TypeVar("T")


class BadCursor(Invalid):
    """The cursor was not made by this shop."""

    code = "bad_cursor"
    field = "cursor"
    message = _l("This cursor is not valid.")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, the cursor of the next ones (None at the end) and how many there are in all."""

    items: list[T]
    next: str | None
    total: int


def encode_cursor(values: list[Any]) -> str:
    """An opaque text for the position after a row."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The inverse of `encode_cursor`.

    Raises:
        BadCursor: for anything that was not made by it.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
    except (binascii.Error, ValueError, UnicodeError, RecursionError) as wrong:
        raise BadCursor() from wrong
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor()
    return values
