"""Paying again over REST: an order whose payment failed, or was not finished."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.api.shop import PROBLEM, Shop
from tests.api.test_orders import ORDERS, filled, wish


def ordered(
    client: Any, method: str = "demo_card", token: str | None = "tok_decline", **more: Any
) -> dict[str, Any]:
    """An order, with what its first payment came to."""
    answer = client.post(
        ORDERS, json=wish(filled(client, "LAMP-17", **more), method, payment_token=token), **more
    )
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def pay(client: Any, made: dict[str, Any], **body: Any) -> Any:
    return client.post(f"{ORDERS}/{made['number']}/payment?token={made['token']}", json=body)


def status(client: Any, made: dict[str, Any]) -> tuple[str, str]:
    seen = client.get(f"{ORDERS}/{made['number']}?token={made['token']}").json
    return seen["status"], seen["payment_status"]


def taken(floor: Shop, made: dict[str, Any]) -> int:
    """How many times money came in for the order."""
    with floor.maker() as session:
        count = text(
            "SELECT count(*) FROM payments_capture c JOIN payments_payment p ON p.id = c.payment_id"
            " JOIN orders_order o ON o.id = p.order_id WHERE o.number = :n"
        )
        return int(session.scalar(count, {"n": made["number"]}) or 0)


def test_a_declined_card_and_then_a_good_one(client: Any, floor: Shop) -> None:
    made = ordered(client)
    assert (made["status"], made["payment"]["status"]) == ("pending", "failed")
    again = pay(client, made, payment_token="tok_insufficient")
    assert (again.status_code, again.json["status"]) == (200, "failed")
    good = pay(client, made, payment_token="tok_ok")
    assert good.json == {"status": "captured", "redirect_url": None, "client_secret": None}
    assert status(client, made) == ("paid", "paid")
    late = pay(client, made, payment_token="tok_ok")
    assert (late.status_code, late.json["code"], late.content_type) == (409, "not_payable", PROBLEM)
    assert taken(floor, made) == 1


def test_another_way_to_pay(client: Any, floor: Shop) -> None:
    made = ordered(client)
    at = f"{ORDERS}/{made['number']}/payment-methods?token={made['token']}"
    codes = [way["code"] for way in client.get(at).json["items"]]
    assert {"demo_card", "bank_transfer"} <= set(codes)
    changed = pay(client, made, payment_method="bank_transfer")
    assert (changed.status_code, changed.json["status"]) == (200, "pending")
    seen = client.get(f"{ORDERS}/{made['number']}?token={made['token']}").json
    assert (seen["payment_method"], seen["status"]) == ("bank_transfer", "pending")
    assert pay(client, made).json["status"] == "pending", "without a method it is the chosen one"
    paid = pay(client, made, payment_method="demo_card")
    assert paid.json["status"] == "captured" and client.get(at).json["items"] == []


def test_a_bank_that_asks_and_one_that_is_silent(client: Any, floor: Shop) -> None:
    made = ordered(client)
    silent = pay(client, made, payment_token="tok_unavailable")
    assert (silent.status_code, silent.json["status"]) == (200, "unknown")
    asks = pay(client, made, payment_token="tok_3ds").json
    assert asks["status"] == "requires_action" and "/payments/demo/" in asks["redirect_url"]
    ours = client.application.config["SITE_URL"]
    assert asks["redirect_url"].startswith(f"{ours}/payments/"), "a program elsewhere could not follow it"
    french = ordered(client, token="tok_3ds", headers={"Accept-Language": "fr"})["payment"]
    assert french["redirect_url"].startswith(f"{ours}/fr/payments/demo/")
    assert status(client, made) == ("pending", "due") and taken(floor, made) == 0


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"payment_method": "gold"}, "payment_method_unavailable", "payment_method"),
        ({"payment_token": "4242 4242 4242 4242"}, "card_number_refused", None),
        ({"payment_method": "x" * 41}, "invalid", "payment_method"), ({"return_url": "x" * 501}, "invalid", "return_url"),
        ({"amount": "1.00"}, "invalid", "amount"),
    ],
)  # fmt: skip
def test_what_is_refused(
    client: Any, floor: Shop, body: dict[str, str], code: str, field: str | None
) -> None:
    made = ordered(client)
    answer = pay(client, made, **body)
    assert (answer.status_code, answer.json["code"], answer.content_type) == (422, code, PROBLEM)
    assert field is None or field in [error["field"] for error in answer.json["errors"]]
    assert status(client, made) == ("pending", "due")


def test_orders_that_wait_for_nothing(client: Any, floor: Shop) -> None:
    for made in (ordered(client, "cod", None), ordered(client, "demo_card", "tok_ok")):
        assert pay(client, made).json["code"] == "not_payable"
    off = ordered(client)
    client.post(f"{ORDERS}/{off['number']}/cancel?token={off['token']}")
    assert (pay(client, off).status_code, taken(floor, off)) == (409, 0)


def test_only_for_ones_own_order(client: Any, floor: Shop) -> None:
    mine: dict[str, Any] = {"headers": floor.headers("customer")}
    body = {"payment_token": "tok_ok"}
    made = ordered(client, **mine)
    at = f"{ORDERS}/{made['number']}"
    for path in (
        f"{at}/payment",
        f"{at}/payment?token=wrong",
        f"{ORDERS}/2026-999999/payment?token={made['token']}",
    ):
        assert client.post(path, json=body).status_code == 404
        for who in ("other", "admin"):
            assert client.post(path, json=body, headers=floor.headers(who)).status_code == 404, who
    assert client.get(f"{at}/payment-methods").status_code == 404
    assert client.post(f"{at}/payment", json=body, **mine).json["status"] == "captured"


def test_not_without_end(client: Any, floor: Shop) -> None:
    made = ordered(client)
    answers = [pay(client, made, payment_token="tok_decline") for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[20].status_code == 429 and int(answers[20].headers["Retry-After"]) > 0
