"""The types of a quote, and the rules that turn one amount into another. Pure: no session, no request.

A quote starts empty (`Quote.start`) and passes through the steps listed in `app.cart.quoting`. Each
step takes a quote and gives a new one; each line remembers which step and rule changed it by how
much, so that every cent can be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from app.core.money import Money, MoneyError, TaxedMoney, smallest, total

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class VariantPrice:
    """What a variant costs in one currency. `compare_at` is the crossed-out price, if there is one.

    `converted` says that the amount came from the base currency by rate, not from the price list.
    """

    price: Money
    compare_at: Money | None = None
    converted: bool = False


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line to be quoted. `key` is the caller's name for it (a cart line's public id).

    `price` is the shop price of one piece, tax of the home country included.
    """

    key: str
    variant_id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    tax_class: str
    price: Money
    compare_at: Money | None = None
    weight_g: int = 0
    category_ids: frozenset[int] = frozenset()
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody wants to buy, in one currency."""

    lines: tuple[BasketLine, ...]
    currency: str

    @property
    def weight_g(self) -> int:
        """Weight of everything, in grams."""
        return sum(line.weight_g * line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class BuyingContext:
    """Who buys, to where, when, and what was chosen. A missing country means the home country."""

    currency: str
    on: date
    country: str | None = None
    postcode: str = ""
    language: str = "en"
    group: str = "b2c"
    user_id: int | None = None
    email: str | None = None
    coupon_codes: tuple[str, ...] = ()
    shipping_method: str | None = None


@dataclass(frozen=True, slots=True)
class LineStep:
    """One entry in a line's explanation: `amount` is what this rule changed (negative: cheaper)."""

    rule: str
    amount: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount on the whole quote; `amount` is positive. `code` is the coupon's, if it was one."""

    name: str
    amount: Money
    code: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line while it is calculated. `amount` is `unit` x quantity, `total` is after discounts.

    `tax` splits `total` (or, for exports, says that there is none) once the tax step has run.
    """

    item: BasketLine
    unit: Money
    amount: Money
    discount: Money
    steps: tuple[LineStep, ...] = ()
    tax: TaxedMoney | None = None

    @property
    def total(self) -> Money:
        """What the line costs: amount less discounts, never below zero."""
        return self.amount - self.discount

    def priced(self, unit: Money, rule: str, note: str = "") -> QuoteLine:
        """The line with another unit price; the step shows the difference for the whole line."""
        amount = unit * self.item.quantity
        step = LineStep(rule, amount - self.amount, note)
        return replace(self, unit=unit, amount=amount, steps=(*self.steps, step))

    def less(self, amount: Money, rule: str, note: str = "") -> QuoteLine:
        """The line with a further discount, cut off where the line would fall below zero."""
        given = min(max(amount, Money.zero(amount.currency)), self.total)
        if not given:
            return self
        return replace(
            self, discount=self.discount + given, steps=(*self.steps, LineStep(rule, -given, note))
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """A shipping method that fits this basket and destination. `price` is before any free shipping.

    `free_over` is the goods value from which it costs nothing; `why` says which rule won.
    """

    code: str
    name: str
    kind: str
    price: Money
    free_over: Money | None
    days_min: int
    days_max: int
    zone: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuoteShipping:
    """The chosen way to ship: `amount` before, `total` after free shipping; `tax` splits `total`."""

    rate: Rate
    amount: Money
    discount: Money
    steps: tuple[LineStep, ...] = ()
    tax: TaxedMoney | None = None

    @property
    def total(self) -> Money:
        """What shipping costs, never below zero."""
        return self.amount - self.discount


@dataclass(frozen=True, slots=True)
class TaxBand:
    """All lines and shipping of one rate, added up."""

    rate: Decimal
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """A basket with prices, discounts, shipping and tax. `total` is what is charged.

    `methods` are the ways to ship that fit; `shipping` the chosen one (None: not chosen, or the
    choice does not fit any more). `refused_coupons` maps a code to the reason it does not count.
    """

    currency: str
    lines: tuple[QuoteLine, ...]
    discounts: tuple[Discount, ...] = ()
    methods: tuple[Rate, ...] = ()
    shipping: QuoteShipping | None = None
    free_shipping: str | None = None
    refused_coupons: Mapping[str, str] = field(default_factory=dict)
    is_export: bool = False

    @classmethod
    def start(cls, basket: Basket) -> Quote:
        """Lines without a price yet."""
        zero = Money.zero(basket.currency)
        return cls(basket.currency, tuple(QuoteLine(line, zero, zero, zero) for line in basket.lines))

    @property
    def zero(self) -> Money:
        """Nothing, in the currency of this quote."""
        return Money.zero(self.currency)

    @property
    def subtotal(self) -> Money:
        """Goods before discounts."""
        return total([line.amount for line in self.lines], self.currency)

    @property
    def discount(self) -> Money:
        """All discounts on goods, as a positive amount."""
        return total([line.discount for line in self.lines], self.currency)

    @property
    def goods(self) -> Money:
        """Goods after discounts."""
        return total([line.total for line in self.lines], self.currency)

    @property
    def shipping_total(self) -> Money:
        """What shipping costs; nothing while no method is chosen."""
        return self.shipping.total if self.shipping else self.zero

    @property
    def total(self) -> Money:
        """What is charged: goods and shipping, tax included (exports carry none)."""
        return self.goods + self.shipping_total

    @property
    def taxes(self) -> tuple[TaxedMoney, ...]:
        """The split of every line and of shipping, in this order."""
        found = [line.tax for line in self.lines if line.tax]
        if self.shipping and self.shipping.tax:
            found.append(self.shipping.tax)
        return tuple(found)

    @property
    def tax(self) -> Money:
        """All VAT contained in `total`: the sum of what was rounded line by line."""
        return total([split.tax for split in self.taxes], self.currency)

    @property
    def net(self) -> Money:
        """`total` without its VAT."""
        return total([split.net for split in self.taxes], self.currency)

    @property
    def tax_bands(self) -> tuple[TaxBand, ...]:
        """VAT by rate, highest rate first, for documents."""
        bands: dict[Decimal, list[TaxedMoney]] = {}
        for split in self.taxes:
            bands.setdefault(split.rate, []).append(split)
        return tuple(
            TaxBand(
                rate,
                total([split.net for split in splits], self.currency),
                total([split.tax for split in splits], self.currency),
                total([split.gross for split in splits], self.currency),
            )
            for rate, splits in sorted(bands.items(), reverse=True)
        )

    @property
    def weight_g(self) -> int:
        """Weight of everything, in grams."""
        return sum(line.item.weight_g * line.item.quantity for line in self.lines)

    @property
    def volume_mm3(self) -> int:
        """Room that everything takes, in mm³; articles without a size take none."""
        return sum(line.item.volume_mm3 * line.item.quantity for line in self.lines)


class Books:
    """The tables that steps read, loaded once before the first step: `books[TaxTable]`."""

    __slots__ = ("_tables",)

    def __init__(self, *tables: Any):
        self._tables = {type(table): table for table in tables}

    def __getitem__(self, kind: type[B]) -> B:
        return self._tables[kind]


QuoteStep = Callable[[Quote, BuyingContext, Books], Quote]


def round_price(amount: Decimal, currency: str, rule: str) -> Money:
    """Round a converted price the way the shop likes to see prices.

    `rule` is "none" (smallest unit), "step:0.05" (nearest multiple) or "ending:0.99" (nearest price
    with this ending, but never below the smallest such price). Where the currency has no such
    decimals (JPY), the smallest unit is used. Halves go up.
    """
    kind, _, value = rule.partition(":")
    unit = smallest(currency)
    if kind == "none" or amount == 0:
        return Money.rounded(amount, currency)
    wanted = Decimal(value)
    if kind == "step":
        step = max(wanted, unit)
        steps = (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return Money.rounded(max(steps, Decimal(1)) * step, currency)
    if kind != "ending":
        raise ValueError(f"{rule!r} is not a rounding rule")
    if unit > Decimal("0.01"):
        return Money.rounded(amount, currency)
    whole = (amount - wanted).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money.rounded(max(whole, Decimal(0)) + wanted, currency)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How amounts of the base currency become amounts of another: rates, and a rounding rule each.

    `rates` are units of a currency for one unit of `base`; a currency without one is missing.
    """

    base: str
    rates: Mapping[str, Decimal]
    rounding: Mapping[str, str] = field(default_factory=dict)

    def knows(self, currency: str) -> bool:
        """True when amounts can be told in this currency."""
        return currency == self.base or currency in self.rates

    def price(self, amount: Decimal, currency: str) -> Money:
        """An amount of the base currency as a price in another, rounded by that currency's rule.

        Raises:
            MoneyError: when there is no rate.
        """
        if currency == self.base:
            return Money.rounded(amount, currency)
        if currency not in self.rates:
            raise MoneyError(f"no rate for {currency}")
        return round_price(amount * self.rates[currency], currency, self.rounding.get(currency, "none"))


def rounding_rules(given: Iterable[str]) -> dict[str, str]:
    """Read the setting: ("USD ending:0.99", …) as {currency: rule}. What makes no sense is left out."""
    found = {}
    for words in given:
        currency, _, rule = words.strip().partition(" ")
        if rule and is_rounding_rule(rule.strip()):
            found[currency] = rule.strip()
    return found


def is_rounding_rule(rule: str) -> bool:
    """True for a rule that `round_price` understands."""
    try:
        round_price(Decimal("12.34"), "EUR", rule)
    except (ValueError, ArithmeticError):
        return False
    kind, _, value = rule.partition(":")
    return (
        kind == "none"
        or (kind == "step" and Decimal(value) > 0)
        or (kind == "ending" and 0 <= Decimal(value) < 1)
    )
