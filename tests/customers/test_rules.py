"""Addresses by the rules of their country."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InvalidFields
from app.customers import rules
from app.customers.errors import BadPhone
from app.customers.rules import PostalAddress

GHENT = {
    "name": "Anna Janssens",
    "line1": "Veldstraat 1",
    "postcode": "9000",
    "city": "Gent",
    "country": "BE",
}


def checked(**changes: object) -> PostalAddress:
    return rules.validate_address({**GHENT, **changes})


def refused(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidFields) as caught:
        checked(**changes)
    return {field: str(message) for field, message in caught.value.errors.items()}


def test_an_address_survives_storage() -> None:
    address = checked(line2="bus 3", phone="0470 12 34 56", company="Lumen bv")
    assert PostalAddress.from_dict(address.as_dict()) == address
    assert address.phone == "+32470123456"


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("BE", "b-9000", "9000"),
        ("BE", "BE 9000", "9000"),
        ("NL", "1012ab", "1012 AB"),
        ("NL", "1012 AB", "1012 AB"),
        ("GB", "sw1a2aa", "SW1A 2AA"),
        ("LU", "L-1234", "1234"),
        ("SE", "11122", "111 22"),
        ("FR", " 75001 ", "75001"),
    ],
)
def test_postcodes_get_their_usual_form(country: str, typed: str, stored: str) -> None:
    assert checked(country=country, postcode=typed).postcode == stored


@pytest.mark.parametrize(
    ("country", "postcode", "region"),
    [("ES", "28013", "M"), ("IT", "00184", "RM"), ("US", "94105", "CA"), ("BE", "9000", "")],
)
def test_the_postcode_tells_the_region(country: str, postcode: str, region: str) -> None:
    assert checked(country=country, postcode=postcode).region == region


def test_a_region_may_be_typed_by_its_name() -> None:
    assert checked(country="US", postcode="94105", region="california").region == "CA"


def test_a_postcode_of_another_region_is_refused() -> None:
    assert set(refused(country="US", postcode="10001", region="CA")) == {"postcode"}


def test_everything_wrong_is_said_at_once_beside_its_field() -> None:
    found = refused(name="", line1="  ", postcode="12", city="", phone="12")
    assert set(found) == {"name", "line1", "postcode", "city", "phone"}
    assert "4000" in found["postcode"], "an example of this country's postcodes"


@pytest.mark.parametrize("country", ["", "XX", "ZZ", "../..", "B", "\ud800\ud800", None, 5, ["BE"]])
def test_unknown_countries_are_refused(country: object) -> None:
    assert "country" in refused(country=country)


@pytest.mark.parametrize("field", ["name", "line1", "city", "line2", "company"])
def test_long_and_strange_values_never_pass_unseen(field: str) -> None:
    assert field in refused(**{field: "x" * 1_000_000})
    assert field in refused(**{field: {"a": 1}})
    assert "\x00" not in getattr(checked(**{field: "a\x00b\ud800c"}), field)


def test_every_country_has_a_form_in_its_order() -> None:
    belgian = [rule.name for rule in rules.address_form("BE")]
    american = [rule.name for rule in rules.address_form("US")]
    assert belgian.index("postcode") < belgian.index("city")
    assert american.index("city") < american.index("region") < american.index("postcode")
    assert next(rule for rule in rules.address_form("US") if rule.name == "region").choices
    assert [rule.name for rule in rules.address_form("nowhere")] == belgian


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"line2": "bus 3"}, ["Anna Janssens", "Veldstraat 1", "bus 3", "9000 Gent", "Belgique"]),
        ({"country": "LU", "postcode": "1234", "city": "Luxembourg"}, ["Anna Janssens", "Veldstraat 1", "L-1234 Luxembourg", "Luxembourg"]),
        ({"country": "GB", "postcode": "SW1A 2AA", "city": "London"}, ["Anna Janssens", "Veldstraat 1", "London", "SW1A 2AA", "Royaume-Uni"]),
        ({"country": "IT", "postcode": "00184", "city": "Roma"}, ["Anna Janssens", "Veldstraat 1", "00184 Roma RM", "Italie"]),
        ({"country": "ES", "postcode": "28013", "city": "Madrid"}, ["Anna Janssens", "Veldstraat 1", "28013 Madrid", "Espagne"]),
    ],
)  # fmt: skip
def test_each_country_writes_its_own_way(changes: dict[str, str], lines: list[str]) -> None:
    assert rules.format_address(checked(**changes).as_dict(), "fr") == lines


def test_an_old_address_of_an_unknown_country_is_still_shown() -> None:
    assert rules.format_address({"name": "A", "line1": "B", "city": "C", "country": "XX"}, "en") == [
        "A",
        "B",
        "C",
        "XX",
    ]


def test_telephone_numbers() -> None:
    assert rules.clean_phone("+33 6 12 34 56 78", "BE") == "+33612345678"
    assert rules.format_phone("+32470123456") == "+32 470 12 34 56"
    assert rules.clean_phone("", "BE") == ""
    with pytest.raises(BadPhone):
        rules.clean_phone("call me", "BE")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*PostalAddress.names(), "extra"]),
        st.one_of(st.text(max_size=40), st.none(), st.integers(), st.lists(st.text(max_size=3))),
    )
)
def test_whatever_comes_is_an_address_or_a_refusal(given: dict[str, object]) -> None:
    try:
        address = rules.validate_address(given)
    except InvalidFields as refusal:
        assert refusal.errors
        return
    assert rules.validate_address(address.as_dict()) == address, "checking again changes nothing"
    assert rules.format_address(address.as_dict(), "de")
