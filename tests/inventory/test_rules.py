"""Pure rules of stock, in small and large numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inventory.errors import BadLevel
from app.inventory.rules import (
    MOST,
    NOTHING,
    Level,
    NotEnough,
    Waiting,
    availability,
    crossing,
    quantity_of,
    serve_queue,
    spread,
)  # fmt: skip

NUMBERS = st.one_of(st.integers(0, 5), st.integers(0, 10_000))


@st.composite
def rows(draw: Any) -> list[Level]:
    """Up to four rows of one variant that keep the rules of the table."""
    found = []
    for stock_id in range(1, draw(st.integers(1, 4)) + 1):
        on_hand, limit = draw(NUMBERS), draw(NUMBERS)
        waiting = draw(st.integers(0, limit))
        shelf = draw(st.integers(0, on_hand))
        found.append(Level(stock_id, 7, on_hand, shelf + waiting, waiting, limit, draw(st.integers(0, 3))))
    return found


@given(rows(), st.one_of(st.integers(1, 20), st.integers(1, 50_000)))
def test_a_demand_is_met_whole_or_refused_with_what_is_left(levels: list[Level], wanted: int) -> None:
    left = sum(row.free + row.room for row in levels)
    if wanted > left:
        with pytest.raises(NotEnough) as refused:
            spread(7, wanted, levels)
        assert refused.value.left == left
        return
    parts = spread(7, wanted, levels)
    assert sum(part.quantity for part in parts) == wanted
    by_id = {row.stock_id: row for row in levels}
    for part in parts:
        row = by_id[part.stock_id]
        assert 0 < part.quantity <= (row.room if part.is_backorder else row.free)
    taken = sum(part.quantity for part in parts if not part.is_backorder)
    assert taken == min(wanted, sum(row.free for row in levels)), "shelves first, then what is to come"


@given(NUMBERS, st.lists(st.integers(1, 50), max_size=8))
def test_the_queue_is_served_in_order(free: int, wanted: list[int]) -> None:
    queue = [Waiting(n, quantity, "owed") for n, quantity in enumerate(wanted)]
    given_out = serve_queue(free, queue)
    assert sum(part for _item, part in given_out) == min(free, sum(wanted))
    assert [item.reservation_id for item, _part in given_out] == list(range(len(given_out)))
    assert all(part == item.quantity for item, part in given_out[:-1])


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_threshold_is_crossed_in_one_direction_or_not_at_all(before: int, after: int, low: int) -> None:
    found = crossing(before, after, low)
    assert (found is None) == ((before > low) == (after > low))
    assert found != "low" or after <= low
    assert crossing(after, before, low) == {"low": "well", "well": "low", None: None}[found]


@pytest.mark.parametrize(
    ("free", "room", "state"),
    [(9, 0, "in"), (3, 0, "low"), (0, 4, "backorder"), (0, 0, "out"), (-2, 0, "out")],
)
def test_what_a_customer_is_told(free: int, room: int, state: str) -> None:
    told = availability(free, room, 3, date(2030, 1, 1))
    assert (told.state, told.sellable, told.is_buyable) == (state, max(0, free) + room, state != "out")
    assert (told.ships_from is not None) == (state == "backorder")
    assert state != "out" or told == NOTHING


@pytest.mark.parametrize("wrong", [-1, MOST + 1, "-1", "1.5", "x", "", None, True, 2.0, "9" * 12, "²"])
def test_levels_in_files_are_digits(wrong: Any) -> None:
    with pytest.raises(BadLevel):
        quantity_of(wrong)
    assert (quantity_of(" 12 "), quantity_of(0)) == (12, 0)
