"""Kits share their parts: what counts is the sum asked of each article, over all places it lies in (C-03)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.inventory import operations, queries
from app.inventory.errors import OutOfStock
from tests.inventory.shelves import article, assert_sound, put

PARTS = 3
PIECES = st.dictionaries(st.integers(0, PARTS - 1), st.integers(1, 3), min_size=1)
"""A kit: how many pieces of which part."""


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    shelves=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=PARTS, max_size=PARTS),
    kits=st.lists(PIECES, min_size=1, max_size=3),
    baskets=st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=3), max_size=5),
    at_once=st.booleans(),
)  # fmt: skip
def test_a_basket_of_kits_is_had_whole_or_not_at_all(
    session: Session,
    shelves: list[tuple[int, int]],
    kits: list[dict[int, int]],
    baskets: list[list[tuple[int, int]]],
    at_once: bool,
) -> None:
    goods = [article(session, stock=here) for here, _there in shelves]
    code = f"SECOND-{goods[0].variant_id}"
    operations.create_warehouse(session, code=code, name="Second", actor=SYSTEM)
    for part, (_here, there) in zip(goods, shelves, strict=True):
        put(session, part, there, warehouse=code)
    left = Counter({n: here + there for n, (here, there) in enumerate(shelves)})
    for number, basket in enumerate(baskets):
        demand: Counter[int] = Counter()
        for kit, quantity in basket:
            for part_of_kit, pieces in kits[kit % len(kits)].items():
                demand[part_of_kit] += pieces * quantity
        wanted = {goods[n].variant_id: pieces for n, pieces in demand.items()}
        holder = f"kits:{goods[0].variant_id}:{number}"
        fits = all(pieces <= left[n] for n, pieces in demand.items())
        try:
            if at_once:
                operations.sell(session, holder=holder, lines=wanted)
            else:
                operations.reserve(session, holder=holder, lines=wanted, until=timedelta(hours=1))
            assert fits, "more was promised than there is"
            left -= demand
        except OutOfStock:
            assert not fits, "what is there was refused"
    found = queries.availability(session, [part.variant_id for part in goods])
    assert [found[part.variant_id].available for part in goods] == [left[n] for n in range(PARTS)]
    assert_sound(session)
