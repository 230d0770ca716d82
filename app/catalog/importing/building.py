"""Turns records of a source into what the catalogue's verbs take; makes what the records refer to.

Brands, categories, product types, attributes and options that do not exist yet are made through
`catalog.operations`, inside the transaction of the batch: a batch that is undone takes them with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations, rules
from app.catalog.importing import values
from app.catalog.importing.records import Record, Value, VariantRecord
from app.catalog.models import Attribute, Brand, Category
from app.catalog.operations import Incoming
from app.catalog.queries import AttributeInfo, Book, OptionInfo, load_book
from app.catalog.rules import NewProduct, NewVariant
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is taken. `stock` puts up to so many pieces of each article on the shelf (0: none)."""

    currency: str = "EUR"
    derive_prices: bool = False
    stock: int = 0
    with_images: bool = False
    parts: frozenset[str] = frozenset({"prices", "stock"})


@dataclass
class Builder:
    """Builds the products of one batch. What exists is read once, what is new is made once."""

    session: Session
    actor: Actor
    options: Options
    book: Book = field(init=False)
    _brands: dict[str, int] = field(default_factory=dict)
    _categories: dict[tuple[int | None, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.book = load_book(self.session)
        self._brands = {
            row.name.lower(): row.id for row in self.session.execute(select(Brand.name, Brand.id))
        }
        nodes = self.session.execute(select(Category.id, Category.parent_id, Category.name))
        self._categories = {(row.parent_id, row.name.casefold()): row.id for row in nodes}

    def prepare(self, records: Sequence[Record]) -> None:
        """Make the types, attributes and options these records need: one change a type."""
        wanted: dict[str, tuple[str, dict[str, None], dict[str, None]]] = {}
        for record in records:
            _name, attributes, options = wanted.setdefault(record.type_code, (record.type_name, {}, {}))
            for code, value in record.attributes.items():
                attributes[self._attribute(code, value)] = None
            for variant in record.variants:
                for label, option in variant.options.items():
                    options[self._option(label, option)] = None
        for code, (name, attributes, options) in wanted.items():
            self._type(code, name, list(attributes), list(options))
        self.book = load_book(self.session)

    def _attribute(self, code: str, value: Value) -> str:
        code = self._code_for(code, value)
        if code not in self.book.attributes:
            made = operations.create_attribute(
                self.session, actor=self.actor, code=code, name=value.label[:200] or code, kind=value.kind,
                unit=value.unit[:20], is_filter=value.is_filter, position=len(self.book.attributes),
            )  # fmt: skip
            self._learn(made)
        return code

    def _code_for(self, code: str, value: Value) -> str:
        """The code under which this value fits: an attribute of another kind keeps its own."""
        known = self.book.attributes.get(code)
        if known is None or known.kind == value.kind or value.kind == "text":
            fits = known is None or known.kind in (value.kind, "option")
            fits = fits or (
                known is not None and known.kind == "number" and rules.decimal_text(value.value) is not None
            )
            fits = fits or (
                known is not None and known.kind == "boolean" and rules.boolean(value.value) is not None
            )
            return code if fits else f"{code[:57]}_text"
        return f"{code[:57]}_{value.kind}"[:63]

    def _option(self, label: str, option: str) -> str:
        code = values.code(label)
        known = self.book.attributes.get(code)
        if known is not None and known.kind != "option":
            code = f"{code[:55]}_option"
            known = self.book.attributes.get(code)
        if known is None:
            made = operations.create_attribute(
                self.session, actor=self.actor, code=code, name=label[:200], kind="option", is_variant=True,
                is_filter=True, position=len(self.book.attributes),
            )  # fmt: skip
            self._learn(made)
        self._ensure_option(code, option)
        return code

    def _ensure_option(self, code: str, option: str) -> str:
        """The stored value of an option, found by value or label; made when it is new."""
        known = self.book.attributes[code]
        for held in known.options.values():
            if option in (held.value, held.label) or option.casefold() == held.label.casefold():
                return held.value
        if rules.text_problem(option, rules.LONGEST_NAME, required=True):
            return option
        made = operations.add_option(
            self.session, attribute_id=known.id, actor=self.actor, value=option, label=option,
            position=len(known.options),
        )  # fmt: skip
        known.options[option] = OptionInfo(made.id, made.value, made.label, "", made.position)
        return option

    def _learn(self, made: Attribute) -> None:
        """Note a new attribute without reading all of them again."""
        self.book.attributes[made.code] = AttributeInfo(
            made.id, made.code, made.name, made.kind, made.unit, made.is_filter, made.is_variant,
            made.position, {},
        )  # fmt: skip

    def _type(self, code: str, name: str, attributes: list[str], options: list[str]) -> None:
        type_id = self.book.type_ids.get(code)
        if type_id is None:
            operations.create_product_type(
                self.session, actor=self.actor, code=code, name=name[:200] or code, attributes=attributes,
                variant_attributes=options,
            )  # fmt: skip
            return
        held = self.book.types[type_id]
        more = [a for a in attributes if a not in held.attributes]
        vary = [o for o in options if o not in held.variant_attributes]
        if more or vary:
            operations.update_product_type(
                self.session, type_id=type_id, actor=self.actor,
                attributes=[*held.attributes, *more] if more else None,
                variant_attributes=[*held.variant_attributes, *vary] if vary else None,
            )  # fmt: skip

    def incoming(self, record: Record, seller_id: int | None = None) -> Incoming:
        """The product as the catalogue's verbs take it.

        Raises:
            InvalidFields: for a record without a category.
        """
        placed = [self._category(path) for path in record.categories if path]
        if not placed:
            raise InvalidFields({"categories": _l("Please choose a category.")})
        spec = NewProduct(
            name=record.name, category_id=placed[0], type_code=record.type_code,
            category_ids=list(dict.fromkeys(placed[1:])), brand_id=self._brand(record.brand), seller_id=seller_id,
            description=record.description, translations=record.translations, tax_class=record.tax_class,
            is_available=record.is_available, specifications=self._specifications(record.attributes),
            variants=[self._variant(variant) for variant in record.variants],
            parts=self._parts(record.variants), publish=record.publish,
        )  # fmt: skip
        return Incoming(record.key, spec)

    def _specifications(self, attributes: Mapping[str, Value]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for code, value in attributes.items():
            own = self._code_for(code, value)
            known = self.book.attributes[own]
            said[own] = self._ensure_option(own, str(value.value)) if known.kind == "option" else value.value
        return said

    def _variant(self, variant: VariantRecord) -> NewVariant:
        options = {}
        for label, option in variant.options.items():
            code = values.code(label)
            if self.book.attributes[code].kind != "option":
                code = f"{code[:55]}_option"
            options[code] = self._ensure_option(code, option)
        return NewVariant(
            variant.sku, options, variant.ean, variant.name, variant.weight_g, variant.is_active
        )

    def _parts(self, variants: Iterable[VariantRecord]) -> dict[str, dict[str, Any]]:
        prices: dict[str, Any] = {}
        stock: dict[str, int] = {}
        currency = self.options.currency
        for variant in variants:
            price = variant.price
            if price is None and self.options.derive_prices:
                price = values.likely_price(variant.sku)
            if price is not None:
                compare = variant.compare_at
                higher = compare is not None and Decimal(compare) > Decimal(price)
                prices[variant.sku] = {currency: price} | (
                    {"compare_at": {currency: compare}} if higher else {}
                )
            quantity = variant.stock
            if quantity is None and self.options.stock:
                quantity = values.likely_stock(variant.sku, self.options.stock)
            if quantity is not None:
                stock[variant.sku] = quantity
        found = {"prices": prices, "stock": stock}
        return {name: part for name, part in found.items() if part and name in self.options.parts}

    def _brand(self, name: str) -> int | None:
        name = " ".join(name.split())
        if not name:
            return None
        known = self._brands.get(name.lower())
        if known is None:
            known = operations.ensure_brand(self.session, name=name[:200], actor=self.actor)
            self._brands[name.lower()] = known
        return known

    def _category(self, path: Sequence[str]) -> int:
        parent: int | None = None
        for name in path[:8]:
            place = (parent, name.casefold())
            if place not in self._categories:
                made = operations.create_category(self.session, actor=self.actor, name=name, parent_id=parent)
                self._categories[place] = made.id
            parent = self._categories[place]
        assert parent is not None
        return parent
