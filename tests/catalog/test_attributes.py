"""Brands, types, attributes and options: what is made, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.errors import InUse
from app.catalog.models import Attribute, AttributeOption, Brand, Product, ProductType
from app.catalog.queries import load_book
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from app.core.errors import InvalidFields, NotFound

from .conftest import Shop
from .test_products import refusals


def test_brands_have_one_name_and_one_address(
    session: Session, shop: Shop, make: Callable[..., Product]
) -> None:
    create = operations.create_brand
    assert refusals(create, session, actor=SYSTEM, name=" ") == {"name"}
    assert refusals(create, session, actor=SYSTEM, name="LUMEN") == {"name"}
    other = create(session, actor=SYSTEM, name="Lumen!")
    assert other.slug == "lumen-2"
    assert refusals(operations.update_brand, session, brand_id=other.id, actor=SYSTEM, name="lumen") == {
        "name"
    }
    operations.update_brand(session, brand_id=other.id, actor=SYSTEM, name=" Lux ")
    assert (other.name, other.slug) == ("Lux", "lumen-2")
    assert operations.ensure_brand(session, name="lux", actor=SYSTEM) == other.id
    assert refusals(operations.ensure_brand, session, name="x" * 201, actor=SYSTEM) == {"name"}
    make()
    with pytest.raises(InUse):
        operations.delete_brand(session, brand_id=shop.brand, actor=SYSTEM)
    operations.delete_brand(session, brand_id=other.id, actor=SYSTEM)
    assert session.scalars(select(Brand.id)).all() == [shop.brand]
    for call in (operations.delete_brand, operations.update_brand):
        with pytest.raises(NotFound):
            call(
                session,
                brand_id=4711,
                actor=SYSTEM,
                **({"name": "X"} if call is operations.update_brand else {}),
            )


def test_attributes_say_everything_that_is_wrong(session: Session, shop: Shop) -> None:
    assert refusals(
        operations.create_attribute, session, actor=SYSTEM, code="Bad", name="", kind="colour", unit="x" * 30,
        is_variant=True, options=[{"value": "a"}], translations={"en": {}},
    ) == {"code", "name", "kind", "unit", "is_variant", "options", "translations.en"}  # fmt: skip
    assert refusals(
        operations.create_attribute, session, actor=SYSTEM, code="ram", name="RAM", kind="text"
    ) == {"code"}
    assert session.scalar(select(Attribute.id).where(Attribute.code == "Bad")) is None


def test_attributes_change_but_not_their_kind(session: Session, shop: Shop) -> None:
    change = operations.update_attribute
    assert refusals(change, session, attribute_id=shop.ram, actor=SYSTEM, kind="text", code="x", name="") == {"kind", "code", "name"}  # fmt: skip
    assert refusals(change, session, attribute_id=shop.ram, actor=SYSTEM, is_variant=True) == {"is_variant"}
    row = change(
        session, attribute_id=shop.ram, actor=SYSTEM, unit="GiB", translations={"fr": {"name": "Mémoire"}}
    )
    assert (row.unit, row.translations) == ("GiB", {"fr": {"name": "Mémoire"}})
    with pytest.raises(NotFound):
        change(session, attribute_id=4711, actor=SYSTEM, unit="x")
    with pytest.raises(InUse):
        operations.delete_attribute(session, attribute_id=shop.ram, actor=SYSTEM)
    free = operations.create_attribute(
        session, actor=SYSTEM, code="free", name="Free", kind="option", options=[{"value": "a"}]
    )  # fmt: skip
    operations.delete_attribute(session, attribute_id=free.id, actor=SYSTEM)
    assert session.get(Attribute, free.id) is None


def test_options(session: Session, shop: Shop, make: Callable[..., Product]) -> None:
    add = operations.add_option
    assert refusals(add, session, attribute_id=shop.ram, actor=SYSTEM, value="x") == {"attribute_id"}
    assert refusals(add, session, attribute_id=shop.colour, actor=SYSTEM, value="red") == {"value"}
    assert refusals(add, session, attribute_id=shop.colour, actor=SYSTEM, value=" ", swatch="red", label=3) == {"value", "swatch", "label"}  # fmt: skip
    green = add(session, attribute_id=shop.colour, actor=SYSTEM, value="green")
    assert green.label == "green"
    change = operations.update_option
    assert refusals(change, session, option_id=green.id, actor=SYSTEM, value="x", label="", swatch="#12") == {"value", "label", "swatch"}  # fmt: skip
    change(session, option_id=green.id, actor=SYSTEM, label="Green", swatch="#0f0")
    make(variants=[NewVariant("A", {"colour": "green"})])
    with pytest.raises(InUse):
        operations.delete_option(session, option_id=green.id, actor=SYSTEM)
    blue = session.scalars(select(AttributeOption).where(AttributeOption.value == "blue")).one()
    operations.delete_option(session, option_id=blue.id, actor=SYSTEM)
    assert "blue" not in load_book(session).attributes["colour"].options


def test_types(session: Session, shop: Shop, make: Callable[..., Product]) -> None:
    create: Any = operations.create_product_type
    assert refusals(create, session, actor=SYSTEM, code="computer", name="", attributes=["none"], variant_attributes=["ram"]) == {"name", "code", "attributes", "variant_attributes"}  # fmt: skip
    make(variants=[NewVariant("A", {"colour": "red", "size": "s"})])
    change: Any = operations.update_product_type
    with pytest.raises(InUse):
        change(session, type_id=shop.type_id, actor=SYSTEM, variant_attributes=["colour"])
    change(
        session, type_id=shop.type_id, actor=SYSTEM, name="PC", attributes=["wifi", "ram"], required=["ram"]
    )
    info = load_book(session).types[shop.type_id]
    assert (info.name, info.attributes, info.required) == ("PC", ("wifi", "ram"), frozenset({"ram"}))
    with pytest.raises(InvalidFields) as raised:
        make("Other")
    assert set(raised.value.errors) == {"specifications.ram"}
    with pytest.raises(InUse):
        operations.delete_product_type(session, type_id=shop.type_id, actor=SYSTEM)
    free = create(session, actor=SYSTEM, code="free", name="Free", attributes=["ram"], required=["ram"])
    assert load_book(session).types[free.id].required == frozenset({"ram"})
    operations.delete_product_type(session, type_id=free.id, actor=SYSTEM)
    assert session.get(ProductType, free.id) is None


def test_an_attribute_is_given_to_a_type_twice(session: Session, shop: Shop) -> None:
    give = operations.add_attribute_to_type
    extra = operations.create_attribute(session, actor=SYSTEM, code="mass", name="Mass", kind="number")
    give(session, type_id=shop.type_id, attribute_id=extra.id, actor=SYSTEM)
    give(session, type_id=shop.type_id, attribute_id=extra.id, actor=SYSTEM, is_required=True, position=9)
    info = load_book(session).types[shop.type_id]
    assert (info.attributes[-1], info.required) == ("mass", frozenset({"mass"}))
    with pytest.raises(NotFound):
        give(session, type_id=4711, attribute_id=extra.id, actor=SYSTEM)
