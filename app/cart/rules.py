"""Pure rules of a cart: quantities, what is wrong with a line, how two carts become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.cart.errors import BadQuantity, CouponRefused
from app.core.i18n import _l
from app.inventory.rules import Availability

MOST = 999
"""Pieces on one line; whoever wants more asks for an offer."""
MOST_LINES = 200
MOST_CODES = 5
LONGEST_CODE = 64
LONGEST_NOTE = 2_000

ProblemCode = Literal["gone", "no_price", "sold_out", "not_enough"]
_WORDS: dict[str, Any] = {
    "gone": _l("This is not for sale any more."),
    "no_price": _l("This has no price at the moment."),
    "sold_out": _l("This is sold out."),
    "not_enough": _l("Only %(left)s left."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be ordered as it stands. As text: a sentence in the reader's language."""

    code: ProblemCode
    left: int = 0

    @property
    def stops_counting(self) -> bool:
        """True when not even one piece can be had: the line is left out of the totals."""
        return self.code != "not_enough"

    def __str__(self) -> str:
        return str(_WORDS[self.code]) % {"left": self.left}


def problem_of(
    *, is_buyable: bool, has_price: bool, quantity: int, availability: Availability
) -> Problem | None:
    """What stops this line from being ordered; None when nothing does."""
    if not is_buyable:
        return Problem("gone")
    if not has_price:
        return Problem("no_price")
    if not availability.is_buyable:
        return Problem("sold_out")
    if quantity > availability.sellable:
        return Problem("not_enough", availability.sellable)
    return None


def checked_quantity(quantity: Any) -> int:
    """A number of pieces that makes sense.

    Raises:
        BadQuantity: anything but a whole number from 1 to 999.
    """
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= MOST:
        raise BadQuantity(most=MOST)
    return quantity


def merged_quantity(mine: int, theirs: int, sellable: int) -> int:
    """Pieces of an article after a merge: both together, capped by stock and by what a line holds.

    Never less than `mine`, what the customer's own cart had: a merge takes nothing away. An article
    that is sold out keeps the larger wish, and its line says so.
    """
    return min(MOST, max(mine, min(mine + theirs, max(sellable, theirs))))


def checked_code(code: Any) -> str:
    """A coupon code as it is kept: trimmed, in capitals.

    Raises:
        CouponRefused: it cannot be a code at all.
    """
    if not isinstance(code, str):
        raise CouponRefused()
    tidy = code.strip().upper()
    if not tidy or len(tidy) > LONGEST_CODE or not tidy.isprintable() or not tidy.isascii():
        raise CouponRefused()
    return tidy


def joined_codes(mine: list[str], theirs: list[str]) -> list[str]:
    """The codes of two carts, each once, in order of arrival."""
    return list(dict.fromkeys([*mine, *theirs]))[:MOST_CODES]


def destination(
    country: str | None, address: Mapping[str, Any] | None, remembered: str | None
) -> tuple[str | None, str]:
    """Country and postcode to quote for; a postcode counts only in the country it was given for."""
    known = dict(address or {})
    chosen = country or known.get("country") or remembered or None
    return chosen, str(known.get("postcode") or "") if known.get("country") == chosen else ""
