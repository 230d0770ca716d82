"""Which VAT rate holds where and when. Pure: the table is loaded once, the rest is looking up.

Sources: Directive 2006/112/EC (articles 6: territories outside the VAT area; 33 and 58: distance sales
are taxed where they arrive; 146: exports are exempt).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.money import Money, TaxedMoney, total
from app.tax.errors import NoTaxRate

ZERO = Decimal(0)
TREATED_AS = {"MC": "FR"}
"""Countries that belong to another one's VAT territory (article 7)."""
OUTSIDE_VAT: Mapping[str, tuple[str, ...]] = {
    "DE": ("27498", "78266"),  # Heligoland, Büsingen
    "ES": ("35", "38", "51", "52"),  # Canary Islands, Ceuta, Melilla
    "FI": ("22",),  # Åland
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"),  # overseas
    "GR": ("63086",),  # Mount Athos
    "IT": ("22061", "22060", "23041", "23030"),  # Campione, Livigno
}
"""Postcodes (their beginning) in the EU's customs or political territory, but not in its VAT area."""


@dataclass(frozen=True, slots=True)
class Period:
    """A rate in percent, from a day to another one, both included."""

    rate: Decimal
    start: date
    end: date | None = None

    def holds(self, on: date) -> bool:
        """True on days of this period."""
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class TaxTable:
    """All VAT rates, by country and class. `home` is where the shop's prices include the VAT of."""

    home: str
    eu: frozenset[str]
    periods: Mapping[tuple[str, str], tuple[Period, ...]]
    show_net: bool = False

    def country(self, country: str | None) -> str:
        """The country whose VAT counts; a missing one means home."""
        return TREATED_AS.get(country or self.home, country or self.home)

    def is_export(self, country: str | None, postcode: str = "") -> bool:
        """True for destinations outside the EU's VAT area."""
        where = self.country(country)
        if where not in self.eu and where != self.home:
            return True
        digits = "".join(sign for sign in postcode if sign.isdigit())
        return digits.startswith(OUTSIDE_VAT.get(where, ()))

    def rate(self, country: str | None, tax_class: str, on: date) -> Decimal:
        """The rate in percent; the country's standard rate where it has none for this class.

        Raises:
            NoTaxRate: when there is no standard rate either.
        """
        where = self.country(country)
        for wanted in (tax_class, "standard"):
            for period in self.periods.get((where, wanted), ()):
                if period.holds(on):
                    return period.rate
        raise NoTaxRate(country=where)


def untaxed(net: Money) -> TaxedMoney:
    """A split without tax: what is exported."""
    return TaxedMoney(net, Money.zero(net.currency), net, ZERO)


def without_tax(gross: Money, rate: Decimal) -> Money:
    """The net part of an amount that contains tax, rounded half up as everywhere."""
    return TaxedMoney.from_gross(gross, rate).net


def largest_share(values: Mapping[str, Money], rates: Mapping[str, Decimal], currency: str) -> str:
    """The class of goods with the largest share of the value; of equal ones the higher rate."""
    if not values:
        return "standard"
    nothing = total([], currency)
    return max(values, key=lambda name: (values.get(name, nothing).amount, rates[name], name))
