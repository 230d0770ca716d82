"""Rules of conversations, on plain values."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from app.support.chat.errors import (
    BadClientId,
    BadLabel,
    BadRating,
    BadText,
    FileNotAllowed,
    FileTooLarge,
    NoText,
    NotInFuture,
    TextTooLong,
)  # fmt: skip

LONGEST_TEXT = 4000
LONGEST_SUBJECT = 120
LONGEST_COMMENT = 1000
LONGEST_CLIENT_ID = 100
MOST_FILE_MEGABYTES = 5
MOST_LABELS, LONGEST_LABEL = 10, 30
LONGEST_SNOOZE = timedelta(days=30)
ONLINE = timedelta(seconds=100)
"""An agent whose screen has been silent for longer is not there."""
PAGE = 100
"""Messages that one `catch_up` answers."""
AUTHORS = ("customer", "agent", "bot", "system")
PRIORITIES = ("low", "normal", "high", "urgent")

_LINK = re.compile(r"https?://[^\s<>\"'`\\]{3,500}", re.IGNORECASE)
_VARIABLE = re.compile(r"\{([a-z_]{1,30})\}")


def storable(text: str) -> bool:
    """True for text that PostgreSQL can hold: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def clean(raw: Any, most: int = LONGEST_TEXT) -> str:
    """Plain text as it is kept: line ends alike, no control characters, no more than two empty lines together.

    Raises:
        BadText: not text, or nothing PostgreSQL can hold. TextTooLong: beyond `most` characters.
    """
    if not isinstance(raw, str) or not storable(raw):
        raise BadText()
    if len(raw) > most * 2:
        raise TextTooLong(count=most)
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    text = "".join(char for char in text if char == "\n" or not _is_control(char))
    text = re.sub(r"\n{4,}", "\n\n\n", text).strip()
    if len(text) > most:
        raise TextTooLong(count=most)
    return text


def _is_control(char: str) -> bool:
    """Control characters, and those that turn the direction of a line for whoever reads it."""
    return unicodedata.category(char) == "Cc" or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def words(raw: Any) -> str:
    """The text of a message.

    Raises:
        NoText, BadText, TextTooLong.
    """
    text = clean(raw)
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise NoText()
    return text


def client_id(raw: Any) -> str:
    """The name that the sender gave a message, by which a repeat is known.

    Raises:
        BadClientId: not one to a hundred printable characters.
    """
    if not isinstance(raw, str) or not 0 < len(raw) <= LONGEST_CLIENT_ID:
        raise BadClientId()
    if not storable(raw) or not raw.isprintable():
        raise BadClientId()
    return raw


def rating(raw: Any) -> int:
    """One to five stars.

    Raises:
        BadRating: anything else.
    """
    text = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    if text not in ("1", "2", "3", "4", "5"):
        raise BadRating()
    return int(text)


def labels(raw: Any) -> list[str]:
    """Labels in the order given, each once.

    Raises:
        BadLabel: too many, too long, or not text.
    """
    found: list[str] = []
    for item in raw if isinstance(raw, list | tuple) else str(raw or "").split(","):
        if not isinstance(item, str) or not storable(item):
            raise BadLabel()
        label = " ".join(item.split())
        if len(label) > LONGEST_LABEL or not label.isprintable():
            raise BadLabel()
        if label and label.lower() not in {known.lower() for known in found}:
            found.append(label)
    if len(found) > MOST_LABELS:
        raise BadLabel()
    return found


def snooze_until(until: datetime, now: datetime) -> datetime:
    """A moment in the next thirty days.

    Raises:
        NotInFuture: any other.
    """
    if not now < until <= now + LONGEST_SNOOZE:
        raise NotInFuture()
    return until


def links(text: str) -> list[tuple[bool, str]]:
    """A text in pieces: (is an address, piece). Only http and https; a sentence's end is not part of it."""
    pieces: list[tuple[bool, str]] = []
    at = 0
    for found in _LINK.finditer(text):
        address = found.group().rstrip(".,;:!?)]}»”")
        if found.start() > at:
            pieces.append((False, text[at : found.start()]))
        pieces.append((True, address))
        at = found.start() + len(address)
    if at < len(text):
        pieces.append((False, text[at:]))
    return pieces


def fill_in(text: str, values: dict[str, str]) -> str:
    """A canned reply with `{name}` and its like filled in; what is unknown stays as it is written."""
    return _VARIABLE.sub(lambda found: values.get(found.group(1)) or found.group(), text)


def file_kind(data: bytes) -> str:
    """What a file is by its content: a picture's kind or "pdf".

    Raises:
        FileTooLarge, FileNotAllowed.
    """
    if len(data) > MOST_FILE_MEGABYTES * 1_000_000:
        raise FileTooLarge(most=MOST_FILE_MEGABYTES)
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-2048:]:
        return "pdf"
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    raise FileNotAllowed()
