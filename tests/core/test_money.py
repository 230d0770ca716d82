"""Money: exact, of one currency, rounded in one place; splits that lose no cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.money import MAX_AMOUNT, Money, MoneyError, TaxedMoney, allocate, exponent, total

CURRENCIES = ("JPY", "EUR", "BHD")
currencies = st.sampled_from(CURRENCIES)
minors = st.integers(-(10**12), 10**12)
counts = st.integers(0, 10**9)
rates = st.decimals(0, 50, places=3)


@given(minors, currencies)
def test_c_11_smallest_units_there_and_back(minor: int, currency: str) -> None:
    amount = Money.of_minor(minor, currency)
    assert amount.minor == minor
    assert Money.parse(str(amount.amount), currency) == amount
    assert -int(amount.amount.as_tuple().exponent) == exponent(currency)  # type: ignore[operator]


def test_exponents() -> None:
    assert [exponent(code) for code in CURRENCIES] == [0, 2, 3]


@given(st.fractions(-(10**9), 10**9), currencies)
def test_rounding_is_half_up_and_nearest(value: Fraction, currency: str) -> None:
    rounded = Money.rounded(value, currency)
    unit = Fraction(1, 10 ** exponent(currency))
    off = abs(Fraction(rounded.amount) - value)
    assert off <= unit / 2
    if off == unit / 2:
        assert abs(Fraction(rounded.amount)) > abs(value)
    assert Money.rounded(-value, currency) == -rounded


@given(minors, minors, currencies, st.integers(-50, 50))
def test_arithmetic_is_that_of_whole_numbers(a: int, b: int, currency: str, count: int) -> None:
    x, y = Money.of_minor(a, currency), Money.of_minor(b, currency)
    assert ((x + y).minor, (x - y).minor, (-x).minor) == (a + b, a - b, -a)
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)
    assert (x * count).minor == a * count and total([x, y, x], currency).minor == a + b + a


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "EUR"), ("0.5", "JPY"), ("1.0001", "BHD"), ("NaN", "EUR"), ("Infinity", "EUR"), ("ten", "EUR"), ("", "EUR"),
        ("1", "eur"), ("1", "EURO"), ("1", "ZZZ"), (str(MAX_AMOUNT + 1), "EUR"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(amount, currency)


def test_floats_are_no_money() -> None:
    with pytest.raises(MoneyError):
        Money(0.1, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(Decimal(1), "EUR") * 0.5  # type: ignore[operator]


def test_currencies_never_mix() -> None:
    euro, yen = Money(Decimal(1), "EUR"), Money(Decimal(1), "JPY")
    for mix in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: euro >= yen):
        with pytest.raises(MoneyError):
            mix()
    assert euro != yen


@given(counts, currencies, rates)
def test_net_and_tax_are_the_gross(minor: int, currency: str, rate: Decimal) -> None:
    gross = Money.of_minor(minor, currency)
    taken = TaxedMoney.from_gross(gross, rate)
    assert taken.net + taken.tax == gross and taken.tax >= Money.zero(currency)
    exact = Fraction(gross.amount) * Fraction(rate) / (100 + Fraction(rate))
    assert abs(Fraction(taken.tax.amount) - exact) <= Fraction(1, 2 * 10 ** exponent(currency))
    put = TaxedMoney.from_net(gross, rate)
    assert put.net == gross and put.net + put.tax == put.gross


def test_a_split_that_does_not_add_up_cannot_be_made() -> None:
    one = Money(Decimal(1), "EUR")
    with pytest.raises(MoneyError):
        TaxedMoney(one, one, one, Decimal(21))


@given(minors, st.lists(counts, min_size=1, max_size=30), currencies)
def test_a_split_loses_no_cent_and_is_fair(minor: int, weights: list[int], currency: str) -> None:
    assume(sum(weights) > 0)
    amount = Money.of_minor(minor, currency)
    parts = allocate(amount, [Money.of_minor(weight, currency) for weight in weights])
    assert total(parts, currency) == amount and len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part.minor) - Fraction(minor * weight, sum(weights))) < 1
        if weight == 0:
            assert part.minor == 0


def test_ten_euro_over_three() -> None:
    one = Money(Decimal(1), "EUR")
    assert [p.minor for p in allocate(Money(Decimal(10), "EUR"), [one] * 3)] == [334, 333, 333]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 2]])
def test_there_must_be_something_to_split_over(weights: list[int]) -> None:
    with pytest.raises(MoneyError):
        allocate(Money(Decimal(1), "EUR"), [Money.of_minor(w, "EUR") for w in weights])
