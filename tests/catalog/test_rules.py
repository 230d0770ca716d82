"""Values of the catalogue: slugs, combinations, numbers, translations."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import rules

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@given(st.text(max_size=600))
def test_a_slug_can_stand_in_any_address(name: str) -> None:
    slug = rules.make_slug(name, "product")
    assert SLUG.fullmatch(slug)
    assert len(slug) <= 80
    assert rules.make_slug(slug, "product") == slug


@pytest.mark.parametrize(("name", "slug"), [("Été à Gand", "ete-a-gand"), ("Größe 42", "grosse-42"), ("日本", "ri-ben"), ("!!!", "product"), ("A/B_C", "a-b-c")])  # fmt: skip
def test_names_in_other_scripts(name: str, slug: str) -> None:
    assert rules.make_slug(name, "product") == slug


texts = st.text(max_size=20)


@given(st.dictionaries(texts, texts, max_size=4))
def test_a_combination_has_one_key_whatever_the_order(options: dict[str, str]) -> None:
    turned = dict(reversed(list(options.items())))
    try:
        key = rules.option_key(options)
    except UnicodeEncodeError:
        return  # half a surrogate: refused as a value long before
    assert key == rules.option_key(turned)


plain = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), st.text(st.characters(codec="utf-8"), max_size=8), max_size=3)  # fmt: skip


@given(plain, plain)
def test_different_combinations_have_different_keys(one: dict[str, str], two: dict[str, str]) -> None:
    assert (rules.option_key(one) == rules.option_key(two)) == (one == two)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=6))
def test_numbers_keep_their_value(number: Decimal) -> None:
    kept = rules.decimal_text(number)
    assert kept is not None
    assert Decimal(kept) == number
    assert "e" not in kept.lower()
    assert rules.decimal_text(kept) == kept


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(raw: str) -> None:
    kept = rules.decimal_text(raw)
    assert kept is None or Decimal(kept).is_finite()


@pytest.mark.parametrize(
    "raw", [True, None, "", "abc", "NaN", "Infinity", "1e400", "9" * 41, "1e-99", "16 GB"]
)
def test_what_is_no_number(raw: object) -> None:
    assert rules.decimal_text(raw) is None


@pytest.mark.parametrize(("raw", "answer"), [("yes", True), (" ON ", True), (0, False), ("false", False), ("maybe", None), (None, None)])  # fmt: skip
def test_yes_and_no(raw: object, answer: bool | None) -> None:
    assert rules.boolean(raw) is answer


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.dictionaries(st.text(max_size=3) | st.sampled_from(["fr", "en"]), inner, max_size=3)))  # fmt: skip
def test_translations_are_checked_whatever_they_are(given_texts: object) -> None:
    errors = rules.translation_problems(given_texts)
    if not errors:
        assert set(rules.clean_translations(given_texts)) <= {"fr", "nl", "de", "es"}  # type: ignore[arg-type]


@pytest.mark.parametrize(("ean", "fine"), [("4006381333931", True), ("4006381333932", False), ("96385074", True), ("", False), ("abc", False)])  # fmt: skip
def test_check_digits(ean: str, fine: bool) -> None:
    assert rules.valid_ean(ean) is fine


@pytest.mark.parametrize(
    ("value", "english", "dutch", "french"),
    [
        ("1.5", "1.5", "1,5", "1,5"), ("1.50", "1.5", "1,5", "1,5"), ("2024", "2024", "2024", "2024"),
        ("12500.25", "12,500.25", "12.500,25", "12\u202f500,25"), ("-0.000125", "-0.000125", "-0,000125", "-0,000125"),
        (16, "16", "16", "16"), ("NaN", "NaN", "NaN", "NaN"), ("big", "big", "big", "big"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_readers_write_them(
    value: object, english: str, dutch: str, french: str
) -> None:
    assert [rules.number_in(value, lang) for lang in ("en", "nl", "fr")] == [english, dutch, french]
