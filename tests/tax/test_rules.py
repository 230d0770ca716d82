"""Which rate holds where and when; what leaves the VAT area; rates against the published tables."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.core.money import TaxedMoney
from app.pricing.rules import Books
from app.tax import reference, steps
from app.tax.errors import NoTaxRate
from app.tax.rules import Period, TaxTable, largest_share
from tests.pricing.wares import DAY, D, context, line, money, quoted, tax_table

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "vat-rates" / "vat_rates.csv"


@pytest.mark.parametrize(
    ("country", "postcode", "export"),
    [
        (None, "", False), ("BE", "9000", False), ("FR", "75001", False), ("US", "10001", True), ("GB", "", True),
        ("CH", "8001", True), ("MC", "98000", False), ("FR", "97110", True), ("ES", "35001", True),
        ("ES", "28001", False), ("DE", "27498", True), ("DE", "D-78266", True), ("FI", "22100", True),
        ("IT", "23041", True), ("GR", "630 86", True), ("XX", "", True),
    ],
)  # fmt: skip
def test_what_leaves_the_vat_area(country: str | None, postcode: str, export: bool) -> None:
    table = TaxTable("BE", frozenset(["BE", "FR", "ES", "DE", "FI", "IT", "GR"]), {})
    assert table.is_export(country, postcode) is export


def test_rates_by_country_class_and_day() -> None:
    old, new = Period(D("20"), date(2011, 1, 1), date(2024, 12, 31)), Period(D("23"), date(2025, 1, 1))
    table = TaxTable("SK", frozenset(["SK"]), {("SK", "standard"): (new, old)})
    assert table.rate("SK", "standard", date(2024, 12, 31)) == 20
    assert table.rate(None, "standard", date(2025, 1, 1)) == 23
    assert table.rate("SK", "reduced", date(2025, 6, 1)) == 23  # no reduced rate: the standard one
    with pytest.raises(NoTaxRate):
        table.rate("SK", "standard", date(2010, 12, 31))
    with pytest.raises(NoTaxRate):
        tax_table().rate("LU", "standard", DAY)


def test_monaco_is_taxed_like_france() -> None:
    quote = quoted(line(money(12)), country="MC")
    assert quote.lines[0].tax == TaxedMoney.from_gross(money(12), D(20))


@pytest.mark.parametrize(
    ("tax_class", "country", "net", "tax"),
    [
        ("standard", "BE", "100.00", "21.00"), ("intermediate", "BE", "108.04", "12.96"),
        ("reduced", "BE", "114.15", "6.85"), ("zero", "BE", "121.00", "0.00"),
        ("standard", "FR", "100.83", "20.17"), ("reduced", "FR", "114.69", "6.31"),
        ("intermediate", "FR", "100.83", "20.17"), ("standard", "DE", "101.68", "19.32"),
        ("standard", "US", "100.00", "0.00"), ("reduced", "US", "114.15", "0.00"),
    ],
)  # fmt: skip
def test_a_line_of_121_euro(tax_class: str, country: str, net: str, tax: str) -> None:
    quote = quoted(line(money(121), tax_class=tax_class), country=country)
    split = quote.lines[0].tax
    assert split is not None and (split.net, split.tax) == (money(net), money(tax))


def test_vat_is_rounded_on_each_line() -> None:
    """Decision 0030: five lines of 0.99 carry 0.85 VAT, one line of 4.95 carries 0.86."""
    five = quoted(*[line(money("0.99")) for _ in range(5)], country="BE", shipping_method=None)
    one = quoted(line(money("0.99"), 5), country="BE", shipping_method=None)
    assert (five.tax, one.tax) == (money("0.85"), money("0.86"))


def test_shipping_follows_the_largest_share() -> None:
    book, lamp = line(money("30.01"), tax_class="reduced"), line(money("19.99"))
    mixed = quoted(book, lamp, country="BE", shipping_method="standard")
    assert mixed.shipping and mixed.shipping.tax and mixed.shipping.tax.rate == 6
    even = {"reduced": money(10), "standard": money(10)}
    assert largest_share(even, {"reduced": D(6), "standard": D(21)}, "EUR") == "standard"
    assert largest_share({}, {}, "EUR") == "standard"
    away = quoted(line(money("12.10")), country="US")
    assert away.shipping and away.shipping.total == money("4.09")  # 4.95 without 21 %


def test_steps_without_shipping_leave_it_alone() -> None:
    quote = quoted(line(money(5)), shipping_method="none-such")
    assert quote.shipping is None
    assert steps.shipping(quote, context(), Books(tax_table())) == quote


def test_reference_rates_never_overlap() -> None:
    seen: dict[str, date] = {}
    for country, rate, start, end in reference.STANDARD:
        assert Decimal(rate) > 14
        if country in seen:
            assert date.fromisoformat(start) == seen[country] + timedelta(days=1)
        seen[country] = date.fromisoformat(end) if end else date.max
    assert all(end == date.max for end in seen.values()) and len(seen) == 27


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published table is not on this machine")
def test_standard_rates_are_those_of_the_published_table() -> None:
    published = {}
    with PUBLISHED.open() as file:
        for row in csv.DictReader(file):
            codes = row["territory_codes"].split("\n")
            if not row["stop_date"] and row["rate_type"] == "standard":
                published |= {code: Decimal(row["rate"]) * 100 for code in codes}
    ours = {country: Decimal(rate) for country, rate, _start, end in reference.STANDARD if end is None}
    assert {code: published[code] for code in ours} == ours
