"""Variants of a product and its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.errors import LastVariant
from app.catalog.models import Product, ProductImage, Variant
from app.catalog.operations.checking import check_variants, gather_facts
from app.catalog.operations.parts import part_errors, was_sold, write_parts
from app.catalog.operations.products import as_image, as_variant, locked, races_refused
from app.catalog.operations.writing import insert_variants
from app.catalog.rules import Errors, NewImage, NewProduct, NewVariant
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields, NotFound
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductChanged
from app.media.models import Image

SEEN = ("sku", "ean", "options", "name", "weight_g", *rules.SIDES, "position", "is_active")
CHANGEABLE = frozenset(SEEN)


def add_variant(
    session: Session,
    *,
    product_id: int,
    actor: Actor,
    sku: str,
    options: Mapping[str, str] | None = None,
    parts: Mapping[str, Mapping[str, Any]] | None = None,
    **values: Any,
) -> Variant:
    """Add a variant to a product, with what other features keep of it (`parts`).

    Raises:
        NoSuchProduct, InvalidFields: a taken SKU, a combination that exists, a wrong value.
    """
    given = as_variant({"sku": sku, "options": options or {}, **values})
    with unit_of_work(session), races_refused():
        product = locked(session, product_id)
        row = _checked_row(session, product, given, parts or {}, exclude=None)
        row["position"] = 1 + (session.scalar(
            select(func.max(Variant.position)).where(Variant.product_id == product_id)
        ) or 0)  # fmt: skip
        ids = insert_variants(session, [{**row, "product_id": product_id}])
        write_parts(session, ids, parts or {}, actor)
        audit.record(session, actor=actor, action="variant.create", entity="catalog_variant",
                     entity_id=ids[sku], after=row)  # fmt: skip
        publish(session, ProductChanged(product_id))
        session.expire(product, ["variants"])
    return session.get_one(Variant, ids[sku])


def _checked_row(
    session: Session,
    product: Product,
    given: NewVariant,
    parts: Mapping[str, Mapping[str, Any]],
    exclude: int | None,
) -> dict[str, Any]:
    siblings = select(Variant.options).where(Variant.product_id == product.id)
    if exclude is not None:
        siblings = siblings.where(Variant.id != exclude)
    others = list(session.scalars(siblings))
    spec = NewProduct(name="", category_id=None, variants=[given])
    facts = gather_facts(session, [spec])
    owner = (
        session.execute(select(Variant.id).where(Variant.sku == given.sku)).scalar()
        if given.sku in facts.skus
        else None
    )
    errors: Errors = {}
    kind = facts.book.types[product.type_id]
    if owner is not None and owner == exclude:
        facts.skus.pop(given.sku)
    rows = check_variants([given], kind, facts, errors, others=others)
    errors = {name.removeprefix("variants.0."): problem for name, problem in errors.items()}
    errors |= part_errors(parts)
    if errors:
        raise InvalidFields(errors)
    return rows[0]


def update_variant(
    session: Session,
    *,
    variant_id: int,
    actor: Actor,
    parts: Mapping[str, Mapping[str, Any]] | None = None,
    **changes: Any,
) -> Variant:
    """Change some fields of a variant; those not named stay as they are.

    Raises:
        NotFound, InvalidFields.
        LastVariant: when a published product would have nothing left to buy.
    """
    strangers = set(changes) - CHANGEABLE
    if strangers:
        raise InvalidFields({sorted(strangers)[0]: _l("A variant does not have such a field.")})
    with unit_of_work(session), races_refused():
        product_id = _product_of(session, variant_id)
        product = locked(session, product_id)
        variant = locks.row(session, Variant, variant_id)
        before = {name: getattr(variant, name) for name in SEEN}
        values = {**before, **changes}
        position = values.pop("position")
        row = _checked_row(session, product, as_variant(values), parts or {}, exclude=variant_id)
        if not isinstance(position, int) or not 0 <= position < 2**31:
            raise InvalidFields({"position": _l("Please enter a whole number.")})
        row["position"] = position
        if before["is_active"] and not row["is_active"]:
            _check_not_last(session, product, variant_id)
        for name, value in row.items():
            setattr(variant, name, value)
        session.flush()
        write_parts(session, {variant.sku: variant.id}, parts or {}, actor)
        audit.record(session, actor=actor, action="variant.update", entity="catalog_variant",
                     entity_id=variant_id, before=before, after=row)  # fmt: skip
        publish(session, ProductChanged(product_id))
    return variant


def _product_of(session: Session, variant_id: int) -> int:
    """Whose variant it is, read without a lock: the product is locked first, by everybody.

    Raises:
        NotFound: when there is no such variant.
    """
    product_id = session.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound()
    return product_id


def _check_not_last(session: Session, product: Product, variant_id: int) -> None:
    others = select(func.count()).where(
        Variant.product_id == product.id, Variant.is_active, Variant.id != variant_id
    )
    if product.state == "published" and not session.scalar(others):
        raise LastVariant()


def delete_variant(session: Session, *, variant_id: int, actor: Actor) -> str:
    """Remove a variant nothing refers to; switch it off otherwise. Returns "deleted" or "inactive".

    Raises:
        NotFound, LastVariant.
    """
    with unit_of_work(session):
        product_id = _product_of(session, variant_id)
        product = locked(session, product_id)
        variant = locks.row(session, Variant, variant_id)
        _check_not_last(session, product, variant_id)
        before = {name: getattr(variant, name) for name in SEEN}
        outcome = "inactive"
        if not was_sold(session, product_id):
            try:
                with session.begin_nested():
                    session.execute(delete(Variant).where(Variant.id == variant_id))
                outcome = "deleted"
            except IntegrityError:
                outcome = "inactive"  # a cart or a stock movement still points at it
        if outcome == "inactive":
            variant.is_active = False
        else:
            session.expunge(variant)
            session.expire(product, ["variants"])
        audit.record(session, actor=actor, action=f"variant.{outcome}", entity="catalog_variant",
                     entity_id=variant_id, before=before)  # fmt: skip
        publish(session, ProductChanged(product_id))
    return outcome


def set_product_images(
    session: Session,
    *,
    product_id: int,
    images: Sequence[NewImage | Mapping[str, Any]],
    actor: Actor,
) -> None:
    """Say anew which pictures a product has, in this order, with their alternative texts.

    Raises:
        NoSuchProduct, InvalidFields.
    """
    given = [as_image(image) for image in images]
    with unit_of_work(session):
        product = locked(session, product_id)
        skus = dict(
            session.execute(select(Variant.sku, Variant.id).where(Variant.product_id == product_id)).all()
        )
        known = set(session.scalars(select(Image.id).where(Image.id.in_([i.image_id for i in given]))))
        errors: Errors = {}
        for place, image in enumerate(given):
            if image.image_id not in known:
                errors[f"images.{place}"] = _l("There is no such picture.")
            elif problem := rules.text_problem(image.alt, rules.LONGEST_VALUE):
                errors[f"images.{place}.alt"] = problem
            elif image.sku is not None and image.sku not in skus:
                errors[f"images.{place}"] = _l("There is no such SKU.")
        if errors:
            raise InvalidFields(errors)
        before = list(session.scalars(
            select(ProductImage.image_id).where(ProductImage.product_id == product_id).order_by(ProductImage.position)
        ))  # fmt: skip
        session.execute(delete(ProductImage).where(ProductImage.product_id == product_id))
        rows = [
            {"product_id": product_id, "image_id": image.image_id, "position": place, "alt": image.alt.strip(),
             "variant_id": skus[image.sku] if image.sku else None, "translations": dict(image.translations)}
            for place, image in enumerate(given)
        ]  # fmt: skip
        if rows:
            session.execute(insert(ProductImage), rows)
        session.expire(product, ["images"])
        audit.record(session, actor=actor, action="product.images", entity="catalog_product", entity_id=product_id,
                     before={"images": before}, after={"images": [image.image_id for image in given]})  # fmt: skip
        publish(session, ProductChanged(product_id))
