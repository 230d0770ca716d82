"""Figures: VAT by rate, how a refund spreads over the rates, numbers, dates, prices without VAT."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money, MoneyError, TaxedMoney, total
from app.invoicing import rules
from app.invoicing.rules import Band

CURRENCIES = st.sampled_from(["EUR", "JPY", "BHD"])
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "6", "12", "21", "5.5", "25")])
MINORS = st.one_of(st.integers(0, 30), st.integers(0, 10_000_000))


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def band(rate: str, net: str, tax: str) -> Band:
    return Band.of(Decimal(rate), eur(net), eur(tax))


@st.composite
def invoices(draw: st.DrawFn) -> list[Band]:
    """VAT by rate of some lines, as an order has them."""
    currency = draw(CURRENCIES)
    parts = draw(st.lists(st.tuples(MINORS, RATES, st.booleans()), min_size=1, max_size=8))
    taxed = [
        (TaxedMoney.from_gross if of_gross else TaxedMoney.from_net)(Money.of_minor(minor, currency), rate)
        for minor, rate, of_gross in parts
    ]
    bands = rules.summary(taxed)
    for name in ("net", "tax", "gross"):
        assert total([getattr(b, name) for b in bands], currency) == total(
            [getattr(t, name) for t in taxed], currency
        )
    assert len({b.rate for b in bands}) == len(bands)
    return bands


@given(invoices())
def test_summaries_add_up_in_any_currency(bands: list[Band]) -> None:
    assert all(b.net + b.tax == b.gross for b in bands)


@given(invoices(), st.data())
def test_credits_in_any_steps_end_at_nothing(bands: list[Band], data: st.DataObject) -> None:
    currency = bands[0].net.currency
    zero = Money.zero(currency)
    notes: list[Band] = []
    left = rules.remaining(bands, notes)
    while (rest := total([b.gross for b in left], currency)) and len(notes) < 40:
        minor = rest.minor if len(notes) > 24 else data.draw(st.integers(1, rest.minor))
        parts = rules.credit(Money.of_minor(minor, currency), left)
        assert total([p.gross for p in parts], currency).minor == minor
        notes += parts
        left = rules.remaining(bands, notes)
        assert all(b.net >= zero and b.tax >= zero and b.gross >= zero for b in left)
    assert all(b.net == b.tax == b.gross == zero for b in left)
    for name in ("net", "tax"):
        assert total([getattr(n, name) for n in notes], currency) == total(
            [getattr(b, name) for b in bands], currency
        )


def test_a_refund_spreads_over_the_rates() -> None:
    bands = [band("21", "49.59", "10.41"), band("6", "37.74", "2.26")]
    parts = rules.credit(eur("10.00"), bands)
    assert [(str(p.gross.amount), str(p.tax.amount)) for p in parts] == [("6.00", "1.04"), ("4.00", "0.23")]
    with pytest.raises(MoneyError):
        rules.credit(eur("100.01"), bands)
    assert rules.credit(eur("100.00"), bands) == bands


@pytest.mark.parametrize(
    ("refund", "refunded", "captured", "credited", "expected"),
    [
        ("10", "10", "50", "0", "10"),  # a part
        ("60", "60", "100", "0", "10"),  # paid twice: 50 of them were never on the invoice
        ("50", "50", "100", "0", "0"),
        ("50", "50", "50", "50", "0"),  # credited before
        ("5", "55", "60", "50", "0"),  # never more than the invoice
    ],
)
def test_what_is_a_credit(refund: str, refunded: str, captured: str, credited: str, expected: str) -> None:
    found = rules.creditable(
        eur(refund), refunded=eur(refunded), captured=eur(captured), gross=eur("50"), credited=eur(credited)
    )
    assert found == eur(expected)


def test_prices_without_vat() -> None:
    assert rules.unit_net(Decimal("12.10"), Decimal(21), True) == Decimal("10.0000")
    assert rules.unit_net(Decimal("9.99"), Decimal(21), True) == Decimal("8.2562")
    assert rules.unit_net(Decimal("9.99"), Decimal(21), False) == Decimal("9.9900")


def test_numbers_and_dates() -> None:
    assert rules.number("CN", 2026, 7) == "CN-2026-000007"
    assert rules.local_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)
    assert rules.local_day(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert rules.due_on(date(2026, 2, 20), False, 14) == date(2026, 3, 6)
    assert rules.due_on(date(2026, 2, 20), True, 14) == date(2026, 2, 20)


def test_goods_that_leave_the_eu_say_why_there_is_no_vat() -> None:
    assert rules.mentions([band("0", "10", "0")], "CH") == ["export"]
    assert rules.mentions([band("0", "10", "0")], "DE") == []
    assert rules.mentions([band("21", "10", "2.10")], "CH") == []
    assert rules.in_euro(Money(Decimal("10.00"), "USD"), Decimal("1.25")) == eur("8.00")
