"""Kept pages: the same for everybody, gone at once when something changes, never anybody's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.catalog import operations as catalog
from app.core.actor import SYSTEM
from tests.api.shop import Shop

PAGES = ("/", "/c/home/lamps", "/p/coat", "/search?q=lamp", "/pages/terms", "/fr/p/lampe-02")


@pytest.fixture
def client(floor: Shop) -> Any:
    return floor.app.test_client()


def plain(page: Any) -> str:
    """A page without what is each visitor's own: nonce and CSRF token."""
    without = re.sub(r'nonce="[^"]*"', "", page.text)
    return re.sub(r'name="csrf_token" value="[^"]*"', "", without)


@pytest.mark.parametrize("path", PAGES)
def test_two_visitors_read_the_same(floor: Shop, path: str) -> None:
    first = floor.app.test_client().get(path)
    with floor.statements() as seen:
        second = floor.app.test_client().get(path)
    assert seen == [], "kept"
    assert plain(first) == plain(second)
    nonces = [set(re.findall(r'nonce="([^"]*)"', page.text)) for page in (first, second)]
    assert len(nonces[0]) == len(nonces[1]) == 1 and nonces[0] != nonces[1]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_personal_is_ever_kept(floor: Shop, path: str) -> None:
    """Somebody signed in, with a full bag and a message waiting, asks first; then a stranger."""
    query = "&own=1" if "?" in path else "?own=1"
    browser = floor.browser("customer")
    browser.post("/cart/lines", data={"sku": "LAMP-01"})
    browser.get(path + query)
    theirs = browser.get(path + query)
    stranger = floor.app.test_client().get(path + query)
    for own in (floor.people["customer"], "Customer T", "notice-success"):
        assert own not in stranger.text
    assert "Set-Cookie" not in theirs.headers or "bag=" not in theirs.headers["Set-Cookie"]
    assert plain(stranger) == plain(floor.app.test_client().get(path + query))


def test_currencies_have_pages_of_their_own(floor: Shop) -> None:
    dollars = floor.app.test_client()
    dollars.post("/preferences", data={"currency": "USD", "next": "/"})
    assert "$" in dollars.get("/p/coat").text
    assert "€80.00" in floor.app.test_client().get("/p/coat").text


def changes(floor: Shop) -> dict[str, tuple[str, Callable[[], Any], str]]:
    """A page, what happens, and what the very next visitor must read."""

    def operate(fn: Any, **values: Any) -> Callable[[], Any]:
        def run() -> None:
            with floor.maker() as session:
                fn(session, actor=SYSTEM, **values)

        return run

    ids = floor.ids
    return {
        "price": ("/p/lamp-20", lambda: floor.price("LAMP-20", "77.77"), "€77.77"),
        "price in a list": ("/search?q=lamp+21", lambda: floor.price("LAMP-21", "78.78"), "€78.78"),
        "sold out": ("/p/lamp-22", lambda: floor.stock("LAMP-22", 0), 'data-stock-state="out"'),
        "name": ("/p/lamp-24", operate(catalog.update_product, product_id=ids["lamp-24"], name="Torch"), "Torch"),
        "new product": ("/search?q=chandelier", lambda: floor.product("Chandelier"), "/p/chandelier"),
        "category": ("/", operate(catalog.update_category, category_id=ids["home"], name="House"), "House"),
    }  # fmt: skip


@pytest.mark.parametrize("what", ["price", "price in a list", "sold out", "name", "new product", "category"])
def test_a_change_is_seen_by_the_very_next_visitor(floor: Shop, what: str) -> None:
    path, change, shown = changes(floor)[what]
    before = floor.app.test_client().get(path)
    assert before.status_code == 200 and shown not in before.text
    assert plain(floor.app.test_client().get(path)) == plain(before)
    change()
    assert shown in floor.app.test_client().get(path, follow_redirects=True).text


def test_what_goes_off_sale_is_gone_at_once(floor: Shop) -> None:
    assert floor.app.test_client().get("/p/lamp-25").status_code == 200
    with floor.maker() as session:
        catalog.archive_product(session, product_id=floor.ids["lamp-25"], actor=SYSTEM)
    assert floor.app.test_client().get("/p/lamp-25").status_code == 410
    assert "lamp-25" not in floor.app.test_client().get("/search?q=lamp+25").text


def test_refusals_are_not_kept(floor: Shop) -> None:
    assert floor.app.test_client().get("/p/lantern").status_code == 404
    floor.product("Lantern")
    assert floor.app.test_client().get("/p/lantern").status_code == 200


def test_me(floor: Shop) -> None:
    stranger = floor.app.test_client().get("/fragments/me")
    assert (stranger.json["count"], stranger.json["name"], stranger.headers["Cache-Control"]) == (
        0,
        None,
        "no-store",
    )
    browser = floor.browser("other")
    browser.post("/cart/lines", data={"sku": "LAMP-01", "quantity": "3"})
    mine = browser.get("/fragments/me").json
    assert (mine["count"], mine["name"]) == (3, "Other") and mine["csrf"]
