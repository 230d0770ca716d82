"""Writes checked products, many at a time, in as few statements as possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.catalog.models import Product, ProductCategory, ProductImage, Variant
from app.catalog.operations import slugs
from app.catalog.operations.checking import Ready
from app.catalog.operations.parts import write_parts
from app.core.actor import Actor
from app.core.i18n import DEFAULT_LANGUAGE


def insert_products(session: Session, ready: Sequence[Ready], actor: Actor) -> list[int]:
    """Insert products with variants, categories, pictures, addresses and parts; returns their ids."""
    if not ready:
        return []
    bases = [
        slugs.slug_bases(r.values["name"], r.spec.slug, r.values["translations"], "product") for r in ready
    ]
    maker = slugs.SlugMaker(session, "product", (base for each in bases for base in each.values()))
    addresses = [slugs.take_all(maker, each) for each in bases]
    rows = [{**r.values, "category_id": r.spec.category_id} for r in ready]
    for row, by_language in zip(rows, addresses, strict=True):
        row["slug"] = by_language[DEFAULT_LANGUAGE]
        row["translations"] = with_slugs(row["translations"], by_language)
    statement = insert(Product).returning(Product.id, sort_by_parameter_order=True)
    ids = list(session.scalars(statement, rows))
    session.execute(
        insert(ProductCategory),
        [
            {"product_id": product_id, "category_id": category}
            for product_id, r in zip(ids, ready, strict=True)
            for category in r.category_ids
        ],
    )
    slugs.remember(session, "product", dict(zip(ids, addresses, strict=True)))
    by_sku = insert_variants(
        session,
        [{**row, "product_id": pid} for pid, r in zip(ids, ready, strict=True) for row in r.variants],
    )
    _insert_images(session, ids, ready, by_sku)
    parts: dict[str, dict[str, Any]] = {}
    for r in ready:
        for name, values in r.spec.parts.items():
            parts.setdefault(name, {}).update(values)
    write_parts(session, by_sku, parts, actor)
    return ids


def with_slugs(
    translations: dict[str, dict[str, str]], by_language: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Translations that also name the address in each language that has one."""
    return {
        language: {**texts, **({"slug": by_language[language]} if language in by_language else {})}
        for language, texts in translations.items()
    }


def insert_variants(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Insert variants; returns their ids by SKU."""
    if not rows:
        return {}
    statement = insert(Variant).returning(Variant.id, Variant.sku)
    return {row.sku: row.id for row in session.execute(statement, rows)}


def _insert_images(
    session: Session, ids: Sequence[int], ready: Sequence[Ready], by_sku: dict[str, int]
) -> None:
    rows = [
        {
            "product_id": product_id,
            "variant_id": by_sku[image.sku] if image.sku else None,
            "image_id": image.image_id,
            "position": position,
            "alt": image.alt,
            "translations": dict(image.translations),
        }
        for product_id, r in zip(ids, ready, strict=True)
        for position, image in enumerate(r.images)
    ]
    if rows:
        session.execute(insert(ProductImage), rows)
