"""The screen on which products beside a product are chosen, and its REST door: order, refusals, whose they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import Product
from app.catalog.queries import links_of
from app.core.actor import SYSTEM

Make = Callable[..., Product]


@pytest.fixture
def goods(make: Make) -> list[Product]:
    return [make(f"Lamp {number}") for number in range(5)]


def say(session: Session, product: Product, **links: list[Product]) -> None:
    wanted = {kind: [one.id for one in row] for kind, row in links.items()}
    operations.set_links(session, product_id=product.id, links=wanted, actor=SYSTEM)


def token_of(page: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text[-3000:]
    return found[1]


def held(session: Session, product: Product, kind: str = "related") -> list[int]:
    session.expire_all()
    return links_of(session, product.id)[kind]


def test_products_are_added_ordered_and_taken_away(
    admin: Any, session: Session, goods: list[Product]
) -> None:
    own, a, b, c, d = goods
    address = f"/admin/product/links/{own.id}"
    page = admin.get(address)
    assert page.status_code == 200 and "Goes with it" in page.text and "/admin/product/linkable" in page.text
    first = admin.post(
        address, data={"token": token_of(page), "related_add": [a.id, b.id, c.id], "upsell_add": [d.id]}
    )
    assert first.status_code == 302, first.text[-2000:]
    assert held(session, own) == [a.id, b.id, c.id] and held(session, own, "upsell") == [d.id]
    for typed, wanted in (
        ({c: "1"}, [c, a, b]), ({c: "3"}, [a, b, c]), ({a: "2", b: "1"}, [b, a, c]), ({a: "x", b: "-1", c: ""}, [b, a, c]),
        ({b: "99999"}, [a, c, b]),
    ):  # fmt: skip
        data = {f"related_{one.id}_place": number for one, number in typed.items()}
        assert admin.post(address, data=data | {"token": token_of(admin.get(address))}).status_code == 302
        assert held(session, own) == [one.id for one in wanted], typed
    data = {f"related_{c.id}_remove": "1", "related_add": d.id, "token": token_of(admin.get(address))}
    assert admin.post(address, data=data).status_code == 302
    assert held(session, own) == [a.id, b.id, d.id]
    shown = admin.get(f"/admin/product/show/{own.id}").text
    assert "Products beside it" in shown and shown.index("Lamp 1") < shown.index("Lamp 2")


def test_refusals_keep_what_was_typed(admin: Any, session: Session, goods: list[Product]) -> None:
    own, a, b, *_ = goods
    say(session, own, related=[a, b])
    address = f"/admin/product/links/{own.id}"
    token = token_of(admin.get(address))
    data = {
        "token": token,
        "related_add": [own.id, a.id],
        f"related_{b.id}_place": "1",
        f"related_{a.id}_remove": "",
    }
    bad = admin.post(address, data=data)
    assert bad.status_code == 200 and "A product cannot stand beside itself." in bad.text
    assert "This product stands in the list twice." in bad.text
    assert re.search(rf'name="related_{b.id}_place"[^>]*value="1"', bad.text), "what was typed stays"
    assert f'name="related_add" value="{own.id}"' in bad.text
    assert held(session, own) == [a.id, b.id]
    for keys in (["999999999999"], ["x"], ["²"], ["\x00"], [str(2**70)]):
        assert admin.post(address, data={"token": token, "related_add": keys}).status_code == 200, keys
    say(session, own, related=[b])
    late = admin.post(address, data={"token": token, "upsell_add": a.id})
    assert late.status_code == 200 and "Somebody changed this in the meantime" in late.text
    assert held(session, own, "upsell") == []


def test_search_finds_what_may_be_linked(
    admin: Any, staff: Any, session: Session, make: Make, goods: list[Product]
) -> None:
    operations.archive_product(session, product_id=goods[4].id, actor=SYSTEM)
    found = admin.get("/admin/product/linkable?q=lamp").json["results"]
    assert [one["label"] for one in found] == ["Lamp 0", "Lamp 1", "Lamp 2", "Lamp 3"]
    assert admin.get("/admin/product/linkable?q=%00").json["results"] == []
    seller = staff("Seller")
    mine = make("Mine", seller_id=seller.user_id)
    assert [one["label"] for one in seller.get("/admin/product/linkable?q=").json["results"]] == ["Mine"]
    assert seller.get(f"/admin/product/links/{goods[0].id}").status_code == 404
    assert (
        seller.post(f"/admin/product/links/{goods[0].id}", data={"related_add": mine.id}).status_code == 404
    )


def test_a_seller_links_own_products_only(
    staff: Any, session: Session, make: Make, goods: list[Product]
) -> None:
    seller = staff("Seller")
    mine, other = (make(name, seller_id=seller.user_id) for name in ("Mine", "Mine too"))
    say(session, mine, related=[goods[0]])
    address = f"/admin/product/links/{mine.id}"
    token = token_of(seller.get(address))
    refused = seller.post(address, data={"token": token, "upsell_add": goods[1].id})
    assert refused.status_code == 200 and held(session, mine, "upsell") == []
    taken = seller.post(address, data={"token": token, "upsell_add": other.id})
    assert taken.status_code == 302 and held(session, mine, "upsell") == [other.id]
    assert held(session, mine) == [goods[0].id], "what the shop chose stays"


def read(address: str, statements: Any, browser: Any) -> int:
    """How often the page asks for products."""
    with statements() as seen:
        assert browser.get(address).status_code == 200
    return sum("catalog_product" in statement for statement in seen)


def test_the_page_costs_the_same_for_many(
    admin: Any, session: Session, make: Make, goods: list[Product], statements: Any
) -> None:
    address = f"/admin/product/links/{goods[0].id}"
    few = read(address, statements, admin)
    say(session, goods[0], related=goods[1:], upsell=goods[1:], cross_sell=goods[1:])
    assert few == read(address, statements, admin) == 2, "the product, and what stands beside it"
