"""What a ticket may hold, how it is numbered, what was promised: pure functions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from app.catalog.rules import storable
from app.core.i18n import DEFAULT_LANGUAGE, _l, is_language
from app.support.hours import Hours

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
LONGEST_TYPED = 5_000
"""What people may type into a form; a mail may be longer."""
LONGEST_NAME = 100
LONGEST_LABEL = 40
MOST_LABELS = 10
MOST_FILES = 5
MOST_MESSAGES = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"T-\d{4}-\d{6,}")


def clean(text: str) -> str:
    """Plain text with one kind of line end, without control characters, at most one empty line in a row."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def ticket_number(year: int, count: int) -> str:
    """The number people use: "T-2026-000123"."""
    return f"T-{year}-{count:06d}"


def number_in(text: str) -> str | None:
    """The first number of a ticket that a text names."""
    found = _NUMBER.search(text)
    return found[0] if found else None


def spoken(language: str) -> str:
    """A language of the shop; the default one for any other."""
    return language if is_language(language) else DEFAULT_LANGUAGE


def text_errors(subject: Any, body: Any, *, longest: int = LONGEST_TYPED) -> dict[str, Any]:
    """What is wrong with subject and message, by field."""
    errors: dict[str, Any] = {}
    for name, given, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, longest)):
        if not storable(given):
            errors[name] = _l("This text contains characters that cannot be stored.")
        elif len(clean(given)) > most:
            errors[name] = _l("At most %(count)s characters.", count=most)
    if "subject" not in errors and not one_line(subject):
        errors["subject"] = _l("Please say in a few words what it is about.")
    if "body" not in errors and not clean(body):
        errors["body"] = _l("Please write your message.")
    return errors


def labels_of(typed: str) -> list[str]:
    """Labels from a line with commas: each once, in order, in small letters."""
    found = (one_line(part).lower()[:LONGEST_LABEL] for part in typed.split(","))
    return list(dict.fromkeys(label for label in found if label))[:MOST_LABELS]


def promised(hours: Hours, since: datetime, work_hours: int) -> datetime:
    """The moment by which something is promised that is asked for now."""
    return hours.after(since, timedelta(hours=work_hours))


def moved(hours: Hours, due: datetime, paused_at: datetime, now: datetime) -> datetime:
    """A promise after a pause: later by the time of work that passed meanwhile; one that was broken before stays."""
    if due <= paused_at:
        return due
    return hours.after(due, hours.between(paused_at, now))


def urgency(due: datetime | None, now: datetime) -> str:
    """How near a promised moment is: "late", "soon" (two hours), "fine", "" without one."""
    if due is None:
        return ""
    if due <= now:
        return "late"
    return "soon" if due - now <= timedelta(hours=2) else "fine"
