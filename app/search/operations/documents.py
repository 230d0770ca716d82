"""Makes index rows from the catalogue and from what the features above know of a product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.models import Brand, Product, ProductCategory, Variant
from app.catalog.queries import Book, CategoryTree, attribute_book, category_tree, is_on_show
from app.core.feature import collected
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from app.search import rules

MOST_FACETS = 60
LONGEST_DESCRIPTION = 4_000
CODE_ATTRIBUTES = ("part_number", "mpn", "gtin", "isbn")
"""Attributes whose values are looked for like article numbers."""


@dataclass(slots=True)
class Rows:
    """Rows for the two tables, and the words of each language."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    words: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all products share: attributes, and the category tree in every language."""

    book: Book
    trees: Mapping[str, CategoryTree]

    @classmethod
    def load(cls, session: Session) -> Surroundings:
        """Read (or take from the cache) what all products share."""
        return cls(attribute_book(session), {lang: category_tree(session, lang) for lang in LANGUAGES})


def index_fields(session: Session, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What every feature that declares `index_fields` knows of these products."""
    fields: dict[int, dict[str, Any]] = {product_id: {} for product_id in ids}
    for feature in collected():
        if feature.index_fields is not None:
            for product_id, values in feature.index_fields(session, ids).items():
                fields[product_id].update(values)
    return fields


def make_rows(session: Session, product_ids: Sequence[int], around: Surroundings) -> Rows:
    """Index rows of those products that are on show: five statements and one for each feature."""
    columns = (
        Product.id, Product.name, Product.description, Product.translations, Product.specifications,
        Product.is_available, Product.popularity, Brand.name.label("brand"), Brand.slug.label("brand_slug"),
        func.coalesce(Product.published_from, Product.first_published_at, Product.created_at).label("at"),
    )  # fmt: skip
    query = select(*columns).outerjoin(Brand, Brand.id == Product.brand_id)
    products = session.execute(query.where(Product.id.in_(product_ids), is_on_show())).all()
    ids = [row.id for row in products]
    rows = Rows()
    if not ids:
        return rows
    variants: dict[int, list[Any]] = {}
    held = select(Variant.product_id, Variant.sku, Variant.ean, Variant.name, Variant.options)
    for row in session.execute(held.where(Variant.product_id.in_(ids), Variant.is_active)):
        variants.setdefault(row.product_id, []).append(row)
    placed: dict[int, list[int]] = {}
    links = select(ProductCategory.product_id, ProductCategory.category_id)
    for row in session.execute(links.where(ProductCategory.product_id.in_(ids))):
        placed.setdefault(row.product_id, []).append(row.category_id)
    fields = index_fields(session, ids)
    for product in products:
        own, categories = variants.get(product.id, []), placed.get(product.id, [])
        rows.documents.append(_document(product, own, categories, fields[product.id], around))
        rows.texts.append(_text(product, own, categories, around, rows.words))
    return rows


def _document(
    product: Any, variants: Sequence[Any], categories: Sequence[int], fields: Mapping[str, Any], around: Surroundings
) -> dict[str, Any]:  # fmt: skip
    nodes = around.trees[DEFAULT_LANGUAGE].nodes
    lineage = {above for category in categories if category in nodes for above in nodes[category].lineage}
    tokens = [f"brand={product.brand_slug}"] if product.brand_slug else []
    tokens += facet_tokens(product.specifications, variants, around.book)
    tokens += [str(token)[: rules.LONGEST_FACET] for token in fields.get("facets", ())]
    return {
        "product_id": product.id,
        "categories": sorted(lineage),
        "facets": list(dict.fromkeys(tokens))[:MOST_FACETS],
        "price": price_text(fields),
        "available": bool(product.is_available and fields.get("available", True)),
        "popularity": product.popularity,
        "published_at": product.at.isoformat(),
    }


def price_text(fields: Mapping[str, Any]) -> str | None:
    """The price in the base currency as JSON carries it."""
    price = fields.get("price")
    return None if price is None else str(Decimal(price))


def facet_tokens(specifications: Mapping[str, Any], variants: Sequence[Any], book: Book) -> list[str]:
    """ "code=value" of every property a list can be narrowed by."""
    found: dict[str, None] = {}
    for code, value in specifications.items():
        attribute = book.attributes.get(code)
        if attribute is not None and attribute.is_filter and value not in (None, ""):
            found[rules.facet_token(code, value)] = None
    for variant in variants:
        for code, value in variant.options.items():
            attribute = book.attributes.get(code)
            if attribute is not None and (attribute.is_filter or attribute.is_variant):
                found[rules.facet_token(code, value)] = None
    return list(found)


def _text(
    product: Any, variants: Sequence[Any], categories: Sequence[int], around: Surroundings,
    words: dict[str, Counter[str]],
) -> dict[str, Any]:  # fmt: skip
    specifications = product.specifications
    said = " ".join(
        f"{specifications[c]},".replace(", ", ",") for c in CODE_ATTRIBUTES if specifications.get(c)
    )
    numbers = [number for number in said.split(",") if number.strip()]
    codes = rules.codes_of([*(v.sku for v in variants), *(v.ean for v in variants), *numbers])
    row: dict[str, Any] = {"product_id": product.id, "codes": codes[:200], "names": []}
    for lang in LANGUAGES:
        texts = product.translations.get(lang) or {}
        if lang != DEFAULT_LANGUAGE and not texts.get("name"):
            row["names"].append(None)
            continue
        name = texts.get("name") or product.name
        row["names"].append(rules.name_key(name))
        tree = around.trees[lang]
        places = " ".join(n.name for c in categories for n in tree.crumbs(c))
        kinds = _values(specifications, variants, around.book, lang)
        parts = {
            "a": rules.words_of(f"{name} {' '.join({v.name for v in variants if v.name})}"),
            "b": rules.words_of(f"{product.brand or ''} {places}") + [c.lower() for c in codes[:60]],
            "c": rules.words_of(kinds),
            "d": rules.words_of(
                rules.plain_text(texts.get("description") or product.description)[:LONGEST_DESCRIPTION]
            ),
        }
        for weight, found in parts.items():
            row[f"{lang}_{weight}"] = " ".join(found)
        known = words.setdefault(lang, Counter())
        known.update({word for weight in ("a", "b", "c") for word in parts[weight] if rules.is_spelled(word)})
    return row


def _values(specifications: Mapping[str, Any], variants: Sequence[Any], book: Book, lang: str) -> str:
    """Attributes as a customer reads them; of a yes-or-no one its name when the answer is yes."""
    said: dict[str, None] = {}
    pairs = [*specifications.items(), *(pair for v in variants[:200] for pair in v.options.items())]
    for code, value in pairs:
        attribute = book.attributes.get(code)
        if attribute is None:
            continue
        if attribute.kind == "boolean":
            if value in (True, "true"):
                said[attribute.name_in(lang)] = None
        elif attribute.kind == "number":
            said[f"{value} {attribute.unit}"] = None
        else:
            said[attribute.value_in(value, lang)] = None
    return " ".join(said)[:4000]
