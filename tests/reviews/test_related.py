"""Products that resemble one: of its category, in stock first, by what they have in common."""

from __future__ import annotations

from typing import Any

import pytest

from app.search.queries import related
from tests.api.shop import Shop


@pytest.fixture(scope="module", autouse=True)
def more(floor: Shop) -> None:
    """A lamp of the coat's brand, and a lamp that is like Lamp 01 in everything."""
    floor.product("Branded lamp", "20.00", 5, brand_id=floor.ids["brand"])


def alike(floor: Shop, slug: str, **values: Any) -> list[str]:
    names = {number: name for name, number in floor.ids.items() if name.islower()}
    with floor.app.app_context(), floor.maker() as session:
        found = related(session, floor.ids[slug], floor.ids["lamps"], **values)
        assert found == related(session, floor.ids[slug], floor.ids["lamps"], **values), "the same each time"
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


def test_one_statement(floor: Shop) -> None:
    with floor.app.app_context(), floor.maker() as session, floor.statements() as seen:
        related(session, floor.ids["coat"], floor.ids["lamps"])
    assert len(seen) == 1
    with floor.maker() as session:
        assert related(session, 10**12, 10**12) == ()
