"""What a change of many prices by a percentage is, and what it does to one price. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.money import Money, MoneyError, exponent
from app.pricing.rules import is_rounding_rule, round_price


def changed_by(amount: Decimal, percent: Decimal, currency: str, rule: str = "none") -> Money:
    """An amount raised (or lowered, below zero) by a percentage, then rounded by a rule.

    12.90 EUR by +5 % is 13.545, so 13.55; with ending:0.99 it is 13.99.
    """
    return round_price(amount * (100 + percent) / 100, currency, rule)


@dataclass(frozen=True, slots=True)
class PercentWish:
    """What somebody wants to do to many prices: `percent` +5 or -10, in one currency, for a scope.

    The scope is a category with all below it, a brand, or chosen products or rows of the price list.

    With `as_sale` the price of before stays beside the new, lower one, crossed out. Without it a
    crossed-out price moves along.
    """

    percent: Decimal
    currency: str
    category_id: int | None = None
    brand_id: int | None = None
    price_ids: tuple[int, ...] | None = None
    product_ids: tuple[int, ...] | None = None
    rounding: str = "none"
    as_sale: bool = False

    def check(self) -> None:
        """Refuse what makes no sense.

        Raises:
            InvalidFields: naming each field.
        """
        errors: dict[str, Any] = {}
        if not self.percent.is_finite() or not -90 <= self.percent <= 500 or self.percent == 0:
            errors["percent"] = _l("Please enter a percentage from -90 to 500, not zero.")
        elif self.as_sale and self.percent > 0:
            errors["percent"] = _l("A sale lowers prices: please enter a percentage below zero.")
        try:
            exponent(self.currency)
        except (MoneyError, TypeError):
            errors["currency"] = _l("This is not a currency.")
        if not is_rounding_rule(self.rounding):
            errors["rounding"] = _l("Please choose how to round.")
        if errors:
            raise InvalidFields(errors)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, for a job and for the record."""
        return {
            "percent": str(self.percent), "currency": self.currency, "category_id": self.category_id,
            "brand_id": self.brand_id,
            "price_ids": None if self.price_ids is None else list(self.price_ids),
            "product_ids": None if self.product_ids is None else list(self.product_ids),
            "rounding": self.rounding, "as_sale": self.as_sale,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PercentWish:
        """The inverse of `as_dict`."""
        chosen = {name: values.get(name) for name in ("price_ids", "product_ids")}
        ids = {name: None if found is None else tuple(found) for name, found in chosen.items()}
        return cls(**{**values, "percent": Decimal(values["percent"]), **ids})

    def in_short(self) -> dict[str, Any]:
        """For the audit log: chosen rows are counted, the record of the change names each."""
        told = self.as_dict()
        for name in ("price_ids", "product_ids"):
            ids = told.pop(name)
            told |= {} if ids is None else {name.replace("_ids", "s_chosen"): len(ids)}
        return told


REASONS: dict[str, Any] = {
    "no_price": _l("has no price in this currency"), "free": _l("costs nothing"),
    "to_nothing": _l("would cost nothing"), "too_much": _l("would be too expensive to write down"),
    "as_before": _l("would stay as it is"),
}  # fmt: skip


def unfit(amount: Decimal | None, wish: PercentWish) -> str | None:
    """Why a price cannot be changed in this way; None when it can. A price that is missing is None."""
    if amount is None:
        return "no_price"
    if amount <= 0:
        return "free"
    try:
        after = changed_by(amount, wish.percent, wish.currency, wish.rounding).amount
    except MoneyError:
        return "too_much"
    if after <= 0:
        return "to_nothing"
    return "as_before" if after == amount else None


def changed_price(
    amount: Decimal, compare_at: Decimal | None, wish: PercentWish
) -> tuple[Decimal, Decimal | None]:
    """A price and its crossed-out one after a change."""
    after = changed_by(amount, wish.percent, wish.currency, wish.rounding).amount
    if wish.as_sale:
        compare = compare_at if compare_at is not None else amount
    elif compare_at is None:
        return after, None
    else:
        compare = changed_by(compare_at, wish.percent, wish.currency, wish.rounding).amount
    return after, compare if compare > after else None
