"""The products beside a product over REST: by their slugs, in their order, never somebody else's product."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from app.catalog import operations as catalog
from app.catalog.models import Product
from app.core.actor import SYSTEM
from tests.api.shop import PROBLEM, Shop

BASE = "/api/v1/admin/product"
KINDS = ("related", "upsell", "cross_sell")


@pytest.fixture(scope="module")
def people(floor: Shop) -> Shop:
    """The first two lamps are the seller's."""
    with floor.maker() as session:
        ids = [floor.ids["lamp-01"], floor.ids["lamp-02"]]
        session.execute(update(Product).where(Product.id.in_(ids)).values(seller_id=floor.ids["seller"]))
        session.commit()
    return floor


@pytest.fixture
def ask(client: Any, people: Shop) -> Any:
    """Asks as somebody; the manager when nobody is named."""

    def call(method: str, path: str, body: Any = None, who: str = "manager", **more: str) -> Any:
        return client.open(path, method=method, json=body, headers=people.headers(who) | more)

    return call


@pytest.fixture
def lamp(ask: Any, people: Shop) -> str:
    """The address of what stands beside the first lamp: nothing."""
    where = f"{BASE}/{people.ids['lamp-01']}/links"
    assert ask("PUT", where, dict.fromkeys(KINDS, [])).status_code == 200
    return where


def slugs(answer: Any, kind: str = "related") -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json[kind]]


def test_rows_are_said_anew_and_others_stay(ask: Any, lamp: str) -> None:
    first = ask("PUT", lamp, {"related": ["lamp-05", "lamp-03"], "upsell": ["coat"]})
    assert slugs(first) == ["lamp-05", "lamp-03"] and slugs(first, "upsell") == ["coat"]
    assert first.json["related"][0].keys() == {"id", "slug", "name", "state"}
    second = ask("PUT", lamp, {"related": ["lamp-03"], "token": first.json["token"]})
    assert slugs(second) == ["lamp-03"] and slugs(second, "upsell") == ["coat"]
    assert ask("GET", lamp).json == second.json
    late = ask("PUT", lamp, {"related": [], "token": first.json["token"]})
    assert (late.status_code, late.json["code"]) == (409, "conflict")
    assert ask("PUT", lamp, {"related": []}, **{"If-Match": '"h0"'}).status_code == 409
    again = ask("PUT", lamp, {"related": ["lamp-03"]})
    assert again.json == second.json, "the same again changes nothing"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"related": "lamp-03"}, "related"), ({"related": ["nowhere"]}, "related.0"), ({"friends": []}, "friends"),
        ({"related": ["lamp-03", "lamp-03"]}, "related.1"), ({"upsell": ["lamp-01"]}, "upsell.0"),
        ({"related": [3]}, "related.0"), ({"related": [None, {}]}, "related.1"), ({"related": ["\x00"]}, "related.0"),
        ({"related": ["lamp-03"] * 25}, "related"), ({"cross_sell": ["gone-lamp"]}, "cross_sell.0"),
        ({"related": ["é" * 500]}, "related.0"), ({"related": [["lamp-03"]]}, "related.0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(ask: Any, lamp: str, body: Any, field: str) -> None:
    answer = ask("PUT", lamp, body)
    assert (answer.status_code, answer.content_type) == (422, PROBLEM), answer.text
    assert field in [problem["field"] for problem in answer.json["errors"]]
    assert all(not ask("GET", lamp).json[kind] for kind in KINDS), "nothing was taken"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b'{"related": {}}', b"\xff", b'"x"'])
def test_bodies_that_are_none(client: Any, people: Shop, lamp: str, raw: bytes) -> None:
    headers = people.headers("manager")
    answer = client.put(lamp, data=raw, content_type="application/json", headers=headers)
    assert answer.status_code in (400, 422), (raw, answer.text)


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("", 401, 401),
        ("customer", 403, 403),
        ("support", 200, 403),
        ("seller", 200, 200),
        ("manager", 200, 200),
    ],
)
def test_who_may(ask: Any, people: Shop, lamp: str, who: str, reads: int, writes: int) -> None:
    assert ask("GET", lamp, who=who).status_code == reads
    assert ask("PUT", lamp, {"upsell": ["lamp-02"]}, who=who).status_code == writes
    assert slugs(ask("GET", lamp), "upsell") == (["lamp-02"] if writes == 200 else [])


def test_a_seller_links_own_products_only(ask: Any, people: Shop, lamp: str) -> None:
    foreign = f"{BASE}/{people.ids['lamp-03']}/links"
    for method, body in (("GET", None), ("PUT", {"related": ["lamp-01"]})):
        assert ask(method, foreign, body, who="seller").status_code == 404
    refused = ask("PUT", lamp, {"related": ["lamp-02", "lamp-03"]}, who="seller")
    assert [problem["field"] for problem in refused.json["errors"]] == ["related.1"]
    ask("PUT", lamp, {"related": ["lamp-03"]})
    kept = ask("PUT", lamp, {"related": ["lamp-02", "lamp-03"]}, who="seller")
    assert slugs(kept) == ["lamp-02", "lamp-03"], "what the shop chose may stay"
    assert (
        ask("GET", f"{BASE}/x/links").status_code == ask("GET", f"{BASE}/999999999/links").status_code == 404
    )


def test_the_public_answer_names_them(ask: Any, client: Any, people: Shop, lamp: str) -> None:
    ask("PUT", lamp, {"related": ["lamp-04", "draft-lamp", "coat"], "cross_sell": ["lamp-06"]})
    answer = client.get("/api/v1/products/lamp-01").json
    assert answer["links"] == {"related": ["lamp-04", "coat"], "upsell": [], "cross_sell": ["lamp-06"]}
    french = client.get("/api/v1/products/lamp-01?lang=fr").json["links"]
    assert french["related"][0] == "lampe-04"
    with people.maker() as session:
        catalog.set_availability(session, product_id=people.ids["coat"], is_available=False, actor=SYSTEM)
    assert client.get("/api/v1/products/lamp-01").json["links"]["related"] == ["lamp-04"]


def test_links_are_described(client: Any) -> None:
    described = client.get("/api/openapi.json").json
    assert set(described["paths"][f"{BASE}/{{pk}}/links"]) == {"parameters", "get", "put"}
