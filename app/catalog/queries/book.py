"""What product types and attributes there are, loaded once and read many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Attribute, AttributeOption, ProductType, TypeAttribute
from app.catalog.rules import number_in
from app.core.i18n import DEFAULT_LANGUAGE


def _in(translations: Mapping[str, Any] | None, column: str, language: str, default: str) -> str:
    if language == DEFAULT_LANGUAGE or not translations:
        return default
    return (translations.get(language) or {}).get(column) or default


@dataclass(slots=True)
class OptionInfo:
    """A value one may choose."""

    id: int
    value: str
    label: str
    swatch: str
    position: int
    translations: Mapping[str, Any] = field(default_factory=dict)

    def label_in(self, language: str) -> str:
        """The label in a language, else in the default one."""
        return _in(self.translations, "label", language, self.label)


@dataclass(slots=True)
class AttributeInfo:
    """A typed property and its options by value."""

    id: int
    code: str
    name: str
    kind: str
    unit: str
    is_filter: bool
    is_variant: bool
    position: int
    translations: Mapping[str, Any]
    options: dict[str, OptionInfo] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        """The name in a language, else in the default one."""
        return _in(self.translations, "name", language, self.name)

    def value_in(self, value: Any, language: str, yes: str = "✓", no: str = "–") -> str:
        """A value as a customer reads it: the option's label, or the number as the language writes it, with its unit."""
        if self.kind == "option":
            option = self.options.get(str(value))
            return option.label_in(language) if option else str(value)
        if self.kind == "boolean":
            return yes if value in (True, "true") else no
        text = number_in(value, language) if self.kind == "number" else str(value)
        return f"{text} {self.unit}" if self.unit else text


@dataclass(slots=True)
class TypeInfo:
    """A product type: codes of its attributes in order, and of those that make variants."""

    id: int
    code: str
    name: str
    variant_attributes: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


@dataclass(slots=True)
class Book:
    """All types by id and all attributes by code."""

    types: dict[int, TypeInfo]
    attributes: dict[str, AttributeInfo]
    type_ids: dict[str, int]

    def type_of(self, type_id: int | None, type_code: str | None) -> TypeInfo | None:
        """The type by whichever of the two is given. True is nobody's id, although Python takes it for 1."""
        if type_id is None and type_code is not None:
            type_id = self.type_ids.get(type_code)
        return None if type_id is None or isinstance(type_id, bool) else self.types.get(type_id)


def load_book(session: Session) -> Book:
    """Read all types, attributes and options: four statements, whatever their number."""
    attributes: dict[int, AttributeInfo] = {}
    columns = (
        Attribute.id, Attribute.code, Attribute.name, Attribute.kind, Attribute.unit, Attribute.is_filter,
        Attribute.is_variant, Attribute.position, Attribute.translations,
    )  # fmt: skip
    for row in session.execute(select(*columns).order_by(Attribute.position, Attribute.id)):
        attributes[row.id] = AttributeInfo(*row)
    options = select(
        AttributeOption.attribute_id, AttributeOption.id, AttributeOption.value, AttributeOption.label,
        AttributeOption.swatch, AttributeOption.position, AttributeOption.translations,
    ).order_by(AttributeOption.position, AttributeOption.id)  # fmt: skip
    for attribute_id, *values in session.execute(options):
        option = OptionInfo(*values)
        attributes[attribute_id].options[option.value] = option
    types = {
        row.id: TypeInfo(row.id, row.code, row.name, tuple(row.variant_attributes))
        for row in session.execute(
            select(ProductType.id, ProductType.code, ProductType.name, ProductType.variant_attributes)
        )
    }
    held: dict[int, list[str]] = {}
    required: dict[int, set[str]] = {}
    for row in session.execute(
        select(TypeAttribute.type_id, TypeAttribute.attribute_id, TypeAttribute.is_required).order_by(
            TypeAttribute.type_id, TypeAttribute.position, TypeAttribute.attribute_id
        )
    ):
        code = attributes[row.attribute_id].code
        held.setdefault(row.type_id, []).append(code)
        if row.is_required:
            required.setdefault(row.type_id, set()).add(code)
    for kind in types.values():
        kind.attributes = tuple(held.get(kind.id, ()))
        kind.required = frozenset(required.get(kind.id, ()))
    by_code = {attribute.code: attribute for attribute in attributes.values()}
    return Book(types, by_code, {kind.code: kind.id for kind in types.values()})
