"""The bag: every action, with script (fragments) and without (redirects), undo, codes, save for later."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api.shop import Shop


@pytest.fixture
def client(floor: Shop) -> Any:
    return floor.app.test_client()


def add(client: Any, sku: str = "LAMP-02", **more: Any) -> Any:
    return client.post("/cart/lines", data={"sku": sku} | more)


def lines(client: Any) -> dict[str, str]:
    """What the bag page shows: line id by SKU."""
    page = client.get("/cart").text
    found = re.findall(r"/cart/lines/([0-9a-f-]{36})", page)
    skus = re.findall(r"\?sku=([A-Z0-9-]+)", page)
    return dict(zip(dict.fromkeys(skus), dict.fromkeys(found), strict=False))


def count(client: Any) -> int:
    return int(client.get("/fragments/me").json["count"])


def test_an_empty_bag(client: Any) -> None:
    page = client.get("/cart")
    assert page.status_code == 200 and 'content="noindex' in page.text
    assert "bag=" not in str(page.headers.getlist("Set-Cookie")), "looking makes no bag"
    assert client.get("/cart/drawer").status_code == 200


def test_add_change_remove_undo_without_script(client: Any) -> None:
    answer = add(client, quantity="2")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("bag="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    page = client.get("/cart")
    assert "notice-success" in page.text and "€48.00" in page.text and "Lamp 02" in page.text
    assert "notice-success" not in client.get("/cart").text, "said once"
    line = lines(client)["LAMP-02"]
    assert client.post(f"/cart/lines/{line}", data={"quantity": "3"}).headers["Location"] == "/cart"
    assert count(client) == 3 and "€72.00" in client.get("/cart").text
    client.post(f"/cart/lines/{line}", data={"action": "remove"})
    assert count(client) == 0
    client.post(f"/cart/lines/{line}", data={"action": "undo"})
    assert count(client) == 3
    client.post(f"/cart/lines/{line}", data={"quantity": "0"})
    assert count(client) == 0


def test_with_script_the_part_of_the_page_comes_back(client: Any) -> None:
    drawer = client.post("/cart/lines", data={"sku": "LAMP-02"}, headers={"X-Fragment": "drawer"})
    assert drawer.status_code == 200 and "<html" not in drawer.text and "Lamp 02" in drawer.text
    line = lines(client)["LAMP-02"]
    body = client.post(f"/cart/lines/{line}", data={"action": "remove"}, headers={"X-Fragment": "cart"})
    assert body.status_code == 200 and "<html" not in body.text
    assert f"/cart/lines/{line}" in body.text and 'value="undo"' in body.text, "a way back"
    refused = client.post("/cart/lines", data={"sku": "SOLD-OUT-LAMP"}, headers={"X-Fragment": "drawer"})
    assert (refused.status_code, refused.json["code"]) == (409, "out_of_stock")


def test_save_for_later_and_back(client: Any) -> None:
    add(client, "LAMP-03")
    line = lines(client)["LAMP-03"]
    client.post(f"/cart/lines/{line}", data={"action": "save"})
    assert count(client) == 0 and "Lamp 03" in client.get("/cart").text
    client.post(f"/cart/lines/{line}", data={"action": "move"})
    assert count(client) == 1


def test_codes(client: Any) -> None:
    add(client, "COAT-RED")
    assert client.post("/cart/coupon", data={"code": "ten"}).status_code == 303
    page = client.get("/cart").text
    assert "TEN" in page and "€72.00" in page
    refused = client.post("/cart/coupon", data={"code": "NO-SUCH"})
    assert refused.status_code >= 400 and 'value="NO-SUCH"' in refused.text, "what was typed stays"
    fragment = client.post("/cart/coupon", data={"code": "NO-SUCH"}, headers={"X-Fragment": "cart"})
    assert "NO-SUCH" in fragment.text and "<html" not in fragment.text
    client.post("/cart/coupon", data={"code": "TEN", "action": "remove"})
    assert "€72.00" not in client.get("/cart").text


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "ten", "", "1000", "٣", "9" * 20])
def test_bad_quantities_lead_back_with_a_word(client: Any, quantity: str) -> None:
    answer = client.post("/cart/lines", data={"sku": "LAMP-01", "product": "lamp-01", "quantity": quantity})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/p/lamp-01")
    assert "bag=" not in str(answer.headers.getlist("Set-Cookie")), "nothing was made"
    assert "notice-error" in client.get("/p/lamp-01").text
    assert count(client) == 0


def test_a_refused_article_leaves_no_bag_behind(client: Any, floor: Shop) -> None:
    from sqlalchemy import text

    def carts() -> Any:
        with floor.maker() as session:
            return session.scalar(text("SELECT count(*) FROM cart_cart"))

    before = carts()
    assert add(client, "SOLD-OUT-LAMP").status_code == 303
    assert add(client, "NOTHING").status_code == 303
    assert carts() == before


def test_options_without_script_count_more_than_the_hidden_article(client: Any) -> None:
    sent = {"product": "coat", "sku": "COAT-RED", "option.colour": "blue"}
    client.post("/cart/lines", data=sent)
    assert list(lines(client)) == ["COAT-BLUE"]
    answer = client.post("/cart/lines", data=sent | {"option.colour": "pink"})
    assert answer.headers["Location"] == "/p/coat?colour=pink"
    assert "notice-error" in client.get("/p/coat?colour=pink").text


@pytest.mark.parametrize("product", ["//evil.example", "../x", "coat\r\nX: y", "http://evil.example"])
def test_a_refusal_leads_to_no_foreign_place(client: Any, product: str) -> None:
    answer = client.post("/cart/lines", data={"sku": "NOTHING", "product": product})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")


def test_bags_of_others_are_out_of_reach(floor: Shop, client: Any) -> None:
    add(client)
    line = lines(client)["LAMP-02"]
    other = floor.app.test_client()
    add(other, "LAMP-03")
    other.post(f"/cart/lines/{line}", data={"action": "remove"})
    assert count(client) == 1
    forged = floor.app.test_client()
    bag = client.get_cookie("bag").value
    for value in (bag[:-2] + "xx", bag.split(".")[0], "x"):
        forged.set_cookie("bag", value)
        assert count(forged) == 0


def test_the_bag_comes_along_at_login(floor: Shop) -> None:
    browser = floor.app.test_client()
    add(browser, "LAMP-04")
    browser.post("/login", data={"email": floor.people["customer"], "password": "correct horse battery"})
    assert "LAMP-04" in lines(browser)
    again = floor.browser("customer")
    assert "LAMP-04" in lines(again), "on another device too"


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [("/cart", "/cart"), ("/c/home?sort=price", "/c/home?sort=price"), ("//evil.example", "/"), ("/\\evil.example", "/"),
     ("https://evil.example", "/"), ("javascript:alert(1)", "/"), ("", "/"), ("evil", "/"), ("/a\r\nX: y", "/"), ("/\t/evil.example", "/")],
)  # fmt: skip
def test_preferences_lead_to_no_foreign_place(client: Any, wanted: str, leads: str) -> None:
    answer = client.post("/preferences", data={"currency": "USD", "next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)
    assert "currency=USD" in str(answer.headers.getlist("Set-Cookie"))


def test_the_bag_follows_the_currency(client: Any) -> None:
    add(client, "COAT-RED")
    client.post("/preferences", data={"currency": "USD", "next": "/cart"})
    assert "$" in client.get("/cart").text
    client.post("/preferences", data={"currency": "XXX", "next": "/cart"})
    assert "$" in client.get("/cart").text, "an unknown one changes nothing"


def test_what_the_bag_costs(client: Any, floor: Shop) -> None:
    add(client, "LAMP-05")
    add(client, "LAMP-06")
    client.get("/cart")
    with floor.statements() as seen:
        client.get("/cart")
    assert len(seen) <= 8, "\n".join(seen)
    with floor.statements() as seen:
        add(client, "LAMP-05")
    assert len(seen) <= 10, "\n".join(seen)
