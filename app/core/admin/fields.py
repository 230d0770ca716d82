"""Form fields for PostgreSQL's types, each refusing bad input with a sentence beside the field."""

from __future__ import annotations

import json
from datetime import UTC
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import StopValidation, ValidationError

from app.core.admin import relation_search
from app.core.admin.context import database
from app.core.admin.relation_search import Related
from app.core.admin.values import (
    BadValue,
    parse_date,
    parse_decimal,
    parse_int,
    parse_moment,
    parse_uuid,
    storable,
)
from app.core.admin.widgets import AreaWidget, ChoiceWidget, RelationWidget, TextWidget

MAX_JSON = 200_000


class Storable:
    """Validator: text that PostgreSQL can hold."""

    def __call__(self, form: Any, field: Any) -> None:
        for raw in field.raw_data or ():
            if isinstance(raw, str) and not storable(raw):
                raise StopValidation(str(_l("This text contains characters that cannot be stored.")))


class TextField(StringField):
    """Text; empty text becomes None where the column allows it (`nullable`)."""

    widget = TextWidget()

    def __init__(self, *args: Any, nullable: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.nullable = nullable

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            plain = valuelist[0].replace("\r\n", "\n")
            self.data = None if self.nullable and not plain.strip() else plain


class ParsedField(Field):
    """A field whose text is parsed by a function that may raise BadValue."""

    widget = TextWidget()

    def __init__(self, *args: Any, parse: Any = str, show: Any = str, **kwargs: Any):
        self.parse, self.show = parse, show
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data = None
            return
        if self.object_data is not None and valuelist[0] == self.show(self.object_data):
            self.data = self.object_data  # untouched: keep what the text cannot say (seconds, exponents)
            return
        try:
            self.data = self.parse(valuelist[0])
        except BadValue as wrong:
            self.data = None
            raise ValueError(str(wrong)) from wrong


def integer_field(label: Any, column_type: Any = None, **kwargs: Any) -> Any:
    """A whole number that fits its column."""
    return ParsedField(
        label, parse=lambda raw: parse_int(raw, column_type), widget=TextWidget(inputmode="numeric"), **kwargs
    )


def decimal_field(label: Any, column_type: Any = None, **kwargs: Any) -> Any:
    """A decimal that fits its column's precision; more decimals than the column has are refused."""
    precision, scale = getattr(column_type, "precision", None), getattr(column_type, "scale", None)

    def parse(raw: str) -> Decimal:
        number = parse_decimal(raw)
        if scale is not None and -int(number.normalize().as_tuple().exponent) > scale:
            raise BadValue(_l("At most %(count)s decimals.", count=scale))
        if precision is not None and abs(number) >= Decimal(10) ** (precision - (scale or 0)):
            raise BadValue(_l("This number is too large."))
        return number

    def show(number: Decimal) -> str:
        plain = format(number, "f")
        if "." not in plain:
            return plain
        whole, decimals = plain.split(".")
        return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"

    return ParsedField(label, parse=parse, show=show, widget=TextWidget(inputmode="decimal"), **kwargs)


def date_field(label: Any, **kwargs: Any) -> Any:
    """A day."""
    return ParsedField(
        label, parse=parse_date, show=lambda d: d.isoformat(), widget=TextWidget("date"), **kwargs
    )


def moment_field(label: Any, **kwargs: Any) -> Any:
    """A moment, entered and shown in UTC."""

    def show(moment: Any) -> str:
        shifted = moment.astimezone(UTC) if moment.tzinfo else moment
        return shifted.strftime("%Y-%m-%dT%H:%M")

    return ParsedField(label, parse=parse_moment, show=show, widget=TextWidget("datetime-local"), **kwargs)


def uuid_field(label: Any, **kwargs: Any) -> Any:
    """A UUID."""
    return ParsedField(label, parse=parse_uuid, widget=TextWidget(spellcheck="false"), **kwargs)


class JSONField(ParsedField):
    """JSON kept as JSON: an object stays an object, not a quoted text."""

    widget = AreaWidget(rows=8, code=True)

    def __init__(self, *args: Any, **kwargs: Any):
        show = lambda data: json.dumps(data, indent=2, ensure_ascii=False, default=str)  # noqa: E731
        super().__init__(*args, parse=self.read, show=show, **kwargs)

    @staticmethod
    def read(raw: str) -> Any:
        """Parse, refusing what JSONB cannot hold."""
        if len(raw) > MAX_JSON:
            raise BadValue(_l("This text is too long."))
        try:
            data = json.loads(raw, parse_constant=lambda _name: json.loads("!"))
            if not storable(json.dumps(data, ensure_ascii=False)) or "\\u0000" in raw:
                raise BadValue(_l("This text contains characters that cannot be stored."))
        except RecursionError as wrong:
            raise BadValue(_l("This is nested too deeply.")) from wrong
        except ValueError as wrong:
            raise BadValue(_l("This is not valid JSON: %(reason)s", reason=str(wrong)[:120])) from wrong
        return data


class ListField(ParsedField):
    """A list of values, one a line."""

    widget = AreaWidget(rows=4)

    def __init__(self, *args: Any, of: type[Any] = str, **kwargs: Any):
        def read(raw: str) -> list[Any]:
            if not storable(raw):
                raise BadValue(_l("This text contains characters that cannot be stored."))
            lines = [line.strip() for line in raw.replace("\r", "").split("\n") if line.strip()]
            return [parse_int(line) for line in lines] if of is int else [of(line) for line in lines]

        super().__init__(*args, parse=read, show=lambda rows: "\n".join(str(row) for row in rows), **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if valuelist and self.data is None and not valuelist[0].strip():
            self.data = []


class ChoiceField(SelectField):
    """One of a few; `choices` are (value, label) pairs. An unknown value is refused, not an error 500."""

    widget = ChoiceWidget()

    def __init__(self, *args: Any, optional: bool = False, members: Any = None, **kwargs: Any):
        self.optional, self.members = optional, members
        self.pairs = [("", "—")] if optional else []
        self.pairs += [(str(value), label) for value, label in kwargs.pop("choices", ()) or ()]
        offered = [SelectChoice(value=value, label=label) for value, label in self.pairs]
        super().__init__(*args, coerce=self.read, choices=offered, **kwargs)

    def read(self, value: Any) -> Any:
        """The member behind a posted name, or the text itself."""
        if value in (None, ""):
            return None if self.optional else value
        if self.members is None:
            return getattr(value, "value", value) if not isinstance(value, str) else value
        return value if isinstance(value, self.members) else self.members.__members__.get(str(value))

    def iter_choices(self) -> Any:
        for value, label in self.pairs:
            chosen = self.read(value) == self.data or (value == "" and self.data is None)
            yield Choice(value, label, chosen, {})

    def pre_validate(self, form: Any) -> None:
        allowed = [self.read(value) for value, _label in self.pairs]
        if self.data not in allowed or (self.data is None and not self.optional):
            raise ValidationError(str(_l("Choose one of the possible values.")))


class RelationField(Field):
    """The key of one row of another table (`data`), chosen by typing."""

    widget = RelationWidget()
    multiple = False

    def __init__(
        self, *args: Any, model: Any = None, spec: Related | None = None, url: Any = "", **kwargs: Any
    ):
        self.model, self.spec, self._url = model, spec or Related(), url
        super().__init__(*args, **kwargs)

    def search_url(self) -> str:
        """Where the widget asks."""
        return self._url() if callable(self._url) else self._url

    def keys(self) -> list[Any]:
        """The chosen keys."""
        return [] if self.data in (None, "") else [self.data]

    def chosen(self) -> list[tuple[Any, str]]:
        """Chosen keys with their labels, in one query."""
        rows = {
            str(relation_search.key_of(r)): r
            for r in relation_search.rows_of(database(), self.model, self.spec, self.keys())
        }
        named = []
        for key in self.keys():
            row = rows.get(str(key))
            named.append((key, relation_search.label_of(row, self.spec) if row is not None else str(key)))
        return named

    def process_data(self, value: Any) -> None:
        self.data = relation_search.key_of(value) if hasattr(value, "__mapper__") else value

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip() or None

    def pre_validate(self, form: Any) -> None:
        keys = self.keys()
        if not keys:
            return
        rows = relation_search.rows_of(database(), self.model, self.spec, keys)
        found = {str(relation_search.key_of(row)): relation_search.key_of(row) for row in rows}
        if set(found) != {str(key) for key in keys}:
            raise ValidationError(str(_l("There is no such entry any more. Search for it again.")))
        self.keep(found)

    def keep(self, found: dict[str, Any]) -> None:
        """Hold typed keys instead of posted text."""
        self.data = found[str(self.data)]


class RelationsField(RelationField):
    """The keys of several rows of another table (`data` is a list)."""

    widget = RelationWidget(multiple=True)
    multiple = True

    def keys(self) -> list[Any]:
        return list(self.data or ())

    def process_data(self, value: Any) -> None:
        self.data = [
            relation_search.key_of(row) if hasattr(row, "__mapper__") else row for row in value or ()
        ]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(raw.strip() for raw in valuelist if raw.strip()))[:1000]

    def keep(self, found: dict[str, Any]) -> None:
        self.data = [found[str(key)] for key in self.data]
