"""What a review may hold, and what stars add up to: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.catalog.rules import storable
from app.core.i18n import DEFAULT_LANGUAGE, _l, is_language

STARS = (1, 2, 3, 4, 5)
LONGEST_TITLE = 120
LONGEST_BODY = 4_000
LONGEST_REASON = 500
LONGEST_ANSWER = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]")
"""Letters that show nothing, or turn the line around behind them."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The stars of a product: how many approved reviews gave one, two, three, four and five."""

    stars: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def count(self) -> int:
        """How many reviews."""
        return sum(self.stars)

    @property
    def total(self) -> int:
        """All stars together."""
        return sum(number * count for number, count in zip(STARS, self.stars, strict=True))

    @property
    def average(self) -> Decimal:
        """The mean to two decimals, halves up; 0.00 without reviews."""
        if not self.count:
            return Decimal("0.00")
        return (Decimal(self.total) / self.count).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def percent(self, number: int) -> int:
        """Which part of all gave this many stars, in whole percent."""
        return round(100 * self.stars[number - 1] / self.count) if self.count else 0


@dataclass(frozen=True, slots=True)
class Text:
    """A review as it may be kept."""

    rating: int
    title: str
    body: str
    language: str


def clean(text: str) -> str:
    """Plain text with one kind of line end, without control characters, at most one empty line in a row."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def read(rating: Any, title: Any, body: Any, language: str) -> tuple[Text | None, dict[str, Any]]:
    """What was sent as a review, or what is wrong with it by field."""
    errors: dict[str, Any] = {}
    if isinstance(rating, bool) or not isinstance(rating, int) or rating not in STARS:
        errors["rating"] = _l("Please choose one to five stars.")
    texts: dict[str, str] = {}
    for name, given, longest in (("title", title, LONGEST_TITLE), ("body", body, LONGEST_BODY)):
        if not storable(given):
            errors[name] = _l("This text contains characters that cannot be stored.")
            continue
        texts[name] = clean(given)
        if len(texts[name]) > longest:
            errors[name] = _l("At most %(count)s characters.", count=longest)
    if "body" not in errors and not texts["body"]:
        errors["body"] = _l("Please write a few words about it.")
    if errors:
        return None, errors
    title_line = " ".join(texts["title"].split())
    spoken = language if is_language(language) else DEFAULT_LANGUAGE
    return Text(rating, title_line, texts["body"], spoken), {}


def public_name(first: str | None, last: str | None) -> str:
    """How a customer is named in public: "Camille C."; "" when nothing is known."""
    given, family = (first or "").strip(), (last or "").strip()
    return f"{given} {family[:1].upper()}.".strip() if given and family else given
