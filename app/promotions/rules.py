"""Which coupons and promotion rules count for a quote, and what they take off. Pure.

Amounts in the base currency are converted like prices; amounts in any other currency count only in
that currency. A minimum is compared with the goods before discounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.core.i18n import _l
from app.core.money import Money, total
from app.pricing.rules import Conversion, Quote, QuoteLine

GOOGLE = ("gmail.com", "googlemail.com")
REASONS: Mapping[str, Any] = {
    "unknown": _l("There is no such code. Please check the spelling."),
    "inactive": _l("This code is not valid any more."),
    "early": _l("This code is not valid yet."),
    "ended": _l("This code has expired."),
    "used_up": _l("This code has been used up."),
    "used_by_you": _l("You have already used this code."),
    "minimum": _l("This code needs goods for at least %(amount)s."),
    "currency": _l("This code counts only for orders in %(currency)s."),
    "nothing": _l("There is nothing left in your bag that this code could lower."),
}


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon as it is for this buyer: `used_by_buyer` counts their earlier orders."""

    id: int
    code: str
    kind: str
    value: Decimal = Decimal(0)
    currency: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minimum: Decimal = Decimal(0)
    limit_total: int | None = None
    limit_per_customer: int | None = None
    used: int = 0
    used_by_buyer: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A promotion that needs no code; see the table's own words."""

    id: int
    name: str
    scope: str
    kind: str
    value: Decimal
    currency: str | None = None
    minimum: Decimal = Decimal(0)
    minimum_quantity: int = 1
    category_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 100
    is_stackable: bool = True

    @property
    def mark(self) -> str:
        """How lines remember that this rule changed them."""
        return f"promotions.rule:{self.id}"

    def fits(self, line: QuoteLine) -> bool:
        """True for goods this rule is about."""
        if not self.category_ids and not self.product_ids:
            return True
        return line.item.product_id in self.product_ids or bool(self.category_ids & line.item.category_ids)

    def holds(self, now: datetime) -> bool:
        """True inside the window."""
        return within(self.starts_at, self.ends_at, now)


@dataclass(frozen=True, slots=True)
class Promotions:
    """What the steps read: rules in force, the coupons that were asked for, and how to convert."""

    now: datetime
    conversion: Conversion
    rules: tuple[RuleRow, ...] = ()
    coupons: Mapping[str, CouponRow] = field(default_factory=dict)

    def amount(self, value: Decimal, currency: str | None, wanted: str) -> Money | None:
        """A fixed amount in the wanted currency; None where it does not count."""
        given = currency or self.conversion.base
        if given == wanted:
            return Money.rounded(value, wanted)
        if given == self.conversion.base and self.conversion.knows(wanted):
            return self.conversion.price(value, wanted)
        return None

    def reaches(self, minimum: Decimal, goods: Money) -> bool:
        """True when goods are worth the minimum (of the base currency)."""
        wanted = self.amount(minimum, None, goods.currency)
        return wanted is not None and goods >= wanted


def within(start: datetime | None, end: datetime | None, now: datetime) -> bool:
    """True from the start (included) to the end (not included); None is no bound."""
    return (start is None or start <= now) and (end is None or now < end)


def percent_of(amount: Money, percent: Decimal) -> Money:
    """A percentage of an amount, rounded half up."""
    return Money.rounded(Fraction(amount.amount) * Fraction(percent) / 100, amount.currency)


def line_discount(rule: RuleRow, line: QuoteLine, promotions: Promotions) -> Money | None:
    """What a line rule takes off a line: a percentage of it, or an amount off each piece."""
    if not rule.fits(line) or line.item.quantity < rule.minimum_quantity:
        return None
    if not promotions.reaches(rule.minimum, line.amount):
        return None
    if rule.kind == "percent":
        return percent_of(line.total, rule.value)
    off = promotions.amount(rule.value, rule.currency, line.amount.currency)
    return None if off is None else off * line.item.quantity


def cart_discount(rule: RuleRow, fitting: list[QuoteLine], promotions: Promotions) -> Money | None:
    """What a cart rule takes off the fitting lines together, never more than they cost."""
    if not fitting:
        return None
    currency = fitting[0].amount.currency
    before = total([line.amount for line in fitting], currency)
    left = total([line.total for line in fitting], currency)
    if sum(line.item.quantity for line in fitting) < rule.minimum_quantity:
        return None
    if not promotions.reaches(rule.minimum, before):
        return None
    if rule.kind == "percent":
        return percent_of(left, rule.value)
    off = promotions.amount(rule.value, rule.currency, currency)
    return None if off is None else min(off, left)


def refusal(coupon: CouponRow | None, quote: Quote, promotions: Promotions) -> str | None:
    """Why a code does not count for this quote, in words; None when it does."""
    if coupon is None:
        return str(REASONS["unknown"])
    if not coupon.is_active:
        return str(REASONS["inactive"])
    if coupon.starts_at is not None and promotions.now < coupon.starts_at:
        return str(REASONS["early"])
    if not within(coupon.starts_at, coupon.ends_at, promotions.now):
        return str(REASONS["ended"])
    if coupon.limit_total is not None and coupon.used >= coupon.limit_total:
        return str(REASONS["used_up"])
    if coupon.limit_per_customer is not None and coupon.used_by_buyer >= coupon.limit_per_customer:
        return str(REASONS["used_by_you"])
    minimum = promotions.amount(coupon.minimum, None, quote.currency)
    if minimum is None or quote.subtotal < minimum:
        return str(REASONS["minimum"]) % {"amount": minimum}
    if coupon.kind == "fixed" and promotions.amount(coupon.value, coupon.currency, quote.currency) is None:
        return str(REASONS["currency"]) % {"currency": coupon.currency}
    if coupon.kind != "free_shipping" and not quote.goods:
        return str(REASONS["nothing"])
    return None


def coupon_discount(coupon: CouponRow, goods: Money, promotions: Promotions) -> Money:
    """What a coupon takes off the goods, never more than they cost; nothing for free shipping."""
    if coupon.kind == "percent":
        return percent_of(goods, coupon.value)
    off = promotions.amount(coupon.value, coupon.currency, goods.currency)
    if coupon.kind != "fixed" or off is None:
        return Money.zero(goods.currency)
    return min(off, goods)


def coupon_key(code: str) -> str:
    """A code as it is stored and compared: trimmed, in capitals."""
    return code.strip().upper()


def email_key(email: str | None) -> str | None:
    """An address as limits compare it: small letters, without "+tag", and Gmail's dots left out."""
    if not email or "@" not in email:
        return None
    name, _, domain = email.strip().casefold().rpartition("@")
    name = name.partition("+")[0] or name
    if domain in GOOGLE:
        name, domain = name.replace(".", ""), GOOGLE[0]
    return f"{name}@{domain}"


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes as they are compared, each once, in the order they were entered."""
    return list(dict.fromkeys(coupon_key(code) for code in codes))
