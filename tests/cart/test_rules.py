"""Pure rules of a cart, in small and large numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cart.errors import CouponRefused
from app.cart.rules import MOST, checked_code, destination, joined_codes, merged_quantity, problem_of
from app.inventory.rules import NOTHING, Availability

PIECES = st.one_of(st.integers(1, 5), st.integers(1, MOST))


@given(mine=PIECES, theirs=PIECES, sellable=st.one_of(st.integers(0, 8), st.integers(0, 5000)))
def test_a_merge_takes_nothing_away_and_invents_nothing(mine: int, theirs: int, sellable: int) -> None:
    merged = merged_quantity(mine, theirs, sellable)
    assert mine <= merged <= min(MOST, mine + theirs)
    assert merged >= min(MOST, max(mine, theirs))
    if mine + theirs <= min(sellable, MOST):
        assert merged == mine + theirs
    else:
        assert merged <= max(mine, theirs, min(sellable, MOST))


@pytest.mark.parametrize(
    ("buyable", "priced", "quantity", "left", "code"),
    [
        (True, True, 3, 3, None), (True, True, 4, 3, "not_enough"), (True, True, 1, 0, "sold_out"),
        (True, False, 1, 0, "no_price"), (False, False, 1, 0, "gone"), (False, True, 1, 9, "gone"),
    ],
)  # fmt: skip
def test_the_first_reason_is_told(
    buyable: bool, priced: bool, quantity: int, left: int, code: str | None
) -> None:
    stock = Availability(left, 0, "in") if left else NOTHING
    found = problem_of(is_buyable=buyable, has_price=priced, quantity=quantity, availability=stock)
    assert (found.code if found else None) == code


def test_goods_on_order_can_be_bought() -> None:
    stock = Availability(0, 5, "backorder")
    assert problem_of(is_buyable=True, has_price=True, quantity=5, availability=stock) is None


@given(st.text())
def test_a_code_is_plain_capitals_or_none(text: str) -> None:
    try:
        code = checked_code(text)
    except CouponRefused:
        return
    assert code == text.strip().upper()
    assert code.isascii() and code.isprintable() and 1 <= len(code) <= 64


def test_codes_of_two_carts() -> None:
    assert joined_codes(["A", "B"], ["B", "C"]) == ["A", "B", "C"]
    assert len(joined_codes(list("ABCD"), list("EFGH"))) == 5


@pytest.mark.parametrize(
    ("asked", "address", "kept", "expected"),
    [
        (None, None, None, (None, "")), (None, None, "FR", ("FR", "")), ("DE", None, "FR", ("DE", "")),
        (None, {"country": "BE", "postcode": "9000"}, "FR", ("BE", "9000")),
        ("BE", {"country": "BE", "postcode": "9000"}, None, ("BE", "9000")),
        ("ES", {"country": "BE", "postcode": "9000"}, None, ("ES", "")),
    ],
)  # fmt: skip
def test_a_postcode_counts_in_its_own_country_only(
    asked: str | None, address: dict[str, str] | None, kept: str | None, expected: tuple[str | None, str]
) -> None:
    assert destination(asked, address, kept) == expected
