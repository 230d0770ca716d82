"""A new product that begins as the copy of another one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.models import Product, ProductCategory, ProductImage, Variant
from app.catalog.operations.links import set_links
from app.catalog.operations.products import create_product, locked
from app.catalog.queries.links import links_of
from app.catalog.rules import NewImage, NewVariant
from app.core import locks
from app.core.actor import Actor
from app.core.i18n import LANGUAGES
from app.core.unit_of_work import unit_of_work


def duplicate_product(session: Session, *, product_id: int, actor: Actor) -> Product:
    """Copy a product with its variants, pictures and the products chosen for it into a new draft.

    Each copied variant gets its SKU with "-copy" behind it (or "-copy2", …); EANs are not copied,
    they belong to one article in the world. Prices and stock stay behind.

    Raises:
        NoSuchProduct: when there is none.
    """
    with unit_of_work(session):
        links = _links(session, product_id)  # locked together in id order, as who links them does
        locks.rows(session, Product, [product_id, *(i for row in links.values() for i in row)])
        product = locked(session, product_id)
        variants = session.scalars(
            select(Variant).where(Variant.product_id == product_id).order_by(Variant.position, Variant.id)
        ).all()
        images = session.scalars(
            select(ProductImage).where(ProductImage.product_id == product_id).order_by(ProductImage.position)
        ).all()
        shown_in = session.scalars(
            select(ProductCategory.category_id).where(ProductCategory.product_id == product_id)
        ).all()
        new_skus = _free_skus(session, [variant.sku for variant in variants])
        old_skus = {variant.id: variant.sku for variant in variants}
        texts = {code: {k: v for k, v in held.items() if k != "slug"}
                 for code, held in (product.translations or {}).items() if code in LANGUAGES}  # fmt: skip
        made = create_product(
            session, actor=actor, name=product.name, category_id=product.category_id, type_id=product.type_id,
            category_ids=[c for c in shown_in if c != product.category_id], brand_id=product.brand_id,
            seller_id=product.seller_id, description=product.description, translations=texts,
            tax_class=product.tax_class, is_available=product.is_available, specifications=product.specifications,
            variants=[
                NewVariant(
                    new_skus[v.sku], v.options, None, v.name, v.weight_g, v.is_active, v.length_mm, v.width_mm,
                    v.height_mm,
                )
                for v in variants
            ],
            images=[
                NewImage(i.image_id, i.alt, i.translations or {},
                         new_skus[old_skus[i.variant_id]] if i.variant_id in old_skus else None)
                for i in images
            ],
        )  # fmt: skip
        set_links(session, product_id=made.id, links=links, actor=actor)
        return made


def _links(session: Session, product_id: int) -> dict[str, list[int]]:
    """The links that a copy may have: what was archived since they were chosen stays behind."""
    held = links_of(session, product_id)
    ids = {target_id for row in held.values() for target_id in row}
    gone = set(
        session.scalars(select(Product.id).where(Product.id.in_(ids), Product.state == "archived"))
        if ids else ()
    )  # fmt: skip
    return {kind: [i for i in row if i not in gone] for kind, row in held.items()}


def _free_skus(session: Session, skus: list[str]) -> dict[str, str]:
    """A free SKU for each of these."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for sku in skus:
        number = 1
        while True:
            ending = "-copy" if number == 1 else f"-copy{number}"
            wish = f"{sku[: 64 - len(ending)]}{ending}"
            used = session.scalar(select(Variant.id).where(Variant.sku == wish))
            if wish not in taken and used is None and rules.SKU.fullmatch(wish):
                break
            number += 1
        taken.add(wish)
        found[sku] = wish
    return found
