"""What staff type on the order screen, turned into values or refused beside its field."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.admin.values import BadValue, parse_decimal
from app.core.errors import InvalidFields
from app.core.money import Money, MoneyError
from app.orders.models import OrderLine


def whole_number(raw: str | None) -> int | None:
    """A key or a number of pieces; None for anything else."""
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 16 else None


def pieces(form: Any, line: OrderLine) -> int:
    """How many pieces of a line go into the parcel.

    Raises:
        InvalidFields: keyed `line.<id>`, when it is no number or more than is left.
    """
    raw = form.get(f"line.{line.id}", "0").strip() or "0"
    found = whole_number(raw)
    if found is None or found > line.left:
        words = _("At most %(left)s pieces of %(name)s can still be shipped.", left=line.left, name=line.name)
        raise InvalidFields({f"line.{line.id}": words})
    return found


def amount_of(form: Any, currency: str) -> Money:
    """The amount that was typed; a decimal comma is understood.

    Raises:
        InvalidFields: keyed `amount`, when it is none in this currency.
    """
    try:
        return Money(parse_decimal(form.get("amount", "")), currency)
    except (BadValue, MoneyError):
        message = _("Please enter an amount in %(currency)s, for example 12.50.", currency=currency)
        raise InvalidFields({"amount": message}) from None
