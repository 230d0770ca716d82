"""The search page and what it offers while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.catalog.models import Product
from tests.catalog.conftest import Shop, make, shop
from tests.search.conftest import sell

__all__ = ["make", "sell", "shop"]
Sell = Callable[..., Product]


@pytest.fixture
def browser(app: Any, session: Session, shop: Shop) -> Any:
    """A browser in front of the small shop."""
    return app.test_client()


def test_sea_01_a_mended_spelling_is_said(session: Session, sell: Sell, browser: Any) -> None:
    sell("Computer")
    page = browser.get("/search?q=compuetr").text
    assert "“computer”" in page and "Nothing for “compuetr”" in page
    assert "Nothing for" not in browser.get("/search?q=computer").text


def test_sea_01_too_many_words_give_what_comes_closest(session: Session, sell: Sell, browser: Any) -> None:
    sell("Walnut table")
    page = browser.get("/search?q=walnut+table+submarine").text
    assert "Walnut table" in page and 'href="/search?q=walnut"' in page
    assert 'href="/search?q=walnut"' not in browser.get("/search?q=walnut+table").text


@pytest.mark.parametrize("q", ["", "x" * 10_000, "'; DROP TABLE x; --", "%00", "\x00", "😀 & ( | !"])
def test_sea_01_nothing_typed_breaks_the_page(browser: Any, q: str) -> None:
    for address in ("/search", "/search/suggest"):
        assert browser.get(address, query_string={"q": q}).status_code in (200, 400)


def test_sea_05_suggestions_hold_products_departments_and_searches(
    session: Session, shop: Shop, sell: Sell, browser: Any
) -> None:
    lamp = sell("Laptop stand")
    found = browser.get("/search/suggest?q=lap").get_json()
    assert [p["name"] for p in found["products"]] == [lamp.name]
    assert all(set(c) == {"name", "url"} for c in found["categories"]) and found["categories"]
    assert {"text": "laptop", "url": "/search?q=laptop"} in found["queries"]
    assert found["count"] == sum(len(found[key]) for key in ("products", "categories", "queries"))
