"""Who may pay how, how long an order waits, and what a card number looks like."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from app.payments import queries, rules
from app.payments.settings import PaymentSettings
from tests.payments.making import money

MINE = PaymentSettings()
CARDS = [
    "4242424242424242", "4000 0027 6000 3184", "5555-5555-5555-4444", "378282246310005", "30569309025904",
    "6011111111111117", "3566002020360505", "2223003122003222",
]  # fmt: skip
HARMLESS = [
    "4242424242424241", "0000000000000000", "2026-000123", "+32 470 12 34 56", "BE68 5390 0754 7034",
    "+++202/6000/12320+++", "1700000000", "4006381333931", "20261121084512",
]  # fmt: skip


@pytest.mark.parametrize("card", CARDS)
def test_card_numbers_are_seen_in_any_spelling(card: str) -> None:
    for text in (card, f"my card is {card}, thanks", f'{{"note":"{card}"}}', f"\n{card}\n"):
        assert rules.holds_card_number([text])


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_are_not_taken_for_cards(text: str) -> None:
    assert not rules.holds_card_number([text])


@given(st.integers(0, 10**11 - 1))
def test_every_number_of_a_known_issuer_is_seen(number: int) -> None:
    body = f"4242{number:011d}"
    assert rules.holds_card_number([body + luhn.calc_check_digit(body)])


@given(st.text())
def test_no_text_breaks_the_guard(text: str) -> None:
    assert rules.holds_card_number([text]) in (True, False)


@pytest.mark.parametrize(
    ("method", "total", "currency", "rate", "country", "allowed"),
    [
        ("cod", "500.00", "EUR", "1", "BE", True), ("cod", "500.01", "EUR", "1", "BE", False),
        ("cod", "540.00", "USD", "1.08", "NL", True), ("cod", "540.01", "USD", "1.08", "NL", False),
        ("cod", "10.00", "EUR", "1", "US", False), ("bank_transfer", "9999.00", "EUR", "1", "US", True),
        ("bank_transfer", "10.00", "USD", "1.08", "BE", False), ("demo_card", "10.00", "USD", "1.08", "US", True),
    ],
)  # fmt: skip
def test_who_may_pay_how(
    method: str, total: str, currency: str, rate: str, country: str, allowed: bool
) -> None:
    assert rules.is_allowed(method, money(total, currency), Decimal(rate), country, MINE) is allowed


def test_staff_can_switch_a_method_off_and_a_wrong_account_hides_transfers() -> None:
    off = PaymentSettings(disabled=("cod",), bank_iban="BE00")
    for method in ("cod", "bank_transfer"):
        assert not rules.is_allowed(method, money("10.00"), Decimal(1), "BE", off)


@pytest.mark.parametrize(
    ("method", "wait"), [("cod", None), ("bank_transfer", timedelta(days=7)), ("stripe", timedelta(hours=1))]
)
def test_how_long_an_order_waits(method: str, wait: Any) -> None:
    assert rules.waits_for(method, MINE) == wait


def test_the_looks_grow_apart() -> None:
    waits = [rules.check_after(n).total_seconds() for n in range(12)]
    assert waits[:4] == [20, 40, 80, 160]
    assert waits == sorted(waits)
    assert waits[-1] == 900


@pytest.mark.parametrize(
    ("total", "country", "expected"),
    [("49.80", "BE", ["demo_card", "bank_transfer", "cod"]), ("600.00", "BE", ["demo_card", "bank_transfer"]),
     ("49.80", "US", ["demo_card", "bank_transfer"])],
)  # fmt: skip
def test_methods_have_words_in_the_readers_language(
    session: Any, total: str, country: str, expected: list[str]
) -> None:
    found = queries.methods(session, total=money(total), country=country, currency="EUR")
    assert [choice.key for choice in found] == expected
    assert all(choice.label and choice.description for choice in found)
    assert [bool(choice.tokens) for choice in found] == [choice.key == "demo_card" for choice in found]
