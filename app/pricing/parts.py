"""Prices as a part of a product: what forms, imports and the REST door hand over by SKU.

{"LAMP-1": {"EUR": "12.90", "USD": "14.50", "compare_at": {"EUR": "15.90"}}}: a currency that is not
named stays as it is, None takes a fixed price away, `compare_at` is the earlier, crossed-out price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.i18n import _l
from app.core.money import Money, MoneyError, exponent
from app.pricing import queries
from app.pricing.errors import BadPrice, ComparePriceTooLow
from app.pricing.operations import NewPrice, set_prices

Errors = dict[str, Any]


def read_amount(value: Any, currency: str) -> Money:
    """An amount as people write it: "12.90", 12, Decimal.

    Raises:
        MoneyError: for anything that is not zero or more with the decimals of the currency.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise MoneyError("not an amount")
    try:
        amount = Money(Decimal(value.strip() if isinstance(value, str) else value), currency)
    except InvalidOperation as wrong:
        raise MoneyError("not an amount") from wrong
    if amount.amount < 0:
        raise MoneyError("below zero")
    return amount


def check(values: Mapping[str, Any]) -> Errors:
    """What is wrong with prices by SKU, by "<sku>.<currency>"."""
    errors: Errors = {}
    for sku, given in values.items():
        if not isinstance(given, Mapping):
            errors[sku] = _l("This must be a table by currency.")
            continue
        compare = given.get("compare_at") or {}
        if not isinstance(compare, Mapping):
            errors[f"{sku}.compare_at"] = _l("This must be a table by currency.")
            compare = {}
        for currency, value in given.items():
            if currency != "compare_at" and (problem := _problem(currency, value, compare.get(currency))):
                errors[f"{sku}.{problem[0]}"] = problem[1]
        if set(compare) - set(given):
            errors[f"{sku}.compare_at"] = _l("An earlier price needs a price in the same currency.")
    return errors


def _problem(currency: Any, value: Any, compare: Any) -> tuple[str, Any] | None:
    try:
        exponent(currency)
    except (MoneyError, TypeError):
        return str(currency)[:10], _l("This is not a currency.")
    if value is None:
        return None
    try:
        price = read_amount(value, currency)
    except MoneyError:
        return currency, BadPrice.message
    if compare in (None, ""):
        return None
    try:
        if read_amount(compare, currency) > price:
            return None
    except MoneyError:
        return f"compare_at.{currency}", BadPrice.message
    return f"compare_at.{currency}", ComparePriceTooLow.message


def write(session: Session, ids_by_sku: Mapping[str, int], values: Mapping[str, Any], actor: Actor) -> None:
    """Set the prices of some variants inside the caller's transaction."""
    wanted = []
    for sku, given in values.items():
        compare = given.get("compare_at") or {}
        for currency, value in given.items():
            if currency == "compare_at":
                continue
            amount = None if value is None else read_amount(value, currency).amount
            earlier = compare.get(currency)
            before = None if earlier in (None, "") else read_amount(earlier, currency).amount
            wanted.append(NewPrice(ids_by_sku[sku], currency, amount, before))
    set_prices(session, prices=wanted, actor=actor)


def missing(session: Session, product_ids: Sequence[int]) -> dict[int, Errors]:
    """What keeps products from being published: active variants without a price."""
    return {
        product_id: {"prices": _l("These have no price yet: %(skus)s", skus=", ".join(skus[:5]))}
        for product_id, skus in queries.without_price(session, product_ids).items()
    }
