"""Typed attributes and the values one may choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.errors import InUse
from app.catalog.models import Attribute, AttributeOption, Product, TypeAttribute, Variant
from app.catalog.operations.naming import code_problem, name_errors
from app.catalog.rules import Errors
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import AttributesChanged


def create_attribute(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    kind: str,
    unit: str = "",
    is_filter: bool = False,
    is_variant: bool = False,
    position: int = 0,
    translations: Mapping[str, Any] | None = None,
    options: Sequence[Mapping[str, Any]] = (),
) -> Attribute:
    """Make an attribute; `options` are {"value", "label"?, "swatch"?, "translations"?} in order.

    Raises:
        InvalidFields: with every wrong field at once.
    """
    errors: Errors = {}
    name_errors(name, errors)
    if problem := code_problem(code):
        errors["code"] = problem
    if kind not in rules.KINDS:
        errors["kind"] = _l("Please choose a kind.")
    if problem := rules.text_problem(unit, 20):
        errors["unit"] = problem
    if is_variant and kind != "option":
        errors["is_variant"] = _l("Variants can only differ by attributes with a list of options.")
    if options and kind != "option":
        errors["options"] = _l("Only attributes of the kind “option” have options.")
    errors |= rules.translation_problems(translations or {})
    with unit_of_work(session):
        if "code" not in errors and session.scalar(select(exists().where(Attribute.code == code))):
            errors["code"] = _l("This code exists already.")
        if errors:
            raise InvalidFields(errors)
        attribute = Attribute(
            code=code, name=name.strip(), kind=kind, unit=unit.strip(), is_filter=is_filter, is_variant=is_variant,
            position=position, translations=rules.clean_translations(translations or {}),
        )  # fmt: skip
        session.add(attribute)
        session.flush()
        for place, option in enumerate(options):
            add_option(session, attribute_id=attribute.id, actor=actor, **{"position": place, **option})
        audit.record(session, actor=actor, action="attribute.create", entity="catalog_attribute",
                     entity_id=attribute.id, after={"code": code, "name": name, "kind": kind, "unit": unit})  # fmt: skip
        publish(session, AttributesChanged(attribute.id))
    return attribute


def update_attribute(session: Session, *, attribute_id: int, actor: Actor, **changes: Any) -> Attribute:
    """Change name, unit, filter flag, position or translations. Code and kind stay: values depend on them.

    Raises:
        NotFound, InvalidFields.
    """
    errors: Errors = {}
    for name in set(changes) - {"name", "unit", "is_filter", "is_variant", "position", "translations"}:
        errors[name] = _l("This cannot be changed any more.")
    if "name" in changes:
        name_errors(changes["name"], errors)
    if problem := rules.text_problem(changes.get("unit", ""), 20):
        errors["unit"] = problem
    errors |= rules.translation_problems(changes.get("translations", {}))
    with unit_of_work(session):
        attribute = locks.row(session, Attribute, attribute_id)
        if changes.get("is_variant") and attribute.kind != "option":
            errors["is_variant"] = _l("Variants can only differ by attributes with a list of options.")
        if errors:
            raise InvalidFields(errors)
        before = {name: getattr(attribute, name) for name in changes}
        for name, value in changes.items():
            setattr(attribute, name, rules.clean_translations(value) if name == "translations" else value)
        audit.record(session, actor=actor, action="attribute.update", entity="catalog_attribute",
                     entity_id=attribute_id, before=before, after=changes)  # fmt: skip
        publish(session, AttributesChanged(attribute_id))
    return attribute


def delete_attribute(session: Session, *, attribute_id: int, actor: Actor) -> None:
    """Remove an attribute no type has.

    Raises:
        NotFound, InUse.
    """
    with unit_of_work(session):
        attribute = locks.row(session, Attribute, attribute_id)
        if session.scalar(select(exists().where(TypeAttribute.attribute_id == attribute_id))):
            raise InUse()
        session.execute(delete(AttributeOption).where(AttributeOption.attribute_id == attribute_id))
        session.delete(attribute)
        audit.record(session, actor=actor, action="attribute.delete", entity="catalog_attribute",
                     entity_id=attribute_id, before={"code": attribute.code})  # fmt: skip
        publish(session, AttributesChanged(attribute_id))


def add_option(
    session: Session,
    *,
    attribute_id: int,
    actor: Actor,
    value: str,
    label: str = "",
    swatch: str = "",
    position: int = 0,
    translations: Mapping[str, Any] | None = None,
) -> AttributeOption:
    """Add a value one may choose; `swatch` is a colour like #a3b18a.

    Raises:
        NotFound, InvalidFields.
    """
    errors: Errors = {}
    if problem := rules.text_problem(value, 80, required=True):
        errors["value"] = problem
    if problem := rules.text_problem(label, rules.LONGEST_NAME):
        errors["label"] = problem
    if swatch and (not isinstance(swatch, str) or not rules.COLOUR.fullmatch(swatch)):
        errors["swatch"] = _l("Please enter a colour like #a3b18a.")
    errors |= rules.translation_problems(translations or {})
    with unit_of_work(session):
        attribute = locks.row(session, Attribute, attribute_id)
        if attribute.kind != "option":
            errors["attribute_id"] = _l("Only attributes of the kind “option” have options.")
        if not errors and session.scalar(
            select(
                exists().where(AttributeOption.attribute_id == attribute_id, AttributeOption.value == value)
            )
        ):
            errors["value"] = _l("This value exists already.")
        if errors:
            raise InvalidFields(errors)
        option = AttributeOption(
            attribute_id=attribute_id, value=value.strip(), label=label.strip() or value.strip(), swatch=swatch,
            position=position, translations=rules.clean_translations(translations or {}),
        )  # fmt: skip
        session.add(option)
        session.flush()
        audit.record(session, actor=actor, action="option.create", entity="catalog_attribute_option",
                     entity_id=option.id, after={"attribute_id": attribute_id, "value": value})  # fmt: skip
        publish(session, AttributesChanged(attribute_id))
    return option


def update_option(session: Session, *, option_id: int, actor: Actor, **changes: Any) -> AttributeOption:
    """Change label, swatch, position or translations of an option; its value stays.

    Raises:
        NotFound, InvalidFields.
    """
    errors: Errors = {}
    for name in set(changes) - {"label", "swatch", "position", "translations"}:
        errors[name] = _l("This cannot be changed any more.")
    if "label" in changes and (
        problem := rules.text_problem(changes["label"], rules.LONGEST_NAME, required=True)
    ):
        errors["label"] = problem
    if changes.get("swatch") and not rules.COLOUR.fullmatch(str(changes["swatch"])):
        errors["swatch"] = _l("Please enter a colour like #a3b18a.")
    errors |= rules.translation_problems(changes.get("translations", {}))
    if errors:
        raise InvalidFields(errors)
    with unit_of_work(session):
        option = locks.row(session, AttributeOption, option_id)
        for name, value in changes.items():
            setattr(option, name, rules.clean_translations(value) if name == "translations" else value)
        audit.record(session, actor=actor, action="option.update", entity="catalog_attribute_option",
                     entity_id=option_id, after=changes)  # fmt: skip
        publish(session, AttributesChanged(option.attribute_id))
    return option


def delete_option(session: Session, *, option_id: int, actor: Actor) -> None:
    """Remove an option no variant and no product uses.

    Raises:
        NotFound, InUse.
    """
    with unit_of_work(session):
        option = locks.row(session, AttributeOption, option_id)
        code = session.scalar(select(Attribute.code).where(Attribute.id == option.attribute_id))
        pair = {str(code): option.value}
        if session.scalar(
            select(
                exists().where(Variant.options.contains(pair))
                | exists().where(Product.specifications.contains(pair))
            )
        ):
            raise InUse()
        session.delete(option)
        audit.record(session, actor=actor, action="option.delete", entity="catalog_attribute_option",
                     entity_id=option_id, before=pair)  # fmt: skip
        publish(session, AttributesChanged(option.attribute_id))
