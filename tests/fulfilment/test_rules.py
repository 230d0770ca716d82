"""Tracking numbers and the carriers' pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fulfilment import rules
from app.fulfilment.errors import BadTemplate, BadTrackingNumber
from app.fulfilment.reference import CARRIERS


def test_spaces_and_small_letters_are_forgiven() -> None:
    assert rules.tracking_number(" 3232 1074 2499 be") == "323210742499BE"


@given(st.text(max_size=100))
def test_a_number_is_harmless_or_refused(raw: str) -> None:
    try:
        number = rules.tracking_number(raw)
    except BadTrackingNumber:
        return
    assert 4 <= len(number) <= 40
    assert number.isascii()
    assert all(c.isalnum() or c in ".-" for c in number)


@pytest.mark.parametrize(("code", "name", "template"), CARRIERS)
def test_every_carrier_we_bring_is_well_formed(code: str, name: str, template: str) -> None:
    assert rules.check_template(template) == template
    url = rules.tracking_url(template, number="3S-TEST", postcode="1012 AB", language="nl")
    assert ("3S-TEST" in url) == bool(template)
    assert "{" not in url and " " not in url


def test_values_cannot_leave_their_place() -> None:
    url = rules.tracking_url(
        "https://x.example/{number}?p={postcode}", number="{postcode}/../&", postcode="9&x=1#", language=""
    )
    assert url == "https://x.example/%7Bpostcode%7D%2F..%2F%26?p=9%26x%3D1%23"


@pytest.mark.parametrize(
    "bad",
    ["http://x.example/{number}", "https://x.example/", "javascript:{number}", "https://x.example/{number}{x}", "https://x .example/{number}", "https://é.example/{number}"],
)  # fmt: skip
def test_an_address_without_number_or_safety_is_refused(bad: str) -> None:
    with pytest.raises(BadTemplate):
        rules.check_template(bad)
