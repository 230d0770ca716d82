"""Brands: one name, one address, whatever the case."""

from __future__ import annotations

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.errors import InUse
from app.catalog.models import Brand, Product
from app.catalog.operations.naming import name_errors
from app.catalog.rules import Errors
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import BrandChanged


def create_brand(session: Session, *, actor: Actor, name: str) -> Brand:
    """Make a brand; its address comes from its name.

    Raises:
        InvalidFields: for an empty name or one that exists.
    """
    errors: Errors = {}
    name_errors(name, errors)
    if errors:
        raise InvalidFields(errors)
    with unit_of_work(session):
        locks.advisory(session, "catalog.brand")
        return _new_brand(session, actor, name.strip())


def _new_brand(session: Session, actor: Actor, name: str) -> Brand:
    if session.scalar(select(exists().where(func.lower(Brand.name) == name.lower()))):
        raise InvalidFields({"name": _l("This brand exists already.")})
    base = rules.make_slug(name, "brand")
    taken = set(
        session.scalars(select(Brand.slug).where(or_(Brand.slug == base, Brand.slug.like(f"{base}-%"))))
    )
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    brand = Brand(name=name, slug=slug)
    session.add(brand)
    session.flush()
    audit.record(session, actor=actor, action="brand.create", entity="catalog_brand", entity_id=brand.id,
                 after={"name": name, "slug": slug})  # fmt: skip
    return brand


def update_brand(session: Session, *, brand_id: int, actor: Actor, name: str) -> Brand:
    """Rename a brand; its address stays.

    Raises:
        NotFound, InvalidFields.
    """
    errors: Errors = {}
    name_errors(name, errors)
    if errors:
        raise InvalidFields(errors)
    with unit_of_work(session):
        locks.advisory(session, "catalog.brand")
        brand = locks.row(session, Brand, brand_id)
        name = name.strip()
        if session.scalar(
            select(exists().where(func.lower(Brand.name) == name.lower(), Brand.id != brand_id))
        ):
            raise InvalidFields({"name": _l("This brand exists already.")})
        before, brand.name = brand.name, name
        audit.record(session, actor=actor, action="brand.update", entity="catalog_brand", entity_id=brand_id,
                     before={"name": before}, after={"name": name})  # fmt: skip
        publish(session, BrandChanged(brand_id))
    return brand


def ensure_brand(session: Session, *, name: str, actor: Actor) -> int:
    """The id of the brand with this name, in whatever case; made when it is new.

    Raises:
        InvalidFields: for a name that no brand can have.
    """
    errors: Errors = {}
    name_errors(name, errors)
    if errors:
        raise InvalidFields(errors)
    name = " ".join(name.split())
    query = select(Brand.id).where(func.lower(Brand.name) == name.lower())
    with unit_of_work(session):
        found = session.scalar(query)
        if found is None:
            locks.advisory(session, "catalog.brand")  # somebody may be making it just now
            found = session.scalar(query)
        return found if found is not None else _new_brand(session, actor, name).id


def delete_brand(session: Session, *, brand_id: int, actor: Actor) -> None:
    """Remove a brand no product has.

    Raises:
        NotFound, InUse.
    """
    with unit_of_work(session):
        brand = locks.row(session, Brand, brand_id)
        if session.scalar(select(exists().where(Product.brand_id == brand_id))):
            raise InUse()
        session.delete(brand)
        audit.record(session, actor=actor, action="brand.delete", entity="catalog_brand", entity_id=brand_id,
                     before={"name": brand.name})  # fmt: skip
