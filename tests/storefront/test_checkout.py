"""Checkout, thank you and tracking: nothing typed is lost, one order for one click, tokens only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from tests.api.shop import GHENT, Shop

SHIPPING = {f"shipping.{name}": value for name, value in GHENT.items()}


@pytest.fixture
def client(floor: Shop) -> Any:
    """A guest with something in the bag."""
    made = floor.app.test_client()
    made.post("/cart/lines", data={"sku": "LAMP-26"})
    return made


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def form(client: Any, **changes: str) -> dict[str, str]:
    """What the page would post when everything is filled in."""
    client.post(
        "/checkout", data=SHIPPING | {"action": "address", "email": "kim@example.org", "billing_same": "1"}
    )
    page = client.get("/checkout")
    return SHIPPING | {
        "action": "place", "email": "kim@example.org", "billing_same": "1", "shipping_method": "standard",
        "payment_method": "cod", "idempotency_key": hidden(page, "idempotency_key"),
        "expected_total": hidden(page, "expected_total"),
    } | changes  # fmt: skip


def orders(floor: Shop) -> int:
    with floor.maker() as session:
        return int(session.scalar(text("SELECT count(*) FROM orders_order")) or 0)


def buy(client: Any) -> str:
    """Place the order; its token."""
    answer = client.post("/checkout", data=form(client))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).rpartition("/")[2]


def test_without_anything_in_the_bag_there_is_no_checkout(floor: Shop) -> None:
    empty = floor.app.test_client()
    for answer in (empty.get("/checkout"), empty.post("/checkout", data={"action": "place"})):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")


def test_the_whole_way(client: Any, floor: Shop) -> None:
    before = orders(floor)
    page = client.get("/checkout")
    assert page.status_code == 200 and 'content="noindex' in page.text
    answer = client.post("/checkout", data=form(client))
    token = answer.headers["Location"].removeprefix("/checkout/done/")
    assert len(token) >= 22 and orders(floor) == before + 1
    done = client.get(f"/checkout/done/{token}")
    assert done.status_code == 200 and "kim@example.org" in done.text and "Lamp 26" in done.text
    tracking = floor.app.test_client().get(f"/orders/{token}")
    number = re.search(r"20\d\d-\d{6}", tracking.text)
    assert tracking.status_code == 200 and number and "Korenlei 12" in tracking.text
    for wrong in (number[0], token[:-1], token + "x", "1", "%00"):
        assert floor.app.test_client().get(f"/orders/{wrong}").status_code == 404
        assert floor.app.test_client().get(f"/checkout/done/{wrong}").status_code == 404
        assert floor.app.test_client().post(f"/orders/{wrong}/cancel").status_code == 404
    assert client.get("/fragments/me").json["count"] == 0, "the bag is empty again"
    assert client.get("/checkout").status_code == 303


@pytest.mark.parametrize(
    "missing",
    ["email", "shipping.name", "shipping.line1", "shipping.postcode", "shipping.city", "payment_method"],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: Any, floor: Shop, missing: str
) -> None:
    before = orders(floor)
    sent = form(client, note="Ring twice & wait") | {missing: ""}
    page = client.post("/checkout", data=sent)
    assert page.status_code == 422 and orders(floor) == before
    field = re.sub(r"[^a-z0-9]+", "-", missing)
    assert f"f-{field}" in page.text, "the summary leads to the field"
    assert "Ring twice &amp; wait" in page.text
    for name in {"email", "shipping.name", "shipping.line1", "shipping.city"} - {missing}:
        assert f'value="{sent[name]}"' in page.text, name


def test_a_typo_keeps_everything(client: Any) -> None:
    page = client.post("/checkout", data=form(client, email="kim@", **{"shipping.postcode": "99"}))
    assert page.status_code == 422
    assert 'value="kim@"' in page.text and 'value="99"' in page.text and 'value="Korenlei 12"' in page.text


def test_another_billing_address(client: Any, floor: Shop) -> None:
    sent = form(client) | {f"billing.{name}": value for name, value in GHENT.items()}
    sent |= {"billing.name": "Acme NV", "billing.line1": "Meir 1"}
    del sent["billing_same"]
    wrong = client.post("/checkout", data=sent | {"billing.city": ""})
    assert wrong.status_code == 422 and 'value="Meir 1"' in wrong.text
    answer = client.post("/checkout", data=sent)
    assert answer.status_code == 303
    token = answer.headers["Location"].rpartition("/")[2]
    assert "Acme NV" in client.get(f"/orders/{token}").text


def test_a_changed_price_asks_again(client: Any, floor: Shop) -> None:
    client.post("/cart/lines", data={"sku": "LAMP-27"})
    sent, before = form(client), orders(floor)
    floor.price("LAMP-27", "52.00")
    page = client.post("/checkout", data=sent)
    assert page.status_code == 422 and orders(floor) == before and "notice-error" in page.text
    again = sent | {
        "expected_total": hidden(page, "expected_total"),
        "idempotency_key": hidden(page, "idempotency_key"),
    }
    assert again["expected_total"] != sent["expected_total"]
    assert client.post("/checkout", data=again).status_code == 303


@pytest.mark.parametrize("total", ["", "0.01 EUR", "NaN EUR", "1e9999 EUR", "x", "1.00 USD"])
def test_a_total_that_was_tampered_with(client: Any, floor: Shop, total: str) -> None:
    before = orders(floor)
    page = client.post("/checkout", data=form(client, expected_total=total))
    assert page.status_code == 422 and orders(floor) == before


def test_goods_that_went_meanwhile(client: Any, floor: Shop) -> None:
    client.post("/cart/lines", data={"sku": "LAMP-28", "quantity": "4"})
    sent, before = form(client), orders(floor)
    floor.stock("LAMP-28", 3)
    page = client.post("/checkout", data=sent)
    assert page.status_code == 422 and orders(floor) == before and "Lamp 28" in page.text
    assert 'value="Korenlei 12"' in page.text


def test_two_clicks_are_one_order(client: Any, floor: Shop) -> None:
    before, sent, bag = orders(floor), form(client), client.get_cookie("bag").value
    first = client.post("/checkout", data=sent)
    client.set_cookie("bag", bag)
    second = client.post("/checkout", data=sent)
    assert orders(floor) == before + 1
    assert second.status_code == 303
    assert second.headers["Location"] in (first.headers["Location"], "/cart")


def test_a_fragment_for_the_script(client: Any) -> None:
    sent = SHIPPING | {
        "action": "address",
        "email": "kim@example.org",
        "billing_same": "1",
        "shipping_method": "express",
    }
    part = client.post("/checkout", data=sent, headers={"X-Fragment": "checkout"})
    assert part.status_code == 200 and "<html" not in part.text and "€9.95" in part.text
    code = client.post(
        "/checkout", data=sent | {"action": "coupon", "coupon": "NOPE"}, headers={"X-Fragment": "checkout"}
    )
    assert "NOPE" in code.text
    used = client.post(
        "/checkout", data=sent | {"action": "coupon", "coupon": "TEN"}, headers={"X-Fragment": "checkout"}
    )
    assert "TEN" in used.text


def test_saved_addresses_are_the_buyers_own(floor: Shop) -> None:
    browser = floor.browser("customer")
    browser.post("/account/addresses/new", data=GHENT | {"line1": "Kouter 5"})
    browser.post("/cart/lines", data={"sku": "LAMP-29"})
    page = browser.get("/checkout")
    assert "Kouter 5" in page.text and floor.people["customer"] in page.text
    saved = re.search(r'name="saved_address" value="([0-9a-f-]{36})"', page.text)
    assert saved
    stranger = floor.app.test_client()
    stranger.post("/cart/lines", data={"sku": "LAMP-29"})
    theirs = stranger.post("/checkout", data={"action": "address", "saved_address": saved[1]})
    assert "Kouter 5" not in theirs.text


def test_cancel_and_order_again_by_the_link(client: Any, floor: Shop) -> None:
    token = buy(client)
    again = floor.app.test_client()
    assert again.post(f"/orders/{token}/again").headers["Location"] == "/cart"
    assert again.get("/fragments/me").json["count"] == 1
    assert client.post(f"/orders/{token}/cancel").headers["Location"] == f"/orders/{token}"
    assert "cancelled" in client.get(f"/orders/{token}").text
    client.post(f"/orders/{token}/cancel")
    assert "notice-error" in client.get(f"/orders/{token}").text


def test_a_transfer_shows_where_the_money_goes(client: Any) -> None:
    token = (
        client.post("/checkout", data=form(client, payment_method="bank_transfer"))
        .headers["Location"]
        .rpartition("/")[2]
    )
    for path in (f"/checkout/done/{token}", f"/orders/{token}"):
        page = client.get(path).text
        assert "IBAN" in page and re.search(r"\+\+\+\d{3}/\d{4}/\d{5}\+\+\+", page), path
    client.post(f"/orders/{token}/cancel")
    assert "IBAN" not in client.get(f"/orders/{token}").text


def test_languages_all_the_way(floor: Shop) -> None:
    browser = floor.app.test_client()
    browser.post("/fr/cart/lines", data={"sku": "LAMP-01"})
    page = browser.get("/fr/checkout")
    assert '<html lang="fr"' in page.text and "Lampe 01" in page.text
    sent = form(browser) | {"idempotency_key": hidden(page, "idempotency_key")}
    answer = browser.post("/fr/checkout", data=sent)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/fr/checkout/done/")


def test_what_buying_costs(client: Any, floor: Shop) -> None:
    sent = form(client)
    client.get("/checkout")
    with floor.statements() as shown:
        client.get("/checkout")
    with floor.statements() as placed:
        answer = client.post("/checkout", data=sent)
    assert answer.status_code == 303
    with floor.statements() as done:
        client.get(answer.headers["Location"])
    assert len(shown) <= 10, "\n".join(shown)
    assert len(placed) <= 48, "\n".join(placed)
    assert len(done) <= 8, "\n".join(done)
