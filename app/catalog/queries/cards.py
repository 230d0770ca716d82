"""Short views of variants (cart, order) and of products (grids): one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    lateral,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.catalog.models import Brand, Product, ProductImage, Variant
from app.catalog.queries.book import Book, load_book
from app.catalog.queries.tree import OWNER
from app.core.caching import cached
from app.core.i18n import DEFAULT_LANGUAGE
from app.media.models import Image
from app.media.rules import ImageSet, image_set


@dataclass(frozen=True, slots=True)
class VariantCard:
    """What a cart or an order needs to know of a variant.

    `options` is {attribute code: option value}; `options_text` reads "Red, M" in the language asked
    for. `is_buyable`: published, inside its window, available and active (stock is not looked at).
    """

    variant_id: int
    product_id: int
    sku: str
    name: str
    slug: str
    options: dict[str, str]
    options_text: str
    image: ImageSet | None
    tax_class: str
    weight_g: int
    is_buyable: bool
    category_id: int
    brand_id: int | None
    seller_id: int | None
    ean: str | None = None
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What a grid shows of a product; prices and stock come from their own features.

    `swatches` are (label, colour) pairs of the options its active variants come in.
    """

    id: int
    name: str
    slug: str
    brand: str
    image: ImageSet | None
    rating_average: float
    rating_count: int
    is_available: bool
    first_published_at: Any
    variant_ids: tuple[int, ...]
    swatches: tuple[tuple[str, str], ...]


def attribute_book(session: Session) -> Book:
    """Types, attributes and options (cached; owner "catalog")."""
    return cached(OWNER, "book", lambda: load_book(session))


def in_window() -> ColumnElement[bool]:
    """SQL: now is inside the publication window."""
    return and_(
        or_(Product.published_from.is_(None), Product.published_from <= func.now()),
        or_(Product.published_until.is_(None), Product.published_until > func.now()),
    )


def is_on_show() -> ColumnElement[bool]:
    """SQL: customers may see the product now."""
    return and_(Product.state == "published", in_window())


def text_in(column: str, lang: str) -> ColumnElement[Any]:
    """SQL: a translated column of a product, with the default language as fallback."""
    default = getattr(Product, column)
    if lang == DEFAULT_LANGUAGE:
        return default
    return func.coalesce(func.nullif(Product.translations[lang][column].astext, ""), default)


def _first_image(of_variant: bool) -> Any:
    """LATERAL: the variant's own picture if it has one, else the product's first."""
    query = (
        select(Image.key, Image.width, Image.height, Image.renditions, Image.colour, ProductImage.alt)
        .join(Image, Image.id == ProductImage.image_id)
        .where(ProductImage.product_id == Product.id)
    )
    order: list[Any] = [ProductImage.position, ProductImage.id]
    if of_variant:
        order.insert(
            0,
            case((ProductImage.variant_id == Variant.id, 0), (ProductImage.variant_id.is_(None), 1), else_=2),
        )
        query = query.correlate(Product, Variant)
    else:
        query = query.correlate(Product)
    return lateral(query.order_by(*order).limit(1)).alias("picture")


def picture_of(row: Any, alt: str) -> ImageSet | None:
    """The picture in a row that carries key, size and renditions."""
    if not row.key:
        return None
    return image_set(row.key, row.width, row.height, row.renditions, row.alt or alt, row.colour)


def volume_of_variant() -> ColumnElement[int]:
    """SQL: the room one packed piece takes, in mm³; 0 while a side is not known."""
    sides = cast(Variant.length_mm, BigInteger) * Variant.width_mm * Variant.height_mm
    return func.coalesce(sides, 0).label("volume_mm3")


@cache
def _variant_statement(lang: str) -> Select[Any]:
    """Cards by `ids`: built once, because building it costs as much as running it."""
    picture = _first_image(of_variant=True)
    return (
        select(
            Variant.id, Variant.sku, Variant.options, Variant.weight_g, Variant.ean, Product.id.label("product_id"),
            volume_of_variant(), text_in("name", lang).label("name"), text_in("slug", lang).label("slug"), Product.tax_class,
            Product.category_id, Product.brand_id, Product.seller_id,
            and_(is_on_show(), Product.is_available, Variant.is_active).label("is_buyable"), picture.c,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(picture, true())
        .where(Variant.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    )  # fmt: skip


def variant_cards(session: Session, variant_ids: Sequence[int], lang: str) -> dict[int, VariantCard]:
    """Cards of these variants by id, in one statement; unknown ids are left out."""
    ids = sorted(set(variant_ids))
    if not ids:
        return {}
    rows = session.execute(_variant_statement(lang), {"ids": ids}).all()
    book = attribute_book(session) if any(row.options for row in rows) else None
    return {row.id: _variant_card(row, book, lang) for row in rows}


def options_text(options: dict[str, str], book: Book | None, lang: str) -> str:
    """A combination as a customer reads it: "Red, M"."""
    if not options or book is None:
        return ""
    known = sorted((book.attributes[c].position, c) for c in options if c in book.attributes)
    return ", ".join(book.attributes[c].value_in(options[c], lang) for _, c in known)


def _variant_card(row: Any, book: Book | None, lang: str) -> VariantCard:
    return VariantCard(
        variant_id=row.id, product_id=row.product_id, sku=row.sku, name=row.name, slug=row.slug,
        options=row.options, options_text=options_text(row.options, book, lang),
        image=picture_of(row, row.name), tax_class=row.tax_class, weight_g=row.weight_g,
        is_buyable=row.is_buyable, category_id=row.category_id, brand_id=row.brand_id,
        seller_id=row.seller_id, ean=row.ean, volume_mm3=row.volume_mm3,
    )  # fmt: skip


def variant_ids_by_sku(session: Session, skus: Sequence[str]) -> dict[str, int]:
    """Ids of these SKUs; unknown ones are left out."""
    wanted = sorted({sku for sku in skus if isinstance(sku, str) and "\x00" not in sku and len(sku) <= 200})
    if not wanted:
        return {}
    found = session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(wanted)))
    return {row.sku: row.id for row in found}


@cache
def _product_statement(lang: str) -> Select[Any]:
    """Cards by `ids`: built once."""
    picture = _first_image(of_variant=False)
    variants = lateral(
        select(
            func.array_agg(Variant.id).label("variant_ids"), func.jsonb_agg(Variant.options).label("options")
        ).where(Variant.product_id == Product.id, Variant.is_active).correlate(Product)
    ).alias("variants")  # fmt: skip
    return (
        select(
            Product.id, text_in("name", lang).label("name"), text_in("slug", lang).label("slug"),
            Brand.name.label("brand"), Product.rating_average, Product.rating_count, Product.is_available,
            Product.first_published_at, variants.c.variant_ids, variants.c.options, picture.c,
        )
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .outerjoin(picture, true())
        .outerjoin(variants, true())
        .where(Product.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    )  # fmt: skip


def product_cards(session: Session, product_ids: Sequence[int], lang: str) -> list[ProductCard]:
    """Cards of these products in the order asked for, in one statement; unknown ids are left out."""
    if not product_ids:
        return []
    found = {row.id: row for row in session.execute(_product_statement(lang), {"ids": list(product_ids)})}
    book = attribute_book(session)
    return [_product_card(found[i], book, lang) for i in product_ids if i in found]


def _product_card(row: Any, book: Book, lang: str) -> ProductCard:
    return ProductCard(
        id=row.id, name=row.name, slug=row.slug, brand=row.brand or "", image=picture_of(row, row.name),
        rating_average=float(row.rating_average), rating_count=row.rating_count,
        is_available=row.is_available, first_published_at=row.first_published_at,
        variant_ids=tuple(sorted(row.variant_ids or ())), swatches=_swatches(row.options or (), book, lang),
    )  # fmt: skip


def _swatches(combinations: Sequence[dict[str, str]], book: Book, lang: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, tuple[int, str, str]] = {}
    for options in combinations:
        for code, value in (options or {}).items():
            attribute = book.attributes.get(code)
            option = attribute.options.get(value) if attribute else None
            if option is not None and option.swatch:
                found[value] = (option.position, option.label_in(lang), option.swatch)
    return tuple((label, swatch) for _, label, swatch in sorted(found.values()))
