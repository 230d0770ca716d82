"""The small shop of the tests of REST, and purchases in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app.core import rate_limits
from tests.api.conftest import floor
from tests.api.shop import Shop
from tests.reviews import making

__all__ = ["floor"]


@pytest.fixture
def buys(floor: Shop) -> Iterator[Callable[[str, str], int]]:
    """Lets somebody buy an article by its SKU; reviews and orders of the test go away again."""
    rate_limits.forget()
    for sku in ("COAT-RED", "COAT-BLUE"):
        floor.stock(sku, 200)

    def buy(who: str, sku: str) -> int:
        with floor.maker() as session:
            making.bought(session, floor.ids[who], floor.ids[sku])
            return making.product_of(session, floor.ids[sku])

    yield buy
    with floor.engine.begin() as connection:
        connection.execute(text("DELETE FROM reviews_review"))
        connection.execute(text("DELETE FROM reviews_rating"))
        connection.execute(text("UPDATE catalog_product SET rating_count = 0, rating_average = 0"))
        connection.execute(text("DELETE FROM orders_line"))
    from app.core import caching

    caching.purge("pages", "catalog")


@pytest.fixture
def opinion(floor: Shop, buys: Callable[[str, str], int]) -> Callable[..., int]:
    """Makes an approved review of an article by somebody; returns its id."""

    def made(who: str, sku: str, rating: int = 5, body: str = "Good.", **values: Any) -> int:
        product_id = buys(who, sku)
        with floor.maker() as session:
            return int(making.review(session, floor.ids[who], product_id, rating, body, **values).id)

    return made


@pytest.fixture
def deliver_all(floor: Shop) -> Callable[[], None]:
    """Deliver what the outbox of the small shop holds."""
    from app.core.dispatch import sweep

    def run() -> None:
        with floor.app.app_context():
            while sweep(floor.maker):
                continue

    return run
