"""A small shop to test in: a type with attributes, a brand and a tree of categories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import Product
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from tests.backoffice import log_in
from tests.backoffice import statements as statements
from tests.keeping import Beginnings


def priced(*skus: str) -> dict[str, dict[str, dict[str, str]]]:
    """The part that pricing asks for before anything is published."""
    return {"prices": {sku: {"EUR": "12.90"} for sku in skus}}


@dataclass(frozen=True)
class Shop:
    """Keys of the small shop."""

    type_id: int
    ram: int
    colour: int
    brand: int
    tech: int
    laptops: int
    fashion: int


@pytest.fixture
def shop(session: Session, beginnings: Beginnings) -> Shop:
    return beginnings.give(session, "catalog.shop", lambda: _made(session))


def _made(session: Session) -> Shop:
    attribute = operations.create_attribute
    ram = attribute(
        session, actor=SYSTEM, code="ram", name="Memory", kind="number", unit="GB", is_filter=True
    )
    wifi = attribute(session, actor=SYSTEM, code="wifi", name="Wi-Fi", kind="boolean")
    colour = attribute(
        session, actor=SYSTEM, code="colour", name="Colour", kind="option", is_variant=True, position=1,
        translations={"fr": {"name": "Couleur"}},
        options=[
            {"value": "red", "label": "Red", "swatch": "#c1121f", "translations": {"fr": {"label": "Rouge"}}},
            {"value": "blue", "label": "Blue", "swatch": "#1d3557"},
        ],
    )  # fmt: skip
    size = attribute(
        session, actor=SYSTEM, code="size", name="Size", kind="option", is_variant=True, position=2,
        options=[{"value": "s"}, {"value": "m"}],
    )  # fmt: skip
    kind = operations.create_product_type(
        session, actor=SYSTEM, code="computer", name="Computer",
        attributes=["ram", "wifi"], variant_attributes=["colour", "size"],
    )  # fmt: skip
    brand = operations.create_brand(session, actor=SYSTEM, name="Lumen")
    tech = operations.create_category(session, actor=SYSTEM, name="Technology")
    laptops = operations.create_category(
        session, actor=SYSTEM, name="Laptops", parent_id=tech.id, translations={"fr": {"name": "Portables"}}
    )
    fashion = operations.create_category(session, actor=SYSTEM, name="Fashion", position=1)
    assert wifi.id and size.id
    return Shop(kind.id, ram.id, colour.id, brand.id, tech.id, laptops.id, fashion.id)


@pytest.fixture
def make(session: Session, shop: Shop) -> Callable[..., Product]:
    """Makes products with one variant, or with what the test says."""
    numbers = iter(range(1, 10_000))

    def product(name: str = "Lamp", publish_now: bool = True, **values: Any) -> Product:
        number = next(numbers)
        given: dict[str, Any] = {
            "type_id": shop.type_id,
            "category_id": shop.laptops,
            "brand_id": shop.brand,
            "variants": [NewVariant(f"SKU-{number}", weight_g=500)],
        }
        given |= values
        skus = [v["sku"] if isinstance(v, dict) else v.sku for v in given["variants"]]
        given.setdefault("parts", priced(*skus))
        return operations.create_product(session, actor=SYSTEM, name=name, publish_now=publish_now, **given)

    return product


@pytest.fixture
def staff(app: Any, session: Session) -> Callable[..., Any]:
    """Makes a browser in which somebody with this role is logged in; `user_id` is on it."""
    return lambda role="Admin", name="": log_in(app, session, role, name)


@pytest.fixture
def admin(staff: Callable[..., Any]) -> Any:
    """A browser in which an administrator is logged in."""
    return staff()
