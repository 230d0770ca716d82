"""Everything a product page shows of the catalogue's own: four statements, whatever the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.catalog.errors import NoSuchProduct, ProductArchivedError
from app.catalog.models import Brand, Product, ProductImage, Slug, Variant
from app.catalog.queries.book import Book
from app.catalog.queries.cards import attribute_book, in_window, is_on_show, options_text
from app.catalog.queries.tree import CategoryNode, category_tree
from app.core.i18n import DEFAULT_LANGUAGE, translated
from app.media.models import Image
from app.media.rules import ImageSet


@dataclass(frozen=True, slots=True)
class PageVariant:
    """A variant on a product page."""

    id: int
    sku: str
    ean: str | None
    options: dict[str, str]
    options_text: str
    name: str
    weight_g: int
    image: int | None
    """Place of its own picture in `ProductPage.images`, if it has one."""


@dataclass(frozen=True, slots=True)
class PageOptionValue:
    """A value of an option; `swatch` is a colour or ""."""

    value: str
    label: str
    swatch: str


@dataclass(frozen=True, slots=True)
class PageOption:
    """What a customer chooses by, with the values its variants have, in their order."""

    code: str
    label: str
    values: tuple[PageOptionValue, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product in one language. `is_moved`: the address asked for is not `slug`, redirect to it.

    `is_preview`: customers cannot see it now, the reader is staff. `specifications` are
    (code, label, value) in the type's order, `values` the same as they are stored, by code.
    """

    id: int
    slug: str
    slugs: dict[str, str]
    name: str
    description: str
    brand: str
    brand_slug: str
    category_id: int
    crumbs: tuple[CategoryNode, ...]
    images: tuple[ImageSet, ...]
    variants: tuple[PageVariant, ...]
    options: tuple[PageOption, ...]
    specifications: tuple[tuple[str, str, str], ...]
    values: Mapping[str, Any]
    tax_class: str
    is_available: bool
    rating_average: Decimal
    rating_count: int
    type_code: str
    seller_id: int | None
    version: int
    first_published_at: datetime | None
    updated_at: datetime
    is_moved: bool
    is_preview: bool


def product_page(session: Session, slug: str, lang: str, preview: bool = False) -> ProductPage:
    """A product by its address, present or past, in whatever language it was.

    Raises:
        NoSuchProduct: unknown, a draft, or outside its window (unless `preview`, for staff).
        ProductArchivedError: it was sold here once and is not any more.
    """
    product, brand, asked, is_in_window = _find(session, slug, lang)
    is_shown = product.state == "published" and is_in_window
    if not is_shown and not preview:
        if product.state == "archived":
            raise ProductArchivedError()
        raise NoSuchProduct()
    book = attribute_book(session)
    images, places = _images(session, product, lang)
    variants = _variants(session, product, places, book, lang)
    tree = category_tree(session, lang)
    kind = book.types[product.type_id]
    here = translated(product, "slug", lang)
    return ProductPage(
        id=product.id, slug=here, slugs=_slugs(product), name=translated(product, "name", lang),
        description=translated(product, "description", lang),
        brand=brand.name if brand else "", brand_slug=brand.slug if brand else "",
        category_id=product.category_id, crumbs=tuple(tree.crumbs(product.category_id)), images=images,
        variants=variants, options=_options(kind.variant_attributes, variants, book, lang),
        specifications=_specifications(product, kind.attributes, book, lang), values=product.specifications or {},
        tax_class=product.tax_class,
        is_available=product.is_available, rating_average=product.rating_average,
        rating_count=product.rating_count, type_code=kind.code, seller_id=product.seller_id,
        version=product.version, first_published_at=product.first_published_at,
        updated_at=product.updated_at, is_moved=here != asked, is_preview=not is_shown,
    )  # fmt: skip


def _find(session: Session, slug: str, lang: str) -> tuple[Product, Brand | None, str, bool]:
    """By index uq_catalog_slug_kind_slug_lang; an address belongs to one product for ever."""
    if not slug or len(slug) > 400 or not slug.isascii() or not slug.isprintable():
        raise NoSuchProduct()
    query = (
        select(Product, Brand, Slug.slug, in_window().label("in_window"))
        .select_from(Slug)
        .join(Product, Product.id == Slug.target_id)
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .where(Slug.kind == "product", Slug.slug == slug)
        .order_by((Slug.lang == lang).desc(), Slug.id)
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        raise NoSuchProduct()
    return row.Product, row.Brand, row.slug, bool(row.in_window)


def public_product_slugs(session: Session, limit: int) -> Iterator[dict[str, str]]:
    """Addresses by language of the products on show, newest first, read in portions (sitemap)."""
    query = (
        select(Product.slug, Product.translations)
        .where(is_on_show())
        .order_by(Product.first_published_at.desc().nulls_last(), Product.id.desc())
        .limit(limit)
        .execution_options(yield_per=1000)
    )
    for slug, translations in session.execute(query):
        held = {code: texts["slug"] for code, texts in (translations or {}).items() if texts.get("slug")}
        yield {DEFAULT_LANGUAGE: slug, **held}


def _slugs(product: Product) -> dict[str, str]:
    slugs = {DEFAULT_LANGUAGE: product.slug}
    for language, texts in (product.translations or {}).items():
        if texts.get("slug"):
            slugs[language] = texts["slug"]
    return slugs


def _images(session: Session, product: Product, lang: str) -> tuple[tuple[ImageSet, ...], dict[int, int]]:
    query = (
        select(ProductImage, Image)
        .join(Image, Image.id == ProductImage.image_id)
        .where(ProductImage.product_id == product.id)
        .order_by(ProductImage.position, ProductImage.id)
    )
    sets: list[ImageSet] = []
    places: dict[int, int] = {}
    seen: dict[int, int] = {}
    name = translated(product, "name", lang)
    for link, image in session.execute(query):
        if image.id not in seen:  # one picture may show several variants: it hangs in the gallery once
            seen[image.id] = len(sets)
            alt = translated(link, "alt", lang) or translated(image, "alt", lang) or name
            sets.append(image.image_set(alt))
        if link.variant_id is not None:
            places.setdefault(link.variant_id, seen[image.id])
    return tuple(sets), places


def _variants(
    session: Session, product: Product, places: dict[int, int], book: Book, lang: str
) -> tuple[PageVariant, ...]:
    query = (
        select(Variant)
        .where(and_(Variant.product_id == product.id, Variant.is_active))
        .order_by(Variant.position, Variant.id)
    )
    return tuple(
        PageVariant(
            row.id,
            row.sku,
            row.ean,
            row.options,
            options_text(row.options, book, lang),
            row.name,
            row.weight_g,
            places.get(row.id),
        )  # fmt: skip
        for row in session.scalars(query)
    )


def _options(
    codes: tuple[str, ...], variants: tuple[PageVariant, ...], book: Book, lang: str
) -> tuple[PageOption, ...]:
    found: list[PageOption] = []
    for code in codes:
        held = {variant.options[code] for variant in variants if code in variant.options}
        attribute = book.attributes.get(code)
        if not held or attribute is None:
            continue
        known = [option for option in attribute.options.values() if option.value in held]
        values = tuple(PageOptionValue(o.value, o.label_in(lang), o.swatch) for o in known)
        found.append(PageOption(code, attribute.name_in(lang), values))
    return tuple(found)


def _specifications(
    product: Product, codes: tuple[str, ...], book: Book, lang: str
) -> tuple[tuple[str, str, str], ...]:
    held: dict[str, Any] = product.specifications or {}
    return tuple(
        (code, book.attributes[code].name_in(lang), book.attributes[code].value_in(held[code], lang))
        for code in codes
        if code in held
    )
