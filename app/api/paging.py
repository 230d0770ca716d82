"""Reading a list of products that is ranked by words page by page, while it changes.

Such a list has no sort key to go on from; the search answers its pages by number. A cursor remembers the last product that was given and about where
it stood; the next page begins after that product, wherever it stands by then. So what comes in or goes
out before it neither repeats a product nor leaves one out.
"""

from __future__ import annotations

from collections.abc import Callable

from app.core.pagination import BadCursor, decode_cursor, encode_cursor
from app.search.queries import ListingPage

DEEPEST = 10_000
"""A ranked list reaches this far, as in the shop; who wants everything asks for another order."""
FARTHEST = 6
"""So many pages further on the last product is looked for before it counts as gone."""


def _read(cursor: str) -> tuple[int, int]:
    place, anchor = decode_cursor(cursor, 2)
    for number, most in ((place, DEEPEST), (anchor, 2**63 - 1)):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
            raise BadCursor()
    return place, anchor


def read_on(
    fetch: Callable[[int], ListingPage], limit: int, cursor: str | None
) -> tuple[ListingPage, list[int], str | None]:
    """The products after `cursor`; also the list's own page (for totals and facets) and the next cursor.

    `fetch` gives the page of a number, counted from 1, with `limit` products.

    Raises:
        BadCursor: the cursor was not made here.
    """
    if not cursor:
        found = fetch(1)
        return found, list(found.product_ids), _next(found, found.product_ids, 0)
    place, anchor = _read(cursor)
    page = place // limit + 1
    found = fetch(page)
    page = first = last = found.page
    ids = list(found.product_ids)
    if anchor not in ids and first > 1:
        first -= 1
        ids = [*fetch(first).product_ids, *ids]
    reach = min(found.total, DEEPEST)
    while last * limit < reach and last < page + FARTHEST and _following(ids, anchor) < limit:
        last += 1
        ids += fetch(last).product_ids
    start = ids.index(anchor) + 1 if anchor in ids else (page - first + 1) * limit
    given = ids[start : start + limit]
    return found, given, _next(found, given, (first - 1) * limit + start)


def _following(ids: list[int], anchor: int) -> int:
    """How many products are known after the anchor; none while it has not been found."""
    return len(ids) - ids.index(anchor) - 1 if anchor in ids else 0


def _next(found: ListingPage, given: list[int] | tuple[int, ...], before: int) -> str | None:
    end = before + len(given)
    return encode_cursor([end - 1, given[-1]]) if given and end < min(found.total, DEEPEST) else None
