"""What coupons and rules are checked for alike, and how a change of either is told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.core import caching
from app.core.i18n import _l
from app.core.money import Money, MoneyError
from app.core.outbox import publish
from app.core.unit_of_work import after_commit
from app.events.promotions import PromotionsChanged
from app.promotions import queries


def announce(session: Session, *names: str) -> None:
    """Forget kept rules after the commit, and tell whoever listens."""
    after_commit(session, lambda: caching.purge(queries.OWNER))
    publish(session, PromotionsChanged(tuple(sorted(set(names)))))


def check_value(given: dict[str, Any], errors: dict[str, Any]) -> None:
    """A percentage above 0 up to 100, or an amount above zero in its currency."""
    value = given["value"]
    if not isinstance(value, Decimal) or not value.is_finite() or value <= 0:
        errors["value"] = _l("Please enter a value above zero.")
    elif given["kind"] == "percent" and (value > 100 or value != value.quantize(Decimal("0.0001"))):
        errors["value"] = _l("Please enter a percentage up to 100.")
    if given["kind"] != "fixed":
        return
    if not given["currency"]:
        errors["currency"] = _l("Please choose the currency of the amount.")
        return
    try:
        Money(value if isinstance(value, Decimal) else Decimal(0), given["currency"])
    except (MoneyError, ArithmeticError, TypeError):
        errors.setdefault("value", _l("Please enter an amount with the decimals of its currency."))


def check_minimum(given: dict[str, Any], base: str, errors: dict[str, Any]) -> None:
    """An amount of zero or more in the base currency."""
    try:
        if Money(given["minimum"], base).amount < 0:
            raise MoneyError("below zero")
    except (MoneyError, ArithmeticError):
        errors["minimum"] = _l("Please enter an amount of zero or more.")


def check_window(given: dict[str, Any], errors: dict[str, Any]) -> None:
    """Two moments with a zone, the end after the start."""
    start, end = given["starts_at"], given["ends_at"]
    for name, moment in (("starts_at", start), ("ends_at", end)):
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            errors[name] = _l("Please enter a date and time.")
            return
    if start is not None and end is not None and end <= start:
        errors["ends_at"] = _l("The end must be after the start.")
