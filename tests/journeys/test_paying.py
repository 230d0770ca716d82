"""Ways to pay: a transfer with its reference, the test card with and without the bank's question, and one order only."""

from __future__ import annotations

import re

from tests.journeys.walking import Visitor, somebody


def at_the_end(visitor: Visitor, method: str, token: str = "") -> str:
    """Everything typed, the way to pay chosen; returns the address of mail."""
    email = somebody()
    visitor.puts_in_bag(visitor.product())
    visitor.to_checkout()
    visitor.types_address(email)
    visitor.pays(method, token)
    return email


def test_transfer_names_its_reference(visitor: Visitor) -> None:
    email = at_the_end(visitor, "bank_transfer")
    token = visitor.places()
    page = visitor.page
    reference = re.search(r"\+\+\+(\d{3})/(\d{4})/(\d{5})\+\+\+", page.locator(".instructions").inner_text())
    assert reference, page.locator(".instructions").inner_text()
    digits = "".join(reference.groups())
    assert int(digits[10:]) == (int(digits[:10]) % 97 or 97)
    assert "BE" in page.locator(".instructions").inner_text()
    order = visitor.order(token)
    assert order["state"] == "pending"
    assert reference.group(0) in visitor.shop.mail(email, "order_received")["text"]


def test_card_with_the_banks_question(visitor: Visitor) -> None:
    at_the_end(visitor, "demo_card", "tok_3ds")
    visitor.page.click("[data-place]")
    visitor.page.wait_for_url("**/payments/demo/*")
    visitor.page.get_by_role("button", name="Confirm").click()
    visitor.page.wait_for_url("**/checkout/done/*")
    assert visitor.order(visitor.page.url.rsplit("/", 1)[1])["state"] == "paid"
    assert "Thank you" in visitor.page.locator("h1").inner_text()


def test_declined_card_then_paid(visitor: Visitor) -> None:
    at_the_end(visitor, "demo_card", "tok_decline")
    token = visitor.places()
    page = visitor.page
    assert "did not go through" in page.locator(".done-main").inner_text()
    assert visitor.order(token)["state"] == "pending"
    page.get_by_role("link", name="Pay again").click()
    page.wait_for_url("**/pay")
    page.check("input[name=payment_method][value=demo_card]")
    page.select_option("[name=payment_token]", "tok_ok")
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url("**/checkout/done/*")
    assert visitor.order(token)["state"] == "paid"


def test_the_bank_is_refused(visitor: Visitor) -> None:
    at_the_end(visitor, "demo_card", "tok_3ds")
    visitor.page.click("[data-place]")
    visitor.page.wait_for_url("**/payments/demo/*")
    visitor.page.get_by_role("button", name="Refuse").click()
    visitor.page.wait_for_url("**/checkout/done/*")
    assert visitor.page.get_by_role("link", name="Pay again").is_visible()


def test_a_double_click_makes_one_order(visitor: Visitor) -> None:
    email = at_the_end(visitor, "cod")
    visitor.page.dblclick("[data-place]")
    visitor.page.wait_for_url("**/checkout/done/*")
    assert (
        visitor.shop.row("SELECT count(*) AS n FROM orders_order WHERE email = :email", email=email)["n"] == 1
    )


def test_two_tabs_make_one_order(visitor: Visitor) -> None:
    email = at_the_end(visitor, "cod")
    first, second = visitor.page, visitor.open()
    second.goto("/checkout")
    second.check("input[name=payment_method][value=cod]")
    visitor.page = second
    visitor.settled()
    visitor.page = first
    visitor.places()
    second.click("[data-place]")
    second.wait_for_url(re.compile("/cart|/checkout/done/"))
    assert (
        visitor.shop.row("SELECT count(*) AS n FROM orders_order WHERE email = :email", email=email)["n"] == 1
    )


def test_a_reload_keeps_what_was_typed(visitor: Visitor) -> None:
    email = somebody()
    visitor.puts_in_bag(visitor.product())
    visitor.to_checkout()
    page = visitor.page
    page.fill("[name=email]", email)
    page.fill("[name='shipping.name']", "Half Typed")
    page.fill("[name='shipping.city']", "Namur")
    page.reload()
    assert page.input_value("[name=email]") == email
    assert page.input_value("[name='shipping.name']") == "Half Typed"
    assert page.input_value("[name='shipping.city']") == "Namur"
    visitor.types_address(email, **{"shipping.city": "Namur"})
    page.reload()
    assert page.input_value("[name='shipping.line1']") == "Rue des Tanneurs 60"


def test_refused_fields_are_said_where_they_are(visitor: Visitor) -> None:
    visitor.puts_in_bag(visitor.product())
    visitor.to_checkout()
    visitor.expect("422")
    page = visitor.page
    page.fill("[name='shipping.name']", "Kept Name")
    page.click("[data-place]")
    summary = page.locator("[data-error-summary]")
    summary.wait_for()
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    assert page.input_value("[name='shipping.name']") == "Kept Name"
    names = page.locator("[aria-invalid=true]").evaluate_all("all => all.map((input) => input.name)")
    assert names == ["email", "shipping.line1", "shipping.postcode", "shipping.city"]
    told = summary.get_by_role("link").evaluate_all(
        "all => all.map((a) => document.querySelector(a.hash).name)"
    )
    assert told == names
    summary.get_by_role("link").first.click()
    field = page.evaluate("document.activeElement.getAttribute('aria-invalid')")
    assert field == "true"
    assert page.locator("[name='shipping.line1'][aria-invalid=true]").count() == 1
