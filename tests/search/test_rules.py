"""Words, codes, spelling: the pure part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import rules


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Téléphone", "telephone"),
        ("Wi-Fi", "wifi"),
        ("16 GB", "16gb"),
        ("Straße", "strasse"),
        ("1.5 m", "15"),
    ],
)
def test_words_are_plain(text: str, word: str) -> None:
    assert word in rules.words_of(text)


def test_codes_are_found_however_they_are_written() -> None:
    assert rules.code_of("ab-12/3") == rules.code_of("AB 12 3") == "AB123"
    assert rules.codes_of(["0012345678905"]) == ["0012345678905", "12345678905"]


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [("ordinatuer", "ordinateur", 1), ("laptpo", "laptop", 1), ("lamp", "lamp", 0), ("abcdef", "uvwxyz", 3)],
)
def test_distance_counts_swaps_as_one(typed: str, meant: str, expected: int) -> None:
    assert rules.distance(typed, meant) == expected


@given(st.text(alphabet="abcdefg", min_size=6, max_size=12), st.data())
def test_a_word_with_one_letter_lost_shares_a_deletion(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    typed = word[:place] + word[place + 1 :]
    assert set(rules.deletions(word)) & set(rules.deletions(typed))
    assert rules.distance(typed, word) <= 1


@given(st.text(max_size=300))
def test_a_query_is_only_words_and_our_own_operators(text: str) -> None:
    terms = rules.terms_of(text)
    assert len(terms) <= rules.MOST_TERMS
    assert all("'" not in term and "\\" not in term for term in terms)
    made = rules.query_text(terms, {}) if terms else ""
    assert made.count("(") == made.count(")")


def test_synonyms_go_both_ways_or_one() -> None:
    table = rules.synonym_table([("Laptop, Notebook", False), ("telly, television", True)])
    assert table["laptop"] == ["notebook"]
    assert table["notebook"] == ["laptop"]
    assert table["telly"] == ["television"]
    assert "television" not in table


@pytest.mark.parametrize(
    ("query", "kept"),
    [("red lamp", True), ("anna@example.org", False), ("+32 470 12 34 56", False), ("5400141118971", False)],
)
def test_what_could_name_a_person_is_not_kept(query: str, kept: bool) -> None:
    assert rules.may_be_kept(query) is kept
