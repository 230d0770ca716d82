"""Products chosen by hand on the product's page and beside the bag: first, once, never what cannot be bought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.catalog import operations as catalog
from app.core import slots
from app.core.actor import SYSTEM
from app.core.slots import Slot
from tests.api.shop import Shop

NAME = re.compile(r'class="card-name"><a href="[^"]*">([^<]+)</a>')


@pytest.fixture
def say(floor: Shop) -> Iterator[Any]:
    """Says which products stand beside one, by slugs; afterwards nothing does."""
    said: set[str] = set()

    def call(slug: str, **links: list[str]) -> None:
        said.add(slug)
        with floor.maker() as session:
            catalog.set_links(
                session, product_id=floor.ids[slug], actor=SYSTEM,
                links={kind: [floor.ids[name] for name in names] for kind, names in links.items()},
            )  # fmt: skip

    yield call
    for slug in said:
        call(slug, related=[], upsell=[], cross_sell=[])


@pytest.fixture
def learned(floor: Shop) -> Iterator[list[str]]:
    """A feature that knows what goes with products: those of this list."""
    known: list[str] = []
    render: Any = lambda **_values: (tuple(floor.ids[slug] for slug in known), "Learned")  # noqa: E731
    before = slots._slots.get("product.alike", [])
    slots._slots["product.alike"] = [Slot("product.alike", render)]
    yield known
    slots._slots["product.alike"] = before


def rows(html: str) -> dict[str, list[str]]:
    """The rows of a page by their titles, with the names in them."""
    parts = re.split(r'<h2 id="(?:row-\w+|related|suggestions)">', html)[1:]
    return {part.split("</h2>")[0]: NAME.findall(part) for part in parts}


def test_rows_by_hand_come_first_and_nothing_stands_twice(floor: Shop, say: Any, learned: list[str]) -> None:
    learned += ["lamp-04", "lamp-03", "lamp-05"]
    say("lamp-01", upsell=["lamp-02", "lamp-04"], related=["lamp-06", "lamp-02", "lamp-07"])
    page = floor.app.test_client().get("/p/lamp-01").text
    shown = rows(page)
    assert list(shown) == ["A step up", "Goes well with it", "Learned"]
    assert shown["A step up"] == ["Lamp 02", "Lamp 04"]
    assert shown["Goes well with it"] == ["Lamp 06", "Lamp 07"]
    assert shown["Learned"] == ["Lamp 03", "Lamp 05"]


def test_without_choices_the_page_is_as_it_was(floor: Shop, learned: list[str]) -> None:
    learned += ["lamp-03"]
    assert rows(floor.app.test_client().get("/p/lamp-08").text) == {"Learned": ["Lamp 03"]}
    learned.clear()
    shown = rows(floor.app.test_client().get("/p/lamp-09").text)
    assert list(shown) == ["You may also like"] and len(shown["You may also like"]) == 8


def test_likeness_fills_its_row_with_others(floor: Shop, say: Any) -> None:
    bare = rows(floor.app.test_client().get("/p/lamp-10?n=1").text)
    (title,) = bare
    say("lamp-10", related=[name.lower().replace(" ", "-") for name in bare[title][:3]])
    shown = rows(floor.app.test_client().get("/p/lamp-10?n=1").text)
    assert shown["Goes well with it"] == bare[title][:3]
    if title == "You may also like":
        assert len(shown[title]) == 8 and not set(shown[title]) & set(bare[title][:3])


def test_what_cannot_be_bought_is_left_out_and_pages_follow(floor: Shop, say: Any) -> None:
    client = floor.app.test_client()
    floor.product("Shy lamp", "31.00", 3)
    say("lamp-11", related=["sold-out-lamp", "shy-lamp", "draft-lamp"], upsell=["sold-out-lamp"])
    assert rows(client.get("/p/lamp-11").text)["Goes well with it"] == ["Shy lamp"]
    floor.stock("SHY-LAMP", 0)
    assert "Goes well with it" not in rows(client.get("/p/lamp-11").text), "kept pages hear of it"
    floor.stock("SHY-LAMP", 2)
    assert rows(client.get("/p/lamp-11").text)["Goes well with it"] == ["Shy lamp"]
    with floor.maker() as session:
        catalog.update_product(session, product_id=floor.ids["shy-lamp"], actor=SYSTEM, name="Bold lamp")
    assert rows(client.get("/p/lamp-11").text)["Goes well with it"] == ["Bold lamp"]
    with floor.maker() as session:
        catalog.archive_product(session, product_id=floor.ids["shy-lamp"], actor=SYSTEM)
    assert "Goes well with it" not in rows(client.get("/p/lamp-11").text)
    say("lamp-11", related=["lamp-12"])
    assert rows(client.get("/p/lamp-11").text)["Goes well with it"] == ["Lamp 12"], "and of new choices"


def test_rows_cost_one_statement(floor: Shop, say: Any) -> None:
    client = floor.app.test_client()
    client.get("/p/lamp-13?warm=1")
    with floor.statements() as plain:
        client.get("/p/lamp-13?cold=1")
    say("lamp-13", related=["lamp-01", "lamp-02"], upsell=["lamp-03"])
    client.get("/p/lamp-13?warm=2")
    with floor.statements() as chosen:
        page = client.get("/p/lamp-13?cold=2")
    assert "A step up" in page.text
    assert len(chosen) <= len(plain), (plain, chosen)


def put(client: Any, sku: str) -> Any:
    return client.post("/cart/lines", data={"sku": sku, "quantity": "1"})


def test_the_bag_offers_what_was_chosen_for_it(floor: Shop, say: Any) -> None:
    client = floor.app.test_client()
    say("lamp-14", cross_sell=["lamp-15", "coat", "sold-out-lamp"])
    say("lamp-15", cross_sell=["lamp-16", "lamp-14"])
    say("coat", related=["lamp-20"])
    put(client, "LAMP-14")
    assert rows(client.get("/cart").text)["Goes well with"] == ["Lamp 15", "Coat"]
    put(client, "LAMP-15")
    assert rows(client.get("/cart").text)["Goes well with"] == ["Lamp 16", "Coat"]
    drawer = client.get("/cart/drawer").text
    assert re.findall(r'small-card-main"><a href="([^"]+)"', drawer) == ["/p/lamp-16", "/p/coat"]
    put(client, "LAMP-16")
    put(client, "COAT-RED")
    assert "Goes well with" not in rows(client.get("/cart").text), "nothing that lies in it"


def test_an_empty_bag_offers_nothing_and_a_bag_costs_one_more_statement(floor: Shop, say: Any) -> None:
    client = floor.app.test_client()
    assert "Goes well with" not in client.get("/cart").text
    put(client, "LAMP-17")
    client.get("/cart")
    with floor.statements() as seen:
        client.get("/cart")
    assert sum("catalog_product_link" in statement for statement in seen) == 1
    say("lamp-17", cross_sell=[f"lamp-{n:02d}" for n in range(1, 15)])
    client.get("/cart")
    with floor.statements() as offered:
        assert len(rows(client.get("/cart").text)["Goes well with"]) == 8
    assert len(offered) <= len(seen) + 3, offered
