"""GET /products, /products/{slug}, /categories: shapes, filters, pages, languages, currencies, cost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.shop import PROBLEM, Shop

PRODUCTS = "/api/v1/products"


def slugs(answer: Any) -> list[str]:
    return [item["slug"] for item in answer.json["items"]]


def test_a_list_has_the_shape_of_the_contract(client: Any) -> None:
    body = client.get(f"{PRODUCTS}?q=coat").json
    assert set(body) == {"items", "next", "total", "facets"}
    assert (body["total"], body["next"]) == (1, None)
    (coat,) = body["items"]
    assert {"slug", "name", "price", "available", "variants"} <= set(coat)
    assert (coat["slug"], coat["name"], coat["brand"]) == ("coat", "Coat", "Lumen")
    assert coat["price"] == {"amount": "80.00", "currency": "EUR"}
    variants = {v["sku"]: (v["options"], v["price"]["amount"], v["available"]) for v in coat["variants"]}
    assert variants == {
        "COAT-RED": ({"colour": "red"}, "80.00", 7), "COAT-BLUE": ({"colour": "blue"}, "80.00", 7),
        "COAT-GREEN": ({"colour": "green"}, "80.00", 0),
    }  # fmt: skip
    assert coat["available"] == 14


def test_only_what_is_on_show_is_listed(client: Any) -> None:
    seen = slugs(client.get(f"{PRODUCTS}?limit=100"))
    assert len(seen) == len(set(seen)) == 33
    assert {"rare-lamp", "sold-out-lamp", "coat"} <= set(seen)
    assert not {"draft-lamp", "gone-lamp"} & set(seen)


@pytest.mark.parametrize("limit", [1, 7, 24, 33, 100])
def test_pages_hold_everything_once(client: Any, limit: int) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        body = client.get(
            f"{PRODUCTS}?limit={limit}&sort=name" + (f"&cursor={cursor}" if cursor else "")
        ).json
        seen += [item["slug"] for item in body["items"]]
        assert body["total"] == 33 and len(body["items"]) <= limit
        cursor = body["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 33


@pytest.mark.parametrize("sort", ["newest", "price", "-price", "popularity", "", "relevance"])
def test_every_order_is_read_to_its_end(client: Any, sort: str) -> None:
    query, seen, cursor = ("q=lamp&" if sort == "relevance" else "") + f"limit=8&sort={sort}", [], ""
    whole = slugs(client.get(f"{PRODUCTS}?{query}".replace("limit=8", "limit=100")))
    while cursor is not None:
        answer = client.get(f"{PRODUCTS}?{query}&cursor={cursor}")
        seen += slugs(answer)
        cursor = answer.json["next"]
    assert seen == whole and len(seen) >= 32


def test_a_cursor_belongs_to_its_order(client: Any) -> None:
    made = client.get(f"{PRODUCTS}?limit=5&sort=newest").json["next"]
    refused = client.get(f"{PRODUCTS}?limit=5&sort=price&cursor={made}")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "cursor")


def test_sorts(client: Any) -> None:
    def prices(sort: str) -> list[float]:
        items = client.get(f"{PRODUCTS}?sort={sort}&limit=100").json["items"]
        return [float(item["price"]["amount"]) for item in items]

    assert prices("price") == sorted(prices("price"))
    assert prices("-price") == sorted(prices("-price"), reverse=True)
    names = slugs(client.get(f"{PRODUCTS}?sort=name&limit=100"))
    assert names == sorted(names)


def test_filters_add_up(client: Any) -> None:
    def total(query: str) -> int:
        return int(client.get(f"{PRODUCTS}?{query}").json["total"])

    assert total("watts=40") == 15 and total("watts=40&watts=60") == 30
    assert total("colour=red") == 1 and total("colour=red&watts=40") == 0
    assert total("category=home/lamps") == total("category=home") == 33
    assert total("price_min=100") == 7 and total("price_max=9.90") == 8
    assert total("price_min=24&price_max=24") == 8
    facets = {f["code"]: f for f in client.get(f"{PRODUCTS}?q=lamp").json["facets"]}
    assert {v["value"]: v["count"] for v in facets["watts"]["values"]} == {"40": 15, "60": 15}
    assert facets["watts"]["label"] == "Power"


def test_an_old_category_address_still_filters(client: Any, floor: Shop) -> None:
    assert client.get(f"{PRODUCTS}?category={floor.old_category}").json["total"] == 33


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("limit=-1", "limit"),
        ("limit=%D9%A3", "limit"), ("limit=1e2", "limit"), ("sort=rating", "sort"), ("price_min=cheap", "price_min"),
        ("price_max=NaN", "price_max"), ("price_max=1e9999", "price_max"), ("price_min=-1", "price_min"),
        ("cursor=nonsense", "cursor"), ("currency=XXX", "currency"), ("currency=", "currency"),
        ("q=%00", "q"), ("q=" + "x" * 201, "q"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_beside_its_name(client: Any, query: str, field: str) -> None:
    answer = client.get(f"{PRODUCTS}?{query}")
    assert answer.status_code == 422 and answer.content_type == PROBLEM
    assert [e["field"] for e in answer.json["errors"]] == [field]
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json)
    assert all(set(e) == {"field", "code", "message"} and e["message"] for e in answer.json["errors"])


def test_an_unknown_category_is_no_list(client: Any) -> None:
    answer = client.get(f"{PRODUCTS}?category=home/nothing")
    assert (answer.status_code, answer.json["code"], answer.content_type) == (
        404,
        "no_such_category",
        PROBLEM,
    )


def test_one_product(client: Any) -> None:
    body = client.get(f"{PRODUCTS}/coat").json
    assert body["url"].endswith("/p/coat") and body["categories"] == ["home", "home/lamps"]
    assert len(body["variants"]) == 3
    lamp = client.get(f"{PRODUCTS}/lamp-01").json
    assert lamp["specifications"] == [{"code": "watts", "label": "Power", "value": "40 W"}]


@pytest.mark.parametrize(("slug", "status"), [("nothing", 404), ("draft-lamp", 404), ("gone-lamp", 410)])
def test_products_that_cannot_be_seen(client: Any, slug: str, status: int) -> None:
    answer = client.get(f"{PRODUCTS}/{slug}")
    assert (answer.status_code, answer.json["status"], answer.content_type) == (status, status, PROBLEM)


def test_language_by_query_or_header(client: Any) -> None:
    def name(query: str = "", **headers: str) -> str:
        return str(client.get(f"{PRODUCTS}/lamp-01{query}", headers=headers).json["name"])

    french = {"Accept-Language": "fr-BE,fr;q=0.9,en;q=0.5"}
    assert name() == "Lamp 01" == name("?lang=en", **french) == name(**{"Accept-Language": "tlh"})
    assert name("?lang=fr") == "Lampe 01" == name(**french) == name("?lang=xx", **french)
    assert client.get(f"{PRODUCTS}/lampe-01?lang=fr").json["slug"] == "lampe-01"
    assert client.get("/api/v1/categories?lang=fr").json["items"][0]["name"] == "Maison"
    refused = client.get(f"{PRODUCTS}?limit=0", headers=french).json
    assert refused["title"] != client.get(f"{PRODUCTS}?limit=0").json["title"] or refused["title"]


def test_another_currency(client: Any) -> None:
    body = client.get(f"{PRODUCTS}/coat?currency=USD").json
    assert body["price"]["currency"] == "USD" and float(body["price"]["amount"]) > 0
    assert {v["price"]["currency"] for v in body["variants"]} == {"USD"}
    listed = client.get(f"{PRODUCTS}?q=coat&currency=USD").json["items"][0]
    assert listed["price"] == body["price"]


def test_the_tree(client: Any) -> None:
    body = client.get("/api/v1/categories").json
    (home,) = body["items"]
    assert (body["total"], body["next"], home["path"], home["name"]) == (1, None, "home", "Home")
    assert [(c["path"], c["products"], c["children"]) for c in home["children"]] == [("home/lamps", 33, [])]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("?limit=24", 8),
        ("?q=lamp&sort=price", 8),
        ("?category=home/lamps&watts=40", 8),
        ("/coat", 8),
        ("/lamp-07", 8),
    ],
)
def test_what_reading_costs(client: Any, floor: Shop, path: str, most: int) -> None:
    client.get(f"{PRODUCTS}?limit=1")  # settings and languages are in memory from the first call on
    with floor.statements() as seen:
        assert client.get(PRODUCTS + path).status_code == 200
    assert len(seen) <= most, "\n".join(seen)


def test_new_products_do_not_disturb_who_is_reading(client: Any, floor: Shop) -> None:
    """Added in the midst of the list, and taken away again: nothing old is read twice or left out."""
    before = set(slugs(client.get(f"{PRODUCTS}?limit=100")))
    seen: list[str] = []
    cursor, number = "", 0
    while cursor is not None:
        page = client.get(f"{PRODUCTS}?limit=5&sort=name" + (f"&cursor={cursor}" if cursor else ""))
        seen += slugs(page)
        cursor = page.json["next"]
        number += 1
        if number <= 3:
            floor.product(f"Aaa {number}")
    assert len(seen) == len(set(seen)), "read twice"
    assert before <= set(seen), "left out"
