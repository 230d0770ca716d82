"""Product types: which attributes their products have, and which make variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.errors import InUse
from app.catalog.models import Attribute, Product, ProductType, TypeAttribute, Variant
from app.catalog.operations.naming import code_problem, name_errors
from app.catalog.rules import Errors
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields, NotFound
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import AttributesChanged


def create_product_type(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    attributes: Sequence[str] = (),
    variant_attributes: Sequence[str] = (),
    required: Sequence[str] = (),
) -> ProductType:
    """Make a product type with its attributes, and those its variants differ by (all by code).

    `required` are those among its attributes that every product must fill in.

    Raises:
        InvalidFields: for a code that exists, an unknown attribute, or a variant attribute that is
            not one with options.
    """
    errors: Errors = {}
    name_errors(name, errors)
    if problem := code_problem(code):
        errors["code"] = problem
    with unit_of_work(session):
        if "code" not in errors and session.scalar(select(exists().where(ProductType.code == code))):
            errors["code"] = _l("This code exists already.")
        known = _by_code(session, [*attributes, *variant_attributes], errors)
        _check_variant_attributes(variant_attributes, known, errors)
        if errors:
            raise InvalidFields(errors)
        kind = ProductType(code=code, name=name.strip(), variant_attributes=list(variant_attributes))
        session.add(kind)
        session.flush()
        for position, attribute in enumerate(attributes):
            session.add(
                TypeAttribute(
                    type_id=kind.id,
                    attribute_id=known[attribute].id,
                    position=position,
                    is_required=attribute in required,
                )
            )
        session.flush()
        audit.record(session, actor=actor, action="type.create", entity="catalog_product_type", entity_id=kind.id,
                     after={"code": code, "name": name, "attributes": list(attributes)})  # fmt: skip
        publish(session, AttributesChanged())
    return kind


def _by_code(session: Session, codes: Sequence[str], errors: Errors) -> dict[str, Attribute]:
    plain = [code for code in codes if isinstance(code, str) and rules.CODE.fullmatch(code)]
    known = {row.code: row for row in session.scalars(select(Attribute).where(Attribute.code.in_(plain)))}
    if set(codes) - set(known):
        errors["attributes"] = _l("There is no such attribute.")
    return known


def _check_variant_attributes(codes: Sequence[str], known: Mapping[str, Attribute], errors: Errors) -> None:
    if any(known[code].kind != "option" for code in codes if code in known):
        errors["variant_attributes"] = _l("Variants can only differ by attributes with a list of options.")


def update_product_type(
    session: Session, *, type_id: int, actor: Actor, name: str | None = None,
    attributes: Sequence[str] | None = None, variant_attributes: Sequence[str] | None = None,
    required: Sequence[str] | None = None,
) -> ProductType:  # fmt: skip
    """Rename a type, or say anew which attributes it has, in which order, and which are required.

    Raises:
        NotFound, InvalidFields.
        InUse: when variants still differ by an attribute that would go.
    """
    errors: Errors = {}
    if name is not None:
        name_errors(name, errors)
    with unit_of_work(session):
        kind = locks.row(session, ProductType, type_id)
        known = _by_code(session, [*(attributes or ()), *(variant_attributes or ())], errors)
        _check_variant_attributes(variant_attributes or (), known, errors)
        if errors:
            raise InvalidFields(errors)
        kind.name = name.strip() if name is not None else kind.name
        if variant_attributes is not None:
            gone = [code for code in kind.variant_attributes if code not in variant_attributes]
            used = select(exists().where(
                Variant.product_id == Product.id, Product.type_id == type_id,
                or_(*(Variant.options.has_key(code) for code in gone)),
            ))  # fmt: skip
            if gone and session.scalar(used):
                raise InUse()
            kind.variant_attributes = list(variant_attributes)
        if attributes is not None:
            _replace_attributes(session, type_id, [known[code].id for code in attributes])
        if required is not None:
            for row in session.scalars(select(TypeAttribute).where(TypeAttribute.type_id == type_id)):
                code = session.scalar(select(Attribute.code).where(Attribute.id == row.attribute_id))
                row.is_required = code in required
        audit.record(session, actor=actor, action="type.update", entity="catalog_product_type", entity_id=type_id,
                     after={"name": kind.name, "attributes": attributes, "by": kind.variant_attributes})  # fmt: skip
        publish(session, AttributesChanged())
    return kind


def _replace_attributes(session: Session, type_id: int, attribute_ids: Sequence[int]) -> None:
    held = {
        row.attribute_id: row
        for row in session.scalars(select(TypeAttribute).where(TypeAttribute.type_id == type_id))
    }
    for attribute_id, row in held.items():
        if attribute_id not in attribute_ids:
            session.delete(row)
    for position, attribute_id in enumerate(attribute_ids):
        if attribute_id in held:
            held[attribute_id].position = position
        else:
            session.add(TypeAttribute(type_id=type_id, attribute_id=attribute_id, position=position))
    session.flush()


def delete_product_type(session: Session, *, type_id: int, actor: Actor) -> None:
    """Remove a type no product has.

    Raises:
        NotFound, InUse.
    """
    with unit_of_work(session):
        kind = locks.row(session, ProductType, type_id)
        if session.scalar(select(exists().where(Product.type_id == type_id))):
            raise InUse()
        session.delete(kind)
        audit.record(session, actor=actor, action="type.delete", entity="catalog_product_type", entity_id=type_id,
                     before={"code": kind.code})  # fmt: skip
        publish(session, AttributesChanged())


def add_attribute_to_type(
    session: Session,
    *,
    type_id: int,
    attribute_id: int,
    actor: Actor,
    is_required: bool = False,
    position: int = 0,
) -> None:
    """Let products of a type have an attribute. Doing it again changes flag and position.

    Raises:
        NotFound: when either does not exist.
    """
    with unit_of_work(session):
        if session.get(ProductType, type_id) is None or session.get(Attribute, attribute_id) is None:
            raise NotFound()
        row = {
            "type_id": type_id,
            "attribute_id": attribute_id,
            "is_required": is_required,
            "position": position,
        }
        upsert = insert(TypeAttribute).values(row)
        session.execute(upsert.on_conflict_do_update(
            index_elements=["type_id", "attribute_id"], set_={"is_required": is_required, "position": position},
        ))  # fmt: skip
        audit.record(session, actor=actor, action="type.attribute", entity="catalog_product_type",
                     entity_id=type_id, after=row)  # fmt: skip
        publish(session, AttributesChanged(attribute_id))
