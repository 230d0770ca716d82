"""Carts through REST: every call of the contract, its refusals, its cost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.shop import GHENT, PROBLEM, Shop

CARTS = "/api/v1/carts"
ADDRESSES = {"email": "kim@example.org", "shipping": GHENT}


@pytest.fixture
def cart(client: Any) -> str:
    """The address of a new cart."""
    answer = client.post(CARTS)
    assert answer.status_code == 201
    return f"{CARTS}/{answer.json['id']}"


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_a_cart_takes_its_currency_from_address_or_body_and_nothing_else(client: Any, floor: Shop) -> None:
    for body in ({"currency": "ZZZ"}, {"currency": 1}, {"nonsense": 1}, {"id": "x", "lines": []}):
        refused = client.post(CARTS, json=body)
        assert (refused.status_code, refused.content_type) == (422, PROBLEM)
        assert {wrong["field"] for wrong in refused.json["errors"]} == set(body)
    for nothing in ({}, {"json": {}}, {"data": b"", "content_type": "application/json"}):
        made = client.post(f"{CARTS}?currency=USD", **nothing)
        assert (made.status_code, made.json["currency"]) == (201, "USD"), nothing
    made = client.post(CARTS, json={"currency": "USD"})
    assert (made.status_code, made.json["currency"]) == (201, "USD")
    assert client.get(f"{CARTS}/{made.json['id']}").json["currency"] == "USD"


def test_a_cart_from_nothing_to_a_total(client: Any, cart: str) -> None:
    empty = client.get(cart).json
    assert {"id", "version", "lines", "discounts", "shipping", "tax", "total"} <= set(empty)
    assert (empty["lines"], empty["total"], empty["shipping"]) == ([], eur("0.00"), None)
    added = client.post(f"{cart}/lines", json={"sku": "LAMP-02", "quantity": 2})
    assert added.status_code == 201 and added.json["version"] > empty["version"]
    (line,) = added.json["lines"]
    assert {"id", "sku", "name", "quantity", "unit_price", "total"} <= set(line)
    assert (line["sku"], line["quantity"], line["unit_price"], line["total"]) == (
        "LAMP-02",
        2,
        eur("24.00"),
        eur("48.00"),
    )
    assert client.post(f"{cart}/lines", json={"sku": "LAMP-02"}).json["lines"][0]["quantity"] == 3
    changed = client.patch(f"{cart}/lines/{line['id']}", json={"quantity": 1})
    assert (changed.status_code, changed.json["total"]) == (200, eur("24.00"))
    addressed = client.put(f"{cart}/addresses", json=ADDRESSES)
    assert (addressed.status_code, addressed.json["email"]) == (200, "kim@example.org")
    ways = client.get(f"{cart}/shipping-methods").json
    assert {"code", "name", "price", "days_min", "days_max"} <= set(ways["items"][0]) and ways["next"] is None
    assert ways["total"] == len(ways["items"]) >= 2
    chosen = client.put(f"{cart}/shipping-method", json={"code": "standard"}).json
    assert chosen["shipping"]["code"] == "standard" and chosen["shipping"]["price"] == eur("4.95")
    assert (chosen["total"], chosen["tax"]) == (eur("28.95"), eur("5.03")), (
        "21 % is in 24.00 (4.17) and 4.95 (0.86)"
    )
    paying = client.get(f"{cart}/payment-methods").json["items"]
    assert {"cod", "bank_transfer", "demo_card"} <= {way["code"] for way in paying}
    removed = client.delete(f"{cart}/lines/{line['id']}")
    assert (removed.status_code, removed.json["lines"]) == (200, [])
    assert client.get(cart).json["version"] == removed.json["version"]


def test_a_code_comes_and_goes(client: Any, cart: str) -> None:
    client.post(f"{cart}/lines", json={"sku": "COAT-RED", "quantity": 1})
    used = client.post(f"{cart}/coupons", json={"code": "ten"})
    assert used.status_code == 201
    (discount,) = used.json["discounts"]
    assert (discount["code"], discount["amount"], used.json["total"]) == ("TEN", eur("8.00"), eur("72.00"))
    assert (used.json["subtotal"], used.json["coupons"]) == (eur("80.00"), ["TEN"])
    for code in ("NOTHING", "BIG"):
        refused = client.post(f"{cart}/coupons", json={"code": code})
        assert refused.status_code in (404, 409, 422) and refused.content_type == PROBLEM
        assert refused.json["errors"][0]["field"] in ("code", "coupon")
    assert client.get(cart).json["coupons"] == ["TEN"], "a refused code is not kept"
    off = client.delete(f"{cart}/coupons/TEN")
    assert (off.status_code, off.json["total"]) == (200, eur("80.00"))


def test_more_than_there_is_is_refused_with_what_is_left(client: Any, cart: str) -> None:
    refused = client.post(f"{cart}/lines", json={"sku": "RARE-LAMP", "quantity": 2})
    assert (refused.status_code, refused.json["code"], refused.content_type) == (409, "out_of_stock", PROBLEM)
    assert refused.json["errors"][0]["field"] == "quantity"
    assert client.get(cart).json["lines"] == []
    line = client.post(f"{cart}/lines", json={"sku": "RARE-LAMP"}).json["lines"][0]
    assert client.post(f"{cart}/lines", json={"sku": "RARE-LAMP"}).status_code == 409
    assert client.patch(f"{cart}/lines/{line['id']}", json={"quantity": 2}).status_code == 409
    assert client.post(f"{cart}/lines", json={"sku": "SOLD-OUT-LAMP"}).json["code"] == "out_of_stock"
    assert client.get(cart).json["lines"][0]["quantity"] == 1


@pytest.mark.parametrize("sku", ["NOTHING", "DRAFT-LAMP", "GONE-LAMP"])
def test_what_is_not_for_sale_cannot_be_added(client: Any, cart: str, sku: str) -> None:
    refused = client.post(f"{cart}/lines", json={"sku": sku})
    assert refused.status_code in (404, 409, 422) and refused.content_type == PROBLEM
    assert client.get(cart).json["lines"] == []


@pytest.mark.parametrize(
    "quantity", [0, -1, 1000, 1.5, "2", None, True, [], {}, 2**31, 2**63, float("1e300")]
)
def test_bad_quantities(client: Any, cart: str, quantity: Any) -> None:
    refused = client.post(f"{cart}/lines", json={"sku": "LAMP-01", "quantity": quantity})
    assert refused.status_code == 422 and refused.content_type == PROBLEM
    assert [error["field"] for error in refused.json["errors"]] == ["quantity"]
    assert client.get(cart).json["lines"] == []


def test_a_quantity_of_none_removes_the_line(client: Any, cart: str) -> None:
    line = client.post(f"{cart}/lines", json={"sku": "LAMP-01"}).json["lines"][0]
    assert client.patch(f"{cart}/lines/{line['id']}", json={"quantity": 0}).json["lines"] == []
    assert client.patch(f"{cart}/lines/{line['id']}", json={"quantity": 1}).status_code == 404


@pytest.mark.parametrize("missing", ["name", "line1", "postcode", "city", "country"])
def test_addresses_name_what_is_missing(client: Any, cart: str, missing: str) -> None:
    shipping = {name: value for name, value in GHENT.items() if name != missing}
    refused = client.put(f"{cart}/addresses", json={"email": "kim@example.org", "shipping": shipping})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == [f"shipping.{missing}"]
    assert client.get(cart).json["email"] is None, "nothing of a refused form is kept"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no"}, "email"), ({"shipping": GHENT | {"postcode": "0"}}, "shipping.postcode"),
        ({"shipping": GHENT | {"country": "XX"}}, "shipping.country"), ({"billing": GHENT | {"city": ""}}, "billing.city"),
        ({"shipping": GHENT | {"planet": "Mars"}}, "shipping.planet"), ({"shipping": "Gent"}, "shipping"),
        ({"shipping": GHENT | {"name": "\x00"}}, "shipping.name"), ({"shipping": GHENT | {"name": "\ud800"}}, "shipping.name"),
        ({"shipping": GHENT | {"name": "x" * 101}}, "shipping.name"),
    ],
)  # fmt: skip
def test_addresses_are_checked(client: Any, cart: str, change: dict[str, Any], field: str) -> None:
    refused = client.put(f"{cart}/addresses", json=ADDRESSES | change)
    assert refused.status_code == 422, refused.json
    assert field in [error["field"] for error in refused.json["errors"]]


def test_the_destination_decides_what_is_offered_and_the_tax(client: Any, cart: str) -> None:
    client.post(f"{cart}/lines", json={"sku": "COAT-RED"})
    home = client.put(f"{cart}/addresses", json=ADDRESSES).json
    berne = GHENT | {"country": "CH", "postcode": "3011", "city": "Bern", "line1": "Marktgasse 1"}
    abroad = client.put(f"{cart}/addresses", json=ADDRESSES | {"shipping": berne}).json
    assert abroad["tax"] == eur("0.00") and float(abroad["subtotal"]["amount"]) < float(
        home["subtotal"]["amount"]
    )
    offered = [way["code"] for way in client.get(f"{cart}/shipping-methods").json["items"]]
    assert offered == ["standard"], "no express into the world"
    refused = client.put(f"{cart}/shipping-method", json={"code": "express"})
    assert (refused.status_code, refused.json["code"]) == (404, "no_such_method")


def test_a_cart_in_another_currency(client: Any) -> None:
    made = client.post(f"{CARTS}?currency=USD").json
    assert made["currency"] == "USD"
    line = client.post(f"{CARTS}/{made['id']}/lines", json={"sku": "COAT-RED"}).json["lines"][0]
    assert line["unit_price"] == client.get("/api/v1/products/coat?currency=USD").json["price"]
    assert client.post(f"{CARTS}?currency=XXX").json["errors"][0]["field"] == "currency"


def test_names_follow_the_language(client: Any, cart: str) -> None:
    client.post(f"{cart}/lines", json={"sku": "LAMP-01"})
    assert client.get(f"{cart}?lang=fr").json["lines"][0]["name"] == "Lampe 01"


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "0",
        "00993da6-0258-4422-a2f4-0e2589c6bb38",
        "../carts",
        "%00",
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_there_is_no_such_cart(client: Any, name: Any) -> None:
    shown = name if isinstance(name, str) else "%ED%A0%80"
    for method, path in (
        ("GET", ""),
        ("POST", "/lines"),
        ("PUT", "/shipping-method"),
        ("GET", "/payment-methods"),
    ):
        body = {"sku": "LAMP-01"} if path == "/lines" else {"code": "x"} if method == "PUT" else None
        answer = client.open(f"{CARTS}/{shown}{path}", method=method, json=body)
        assert (answer.status_code, answer.content_type) in ((404, PROBLEM), (405, PROBLEM)), path


def test_the_cart_of_an_account_is_its_own(client: Any, floor: Shop) -> None:
    mine = floor.headers("customer")
    made = client.post(CARTS, headers=mine).json["id"]
    path = f"{CARTS}/{made}"
    assert client.post(CARTS, headers=mine).json["id"] == made, "one open cart for an account"
    for other in ({}, floor.headers("other"), floor.headers("seller")):
        assert client.get(path, headers=other).status_code == 404
        assert client.post(f"{path}/lines", json={"sku": "LAMP-01"}, headers=other).status_code == 404
        assert client.put(f"{path}/addresses", json=ADDRESSES, headers=other).status_code == 404
    assert client.get(path, headers=mine).json["lines"] == []
    assert client.get(path, headers=floor.headers("admin")).status_code == 200


def test_lines_of_another_cart_are_out_of_reach(client: Any, cart: str) -> None:
    line = client.post(f"{cart}/lines", json={"sku": "LAMP-01"}).json["lines"][0]["id"]
    other = f"{CARTS}/{client.post(CARTS).json['id']}/lines/{line}"
    assert client.patch(other, json={"quantity": 5}).status_code == 404
    assert client.delete(other).status_code == 404
    assert client.get(cart).json["lines"][0]["quantity"] == 1


def test_what_changing_a_cart_costs(client: Any, floor: Shop, cart: str) -> None:
    line = client.post(f"{cart}/lines", json={"sku": "LAMP-04"}).json["lines"][0]["id"]
    client.put(f"{cart}/addresses", json=ADDRESSES)
    asked: tuple[tuple[str, str, Any], ...] = (
        ("POST", "/lines", {"sku": "LAMP-05"}), ("PATCH", f"/lines/{line}", {"quantity": 2}), ("GET", "", None),
        ("POST", "/coupons", {"code": "TEN"}), ("PUT", "/addresses", ADDRESSES), ("GET", "/shipping-methods", None),
        ("PUT", "/shipping-method", {"code": "express"}), ("GET", "/payment-methods", None),
        ("DELETE", "/coupons/TEN", None), ("DELETE", f"/lines/{line}", None),
    )  # fmt: skip
    costs = {}
    for method, path, body in asked:
        with floor.statements() as seen:
            assert client.open(cart + path, method=method, json=body).status_code in (200, 201), path
        costs[f"{method} {path}"] = len(seen)
    assert max(costs.values()) <= 12, costs
