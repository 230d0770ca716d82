"""Products: made, changed, published, archived, removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog.errors import NoSuchProduct, NotPublishable
from app.catalog.models import Product, ProductCategory, Slug, Variant
from app.catalog.operations import slugs
from app.catalog.operations.checking import Ready, check_product, gather_facts
from app.catalog.operations.parts import publish_checks, was_sold, write_parts
from app.catalog.operations.writing import insert_products, with_slugs
from app.catalog.rules import Errors, NewImage, NewProduct, NewVariant
from app.catalog.states import PRODUCT
from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid, InvalidFields, NotFound
from app.core.i18n import DEFAULT_LANGUAGE, _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductArchived, ProductChanged, ProductPublished

SEEN = (
    "name", "slug", "description", "state", "category_id", "brand_id", "type_id", "seller_id", "tax_class",
    "is_available", "published_from", "published_until", "specifications", "translations",
)  # fmt: skip
"""What the audit log keeps of a product."""
CHANGEABLE = frozenset(SEEN) - {"state"} | {"category_ids", "type_code", "parts"}

MOST_POPULAR = 2_000_000_000


@contextmanager
def races_refused() -> Iterator[None]:
    """Turn what only the database could notice (two people at once) into a refusal."""
    try:
        yield
    except IntegrityError as problem:
        name = getattr(getattr(problem.orig, "diag", None), "constraint_name", "") or ""
        if name == "uq_catalog_variant_sku":
            raise InvalidFields({"variants": _l("This SKU is already taken.")}) from problem
        if name == "uq_catalog_variant_product_id_option_key":
            raise InvalidFields({"variants": _l("Another variant has the same combination.")}) from problem
        if "seller_id" in name:
            raise InvalidFields({"seller_id": _l("There is no such seller.")}) from problem
        if name.startswith("fk_catalog_product"):
            raise Invalid(_l("Something this product refers to was removed in the meantime.")) from problem
        raise


def as_variant(given: NewVariant | Mapping[str, Any]) -> NewVariant:
    """A variant from a mapping, as forms and the REST API send it."""
    return given if isinstance(given, NewVariant) else _from_mapping(NewVariant, given, "variants")


def as_image(given: NewImage | Mapping[str, Any]) -> NewImage:
    """A picture link from a mapping."""
    return given if isinstance(given, NewImage) else _from_mapping(NewImage, given, "images")


def _from_mapping(kind: Any, given: Any, where: str) -> Any:
    try:
        return kind(**given)
    except TypeError as wrong:
        raise InvalidFields({where: _l("Please check these values.")}) from wrong


def create_product(
    session: Session,
    *,
    actor: Actor,
    name: str,
    category_id: int | None,
    variants: Sequence[NewVariant | Mapping[str, Any]] = (),
    images: Sequence[NewImage | Mapping[str, Any]] = (),
    publish_now: bool = False,
    **values: Any,
) -> Product:
    """Make a product with its variants; a draft unless `publish_now`.

    `values` are the other fields of `rules.NewProduct` (type_id or type_code, brand_id, description,
    specifications, translations, tax_class, parts, …).

    Raises:
        InvalidFields: with every wrong field at once; nothing is written.
        NotPublishable: with everything that is missing; nothing is written.
    """
    try:
        spec = NewProduct(
            name=name,
            category_id=category_id,
            variants=[as_variant(v) for v in variants],
            images=[as_image(i) for i in images],
            **values,
        )
    except TypeError as wrong:
        raise Invalid(_l("A product does not have such a field.")) from wrong
    with unit_of_work(session), races_refused():
        ready, errors = check_product(spec, gather_facts(session, [spec]))
        if ready is None:
            raise InvalidFields(errors)
        (product_id,) = insert_products(session, [ready], actor)
        product = session.get_one(Product, product_id)
        audit.record(
            session, actor=actor, action="product.create", entity="catalog_product", entity_id=product_id,
            after={**snapshot(product), "skus": [row["sku"] for row in ready.variants]},
        )  # fmt: skip
        if publish_now or spec.publish:
            publish_product(session, product_id=product_id, actor=actor)
        else:
            publish(session, ProductChanged(product_id))
    return product


def snapshot(product: Product) -> dict[str, Any]:
    """What the audit log keeps of a product."""
    return {name: getattr(product, name) for name in SEEN}


def locked(session: Session, product_id: int, version: int | None = None) -> Product:
    """The product, locked for change.

    Raises:
        NoSuchProduct: when there is none.
        Conflict: when somebody changed it since `version` was read.
    """
    try:
        product = locks.row(session, Product, product_id)
    except NotFound as missing:
        raise NoSuchProduct() from missing
    if version is not None and product.version != version:
        raise Conflict()
    return product


def update_product(
    session: Session, *, product_id: int, actor: Actor, version: int | None = None, **changes: Any
) -> Product:
    """Change some fields of a product; those not named stay as they are.

    Raises:
        NoSuchProduct, InvalidFields: with every wrong field at once.
        Conflict: when `version` is given and somebody else changed the product since.
    """
    strangers = set(changes) - CHANGEABLE
    if strangers:
        raise InvalidFields({sorted(strangers)[0]: _l("A product does not have such a field.")})
    with unit_of_work(session), races_refused():
        product = locked(session, product_id, version)
        apply_changes(session, product, changes, actor)
        publish(session, ProductChanged(product_id))
    return product


def apply_changes(session: Session, product: Product, changes: Mapping[str, Any], actor: Actor) -> list[str]:
    """Change a locked product inside the caller's transaction, with its audit record.

    Returns the names of what is different now; nothing at all when the values are those it had.
    """
    before = snapshot(product)
    spec, ready = _checked_change(session, product, changes)
    if {"name", "slug", "translations"} & set(changes):
        _change_addresses(session, product, spec, ready)
    for column in ("name", "description", "tax_class", "brand_id", "is_available", "published_from",
                   "published_until", "specifications", "type_id"):  # fmt: skip
        setattr(product, column, ready.values[column])
    product.category_id, product.seller_id = spec.category_id, spec.seller_id  # type: ignore[assignment]
    if {"category_id", "category_ids"} & set(changes):
        _change_categories(session, product.id, ready.category_ids)
    if spec.parts:
        held = select(Variant.sku, Variant.id).where(Variant.product_id == product.id)
        write_parts(session, dict(session.execute(held).all()), spec.parts, actor)
    session.flush()
    after = snapshot(product)
    changed = [key for key in after if after[key] != before[key]]
    audit.record(
        session, actor=actor, action="product.update", entity="catalog_product", entity_id=product.id,
        before={key: before[key] for key in changed}, after={key: after[key] for key in changed},
    )  # fmt: skip
    return changed


def _checked_change(
    session: Session, product: Product, changes: Mapping[str, Any]
) -> tuple[NewProduct, Ready]:
    others = session.scalars(
        select(ProductCategory.category_id).where(ProductCategory.product_id == product.id)
    ).all()
    old = NewProduct(
        name=product.name, category_id=product.category_id, type_id=product.type_id,
        category_ids=[c for c in others if c != product.category_id], brand_id=product.brand_id,
        seller_id=product.seller_id, slug=product.slug, description=product.description,
        translations=product.translations, tax_class=product.tax_class, is_available=product.is_available,
        published_from=product.published_from, published_until=product.published_until,
        specifications=product.specifications, popularity=product.popularity,
    )  # fmt: skip
    values = dict(changes)
    if "type_code" in values and "type_id" not in values:
        values["type_id"] = None
    if "name" in values and "slug" not in values and values["name"] != product.name:
        values["slug"] = None
    try:
        spec = replace(old, **values)
    except TypeError as wrong:
        raise Invalid() from wrong
    facts = gather_facts(session, [spec])
    if spec.type_id != product.type_id:
        known = facts.book.type_of(spec.type_id, spec.type_code)
        if known is not None:
            _check_type_change(session, product, known.variant_attributes)
    ready, errors = check_product(spec, facts, product_id=product.id)
    if ready is None:
        raise InvalidFields(errors)
    return spec, ready


def _check_type_change(session: Session, product: Product, allowed: Sequence[str]) -> None:
    used = {code for options in session.scalars(select(Variant.options).where(Variant.product_id == product.id))
            for code in options}  # fmt: skip
    if used - set(allowed):
        raise InvalidFields({"type_id": _l("The variants of this product do not fit this type.")})


def _change_addresses(session: Session, product: Product, spec: NewProduct, ready: Ready) -> None:
    bases = slugs.slug_bases(ready.values["name"], spec.slug, ready.values["translations"], "product")
    maker = slugs.SlugMaker(session, "product", bases.values())
    taken = slugs.take_all(maker, bases, product.id)
    slugs.change(session, "product", product.id, taken)
    product.slug = taken[DEFAULT_LANGUAGE]
    product.translations = with_slugs(ready.values["translations"], taken)


def _change_categories(session: Session, product_id: int, category_ids: Sequence[int]) -> None:
    session.execute(delete(ProductCategory).where(ProductCategory.product_id == product_id))
    session.execute(
        insert(ProductCategory), [{"product_id": product_id, "category_id": c} for c in category_ids]
    )


def missing_for_publication(session: Session, product_ids: Sequence[int]) -> dict[int, Errors]:
    """What each of these products lacks before customers may see it; complete ones are left out."""
    missing: dict[int, Errors] = {}
    active = (
        select(Variant.product_id).where(Variant.product_id.in_(product_ids), Variant.is_active).distinct()
    )
    having = set(session.scalars(active))
    for product_id in product_ids:
        if product_id not in having:
            missing.setdefault(product_id, {})["variants"] = _l("Add at least one active variant.")
    for check in publish_checks.values():
        for product_id, errors in check(session, product_ids).items():
            if errors:
                missing.setdefault(product_id, {}).update(errors)
    return missing


def publish_product(session: Session, *, product_id: int, actor: Actor) -> None:
    """Show a product to customers (inside its window, if it has one). Doing it again is harmless.

    Raises:
        NoSuchProduct: when there is none.
        NotPublishable: with everything that is missing at once.
    """
    with unit_of_work(session):
        product = locked(session, product_id)
        state = product.state
        missing = missing_for_publication(session, [product_id])
        if missing:
            raise NotPublishable(missing[product_id])
        if PRODUCT.transition(product, "publish"):
            now = utcnow()  # with a date of its own, it was new then
            product.first_published_at = product.first_published_at or min(product.published_from or now, now)
            _note_state(session, product, state, actor)
            publish(session, ProductPublished(product_id), ProductChanged(product_id))


def withdraw_product(session: Session, *, product_id: int, actor: Actor) -> None:
    """Take a published product back to draft. Doing it again is harmless."""
    with unit_of_work(session):
        product = locked(session, product_id)
        if PRODUCT.transition(product, "withdraw"):
            _note_state(session, product, "published", actor)
            publish(session, ProductChanged(product_id))


def archive_product(session: Session, *, product_id: int, actor: Actor) -> None:
    """Take a product out of the shop for good: its page answers "gone", orders still show it."""
    with unit_of_work(session):
        product = locked(session, product_id)
        state = product.state
        if PRODUCT.transition(product, "archive"):
            _note_state(session, product, state, actor)
            publish(session, ProductArchived(product_id), ProductChanged(product_id))


def _note_state(session: Session, product: Product, before: str, actor: Actor) -> None:
    audit.record(
        session, actor=actor, action=f"product.{product.state}", entity="catalog_product",
        entity_id=product.id, before={"state": before}, after={"state": product.state},
    )  # fmt: skip


def delete_product(session: Session, *, product_id: int, actor: Actor) -> str:
    """Remove a product that was never sold; archive it otherwise. Returns "deleted" or "archived".

    Raises:
        NoSuchProduct: when there is none.
    """
    with unit_of_work(session):
        product = locked(session, product_id)
        if was_sold(session, product_id):
            archive_product(session, product_id=product_id, actor=actor)
            return "archived"
        before = snapshot(product)
        try:
            with session.begin_nested():
                session.execute(delete(Slug).where(Slug.kind == "product", Slug.target_id == product_id))
                session.delete(product)
                session.flush()
        except IntegrityError:  # something above still points at it, which no check told us about
            session.refresh(product)
            archive_product(session, product_id=product_id, actor=actor)
            return "archived"
        audit.record(
            session, actor=actor, action="product.delete", entity="catalog_product", entity_id=product_id,
            before=before,
        )  # fmt: skip
        publish(session, ProductChanged(product_id))
    return "deleted"


def set_availability(session: Session, *, product_id: int, is_available: bool, actor: Actor) -> None:
    """Allow or stop the sale of a product that stays visible."""
    update_product(session, product_id=product_id, actor=actor, is_available=is_available)


def set_rating(session: Session, *, product_id: int, average: Any, count: int) -> None:
    """Note the stars of a product; reviews call this. Not a change of the product's version."""
    with unit_of_work(session):
        session.execute(
            update(Product).where(Product.id == product_id).values(rating_average=average, rating_count=count)
        )
        publish(session, ProductChanged(product_id))


def add_popularity(session: Session, counts: Mapping[int, int]) -> None:
    """Raise the popularity of products by what was sold or looked at; does not touch the index."""
    with unit_of_work(session):
        for product_id in sorted(counts):
            more = max(0, min(counts[product_id], MOST_POPULAR))
            raised = func.least(Product.popularity, MOST_POPULAR - more) + more
            session.execute(update(Product).where(Product.id == product_id).values(popularity=raised))
