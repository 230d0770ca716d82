"""Products that resemble one: of its category, in stock first, by what they have in common."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.catalog.queries import product_page
from app.core import caching
from app.search.models import SearchDocument
from app.search.queries import related, tokens
from app.search.queries.matching import OWNER
from tests.api.shop import Shop


@pytest.fixture(scope="module", autouse=True)
def more(floor: Shop) -> None:
    """A lamp of the coat's brand, and a lamp that is like Lamp 01 in everything."""
    floor.product("Branded lamp", "20.00", 5, brand_id=floor.ids["brand"])


def own_tokens(session: Any, slug: str) -> frozenset[str]:
    page = product_page(session, slug, "en")
    return tokens(page.brand_slug, page.values, *(variant.options for variant in page.variants))


def alike(floor: Shop, slug: str, **values: Any) -> list[str]:
    names = {number: name for name, number in floor.ids.items() if name.islower()}
    with floor.app.app_context(), floor.maker() as session:
        own = own_tokens(session, slug)
        found = related(session, floor.ids[slug], floor.ids["lamps"], own, **values)
        again = related(session, floor.ids[slug], floor.ids["lamps"], own, **values)
        assert found == again, "the same each time"
    return [names[i] for i in found]


def test_never_itself_never_what_is_hidden_at_most_eight(floor: Shop) -> None:
    found = alike(floor, "lamp-01")
    assert len(found) == len(set(found)) == 8 and "lamp-01" not in found
    everything = alike(floor, "lamp-01", limit=500)
    assert not {"draft-lamp", "gone-lamp", "lamp-01"} & set(everything)
    assert everything[-1] == "sold-out-lamp", "what is sold out comes last"


def test_what_is_shared_decides(floor: Shop) -> None:
    odd = alike(floor, "lamp-01")
    assert all(int(name[-2:]) % 2 for name in odd), "all of the same power"
    assert alike(floor, "coat")[0] == "branded-lamp", "the brand in common comes first"


def test_the_page_knows_what_the_index_holds(floor: Shop) -> None:
    """What a product is compared by comes from its page; it must be spelt as the index spells it."""
    for slug in ("coat", "lamp-01"):
        with floor.app.app_context(), floor.maker() as session:
            held = select(SearchDocument.facets).where(SearchDocument.product_id == floor.ids[slug])
            indexed = session.scalar(held)
            assert indexed and set(indexed) <= own_tokens(session, slug), slug


def test_no_statement_but_once_a_category(floor: Shop) -> None:
    with floor.app.app_context(), floor.maker() as session:
        caching.purge(OWNER)
        with floor.statements() as seen:
            for slug in ("coat", "lamp-01"):
                related(session, floor.ids[slug], floor.ids["lamps"], frozenset())
    assert len(seen) == 1
    with floor.maker() as session:
        assert related(session, 10**12, 10**12, frozenset()) == ()
