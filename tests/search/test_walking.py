"""A list is read to its end by cursor: everything once, in order, at the same cost wherever one stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import caching
from app.core.pagination import BadCursor, decode_cursor, encode_cursor
from app.search.queries import Listing, listing
from app.search.queries.asking import DEEPEST
from app.search.queries.lists import ORDERS

MANY = 12_000
SORTS = {**ORDERS, "name": "t.names[1], d.product_id"}


@pytest.fixture
def many(session: Session) -> Iterator[int]:
    """More products than a list of pages reaches, with equal keys and some without a price."""
    session.execute(text("""
        INSERT INTO search_document (product_id, price, available, popularity, published_at, categories)
        SELECT n, CASE WHEN n % 10 > 0 THEN n % 97 END, n % 3 > 0, n % 50,
               timestamptz '2026-01-01 00:00Z' + n % 1000 * interval '1.5 seconds', ARRAY[CAST(n % 2 AS bigint) + 1]
          FROM generate_series(1, :many) AS n"""), {"many": MANY})  # fmt: skip
    session.execute(text("""
        INSERT INTO search_text (product_id, names)
        SELECT n, ARRAY['lamp ' || lpad(CAST(n % 500 AS text), 3, '0')] FROM generate_series(1, :many) AS n"""),
        {"many": MANY},
    )  # fmt: skip
    session.commit()
    caching.purge("search")
    yield MANY
    session.rollback()
    for table in ("search_document", "search_text"):
        session.execute(text(f"DELETE FROM {table}"))
    session.commit()
    caching.purge("search")


def walked(session: Session, sort: str, per_page: int = 200, **more: Any) -> list[int]:
    """The whole list, page by page."""
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = listing(
            session, Listing(sort=sort, per_page=per_page, cursor=cursor, with_facets=False, **more)
        )
        assert len(page.product_ids) == per_page or page.next is None
        found += page.product_ids
        cursor = page.next
    return found


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_everything_comes_once_and_in_order(session: Session, many: int, sort: str) -> None:
    wanted = session.scalars(text(
        f"SELECT d.product_id FROM search_document d JOIN search_text t USING (product_id) ORDER BY {SORTS[sort]}"
    )).all()  # fmt: skip
    found = walked(session, sort)
    assert many > DEEPEST and len(found) == many
    assert found == list(wanted)


def test_filters_hold_on_every_page(session: Session, many: int) -> None:
    for sort in SORTS:
        found = walked(session, sort, price_min=Decimal(90), category_id=1)
        assert len(found) == len(set(found)) and found
        rows = session.execute(
            text("SELECT min(price), max(categories[1]) FROM search_document WHERE product_id = ANY(:ids)"), {"ids": found}
        ).one()  # fmt: skip
        assert tuple(rows) == (Decimal(90), 1)
    assert walked(session, "price", category_id=9) == []


def test_pages_end_exactly_at_the_end_of_a_stretch(session: Session, many: int) -> None:
    """Products without a price begin a stretch of their own: nothing is lost where one ends."""
    priced = session.scalar(text("SELECT count(*) FROM search_document WHERE price IS NOT NULL"))
    assert priced and priced % 200 == 0, "a page ends where the stretch ends"
    assert walked(session, "price", 200) == walked(session, "price", 175)
    assert walked(session, "-price", 200) == walked(session, "-price", 199)


def test_what_changes_meanwhile_disturbs_nobody(session: Session, many: int) -> None:
    found: list[int] = []
    cursor: str | None = ""
    number = 0
    while cursor is not None:
        page = listing(session, Listing(sort="newest", per_page=200, cursor=cursor, with_facets=False))
        found += page.product_ids
        cursor, number = page.next, number + 1
        if number < 10:  # the last one given goes, and something newer than all comes
            session.execute(text("DELETE FROM search_document WHERE product_id = :p"), {"p": found[-1]})
            session.execute(
                text("INSERT INTO search_document (product_id, published_at) VALUES (:p, now())"), {"p": MANY + number}
            )  # fmt: skip
            session.commit()
    assert len(found) == len(set(found)) == many


@pytest.mark.parametrize(("sort", "index"), [("newest", "newest"), ("price", "price"), ("-price", "price"), ("popularity", "popular")])  # fmt: skip
def test_a_late_page_is_read_from_the_index(session: Session, many: int, sort: str, index: str) -> None:
    """The place is a condition of the index, so that what stands before it is not looked at."""
    from app.search.queries.walking import parts_of

    part = parts_of(sort, "en")[0]
    values = {"id": 6000, "published": "2026-01-01 00:10Z", "price": 50, "available": True, "popularity": 20}
    names = {name: value for name, value in values.items() if f":{name}" in part.behind}
    session.execute(text("ANALYZE search_document"))
    plan = "\n".join(session.scalars(
        text(f"EXPLAIN SELECT {part.columns} FROM search_document d WHERE {part.own} AND {part.behind} "
             f"ORDER BY {part.order} LIMIT 25"), names,
    ))  # fmt: skip
    assert (
        f"ix_search_document_{index}" in plan
        and "(ROW(" in plan.split("Index Cond:")[1]
        and "Sort" not in plan
    ), plan


PLACES: tuple[Any, ...] = (
    [0, "2026-01-01T00:00:00+00:00"], [0, "2026-01-01T00:00:00", 5], [0, "soon", 5], [0, 5, 5], [0, None, 5],
    [1, 5], [-1, "2026-01-01T00:00:00+00:00", 5], [True, "2026-01-01T00:00:00+00:00", 5],
    [0, "2026-01-01T00:00:00+00:00", -1], [0, "2026-01-01T00:00:00+00:00", 2**63], [0, "2026-01-01T00:00:00+00:00", True],
    [0, "2026-01-01T00:00:00+00:00", "5"], [], {}, "x", None, [[]], [0, "0001-01-01T00:00:00+14:00", 5],
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_places_that_are_none(session: Session, place: Any) -> None:
    with pytest.raises(BadCursor):
        listing(session, Listing(sort="newest", cursor=encode_cursor(["newest", place])))


@pytest.mark.parametrize("price", ["NaN", "Infinity", "x", "", "1" * 50, "1e20", 5, None, "\x00"])
def test_prices_that_are_none(session: Session, price: Any) -> None:
    with pytest.raises(BadCursor):
        listing(session, Listing(sort="price", cursor=encode_cursor(["price", [0, price, 5]])))


@pytest.mark.parametrize("name", ["a\x00", "\ud800", "x" * 201, 5, None])
def test_names_that_are_none(session: Session, name: Any) -> None:
    with pytest.raises(BadCursor):
        listing(session, Listing(sort="name", cursor=encode_cursor(["name", [0, name, 5]])))


def test_a_cursor_belongs_to_its_order(session: Session, many: int) -> None:
    made = listing(session, Listing(sort="newest", cursor="", with_facets=False)).next
    assert made is not None and decode_cursor(made, 2)[0] == "newest"
    for sort in ("price", "name", "popularity", "-price"):
        with pytest.raises(BadCursor):
            listing(session, Listing(sort=sort, cursor=made))
    for cursor in ("x", "W10", "e30", encode_cursor([1, 2]), encode_cursor(["newest"])):
        with pytest.raises(BadCursor):
            listing(session, Listing(sort="newest", cursor=cursor))
