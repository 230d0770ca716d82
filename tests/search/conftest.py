"""The small shop of the catalogue's tests, with prices and stock, to search in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from app.inventory import operations as inventory
from tests.catalog.conftest import Shop, make, shop, statements

__all__ = ["make", "shop", "statements"]


@pytest.fixture
def sell(make: Callable[..., Product], session: Session, shop: Shop) -> Callable[..., Product]:
    """Makes a product that is on show with a price, and with stock unless it is said to have none."""
    numbers = iter(range(1, 10_000))

    def product(name: str, price: str = "10.00", stock: int = 5, **values: Any) -> Product:
        sku = values.pop("sku", None) or f"ART-{next(numbers):04d}"
        values.setdefault("variants", [NewVariant(sku, ean=values.pop("ean", None))])
        skus = [variant.sku for variant in values["variants"]]
        parts = {"prices": {s: {"EUR": price} for s in skus}, "stock": dict.fromkeys(skus, stock)}
        return make(name, parts=parts, **values)

    assert inventory and SYSTEM
    return product
