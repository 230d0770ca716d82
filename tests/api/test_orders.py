"""Orders through REST: placed once, for the total that was shown; read by who may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.api.shop import GHENT, PROBLEM, Shop

CARTS, ORDERS = "/api/v1/carts", "/api/v1/orders"


def filled(client: Any, sku: str = "LAMP-06", quantity: int = 1, **headers: Any) -> dict[str, Any]:
    """A cart that may be ordered."""
    path = f"{CARTS}/{client.post(CARTS, **headers).json['id']}"
    assert client.post(f"{path}/lines", json={"sku": sku, "quantity": quantity}, **headers).status_code == 201
    client.put(f"{path}/addresses", json={"email": "kim@example.org", "shipping": GHENT}, **headers)
    return dict(client.put(f"{path}/shipping-method", json={"code": "standard"}, **headers).json)


def wish(cart: dict[str, Any], method: str = "cod", **more: Any) -> dict[str, Any]:
    return {"cart_id": cart["id"], "payment_method": method, "expected_total": cart["total"]} | more


def order(client: Any, cart: dict[str, Any], **headers: str) -> Any:
    return client.post(ORDERS, json=wish(cart), headers=headers)


def test_a_program_orders_by_its_own_channel_and_staff_may_say_another(client: Any, floor: Shop) -> None:
    made = order(client, filled(client)).json
    desk = client.get(f"/api/v1/admin/orders/{made['number']}/desk", headers=floor.headers("manager"))
    assert desk.json["channel"] == "api"
    refused = client.post(ORDERS, json=wish(filled(client), channel="phone"))
    assert (refused.status_code, refused.content_type) == (422, PROBLEM) and "channel" in refused.text
    assert client.post(ORDERS, json=wish(filled(client), channel="carrier-pigeon")).status_code == 422
    headers = floor.headers("manager")
    spoken = client.post(
        ORDERS, json=wish(filled(client, headers=headers), channel="phone"), headers=headers
    ).json
    desk = client.get(f"/api/v1/admin/orders/{spoken['number']}/desk", headers=headers).json
    assert desk["channel"] == "phone"
    found = client.get("/api/v1/admin/orders?channel.eq=phone", headers=headers)
    assert found.status_code == 200 and [row["number"] for row in found.json["items"]] == [spoken["number"]]


def counted(floor: Shop) -> dict[str, Any]:
    """What an order would change."""
    with floor.maker() as session:
        tables = ("orders_order", "payments_payment", "inventory_reservation", "core_outbox")
        found: dict[str, Any] = {
            name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables
        }
        rows = session.execute(text("SELECT on_hand, reserved FROM inventory_stock ORDER BY id"))
        return found | {"stock": [tuple(row) for row in rows]}


def test_an_order_from_cart_to_cancellation(client: Any, floor: Shop) -> None:
    cart = filled(client, quantity=2)
    answer = order(client, cart, **{"Idempotency-Key": "first"})
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert set(made) == {"number", "token", "status", "total", "payment"}
    assert set(made["payment"]) == {"status", "redirect_url", "client_secret"}
    assert (made["total"], made["status"]) == (cart["total"], "confirmed")
    assert client.get(f"{ORDERS}/{made['number']}").status_code == 404, "a number alone opens nothing"
    assert client.get(f"{ORDERS}/{made['number']}?token=wrong").status_code == 404
    seen = client.get(f"{ORDERS}/{made['number']}?token={made['token']}").json
    assert (seen["number"], seen["total"], seen["payment_method"]) == (made["number"], cart["total"], "cod")
    assert [(line["sku"], line["quantity"]) for line in seen["lines"]] == [("LAMP-06", 2)]
    assert seen["placed_at"].endswith(("+00:00", "Z"))
    total = (
        float(seen["subtotal"]["amount"])
        - float(seen["discount"]["amount"])
        + float(seen["shipping"]["amount"])
    )
    assert f"{total:.2f}" == seen["total"]["amount"]
    assert client.get(f"{CARTS}/{cart['id']}").json["lines"] is not None
    off = client.post(f"{ORDERS}/{made['number']}/cancel?token={made['token']}")
    assert (off.status_code, off.json["status"]) == (200, "cancelled")
    again = client.post(f"{ORDERS}/{made['number']}/cancel?token={made['token']}")
    assert (again.status_code, again.json["code"], again.content_type) == (409, "too_late_to_cancel", PROBLEM)
    assert client.post(f"{ORDERS}/{made['number']}/cancel").status_code == 404


def test_a_key_orders_once(client: Any, floor: Shop) -> None:
    cart, key = filled(client), {"Idempotency-Key": str(uuid4())}
    answers = [client.post(ORDERS, json=wish(cart), headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json["number"] for answer in answers}) == 1
    other = client.post(ORDERS, json=wish(cart, note="Another"), headers=key)
    assert (other.status_code, other.json["code"], other.content_type) == (
        422,
        "idempotency_mismatch",
        PROBLEM,
    )
    without = client.post(ORDERS, json=wish(cart))
    assert without.status_code in (404, 409), "the cart is spent"


def test_another_total_is_refused_with_the_cart_as_it_is(client: Any, floor: Shop) -> None:
    cart = filled(client, "LAMP-07")
    floor.price("LAMP-07", "51.00")
    before = counted(floor)
    answer = order(client, cart)
    assert (answer.status_code, answer.json["code"], answer.content_type) == (409, "price_changed", PROBLEM)
    fresh = answer.json["cart"]
    assert fresh["id"] == cart["id"] and fresh["total"] != cart["total"]
    assert fresh["lines"][0]["unit_price"] == {"amount": "51.00", "currency": "EUR"}
    assert counted(floor) == before
    assert order(client, fresh).status_code == 201, "the new cart can be ordered as it came"


def test_goods_that_are_gone_are_refused_with_the_cart(client: Any, floor: Shop) -> None:
    cart = filled(client, "LAMP-08", 3)
    floor.stock("LAMP-08", 2)
    before = counted(floor)
    answer = order(client, cart)
    assert (answer.status_code, answer.json["code"]) == (409, "out_of_stock")
    assert answer.json["cart"]["lines"][0]["available"] == 2
    assert counted(floor) == before


@pytest.mark.parametrize(
    "change", [{"amount": "0.01", "currency": "EUR"}, {"amount": "28.95", "currency": "USD"}]
)
def test_a_total_that_was_never_shown(client: Any, floor: Shop, change: dict[str, str]) -> None:
    cart, before = filled(client, "LAMP-10"), counted(floor)
    answer = client.post(ORDERS, json=wish(cart) | {"expected_total": change})
    assert (answer.status_code, answer.json["code"]) == (409, "price_changed")
    assert counted(floor) == before


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"expected_total": None}, 422, "expected_total"), ({"expected_total": "12"}, 422, "expected_total"),
        ({"expected_total": {"amount": "NaN", "currency": "EUR"}}, 422, "expected_total"),
        ({"expected_total": {"amount": "1e9999", "currency": "EUR"}}, 422, "expected_total"),
        ({"expected_total": {"amount": 12, "currency": "EUR"}}, 422, "expected_total.amount"),
        ({"cart_id": "x"}, 404, "cart_id"), ({"cart_id": 7}, 422, "cart_id"), ({"payment_method": ""}, 422, "payment_method"),
        ({"payment_method": "gold"}, 422, "payment_method"), ({"note": "\x00"}, 422, "note"), ({"note": "x" * 2001}, 422, "note"),
    ],
)  # fmt: skip
def test_wishes_that_make_no_sense(
    client: Any, floor: Shop, change: dict[str, Any], status: int, field: str
) -> None:
    cart, before = filled(client, "LAMP-11"), counted(floor)
    answer = client.post(ORDERS, json=wish(cart) | change)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.json
    assert field in [error["field"] for error in answer.json["errors"]]
    assert counted(floor) == before


def test_an_unfinished_cart_is_not_ordered(client: Any, floor: Shop) -> None:
    made = client.post(CARTS).json
    empty = client.post(ORDERS, json=wish(made))
    assert empty.status_code in (409, 422) and empty.content_type == PROBLEM
    client.post(f"{CARTS}/{made['id']}/lines", json={"sku": "LAMP-12"})
    before = counted(floor)
    answer = client.post(ORDERS, json=wish(client.get(f"{CARTS}/{made['id']}").json))
    assert answer.status_code == 422 and answer.json["errors"]
    assert counted(floor) == before


@pytest.mark.parametrize(
    ("method", "token", "status"),
    [
        ("bank_transfer", None, "pending"),
        ("demo_card", "tok_ok", "paid"),
        ("demo_card", "tok_declined", "pending"),
    ],
)
def test_ways_to_pay(client: Any, floor: Shop, method: str, token: str | None, status: str) -> None:
    cart = filled(client, "LAMP-13")
    answer = client.post(ORDERS, json=wish(cart, method, payment_token=token))
    assert answer.status_code == 201, answer.json
    assert answer.json["status"] == status, answer.json


def test_own_orders_newest_first_and_nobody_elses(client: Any, floor: Shop) -> None:
    mine = {"headers": floor.headers("customer")}
    numbers = []
    for _ in range(3):
        cart = filled(client, "LAMP-14", **mine)
        numbers.append(client.post(ORDERS, json=wish(cart), **mine).json["number"])
    body = client.get(f"{ORDERS}?limit=2", **mine).json
    rest = client.get(f"{ORDERS}?limit=2&cursor={body['next']}", **mine).json
    assert [row["number"] for row in body["items"] + rest["items"]] == numbers[::-1]
    assert (body["total"], rest["next"]) == (3, None)
    assert {"number", "token", "status", "total", "placed_at"} <= set(body["items"][0])
    other = {"headers": floor.headers("other")}
    assert client.get(ORDERS, **other).json["items"] == []
    assert client.get(f"{ORDERS}/{numbers[0]}", **mine).status_code == 200
    assert client.get(f"{ORDERS}/{numbers[0]}", **other).status_code == 404
    assert client.post(f"{ORDERS}/{numbers[0]}/cancel", **other).status_code == 404
    assert client.get(f"{ORDERS}/{numbers[0]}", headers=floor.headers("admin")).status_code == 200
    assert client.post(f"{ORDERS}/{numbers[0]}/cancel", **mine).json["status"] == "cancelled"
    for wrong in ("limit=0", "limit=101", "cursor=x", "limit=x"):
        assert client.get(f"{ORDERS}?{wrong}", **mine).status_code == 422


def test_somebody_elses_cart_is_not_ordered(client: Any, floor: Shop) -> None:
    mine = {"headers": floor.headers("other")}
    cart = filled(client, "LAMP-15", **mine)
    assert client.post(ORDERS, json=wish(cart)).status_code == 404
    assert client.post(ORDERS, json=wish(cart), headers=floor.headers("customer")).status_code == 404


def test_what_ordering_costs(client: Any, floor: Shop) -> None:
    order(client, filled(client, "LAMP-16"))
    cart = filled(client, "LAMP-16")
    with floor.statements() as seen:
        made = order(client, cart, **{"Idempotency-Key": str(uuid4())})
    assert made.status_code == 201
    assert len(seen) <= 36, "\n".join(seen)
    with floor.statements() as seen:
        client.get(f"{ORDERS}/{made.json['number']}?token={made.json['token']}")
    assert len(seen) <= 8
