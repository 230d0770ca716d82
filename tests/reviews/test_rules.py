"""Stars, names and texts, with figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reviews import rules
from app.reviews.rules import Rating


def test_average_and_parts() -> None:
    rating = Rating((1, 0, 0, 1, 1))
    assert (rating.count, rating.total, rating.average) == (3, 10, Decimal("3.33"))
    assert [rating.percent(n) for n in rules.STARS] == [33, 0, 0, 33, 33]
    assert Rating((0, 0, 0, 1, 7)).average == Decimal("4.88"), "4.875: halves go up"
    assert (Rating().average, Rating().percent(5)) == (Decimal("0.00"), 0)


@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=5))
def test_the_average_lies_between_one_and_five(counts: list[int]) -> None:
    rating = Rating(tuple(counts))  # type: ignore[arg-type]
    assert rating.average == 0 if not rating.count else 1 <= rating.average <= 5


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Camille", "Customer", "Camille C."), ("Wout", "", "Wout"), ("", "De Smet", ""), (None, None, ""), ("Zoé", "émile", "Zoé É.")],
)  # fmt: skip
def test_names_in_public(first: str | None, last: str | None, name: str) -> None:
    assert rules.public_name(first, last) == name


@given(st.text(max_size=300))
def test_texts_are_clean_and_stay_so(text: str) -> None:
    made = rules.clean(text)
    assert rules.clean(made) == made and "\r" not in made and "\n\n\n" not in made
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in made)


def test_a_review_is_read() -> None:
    text, errors = rules.read(5, " One\nline ", "a\r\n\r\n\r\n\r\nb\u202e", "xx")
    assert errors == {} and text == rules.Text(5, "One line", "a\n\nb", "en")
