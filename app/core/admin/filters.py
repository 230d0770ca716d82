"""Filters of lists: every value is parsed to its column's type before the database sees it.

Stock Flask-AppBuilder sends text where PostgreSQL wants numbers and answers 500. Here a value that
does not fit raises `BadValue`, which screens show beside the chip and the API answers with 422.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_appbuilder.models.filters import BaseFilter, BaseFilterConverter, FilterRelation
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, any_, cast, false, inspect, literal
from sqlalchemy.orm import RelationshipProperty

from app.core.admin.values import BadValue, parse_date, parse_for, parse_key, parse_text

__all__ = ["BadValue", "FilterConverter", "TypedFilter"]
MAX_CHOICES = 200


class TypedFilter(BaseFilter):
    """A filter on a column, or on a column of a related model by dots (`brand.name`)."""

    takes = "value"
    """"value", "many" (comma separated) or "none"."""

    def target(self) -> tuple[Any, str, Any]:
        """The interface and column that are compared, and the relationship that leads there."""
        if "." not in self.column_name:
            return self.datamodel, self.column_name, None
        relation, column = self.column_name.split(".", 1)
        return self.datamodel.get_related_interface(relation), column, getattr(self.model, relation)

    def parse(self, value: Any) -> Any:
        """The value in the column's type. Raises BadValue."""
        datamodel, column, _relation = self.target()
        return parse_for(datamodel, column, value)

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        """The comparison itself."""
        raise NotImplementedError

    def apply(self, query: Any, value: Any) -> Any:
        """Narrow a query."""
        datamodel, column, relation = self.target()
        found = self.condition(getattr(datamodel.obj, column), self.parse(value))
        if relation is not None:
            found = relation.any(found) if relation.property.uselist else relation.has(found)
        return query.where(found)


class _Text(TypedFilter):
    def parse(self, value: Any) -> str:
        return parse_text(value)

    def condition(self, attribute: Any, value: str) -> ColumnElement[bool]:
        return self.match(cast(attribute, String), value)

    def match(self, words: Any, value: str) -> ColumnElement[bool]:
        raise NotImplementedError


class FilterContains(_Text):
    name, arg_name = _l("contains"), "ct"

    def match(self, words: Any, value: str) -> ColumnElement[bool]:
        return words.icontains(value, autoescape=True)


class FilterNotContains(_Text):
    name, arg_name = _l("does not contain"), "nct"

    def match(self, words: Any, value: str) -> ColumnElement[bool]:
        return ~words.icontains(value, autoescape=True)


class FilterStartsWith(_Text):
    name, arg_name = _l("starts with"), "sw"

    def match(self, words: Any, value: str) -> ColumnElement[bool]:
        return words.istartswith(value, autoescape=True)


class FilterEndsWith(_Text):
    name, arg_name = _l("ends with"), "ew"

    def match(self, words: Any, value: str) -> ColumnElement[bool]:
        return words.iendswith(value, autoescape=True)


class FilterEqual(TypedFilter):
    name, arg_name = _l("is"), "eq"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute == value


class FilterNotEqual(TypedFilter):
    name, arg_name = _l("is not"), "neq"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute.is_distinct_from(value)


class FilterGreater(TypedFilter):
    name, arg_name = _l("is more than"), "gt"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute > value


class FilterSmaller(TypedFilter):
    name, arg_name = _l("is less than"), "lt"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute < value


class FilterAtLeast(TypedFilter):
    name, arg_name = _l("is at least"), "ge"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute >= value


class FilterAtMost(TypedFilter):
    name, arg_name = _l("is at most"), "le"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute <= value


class FilterAfter(FilterGreater):
    name, arg_name = _l("is after"), "gt"


class FilterBefore(FilterSmaller):
    name, arg_name = _l("is before"), "lt"


class FilterIn(TypedFilter):
    name, arg_name, takes = _l("is one of"), "in", "many"

    def parse(self, value: Any) -> list[Any]:
        parts = value if isinstance(value, list | tuple) else str(value).split(",")
        if len(parts) > MAX_CHOICES:
            raise BadValue(_l("Too many values at once."))
        return [super(FilterIn, self).parse(part) for part in parts if str(part).strip()]

    def condition(self, attribute: Any, value: list[Any]) -> ColumnElement[bool]:
        return attribute.in_(value)


class FilterNotIn(FilterIn):
    name, arg_name = _l("is none of"), "not_in"

    def condition(self, attribute: Any, value: list[Any]) -> ColumnElement[bool]:
        return attribute.not_in(value)


class FilterOnDay(TypedFilter):
    name, arg_name = _l("is on"), "eq"

    def parse(self, value: Any) -> Any:
        return parse_date(value)

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        if not self.target()[0].is_datetime(self.target()[1]):
            return attribute == value
        if value.year >= 9999:
            return false()
        start = datetime.combine(value, time.min, UTC)
        return and_(attribute >= start, attribute < start + timedelta(days=1))


class FilterEmpty(TypedFilter):
    name, arg_name, takes = _l("is empty"), "empty", "none"

    def parse(self, value: Any) -> Any:
        return None

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        prop = getattr(attribute, "property", None)
        if isinstance(prop, RelationshipProperty) and prop.uselist:
            return ~attribute.any()
        return attribute == None  # noqa: E711  # relationships and columns alike


class FilterHas(TypedFilter):
    name, arg_name = _l("contains"), "has"

    def parse(self, value: Any) -> Any:
        datamodel, column, _relation = self.target()
        item = datamodel.list_columns[column].type.item_type
        try:
            plain = parse_text(value)
            return int(plain) if item.python_type is int else plain
        except ValueError as wrong:
            raise BadValue(_l("This is not a whole number.")) from wrong

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return literal(value, attribute.type.item_type) == any_(attribute)


class _Related(FilterRelation, TypedFilter):
    """Compares a relationship by the key of the related row; never loads the related table."""

    def parse(self, value: Any) -> Any:
        target = self.datamodel.target_of(self.column_name)
        column = inspect(target).primary_key[0]
        raw = getattr(value, column.key, value)
        key = parse_key(column, raw)
        if key is None:
            raise BadValue(_l("There is no such entry."))
        return key

    def _key(self) -> Any:
        return inspect(self.datamodel.target_of(self.column_name)).primary_key[0]

    def apply(self, query: Any, value: Any) -> Any:
        return query.where(self.condition(getattr(self.model, self.column_name), self.parse(value)))


class FilterRelationOneToManyEqual(_Related):
    name, arg_name = _l("is"), "rel_o_m"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        local = self.datamodel.key_column(self.column_name)
        return getattr(self.model, local) == value if local else attribute.has(self._key() == value)


class FilterRelationOneToManyNotEqual(FilterRelationOneToManyEqual):
    name, arg_name = _l("is not"), "nrel_o_m"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return getattr(self.model, self.datamodel.key_column(self.column_name)).is_distinct_from(value)


class FilterRelationManyToManyEqual(_Related):
    name, arg_name = _l("contains"), "rel_m_m"

    def condition(self, attribute: Any, value: Any) -> ColumnElement[bool]:
        return attribute.any(self._key() == value)


class FilterEqualFunction(BaseFilter):
    name, arg_name = "equals the answer of a function", "eqf"

    def apply(self, query: Any, value: Any) -> Any:
        return query.where(getattr(self.model, self.column_name) == value())


_WORDS = [FilterContains, FilterEqual, FilterNotEqual, FilterStartsWith, FilterEndsWith, FilterNotContains]
_WORDS += [FilterIn, FilterNotIn, FilterEmpty]
_NUMBERS = [FilterEqual, FilterGreater, FilterSmaller, FilterAtLeast, FilterAtMost, FilterNotEqual]
_NUMBERS += [FilterIn, FilterNotIn, FilterEmpty]
_MOMENTS = [FilterOnDay, FilterAfter, FilterBefore, FilterAtLeast, FilterAtMost, FilterEmpty]
_CHOICES = [FilterEqual, FilterNotEqual, FilterIn, FilterNotIn, FilterEmpty]
_ONE = [FilterRelationOneToManyEqual, FilterRelationOneToManyNotEqual, FilterEmpty]
_MANY = [FilterRelationManyToManyEqual, FilterEmpty]


class FilterConverter(BaseFilterConverter):
    """Which filters a column offers, by its type; a bare foreign key is filtered like a relation."""

    conversion_table = (
        ("is_relation_many_to_one", _ONE),
        ("is_relation_one_to_one", _ONE),
        ("is_relation_many_to_many", _MANY),
        ("is_relation_one_to_many", _MANY),
        ("is_fk", _ONE),
        ("is_enum", _CHOICES),
        ("is_json", [FilterContains, FilterNotContains, FilterEmpty]),
        ("is_array", [FilterHas, FilterEmpty]),
        ("is_uuid", [FilterEqual, FilterNotEqual, FilterEmpty]),
        ("is_string", _WORDS),
        ("is_boolean", [FilterEqual, FilterEmpty]),
        ("is_integer", _NUMBERS),
        ("is_float", _NUMBERS),
        ("is_numeric", _NUMBERS),
        ("is_date", _MOMENTS),
        ("is_datetime", _MOMENTS),
    )

    def convert(self, col_name: str) -> list[BaseFilter] | None:
        """The filters of a column or of `relation.column`; None when it cannot be filtered.

        They hold nothing of a request and are made once an interface: Flask-AppBuilder asks for all of them each time.
        """
        kept = self.datamodel.__dict__.setdefault("_kept_filters", {})
        if col_name not in kept:
            kept[col_name] = self._convert(col_name)
        return list(kept[col_name]) or None

    def _convert(self, col_name: str) -> tuple[BaseFilter, ...]:
        datamodel, column = self.datamodel, col_name
        if "." in col_name:
            relation, column = col_name.split(".", 1)
            if not datamodel.is_relation(relation):
                return ()
            datamodel = datamodel.get_related_interface(relation)
        for marker, kinds in self.conversion_table:
            if getattr(datamodel, marker)(column):
                return tuple(kind(col_name, self.datamodel) for kind in kinds)
        return ()


STOCK_NAMES: dict[str, type[BaseFilter]] = {
    kind.__name__: kind
    for kind in (
        FilterContains, FilterNotContains, FilterStartsWith, FilterEndsWith, FilterEqual, FilterNotEqual,
        FilterGreater, FilterSmaller, FilterIn, FilterNotIn, FilterEqualFunction,
        FilterRelationOneToManyEqual, FilterRelationOneToManyNotEqual, FilterRelationManyToManyEqual,
    )
}  # fmt: skip
"""The names under which Flask-AppBuilder looks filters up on an interface."""
