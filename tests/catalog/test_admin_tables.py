"""The other screens: variants, the tree, brands, types, attributes and options."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import Attribute, AttributeOption, Brand, Category, ProductType, Variant
from app.catalog.queries import load_book
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM

from .conftest import Shop


def test_cat_06_a_variant_is_added_changed_and_switched_off(
    admin: Any, session: Session, shop: Shop, make: Any
) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red", "size": "s"})])
    page = admin.get(f"/admin/variant/add?product={product.id}").text
    assert 'name="option_colour"' in page
    data = {"product": product.id, "sku": "B", "option_colour": "blue", "option_size": "s", "weight_g": "10", "is_active": "y"}  # fmt: skip
    answer = admin.post(f"/admin/variant/add?product={product.id}", data=data)
    assert answer.status_code == 302, answer.text
    made = session.scalars(select(Variant).where(Variant.sku == "B")).one()
    assert made.options == {"colour": "blue", "size": "s"}
    again = admin.post(f"/admin/variant/add?product={product.id}", data={**data, "sku": "C"})
    assert again.status_code == 200
    assert "same combination" in again.text
    assert 'value="C"' in again.text
    edit = admin.get(f"/admin/variant/edit/{made.id}").text
    assert 'value="B"' in edit
    answer = admin.post(f"/admin/variant/edit/{made.id}", data={**data, "sku": "B2", "ean": "4006381333931"})
    assert answer.status_code == 302, answer.text
    session.refresh(made)
    assert (made.sku, made.ean, made.is_active) == ("B2", "4006381333931", True)
    admin.post("/admin/variant/action_post", data={"action": "switch_off", "rowid": [str(made.id)]})
    session.refresh(made)
    assert not made.is_active
    assert "B2" in admin.get("/admin/variant/list/?q=B2").text


def test_the_tree_is_edited(admin: Any, session: Session, shop: Shop) -> None:
    assert "technology/laptops" in admin.get("/admin/category/list/").text
    data = {"name": "Bags", "name_fr": "Sacs", "parent_id": shop.fashion, "position": "3", "is_visible": "y"}
    answer = admin.post("/admin/category/add", data=data)
    assert answer.status_code == 302, answer.text
    bags = session.scalars(select(Category).where(Category.name == "Bags")).one()
    assert (bags.path, bags.translations["fr"]["name"]) == ("fashion/bags", "Sacs")
    page = admin.get(f"/admin/category/edit/{bags.id}").text
    assert 'value="Sacs"' in page
    moved = {**data, "parent_id": shop.laptops, "slug": "bags", "slug_fr": "sacs"}
    assert admin.post(f"/admin/category/edit/{bags.id}", data=moved).status_code == 302
    session.refresh(bags)
    assert bags.path == "technology/laptops/bags"
    circle = admin.post(
        f"/admin/category/edit/{shop.tech}", data={"name": "Technology", "parent_id": bags.id, "slug": "technology"}
    )  # fmt: skip
    assert circle.status_code == 200
    assert "below itself" in circle.text
    admin.post("/admin/category/action_post", data={"action": "hide", "rowid": [str(bags.id)]})
    session.refresh(bags)
    assert not bags.is_visible
    admin.post(f"/admin/category/delete/{shop.tech}")
    assert session.get(Category, shop.tech) is not None


def test_brands(admin: Any, session: Session, shop: Shop) -> None:
    assert admin.post("/admin/brand/add", data={"name": "Nord"}).status_code == 302
    assert "exists already" in admin.post("/admin/brand/add", data={"name": "nord"}).text
    brand = session.scalars(select(Brand).where(Brand.name == "Nord")).one()
    assert admin.post(f"/admin/brand/edit/{brand.id}", data={"name": "Nordic"}).status_code == 302
    admin.post(f"/admin/brand/delete/{brand.id}")
    assert session.scalar(select(Brand.id).where(Brand.name == "Nordic")) is None


def test_cat_03_types_attributes_and_options(admin: Any, session: Session, shop: Shop) -> None:
    data = {
        "name": "Weight",
        "code": "weight",
        "kind": "number",
        "unit": "kg",
        "is_filter": "y",
        "name_fr": "Poids",
    }
    answer = admin.post("/admin/attribute/add", data=data)
    assert answer.status_code == 302, answer.text
    weight = session.scalars(select(Attribute).where(Attribute.code == "weight")).one()
    assert weight.translations == {"fr": {"name": "Poids"}}
    assert admin.post("/admin/attribute/add", data={**data, "code": "Bad code"}).status_code == 200
    edit = {"name": "Mass", "name_fr": "", "unit": "g", "position": "4"}
    assert admin.post(f"/admin/attribute/edit/{weight.id}", data=edit).status_code == 302
    session.refresh(weight)
    assert (weight.name, weight.unit, weight.translations) == ("Mass", "g", {})
    option = {
        "attribute": shop.colour,
        "value": "green",
        "label": "Green",
        "swatch": "#00ff00",
        "label_fr": "Vert",
    }
    assert admin.post("/admin/option/add", data=option).status_code == 302
    green = session.scalars(select(AttributeOption).where(AttributeOption.value == "green")).one()
    assert green.translations == {"fr": {"label": "Vert"}}
    bad = admin.post(f"/admin/option/edit/{green.id}", data={"label": "Green", "swatch": "red"})
    assert "colour like" in bad.text
    kind = {"name": "Bag", "code": "bag", "specs": [weight.id, shop.ram], "required": [weight.id], "varying": [shop.colour]}  # fmt: skip
    answer = admin.post("/admin/producttype/add", data=kind)
    assert answer.status_code == 302, answer.text
    bag = session.scalars(select(ProductType).where(ProductType.code == "bag")).one()
    info = load_book(session).types[bag.id]
    assert (info.attributes, set(info.required), info.variant_attributes) == (
        ("weight", "ram"),
        {"weight"},
        ("colour",),
    )
    answer = admin.post(
        f"/admin/producttype/edit/{bag.id}", data={"name": "Bags", "specs": [shop.ram], "varying": []}
    )
    assert answer.status_code == 302, answer.text
    info = load_book(session).types[bag.id]
    assert (info.name, info.attributes, info.variant_attributes) == ("Bags", ("ram",), ())
    admin.post(f"/admin/producttype/delete/{bag.id}")
    assert session.get(ProductType, bag.id) is None


@pytest.mark.parametrize("screen", ["variant", "category", "brand", "attribute", "option", "producttype"])
def test_lists_and_forms_open(
    admin: Any, session: Session, shop: Shop, make: Any, screen: str, statements: Any
) -> None:
    for number in range(8):
        make(f"Lamp {number}")
        operations.create_category(session, actor=SYSTEM, name=f"Shelf {number}", parent_id=shop.tech)
    admin.get(f"/admin/{screen}/list/")
    with statements() as seen:
        page = admin.get(f"/admin/{screen}/list/")
    assert page.status_code == 200
    assert len(seen) <= 12, "\n".join(seen)
    assert admin.get(f"/admin/{screen}/add").status_code == 200


def test_digits_that_are_no_numbers_are_refused(admin: Any, session: Session, shop: Shop, make: Any) -> None:
    """“²” is a digit to Python and no number: it must never reach int()."""
    product = make(variants=[NewVariant("A", {"colour": "red", "size": "s"})])
    data = {"product": "²", "sku": "B", "option_colour": "blue", "option_size": "s"}
    assert admin.get("/admin/variant/add?product=²").status_code == 200
    answer = admin.post("/admin/variant/add", data=data)
    assert answer.status_code == 200 and 'value="B"' in answer.text
    edit = f"/admin/product/edit/{product.id}"
    assert admin.post(edit, data={"name": "New name", "_token": "v²"}).status_code in (200, 409)
    assert admin.get("/admin/product/add?type=²").status_code == 200


def test_options_and_history_are_in_the_words_of_the_reader(
    admin: Any, session: Session, shop: Shop, make: Any
) -> None:
    product = make(variants=[NewVariant("RED-S", {"colour": "red", "size": "s"})])
    operations.archive_product(session, product_id=product.id, actor=SYSTEM)
    admin.post("/admin/language", data={"language": "fr"})
    assert "Couleur: Rouge, Size: s" in admin.get("/admin/variant/list/?q=RED-S").text
    page = admin.get(f"/admin/product/show/{product.id}").text
    assert "Couleur: Rouge, Size: s" in page and "Popularité" in page and "Popularity" not in page
    assert "<strong>Archivé</strong> <span>Système</span>" in page
