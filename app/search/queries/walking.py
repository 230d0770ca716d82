"""Reading a list from its beginning to its end: each page begins behind the last product of the one before.

A cursor is the sort key of that product, so a page costs the same wherever it stands, and what comes in or
goes out before it neither repeats a product nor leaves one out. Lists ranked by words have no such key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.i18n import LANGUAGES
from app.core.pagination import BadCursor, decode_cursor, encode_cursor
from app.search.queries.asking import BIGGEST_ID

if TYPE_CHECKING:
    from app.search.queries.lists import Narrowed

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a list: what is in it, and the columns it is sorted by, by the names of their values."""

    keys: tuple[tuple[str, str], ...]
    is_down: bool
    own: str = "TRUE"

    @property
    def columns(self) -> str:
        """SQL: the sort key, the product's id at its end."""
        return ", ".join(column for _name, column in self.keys)

    @property
    def behind(self) -> str:
        """SQL: what stands behind a place."""
        values = ", ".join(f":{name}" for name, _column in self.keys)
        return f"({self.columns}) {'<' if self.is_down else '>'} ({values})"

    @property
    def order(self) -> str:
        """SQL: the order of the stretch."""
        return ", ".join(f"{column} DESC" if self.is_down else column for _name, column in self.keys)


_ID = ("id", "d.product_id")
_PRICE = (("price", "d.price"), _ID)
PARTS: dict[str, tuple[Part, ...]] = {
    "popularity": (Part((("available", "d.available"), ("popularity", "d.popularity"), _ID), is_down=True),),
    "newest": (Part((("published", "d.published_at"), _ID), is_down=True),),
    "price": (Part(_PRICE, False, "d.price IS NOT NULL"), Part((_ID,), False, "d.price IS NULL")),
    "-price": (Part(_PRICE, True, "d.price IS NOT NULL"), Part((_ID,), True, "d.price IS NULL")),
}
"""The stretches of each order. Products without a price stand behind all others: one index serves each stretch."""
READ = "d.product_id, d.available, d.popularity, d.price, d.published_at"


def parts_of(sort: str, lang: str) -> tuple[Part, ...]:
    """The stretches of a list in this order; none for an order that has no place to go on from."""
    if sort != "name":
        return PARTS.get(sort, ())
    place = list(LANGUAGES).index(lang) + 1
    return (Part((("name", f"coalesce(t.names[{place}], t.names[1], '')"), _ID), is_down=False),)


def page(
    session: Session, narrowed: Narrowed, sort: str, limit: int, cursor: str, *, is_small: bool
) -> tuple[tuple[int, ...], str | None]:
    """The products behind a cursor (the first ones for an empty one), and the cursor of the following ones.

    `is_small`: the list is read whole and sorted, instead of walked in its order.

    Raises:
        BadCursor: the cursor was not made by this shop, or for another order.
    """
    parts = parts_of(sort, narrowed.lang)
    start, values = _place(cursor, sort, parts) if cursor else (0, {})
    found: list[tuple[Any, ...]] = []
    for number in range(start, len(parts)):
        behind = values if number == start else {}
        rows = _rows(session, narrowed, parts[number], limit + 1 - len(found), behind, is_small)
        found += [(number, *row) for row in rows]
        if len(found) > limit:
            break
    given = found[:limit]
    following = encode_cursor([sort, list(given[-1])]) if len(found) > limit else None
    return tuple(row[-1] for row in given), following


def _rows(
    session: Session, narrowed: Narrowed, part: Part, limit: int, behind: dict[str, Any], is_small: bool
) -> list[Any]:
    """One statement, from ix_search_document_popular, _newest or _price; by name the list is read whole."""
    where = f"{narrowed.base()} AND {narrowed.chosen()}"
    own = f"{part.own} AND {part.behind}" if behind else part.own
    if part.keys[0][0] == "name":
        joined = "" if narrowed.match else " JOIN search_text t USING (product_id)"
        statement = f"SELECT {part.columns} FROM {narrowed.joined}{joined} WHERE {where} AND {own}"
    elif is_small:
        statement = f"""WITH d AS MATERIALIZED (SELECT {READ} FROM {narrowed.joined} WHERE {where})
            SELECT {part.columns} FROM d WHERE {own}"""
    else:
        statement = f"SELECT {part.columns} FROM {narrowed.joined} WHERE {where} AND {own}"
    bound = narrowed.values() | behind | {"limit": limit}
    return list(session.execute(text(f"{statement} ORDER BY {part.order} LIMIT :limit"), bound))


def _place(cursor: str, sort: str, parts: tuple[Part, ...]) -> tuple[int, dict[str, Any]]:
    """The stretch and the values of a cursor, in their types."""
    made_for, place = decode_cursor(cursor, 2)
    if made_for != sort or not isinstance(place, list) or not place or not _whole(place[0], len(parts) - 1):
        raise BadCursor()
    names = [name for name, _column in parts[place[0]].keys]
    if len(place) != len(names) + 1:
        raise BadCursor()
    values = {name: READERS[name](value) for name, value in zip(names, place[1:], strict=True)}
    if None in values.values():
        raise BadCursor()
    return place[0], values


def _whole(value: Any, most: int, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None and found.year > 1 else None


def _amount(value: Any) -> Decimal | None:
    try:
        found = Decimal(value) if isinstance(value, str) and len(value) < 40 else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() and abs(found) < Decimal(10) ** 15 else None


def _name(value: Any) -> str | None:
    fits = isinstance(value, str) and len(value) <= LONGEST_NAME and "\x00" not in value
    return value if fits and not any("\ud800" <= letter <= "\udfff" for letter in value) else None


READERS: dict[str, Callable[[Any], Any]] = {
    "id": lambda value: value if _whole(value, BIGGEST_ID) else None,
    "available": lambda value: value if isinstance(value, bool) else None,
    "popularity": lambda value: value if _whole(value, 2**31 - 1, -(2**31)) else None,
    "published": _moment,
    "price": _amount,
    "name": _name,
}
"""What a value of a cursor has to be; None for anything else."""
