"""Pure rules of stock: how a demand is spread over rows, and what a level means to a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.inventory.errors import BadLevel

MOST = 1_000_000_000
"""More than a billion pieces of anything is a typing error."""


def quantity_of(value: Any) -> int:
    """A level as forms and files write it: a whole number, or its digits.

    Raises:
        BadLevel: anything else.
    """
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise BadLevel(most=MOST)
    return value


def part_errors(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with the part "stock" of a product, by "<sku>.on_hand"; None leaves a level alone."""
    errors: dict[str, Any] = {}
    for sku, value in values.items():
        if value is None:
            continue
        try:
            quantity_of(value)
        except BadLevel as wrong:
            errors[f"{sku}.on_hand"] = wrong.text
    return errors


@dataclass(frozen=True, slots=True)
class Level:
    """One stock row as it was locked: what it can give."""

    stock_id: int
    variant_id: int
    on_hand: int
    reserved: int
    backordered: int
    backorder_limit: int
    priority: int = 100
    low_at: int = 0

    @property
    def free(self) -> int:
        """Pieces on the shelf that nobody was promised."""
        return self.on_hand - (self.reserved - self.backordered)

    @property
    def room(self) -> int:
        """Pieces that may still be promised without goods."""
        return max(0, self.backorder_limit - self.backordered)


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a demand that one row takes."""

    stock_id: int
    variant_id: int
    quantity: int
    is_backorder: bool


class NotEnough(Exception):
    """The rows cannot give what is wanted; `left` is what they could."""

    def __init__(self, variant_id: int, left: int):
        super().__init__(variant_id, left)
        self.variant_id, self.left = variant_id, left


def spread(variant_id: int, wanted: int, rows: Iterable[Level]) -> list[Portion]:
    """Take a demand from the shelves in order of priority, then from what may be backordered.

    Raises:
        NotEnough: when all rows together have less; nothing is taken then.
    """
    ordered = sorted(rows, key=lambda row: (row.priority, row.stock_id))
    left = sum(max(0, row.free) + row.room for row in ordered)
    if wanted > left:
        raise NotEnough(variant_id, left)
    portions: list[Portion] = []
    missing = wanted
    for is_backorder in (False, True):
        for row in ordered:
            given = min(missing, row.room if is_backorder else max(0, row.free))
            if given > 0:
                portions.append(Portion(row.stock_id, variant_id, given, is_backorder))
                missing -= given
    return portions


@dataclass(frozen=True, slots=True)
class Availability:
    """What a customer is told about a variant.

    `available` lies on the shelf and is free; `backorder` may be sold on top; `ships_from` is the
    day backordered goods are expected. state: in, low, backorder, out.
    """

    available: int
    backorder: int = 0
    state: Literal["in", "low", "out", "backorder"] = "out"
    ships_from: date | None = None

    @property
    def sellable(self) -> int:
        """How many can be ordered at all."""
        return self.available + self.backorder

    @property
    def is_buyable(self) -> bool:
        """True while at least one can be ordered."""
        return self.sellable > 0


NOTHING = Availability(0)


def availability(free: int, room: int, low_at: int, ships_from: date | None) -> Availability:
    """Put a level into the words the shop uses."""
    free, room = max(0, free), max(0, room)
    if free > 0:
        return Availability(free, room, "low" if free <= low_at else "in", None)
    if room > 0:
        return Availability(0, room, "backorder", ships_from)
    return NOTHING


@dataclass(frozen=True, slots=True)
class Waiting:
    """A backorder in the queue of a row."""

    reservation_id: int
    quantity: int
    state: str


def serve_queue(free: int, queue: Sequence[Waiting]) -> list[tuple[Waiting, int]]:
    """Give free pieces to waiting backorders, oldest first; the last one may get a part."""
    given: list[tuple[Waiting, int]] = []
    for item in queue:
        part = min(free, item.quantity)
        if part <= 0:
            break
        given.append((item, part))
        free -= part
    return given


LOW_STOCK = "low_stock"
"""The topic of notices to staff about articles that run low."""


def alert_subject(alert_id: int) -> str:
    """What a notice to staff is about: one crossing of a threshold."""
    return f"alert:{alert_id}"


def crossing(before: int, after: int, low_at: int) -> Literal["low", "well"] | None:
    """Whether a level went through its threshold, and in which direction."""
    if before > low_at >= after:
        return "low"
    if before <= low_at < after:
        return "well"
    return None
