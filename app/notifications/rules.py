"""Pure rules of messages: what an address is, what a subject may hold, when to try again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from app.notifications.errors import BadRecipient

MAX_ATTEMPTS = 12
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation of a mail: names that become the left part of Message-IDs, and where answers go."""

    key: str
    message_key: str
    reply_to: str = ""


def recipient(raw: str) -> str:
    """One plain address (`name@host`), free of anything that could become a header.

    Raises:
        BadRecipient: for anything else; internationalised domains must come in as punycode.
    """
    address = raw.strip()
    if not _ADDRESS.fullmatch(address) or ".." in address or len(address) > 254:
        raise BadRecipient()
    return address


def one_line(subject: str) -> str:
    """A subject on one line, without control characters, at most 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in subject).split())[:200]


def wait_after(attempt: int) -> timedelta:
    """How long to wait after a temporary refusal: 10 s, 20 s, 40 s … at most an hour."""
    return timedelta(seconds=min(3600, 10 * 2 ** (attempt - 1)))
