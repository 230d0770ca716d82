"""Products that come from somewhere else, again and again: made once, changed when they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.models import ImportRef, Product, ProductImage, Variant
from app.catalog.operations.bulk import BulkResult, create_products_bulk, errors_of
from app.catalog.operations.parts import part_errors, write_parts
from app.catalog.operations.products import apply_changes, locked, races_refused
from app.catalog.operations.variants import add_variant, set_product_images, update_variant
from app.catalog.rules import NewProduct
from app.core import locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductsChanged

FIELDS = frozenset({
    "name", "category_id", "category_ids", "type_id", "type_code", "brand_id", "description", "translations",
    "tax_class", "is_available", "published_from", "published_until", "specifications",
})  # fmt: skip
"""What a source may say about a product; its address, seller and state stay the shop's."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A product as a source has it. `fields` are those the source speaks of (None: all of them)."""

    external_id: str
    spec: NewProduct
    fields: frozenset[str] | None = None


def content_hash(spec: NewProduct) -> str:
    """A text that is different as soon as anything in the record is."""
    plain = json.dumps(spec, sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """What JSON does not know: a record as its fields, anything else as its text."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


def upsert_products_bulk(
    session: Session, source: str, incoming: Sequence[Incoming], actor: Actor
) -> list[BulkResult]:
    """Bring the catalogue in line with records of a source, in the order given.

    A record is known by (source, external id), else by the SKUs of its variants if they all belong to
    one product of the same seller. The same record again is "unchanged" and writes nothing but the
    moment it was seen. Variants the record does not name stay.
    """
    results = [BulkResult(position) for position in range(len(incoming))]
    with unit_of_work(session):
        locks.advisory(session, f"catalog.import.{source}")
        known = _known(session, source, incoming)
        by_sku = _owners(session, incoming)
        fresh: list[int] = []
        seen: set[str] = set()
        touched: list[int] = []
        for place, record in enumerate(incoming):
            if not record.external_id or record.external_id in seen:
                results[place].errors = {"external_id": _l("This record has no key of its own.")}
                continue
            seen.add(record.external_id)
            ref = known.get(record.external_id)
            product_id = ref.product_id if ref else _adopted(record, by_sku)
            if product_id is None:
                fresh.append(place)
            elif ref is not None and ref.content_hash == content_hash(record.spec):
                results[place] = BulkResult(place, product_id, "unchanged")
            else:
                results[place] = _change_one(session, place, record, product_id, actor)
                touched.append(product_id)
        _create_fresh(session, incoming, fresh, results, actor)
        _remember(session, source, incoming, results)
        if touched:
            publish(session, ProductsChanged(tuple(dict.fromkeys(touched))))
    return results


def _known(session: Session, source: str, incoming: Sequence[Incoming]) -> dict[str, Any]:
    keys = [record.external_id for record in incoming]
    query = select(ImportRef.external_id, ImportRef.product_id, ImportRef.content_hash)
    found = session.execute(query.where(ImportRef.source == source, ImportRef.external_id.in_(keys)))
    return {row.external_id: row for row in found}


def _owners(session: Session, incoming: Sequence[Incoming]) -> dict[str, tuple[int, int | None]]:
    skus = sorted({v.sku for record in incoming for v in record.spec.variants if isinstance(v.sku, str)})
    query = select(Variant.sku, Variant.product_id, Product.seller_id).join(Product)
    return {row.sku: (row.product_id, row.seller_id) for row in session.execute(query.where(Variant.sku.in_(skus)))}  # fmt: skip


def _adopted(record: Incoming, by_sku: dict[str, tuple[int, int | None]]) -> int | None:
    owners = {by_sku[v.sku] for v in record.spec.variants if v.sku in by_sku}
    if len(owners) != 1:
        return None
    product_id, seller_id = owners.pop()
    return product_id if seller_id == record.spec.seller_id else None


def _create_fresh(
    session: Session, incoming: Sequence[Incoming], places: Sequence[int], results: list[BulkResult], actor: Actor
) -> None:  # fmt: skip
    made = create_products_bulk(session, [incoming[place].spec for place in places], actor) if places else []
    for place, result in zip(places, made, strict=True):
        result.position = place
        results[place] = result


def _change_one(session: Session, place: int, record: Incoming, product_id: int, actor: Actor) -> BulkResult:
    result = BulkResult(place, product_id, "updated")
    try:
        with session.begin_nested(), races_refused():
            _bring_in_line(session, record, product_id, actor)
    except ShopError as refusal:
        result.outcome, result.errors = "refused", errors_of(refusal)
    return result


def _bring_in_line(session: Session, record: Incoming, product_id: int, actor: Actor) -> None:
    spec, named = record.spec, FIELDS if record.fields is None else record.fields & FIELDS
    product = locked(session, product_id)
    changes = {name: getattr(spec, name) for name in named}
    if changes.get("type_id") is None:
        changes.pop("type_id", None)
    if changes.get("type_code") is None or "type_id" in changes:
        changes.pop("type_code", None)
    apply_changes(session, product, changes, actor)
    held = {row.sku: row for row in session.scalars(select(Variant).where(Variant.product_id == product_id))}
    for variant in spec.variants:
        values = {"options": dict(variant.options), "ean": variant.ean or None, "name": variant.name,
                  "weight_g": variant.weight_g, "is_active": variant.is_active}  # fmt: skip
        row = held.get(variant.sku)
        if row is None:
            add_variant(session, product_id=product_id, actor=actor, sku=variant.sku, **values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            update_variant(session, variant_id=row.id, actor=actor, **values)
    if spec.images:
        _change_images(session, product_id, spec, actor)
    if problems := part_errors(spec.parts):
        raise InvalidFields(problems)
    ids = select(Variant.sku, Variant.id).where(Variant.product_id == product_id)
    write_parts(session, dict(session.execute(ids).all()), spec.parts, actor)


def _change_images(session: Session, product_id: int, spec: NewProduct, actor: Actor) -> None:
    query = select(ProductImage.image_id).where(ProductImage.product_id == product_id)
    held = list(session.scalars(query.order_by(ProductImage.position, ProductImage.id)))
    if held != [image.image_id for image in spec.images]:
        set_product_images(session, product_id=product_id, images=spec.images, actor=actor)


def _remember(
    session: Session, source: str, incoming: Sequence[Incoming], results: Sequence[BulkResult]
) -> None:
    rows = [
        {"source": source, "external_id": record.external_id, "product_id": result.product_id,
         "content_hash": content_hash(record.spec), "seen_at": utcnow()}
        for record, result in zip(incoming, results, strict=True)
        if result.product_id is not None and result.outcome != "refused"
    ]  # fmt: skip
    if rows:
        upsert = insert(ImportRef)
        same = {name: upsert.excluded[name] for name in ("product_id", "content_hash", "seen_at")}
        session.execute(
            upsert.on_conflict_do_update(index_elements=["source", "external_id"], set_=same), rows
        )
