"""What somebody wrote in a mail, and what their mail program repeated of the mails before. Pure functions.

Programs announce a repetition in their user's language: "On … wrote:", "Op … schreef …:", a block of From, Sent, To,
Subject, a line "-----Mensaje original-----". Nothing is dropped on a guess: an announcement ends in a colon and names
a time or an address, a block begins with sender and moment. Answers below or between quoted lines stay.
"""

from __future__ import annotations

import re

_WROTE = re.compile(
    r"(?:on\b.*\bwrote|le\b.*\ba écrit|op\b.*\b(?:schreef\b.*|geschreven)|am\b.*\bschrieb\b.*|el\b.*\bescribió"
    r"|.*> ?(?:wrote on|a écrit le|schreef op|schrieb am|escribió el)\b.*|\d{4}-\d\d-\d\d .*>)\s*:",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\d{1,2}[:h]\d\d|@")
_FROM = re.compile(r"\**(?:from|de|van|von)\s*\**:\**\s*\S.*", re.IGNORECASE)
_SENT = re.compile(
    r"\**(?:sent|date|envoyé(?: le)?|verzonden|datum|gesendet|enviado(?: el)?|fecha)\s*\**:\**\s*\S.*\d.*",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"-{2,}\s*(?:original message|message d['’]origine|message original|oorspronkelijk bericht"
    r"|ursprüngliche nachricht|original-nachricht|mensaje original)\s*-{2,}",
    re.IGNORECASE,
)
_UNDERLINE = re.compile(r"_{10,}")
_LONGEST, _MOST_LINES = 400, 3
"""An announcement: letters, and lines over which a program may break it."""


def without_quotes(text: str) -> str:
    """What was written in a mail; "" when all of it repeats others.

    One quote goes with its announcement, whether the answer stands above or below it. Where answers stand between
    quotes all of it stays, for they say nothing alone.
    """
    lines = [line.replace("\xa0", " ").strip() for line in text.splitlines()]
    lines = lines[: _end(lines)]
    quoted = [at for at, line in enumerate(lines) if line.startswith(">")]
    if quoted:
        first, last = quoted[0], quoted[-1]
        start = _announced(lines, first)
        is_one = not any(line and not line.startswith(">") for line in lines[first:last])
        if is_one and (start < first or _announces_itself(lines, first)):
            lines = lines[:start] + lines[last + 1 :]
    return "\n".join(lines).strip()


def _end(lines: list[str]) -> int:
    """Where the mails before begin, repeated to the end without a mark on each line."""
    for at, line in enumerate(lines):
        start = at
        if line.endswith(":") and not _is_marked(lines, at + 1):
            start = _announced(lines, at + 1)
        elif not (_RULE.fullmatch(line) or _is_block(lines, at)):
            continue
        if start > at:
            continue
        while start and (not lines[start - 1] or _UNDERLINE.fullmatch(lines[start - 1])):
            start -= 1
        return start
    return len(lines)


def _is_marked(lines: list[str], at: int) -> bool:
    """Whether the next words are quoted line by line, or there are none."""
    return next((line for line in lines[at:] if line), ">").startswith(">")


def _is_block(lines: list[str], at: int) -> bool:
    """Whether sender and moment of a mail stand here, one below the other."""
    return bool(_FROM.fullmatch(lines[at])) and any(map(_SENT.fullmatch, lines[at + 1 : at + 3]))


def _announced(lines: list[str], at: int) -> int:
    """Where the announcement of the quote at a line begins; the line itself without one."""
    end = at
    while end and not lines[end - 1]:
        end -= 1
    for start in range(end - 1, max(end - _MOST_LINES, 0) - 1, -1):
        if _announces(lines[start:end]):
            return start
    return at


def _announces_itself(lines: list[str], at: int) -> bool:
    """Whether the announcement of a quote stands in its first lines."""
    opening = [line.lstrip("> ") for line in lines[at : at + _MOST_LINES] if line.startswith(">")]
    return any(_announces(opening[:count]) for count in range(1, len(opening) + 1))


def _announces(lines: list[str]) -> bool:
    words = " ".join(lines)
    return (
        len(words) <= _LONGEST
        and words.endswith(":")
        and bool(_MOMENT.search(words) and _WROTE.fullmatch(words))
    )
