"""People change their minds, click twice, go back, and keep pages open for hours: nothing is lost, nothing doubles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.shop import GHENT, Shop
from tests.storefront.test_checkout import form, hidden, orders

SAME_SITE = {"Origin": "http://localhost"}


@pytest.fixture
def client(floor: Shop) -> Any:
    """A guest with something in the bag."""
    made = floor.app.test_client()
    made.post("/cart/lines", data={"sku": "LAMP-25"})
    return made


@pytest.fixture
def strict(floor: Shop) -> Iterator[Any]:
    """The application with its protection of forms on, as in production."""
    floor.app.config["WTF_CSRF_ENABLED"] = True
    yield floor.app
    floor.app.config["WTF_CSRF_ENABLED"] = False


# --- saved addresses at the checkout ---------------------------------------------------------------


@pytest.fixture
def buyer(floor: Shop) -> Any:
    """A customer with two saved addresses and something in the bag."""
    browser = floor.browser("other")
    browser.post("/account/addresses/new", data=GHENT | {"line1": "Kouter 5"})
    browser.post(
        "/account/addresses/new", data=GHENT | {"line1": "Meir 1", "city": "Antwerpen", "postcode": "2000"}
    )
    browser.post("/cart/lines", data={"sku": "LAMP-25"})
    yield browser
    line = re.search(r"/cart/lines/([0-9a-f-]{36})", browser.get("/cart").text)
    if line:
        browser.post(f"/cart/lines/{line[1]}", data={"action": "remove"})


def saved(page: Any) -> dict[str, bool]:
    """The saved addresses on the page by id, and whether they are marked."""
    found = re.findall(r'name="saved_address" value="([0-9a-f-]*)"( checked)?', page.text)
    return {key: bool(marked) for key, marked in found}


def chosen(page: Any) -> str:
    return next(key for key, marked in saved(page).items() if marked)


def at(page: Any) -> str:
    found = re.search(r'value="([^"]*)"[^>]*id="f-shipping-line1"', page.text)
    assert found
    return found[1]


def test_chk_03_what_is_typed_over_a_saved_address_is_where_it_goes(buyer: Any, floor: Shop) -> None:
    page = buyer.get("/checkout")
    held = chosen(page)
    assert at(page) == "Kouter 5" and hidden(page, "saved_shown") == held
    sent = form(buyer) | {"saved_address": held, "saved_shown": held, "shipping.line1": "Veldstraat 9"}
    sent |= {"expected_total": hidden(buyer.get("/checkout"), "expected_total")}
    answer = buyer.post("/checkout", data=sent)
    assert answer.status_code == 303, answer.text
    assert "Veldstraat 9" in buyer.get(answer.headers["Location"].replace("/checkout/done", "/orders")).text


def test_chk_03_a_saved_address_can_be_left_for_another_one(buyer: Any) -> None:
    page = buyer.get("/checkout")
    first = chosen(page)
    second = next(key for key in saved(page) if key not in (first, ""))
    sent = {f"shipping.{name}": value for name, value in (GHENT | {"line1": "Kouter 5"}).items()}
    sent |= {"action": "address", "saved_shown": first, "billing_same": "1"}
    other = buyer.post("/checkout", data=sent | {"saved_address": second})
    assert at(other) == "Meir 1" and chosen(other) == second == hidden(other, "saved_shown")
    fresh = buyer.post("/checkout", data=sent | {"saved_address": ""})
    assert at(fresh) == "" and chosen(fresh) == "" and 'value="Kim Peeters"' in fresh.text
    typed = buyer.post("/checkout", data=sent | {"saved_address": "", "shipping.line1": "Veldstraat 9"})
    assert at(typed) == "Veldstraat 9" and chosen(typed) == ""
    for garbage in ("x", "\x00", "00000000-0000-0000-0000-000000000000"):
        kept = buyer.post(
            "/checkout", data=sent | {"saved_address": garbage, "shipping.line1": "Veldstraat 9"}
        )
        assert kept.status_code == 200 and at(kept) == "Veldstraat 9"


# --- twice, and back again -------------------------------------------------------------------------


def test_c_08_a_second_click_shows_the_order_and_not_an_empty_bag(client: Any, floor: Shop) -> None:
    before, sent, bag = orders(floor), form(client), client.get_cookie("bag").value
    first = client.post("/checkout", data=sent).headers["Location"]
    assert first.startswith("/checkout/done/")
    assert client.post("/checkout", data=sent).headers["Location"] == first, "Back, and the button again"
    assert client.get("/checkout").headers["Location"] == first, "Back"
    twin = floor.app.test_client()  # the second of two clicks: its cookies are those from before the first
    twin.set_cookie("bag", bag)
    assert twin.post("/checkout", data=sent).headers["Location"] == first
    assert orders(floor) == before + 1
    stranger = floor.app.test_client()
    assert stranger.post("/checkout", data=sent).headers["Location"] == "/cart", "a key alone opens nothing"


def test_c_08_a_customer_who_clicks_twice(floor: Shop) -> None:
    browser = floor.browser("customer")
    browser.post("/cart/lines", data={"sku": "LAMP-24"})
    sent, twin = form(browser), floor.browser("customer")
    first = browser.post("/checkout", data=sent).headers["Location"]
    assert twin.post("/checkout", data=sent).headers["Location"] == first, "from another tab of the account"
    assert floor.browser("other").post("/checkout", data=sent).headers["Location"] == "/cart"


def test_after_an_order_a_new_bag_is_a_new_checkout(client: Any) -> None:
    client.post("/checkout", data=form(client))
    client.post("/cart/lines", data={"sku": "LAMP-24"})
    assert client.get("/checkout").status_code == 200


# --- pages that were open for long -----------------------------------------------------------------


def test_an_expired_form_keeps_what_was_typed(strict: Any) -> None:
    client = strict.test_client()
    sent = {"email": "kim@example.org", "number": "2026-000001", "csrf_token": "old"}
    page = client.post("/fr/orders/find?x=1", data=sent, headers=SAME_SITE)
    assert page.status_code == 400 and 'action="/fr/orders/find"' in page.text
    assert hidden(page, "email") == "kim@example.org" and hidden(page, "number") == "2026-000001"
    again = {name: hidden(page, name) for name in ("email", "number", "csrf_token")}
    assert client.post("/fr/orders/find", data=again).status_code == 200


def test_an_expired_form_repeats_no_password_and_nothing_from_elsewhere(strict: Any) -> None:
    client, sent = strict.test_client(), {"email": "kim@example.org", "password": "my secret words"}
    own = client.post("/register", data=sent, headers=SAME_SITE)
    assert own.status_code == 400 and "kim@example.org" in own.text and "my secret" not in own.text
    for elsewhere in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        page = client.post("/register", data=sent, headers=elsewhere)
        assert page.status_code == 400 and "kim@example.org" not in page.text


def test_a_script_is_refused_in_words_and_never_gets_a_page(strict: Any) -> None:
    client = strict.test_client()
    accept = {"X-Fragment": "drawer", "Accept": "text/html, application/problem+json"}
    answer = client.post("/cart/lines", data={"sku": "LAMP-01", "csrf_token": "old"}, headers=accept)
    assert answer.status_code == 400 and answer.content_type == "application/problem+json"
    assert answer.json["code"] == "csrf"
    fresh = client.get("/fragments/me").json["csrf"]
    taken = client.post("/cart/lines", data={"sku": "LAMP-01", "csrf_token": fresh}, headers=accept)
    assert taken.status_code == 200 and "data-cart-body" not in taken.text.split("<div", 1)[0]


# --- small things ----------------------------------------------------------------------------------


def test_a_refused_article_keeps_the_chosen_options(floor: Shop) -> None:
    client = floor.app.test_client()
    sent = {"product": "coat", "sku": "COAT-RED", "option.colour": "blue", "quantity": "500"}
    back = client.post("/cart/lines", data=sent).headers["Location"]
    assert back == "/p/coat?colour=blue"
    page = client.get(back)
    assert "notice-error" in page.text and 'name="sku" value="COAT-BLUE"' in page.text


def test_a_note_is_as_long_as_its_field_says(client: Any, floor: Shop) -> None:
    page = client.get("/checkout")
    longest = re.search(r'<textarea[^>]*maxlength="(\d+)"[^>]*name="note"', page.text)
    assert longest
    before, most = orders(floor), int(longest[1])
    refused = client.post("/checkout", data=form(client, note="x" * (most + 1)))
    assert refused.status_code == 422 and orders(floor) == before and 'href="#f-note"' in refused.text
    assert "x" * (most + 1) in refused.text
    assert client.post("/checkout", data=form(client, note="x" * most)).status_code == 303


def test_an_address_is_never_cut_into_one_that_is_valid(client: Any, floor: Shop) -> None:
    before = orders(floor)
    typed = "kim@" + ".".join(["a" * 60] * 4) + ".example.org"
    assert len(typed) > 254
    page = client.post("/checkout", data=form(client) | {"email": typed})
    assert page.status_code == 422 and orders(floor) == before and typed in page.text


def test_the_first_button_of_a_line_is_never_save_for_later(client: Any) -> None:
    line = re.search(r'<form class="line-actions".*?</form>', client.get("/cart").text, re.DOTALL)
    assert line
    first = re.search(r'<button(?![^>]*type="button")[^>]*>', line[0])
    assert first and 'value="quantity"' in first[0], "Enter in the quantity presses the first button"


def test_the_bag_promises_the_days_that_are_set(client: Any, floor: Shop) -> None:
    from app.core import settings
    from app.core.actor import SYSTEM
    from app.storefront.settings import ShopSettings

    with floor.maker() as session:
        settings.change(session, ShopSettings, actor=SYSTEM, return_days=45)
    assert "45 days" in client.get("/cart").text


@pytest.mark.parametrize("number", ["", "   "])
def test_an_order_is_not_looked_for_without_its_number(floor: Shop, number: str) -> None:
    client = floor.app.test_client()
    page = client.post("/orders/find", data={"number": number, "email": "kim@example.org"})
    assert (
        page.status_code == 422 and 'href="#f-number"' in page.text and 'value="kim@example.org"' in page.text
    )
    both = client.post("/orders/find", data={"number": number, "email": "kim@"})
    assert 'href="#f-number"' in both.text and 'href="#f-email"' in both.text


@pytest.mark.parametrize(
    ("card", "said", "not_said"),
    [
        ("tok_decline", "did not go through", "do not pay twice"),
        ("tok_unavailable", "do not pay twice", "Nothing has been charged"),
    ],
)
def test_pay_08_only_a_refusal_is_said_to_have_charged_nothing(
    client: Any, card: str, said: str, not_said: str
) -> None:
    sent = form(client, payment_method="demo_card") | {"demo_card.token": card}
    answer = client.post("/checkout", data=sent)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert said in page and not_said not in page and "/pay" in page
    assert 'data-live-url="/checkout/done/' in page, "and the page follows what becomes of it"


def test_a_way_back_from_the_bank_before_its_notice_is_no_failure(client: Any) -> None:
    sent = form(client, payment_method="demo_card") | {"demo_card.token": "tok_3ds"}
    answer = client.post("/checkout", data=sent)
    assert "/payments/demo/" in answer.headers["Location"]
    back = client.get(client.get("/checkout").headers["Location"]).text
    assert "did not go through" not in back and "do not pay twice" in back


@pytest.mark.parametrize(
    ("address", "sent", "page"),
    [
        ("/cart/coupon", {"code": "NOPE"}, "/cart"),
        ("/checkout", {"action": "place"}, "/checkout"),
        ("/fr/cart/coupon", {"code": "NOPE"}, "/cart"),
    ],
)
def test_i18_01_a_refused_form_can_be_read_in_another_language(
    client: Any, address: str, sent: dict[str, str], page: str
) -> None:
    refused = client.post(address, data=sent)
    assert refused.status_code == 422
    assert f'href="/de{page}"' in refused.text
    wanted = re.findall(r'name="next" value="([^"]*)"', refused.text)
    assert set(wanted) <= {page, f"/fr{page}"}, (
        "and the currency leads back to a page, not to a form's address"
    )
    assert client.get(f"/de{page}").status_code == 200


def test_a_cancelled_order_is_not_thanked_for(client: Any) -> None:
    done = client.post("/checkout", data=form(client)).headers["Location"]
    token = done.rpartition("/")[2]
    client.post(f"/orders/{token}/cancel")
    page = client.get(f"/orders/{token}").text
    assert "Your order is cancelled." in page and "What you paid" not in page, "nothing was paid"
    assert client.get(done).headers["Location"] == f"/orders/{token}"
