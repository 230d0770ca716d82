"""Money: a decimal amount with its currency, rounded in one place, distributed to the cent.

Exponents come from ISO 4217 (minor units), as far as Babel's CLDR data carries them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Self

from babel.numbers import get_currency_precision, is_currency

MAX_AMOUNT = Decimal(99999999999999)


class MoneyError(ValueError):
    """Two amounts do not fit together, or an amount is not one."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Number of decimals of a currency's smallest unit: EUR 2, JPY 0, BHD 3."""
    if len(currency) != 3 or not currency.isupper() or not is_currency(currency):
        raise MoneyError(f"{currency!r} is not a currency")
    return get_currency_precision(currency)


@lru_cache(maxsize=256)
def smallest(currency: str) -> Decimal:
    """The currency's smallest amount, for example Decimal('0.01')."""
    return Decimal(1).scaleb(-exponent(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount at the exponent of its currency. Arithmetic refuses to mix currencies."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise MoneyError(f"{self.amount!r} is not a decimal amount")
        if abs(self.amount) > MAX_AMOUNT:
            raise MoneyError(f"{self.amount} is beyond what the shop can hold")
        quantized = self.amount.quantize(smallest(self.currency), rounding=ROUND_HALF_UP)
        if quantized != self.amount:
            raise MoneyError(f"{self.amount} has more decimals than {self.currency} allows")
        object.__setattr__(self, "amount", quantized)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def rounded(cls, amount: Decimal | Fraction | int, currency: str) -> Self:
        """The one place where money is rounded: half up, away from zero, to the smallest unit."""
        unit = smallest(currency)
        if isinstance(amount, Fraction):
            scaled = abs(amount) / Fraction(unit)
            whole = floor(scaled + Fraction(1, 2))
            return cls(
                (Decimal(whole) * unit).copy_sign(Decimal(-1 if amount < 0 else 1)),
                currency,
            )
        value = Decimal(amount)
        if not value.is_finite() or abs(value) > MAX_AMOUNT:
            raise MoneyError(f"{amount} is beyond what the shop can hold")
        return cls(value.quantize(unit, rounding=ROUND_HALF_UP), currency)

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> Self:
        """From smallest units: of_minor(1234, "EUR") is 12.34 EUR."""
        return cls(Decimal(minor).scaleb(-exponent(currency)), currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """From a plain decimal text ("12.34"). Raises MoneyError for anything else."""
        try:
            value = Decimal(text.strip())
        except (InvalidOperation, AttributeError, ValueError) as wrong:
            raise MoneyError(f"{text!r} is not an amount") from wrong
        return cls(value, currency)

    @property
    def minor(self) -> int:
        """The amount in smallest units, as payment providers want it."""
        return int(self.amount.scaleb(exponent(self.currency)))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be mixed")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, count: int) -> Money:
        if not isinstance(count, int):
            return NotImplemented
        return Money(self.amount * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def as_json(self) -> dict[str, str]:
        """The shape the REST API uses."""
        return {"amount": str(self.amount), "currency": self.currency}


def total(amounts: Sequence[Money], currency: str) -> Money:
    """Add up amounts of one currency; nothing adds up to zero."""
    return sum(amounts, Money.zero(currency))


@dataclass(frozen=True, slots=True)
class TaxedMoney:
    """An amount split into net and tax. `net + tax == gross` holds by construction.

    `rate` is in percent: Decimal("21") is 21 %.
    """

    net: Money
    tax: Money
    gross: Money
    rate: Decimal

    def __post_init__(self) -> None:
        if self.net + self.tax != self.gross:
            raise MoneyError(f"{self.net} + {self.tax} is not {self.gross}")

    @classmethod
    def from_gross(cls, gross: Money, rate: Decimal) -> Self:
        """Take the tax out of a gross amount: tax = gross x rate / (100 + rate), rounded half up."""
        part = Fraction(gross.amount) * Fraction(rate) / (100 + Fraction(rate))
        tax = Money.rounded(part, gross.currency)
        return cls(gross - tax, tax, gross, rate)

    @classmethod
    def from_net(cls, net: Money, rate: Decimal) -> Self:
        """Put the tax on a net amount: tax = net x rate / 100, rounded half up."""
        tax = Money.rounded(Fraction(net.amount) * Fraction(rate) / 100, net.currency)
        return cls(net, tax, net + tax, rate)


def allocate(amount: Money, weights: Sequence[Money]) -> list[Money]:
    """Split an amount in proportion to weights so that the parts add up to it.

    Largest remainder first (Hamilton's method); equal remainders go to the earlier part.

    Raises:
        MoneyError: when there is nothing to allocate over, or a weight is negative.
    """
    minors = [weight.minor for weight in weights]
    whole = sum(minors)
    if whole <= 0 or min(minors) < 0:
        raise MoneyError("nothing to allocate over")
    raw = [Fraction(amount.minor * minor, whole) for minor in minors]
    parts = [floor(part) for part in raw]
    missing = amount.minor - sum(parts)
    for index in sorted(range(len(raw)), key=lambda i: parts[i] - raw[i])[:missing]:
        parts[index] += 1
    return [Money.of_minor(part, amount.currency) for part in parts]
