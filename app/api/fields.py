"""Fields that take what PostgreSQL can keep, and say in words what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, ValidationError, fields

from app.catalog.rules import storable
from app.core.i18n import _l
from app.core.money import Money

AMOUNT = r"-?[0-9]{1,14}(\.[0-9]{1,4})?"
WORDS = {
    "Missing data for required field.": _l("Please fill this in."),
    "Field may not be null.": _l("Please fill this in."),
    "Unknown field.": _l("There is no such field."),
    "Not a valid string.": _l("This must be text."),
    "Not a valid integer.": _l("Please give a whole number."),
    "Not a valid boolean.": _l("This must be true or false."),
    "Not a valid list.": _l("This must be a list."),
    "Not a valid mapping type.": _l("This must be an object."),
    "Invalid input type.": _l("This must be an object."),
}
"""What marshmallow says of itself, in English only, as the house says it."""


def in_words(message: str) -> str:
    """What is wrong with a value, in the reader's language and saying what to do."""
    return str(WORDS.get(message, message))


class Text(fields.String):
    """A text without NUL or half surrogates, of bounded length, blanks around it removed."""

    def __init__(self, *, longest: int = 200, shortest: int = 0, **values: Any):
        metadata = {"maxLength": longest} | ({"minLength": shortest} if shortest else {})
        super().__init__(metadata=metadata | values.pop("metadata", {}), **values)
        self.longest, self.shortest = longest, shortest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if not storable(text):
            raise ValidationError(str(_l("This contains characters that cannot be stored.")))
        if len(text) > self.longest:
            raise ValidationError(str(_l("This is too long.")))
        text = text.strip()
        if len(text) < self.shortest:
            raise ValidationError(str(_l("Please fill this in.")))
        return text


def _out_of_bounds(least: int, most: int) -> ValidationError:
    words = str(_l("Please give a whole number from %(least)s to %(most)s."))
    return ValidationError(words % {"least": least, "most": most})


class Choice(Text):
    """One of some words."""

    def __init__(self, *words: str, **values: Any):
        super().__init__(metadata={"enum": list(words)} | values.pop("metadata", {}), **values)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        word = super()._deserialize(value, attr, data, **more)
        if word not in self.words:
            raise ValidationError(str(_l("Please choose one of these.")))
        return word


class Whole(fields.Integer):
    """A whole number within bounds; neither text nor a fraction will do."""

    def __init__(self, *, least: int, most: int, **values: Any):
        super().__init__(strict=True, metadata={"minimum": least, "maximum": most}, **values)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if isinstance(value, (bool, str)):
            raise ValidationError(str(_l("Please give a whole number.")))
        number = super()._deserialize(value, attr, data, **more)
        if number is None or not self.least <= number <= self.most:
            raise _out_of_bounds(self.least, self.most)
        return number


class Counted(fields.Integer):
    """A whole number within bounds, written as digits in an address."""

    def __init__(self, *, least: int, most: int, **values: Any):
        super().__init__(metadata={"minimum": least, "maximum": most}, **values)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        text = str(value)
        fits = text.isascii() and text.isdigit() and len(text) < 10 and self.least <= int(text) <= self.most
        if not fits:
            raise _out_of_bounds(self.least, self.most)
        return int(text)


class MoneyShape(Schema):
    """An amount: decimal text and ISO 4217 code."""

    amount = fields.String(required=True, metadata={"example": "12.34", "pattern": f"^{AMOUNT}$"})
    currency = fields.String(required=True, metadata={"example": "EUR", "pattern": "^[A-Z]{3}$"})


class MoneyField(fields.Nested):
    """Money in a question or an answer."""

    def __init__(self, **values: Any):
        super().__init__(MoneyShape, **values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Money:
        given = super()._deserialize(value, attr, data, **more)
        return money_of(given["amount"], given["currency"])


def money_of(amount: str, currency: str) -> Money:
    """Money from its two texts.

    Raises:
        ValidationError: when they are not an amount at the currency's smallest unit.
    """
    try:
        if not re.fullmatch(AMOUNT, amount) or not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError
        return Money(Decimal(amount), currency)
    except (InvalidOperation, ValueError, ArithmeticError) as wrong:
        raise ValidationError(str(_l("This is not an amount."))) from wrong
