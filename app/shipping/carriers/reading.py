"""Careful reading of what carriers send: JSON of bounded depth, short text, times with a zone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from app.shipping.carriers.port import UnreadableNews

LONGEST = 200


def as_json(body: bytes) -> dict[str, Any]:
    """The object in a body.

    Raises:
        UnreadableNews: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise UnreadableNews("this is not JSON") from wrong
    if not isinstance(found, dict):
        raise UnreadableNews("an object was expected")
    return found


def text(value: Any, longest: int = LONGEST) -> str:
    """One line of plain text; "" for anything that is none."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    plain = "".join(c if c.isprintable() else " " for c in str(value))
    return " ".join(plain.split())[:longest]


def number(value: Any) -> str:
    """A parcel's number as we keep it: capitals, without spaces.

    Raises:
        UnreadableNews: there is none.
    """
    found = "".join(text(value, 80).split()).upper()
    if not 4 <= len(found) <= 40:
        raise UnreadableNews("a parcel has no number")
    return found


def moment(value: Any) -> datetime:
    """A time in RFC 3339 with its zone, in UTC.

    Raises:
        UnreadableNews: it is none.
    """
    try:
        found = datetime.fromisoformat(text(value, 40))
    except ValueError as wrong:
        raise UnreadableNews("an event has no time") from wrong
    if found.tzinfo is None or not 2000 <= found.year <= 2200:
        raise UnreadableNews("an event's time has no zone")
    return found.astimezone(UTC)


def rows(value: Any, most: int) -> list[dict[str, Any]]:
    """A list of objects, at most so many.

    Raises:
        UnreadableNews: it is none, or longer.
    """
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise UnreadableNews("a list of objects was expected")
    return value
