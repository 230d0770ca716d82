"""Says everything that is wrong with a product at once, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.models import Brand, Category, Variant
from app.catalog.operations.parts import part_errors
from app.catalog.queries.book import AttributeInfo, Book, TypeInfo, load_book
from app.catalog.rules import Errors, NewImage, NewProduct, NewVariant
from app.core.i18n import _l
from app.media.models import Image

BIGGEST_ID = 2**63 - 1


@dataclass(slots=True)
class Facts:
    """What the database knows about the things some products refer to."""

    book: Book
    categories: set[int] = field(default_factory=set)
    brands: set[int] = field(default_factory=set)
    images: set[int] = field(default_factory=set)
    skus: dict[str, int] = field(default_factory=dict)
    """SKU to the product that has it."""


@dataclass(slots=True)
class Ready:
    """A product whose values are clean: rows as they will be written."""

    spec: NewProduct
    kind: TypeInfo
    values: dict[str, Any]
    category_ids: list[int]
    variants: list[dict[str, Any]]
    images: list[NewImage]


def plausible_id(value: Any) -> bool:
    """True for what could be the key of a row."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= BIGGEST_ID


def _existing(session: Session, model: Any, ids: Iterable[Any]) -> set[int]:
    wanted = sorted({value for value in ids if plausible_id(value)})
    if not wanted:
        return set()
    return set(session.scalars(select(model.id).where(model.id.in_(wanted))))


def gather_facts(session: Session, specs: Sequence[NewProduct], book: Book | None = None) -> Facts:
    """Look up, in five statements at most, all that these products refer to."""
    skus = sorted({v.sku for s in specs for v in s.variants if rules.storable(v.sku) and len(v.sku) <= 200})
    taken: dict[str, int] = {}
    if skus:
        found = session.execute(select(Variant.sku, Variant.product_id).where(Variant.sku.in_(skus)))
        taken = {row.sku: row.product_id for row in found}
    return Facts(
        book=book or load_book(session),
        categories=_existing(session, Category, (c for s in specs for c in (s.category_id, *s.category_ids))),
        brands=_existing(session, Brand, (s.brand_id for s in specs)),
        images=_existing(session, Image, (i.image_id for s in specs for i in s.images)),
        skus=taken,
    )


def check_product(
    spec: NewProduct, facts: Facts, *, product_id: int | None = None
) -> tuple[Ready | None, Errors]:
    """Check one product against the rules. Either it is ready, or `errors` names each wrong field.

    `product_id` is the product being changed: its own SKUs are not strangers.
    """
    errors: Errors = {}
    kind = facts.book.type_of(spec.type_id, spec.type_code)
    if kind is None:
        errors["type_id"] = _l("Please choose a product type.")
    values = _plain_fields(spec, facts, errors)
    categories = _categories(spec, facts, errors)
    if kind is not None:
        values["specifications"] = check_specifications(spec.specifications, kind, facts.book, errors)
        values["type_id"] = kind.id
    variants = check_variants(spec.variants, kind, facts, errors, product_id=product_id)
    _images(spec, facts, errors)
    errors |= part_errors(spec.parts)
    if errors or kind is None:
        return None, errors
    return Ready(spec, kind, values, categories, variants, list(spec.images)), errors


def _plain_fields(spec: NewProduct, facts: Facts, errors: Errors) -> dict[str, Any]:
    for name, longest in (("name", rules.LONGEST_NAME), ("description", rules.LONGEST_TEXT)):
        problem = rules.text_problem(getattr(spec, name), longest, required=name == "name")
        if problem:
            errors[name] = problem
    if spec.slug is not None and (problem := rules.text_problem(spec.slug, rules.LONGEST_NAME)):
        errors["slug"] = problem
    errors |= rules.translation_problems(spec.translations)
    if spec.tax_class not in rules.TAX_CLASSES:
        errors["tax_class"] = _l("Please choose a tax class.")
    if spec.brand_id is not None and spec.brand_id not in facts.brands:
        errors["brand_id"] = _l("There is no such brand.")
    if spec.seller_id is not None and not plausible_id(spec.seller_id):
        errors["seller_id"] = _l("There is no such seller.")
    window_problem = check_window(spec.published_from, spec.published_until)
    if window_problem:
        errors["published_until"] = window_problem
    if not isinstance(spec.popularity, int) or not 0 <= spec.popularity < 2**31:
        errors["popularity"] = _l("Please enter a whole number.")
    if errors:
        return {}
    return {
        "name": spec.name.strip(),
        "description": spec.description.strip(),
        "translations": rules.clean_translations(spec.translations),
        "tax_class": spec.tax_class,
        "brand_id": spec.brand_id,
        "seller_id": spec.seller_id,
        "is_available": bool(spec.is_available),
        "published_from": spec.published_from,
        "published_until": spec.published_until,
        "popularity": spec.popularity,
    }


def check_window(start: datetime | None, end: datetime | None) -> Any:
    """What is wrong with a publication window, or None."""
    for moment in (start, end):
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            return _l("Please enter a date and time.")
    if start is not None and end is not None and end <= start:
        return _l("The end must be after the start.")
    return None


def _categories(spec: NewProduct, facts: Facts, errors: Errors) -> list[int]:
    if spec.category_id is None:
        errors["category_id"] = _l("Please choose a category.")
        return []
    if spec.category_id not in facts.categories:
        errors["category_id"] = _l("There is no such category.")
    if any(category not in facts.categories for category in spec.category_ids):
        errors["category_ids"] = _l("There is no such category.")
    return list(dict.fromkeys([spec.category_id, *spec.category_ids]))


def check_value(attribute: AttributeInfo, value: Any) -> tuple[Any, Any]:
    """A typed value as it is stored, or what is wrong with it: (value, problem)."""
    if attribute.kind == "number":
        number = rules.decimal_text(value)
        return (number, None) if number is not None else (None, _l("Please enter a number."))
    if attribute.kind == "boolean":
        answer = rules.boolean(value)
        return (answer, None) if answer is not None else (None, _l("Please choose yes or no."))
    problem = rules.text_problem(value, rules.LONGEST_VALUE, required=True)
    if problem:
        return None, problem
    if attribute.kind == "option" and value not in attribute.options:
        return None, _l("This is not one of the possible values.")
    return value.strip() if attribute.kind == "text" else value, None


def check_specifications(given: Any, kind: TypeInfo, book: Book, errors: Errors) -> dict[str, Any]:
    """Typed values of a product's attributes; those left empty are dropped."""
    if not isinstance(given, Mapping):
        errors["specifications"] = _l("This must be a table of attributes.")
        return {}
    allowed, clean = set(kind.attributes), {}
    for code, value in given.items():
        where = f"specifications.{str(code)[:63]}"
        if code not in allowed:
            errors[where] = _l("Products of this type do not have this attribute.")
        elif value is not None and value != "":
            stored, problem = check_value(book.attributes[code], value)
            if problem:
                errors[where] = problem
            else:
                clean[code] = stored
    for code in kind.required - set(clean):
        errors.setdefault(f"specifications.{code}", _l("Please fill this in."))
    return clean


def check_variants(
    given: Sequence[NewVariant],
    kind: TypeInfo | None,
    facts: Facts,
    errors: Errors,
    *,
    product_id: int | None = None,
    others: Sequence[Mapping[str, str]] = (),
) -> list[dict[str, Any]]:
    """Rows of variants. `others` are the options of variants the product already has."""
    if len(given) + len(others) > rules.MOST_VARIANTS:
        errors["variants"] = _l("A product can have at most 5000 variants.")
        return []
    rows: list[dict[str, Any]] = []
    keys = {rules.option_key(options) for options in others}
    codes = frozenset(others[0]) if others else None
    seen: set[str] = set()
    for position, variant in enumerate(given):
        where = f"variants.{position}"
        problems = _variant_problems(variant, kind, facts)
        if not problems:
            if variant.sku in seen or facts.skus.get(variant.sku, product_id) != product_id:
                problems["sku"] = _l("This SKU is already taken.")
            key = rules.option_key(variant.options)
            codes = frozenset(variant.options) if codes is None else codes
            if key in keys:
                problems["options"] = _l("Another variant has the same combination.")
            elif codes != frozenset(variant.options):
                problems["options"] = _l("Every variant needs a value for the same options.")
            seen.add(variant.sku)
            keys.add(key)
            rows.append(_variant_row(variant, key, len(others) + position))
        errors |= {f"{where}.{name}": problem for name, problem in problems.items()}
    return rows


def _variant_row(variant: NewVariant, key: str, position: int) -> dict[str, Any]:
    return {
        "sku": variant.sku,
        "ean": variant.ean or None,
        "options": dict(variant.options),
        "option_key": key,
        "name": variant.name.strip(),
        "weight_g": int(variant.weight_g or 0),
        **{side: int(getattr(variant, side) or 0) for side in rules.SIDES},
        "position": position,
        "is_active": bool(variant.is_active),
    }


def _variant_problems(variant: NewVariant, kind: TypeInfo | None, facts: Facts) -> Errors:
    problems: Errors = {}
    if not isinstance(variant.sku, str) or not rules.SKU.fullmatch(variant.sku):
        problems["sku"] = _l(
            "An SKU has 1 to 64 letters, digits or . _ / + - and starts with a letter or digit."
        )
    if variant.ean and (not isinstance(variant.ean, str) or not rules.valid_ean(variant.ean)):
        problems["ean"] = _l("The check digit of this EAN is wrong.")
    if problem := rules.text_problem(variant.name, rules.LONGEST_NAME):
        problems["name"] = problem
    weight = rules.decimal_text(variant.weight_g or 0)
    if weight is None or "." in weight or not 0 <= int(weight) <= rules.HEAVIEST_G:
        problems["weight_g"] = _l("Please enter the weight in whole grams.")
    for side in rules.SIDES:
        length = rules.decimal_text(getattr(variant, side) or 0)
        if length is None or "." in length or not 0 <= int(length) <= rules.LONGEST_MM:
            problems[side] = _l("Please enter whole millimetres, at most %(most)s.", most=rules.LONGEST_MM)
    if not isinstance(variant.options, Mapping):
        return problems | {"options": _l("This must be a table of options.")}
    for code, value in variant.options.items():
        if kind is not None and code not in kind.variant_attributes:
            problems["options"] = _l("Products of this type do not vary by this.")
        elif kind is not None and (
            not isinstance(value, str) or value not in facts.book.attributes[code].options
        ):
            problems["options"] = _l("This is not one of the possible values.")
    return problems


def _images(spec: NewProduct, facts: Facts, errors: Errors) -> None:
    skus = {variant.sku for variant in spec.variants}
    for position, image in enumerate(spec.images):
        if image.image_id not in facts.images:
            errors[f"images.{position}"] = _l("There is no such picture.")
        elif rules.text_problem(image.alt, rules.LONGEST_VALUE):
            errors[f"images.{position}.alt"] = rules.text_problem(image.alt, rules.LONGEST_VALUE)
        elif image.sku is not None and image.sku not in skus:
            errors[f"images.{position}"] = _l("There is no such SKU.")
