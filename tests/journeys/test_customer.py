"""Somebody who opens an account: the mail, the bag that comes along, the address book, the orders."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.running import PASSWORD as DEMO_PASSWORD
from tests.journeys.walking import Visitor, somebody

PASSWORD = "four plain english words"


def link_in(text: str) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found.group(1)


def registers(visitor: Visitor) -> str:
    """Through the form and the mail; returns the address."""
    email, page = somebody(), visitor.goes("/register")
    page.fill("[name=first_name]", "Ines")
    page.fill("[name=last_name]", "Journey")
    page.fill("main [name=email]", email)
    page.fill("main [name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Create", exact=False).click()
    page.wait_for_url("**/register/sent")
    visitor.goes(link_in(visitor.shop.mail(email, "confirm")["text"]))
    page.get_by_role("button", name="Confirm my address").click()
    page.wait_for_url("**/account")
    return email


@pytest.fixture
def customer(visitor: Visitor) -> Visitor:
    """Somebody with a confirmed account, signed in."""
    visitor.email = registers(visitor)
    return visitor


def test_registers_and_is_greeted(customer: Visitor) -> None:
    assert "Ines" in customer.page.locator("h1").inner_text()


def test_on_a_phone_the_menu_of_the_account_begins_where_one_is(visit: Any) -> None:
    phone = visit(width=390, phone=True)
    phone.signs_in("customer@comptoir.example", DEMO_PASSWORD)
    for path in ("/account", "/account/security"):
        page = phone.goes(path)
        page.wait_for_function("""() => {
          const box = document.querySelector('.account-menu [aria-current]').getBoundingClientRect();
          return box.left >= 0 && box.right <= innerWidth;
        }""")


def test_the_bag_of_before_comes_along(customer: Visitor) -> None:
    page, (first, second) = customer.page, customer.products()[:2]
    customer.puts_in_bag(first, 2)
    customer.goes("/account")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/(login)?$"))
    customer.puts_in_bag(second)
    customer.signs_in(customer.email, PASSWORD)
    bag = customer.goes("/cart").locator("[data-cart-body]")
    assert bag.get_attribute("data-count") == "3"
    assert first["name"] in bag.inner_text() and second["name"] in bag.inner_text()


def test_address_book_order_and_cancel(customer: Visitor) -> None:
    page = customer.goes("/account/addresses/new")
    typed = {"name": "Ines Journey", "line1": "Kerkstraat 5", "postcode": "9000", "city": "Gent"}
    for name, value in typed.items():
        page.locator(f"main input[name$='{name}']").first.fill(value)
    page.locator("main .account-form button.btn").click()
    page.wait_for_url("**/account/addresses")
    assert "Kerkstraat 5" in page.locator(".address-card").inner_text()

    customer.puts_in_bag(customer.product())
    customer.to_checkout()
    assert page.input_value("[name=email]") == customer.email
    assert page.input_value("[name='shipping.line1']") == "Kerkstraat 5"
    customer.pays("cod")
    token = customer.places()
    number = customer.order(token)["number"]

    row = customer.goes("/account/orders").locator(".order-row", has_text=number)
    row.get_by_role("link").click()
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    page.get_by_text("Your order is cancelled", exact=False).first.wait_for()
    assert customer.order(token)["state"] == "cancelled"
    assert "cancelled" in page.locator("h1").inner_text()
    assert number in customer.shop.mail(customer.email, "order_cancelled")["subject"]


def test_orders_again_with_one_click(customer: Visitor) -> None:
    customer.puts_in_bag(customer.product(), 2)
    customer.to_checkout()
    customer.types_address(customer.email)
    customer.pays("cod")
    customer.goes(f"/orders/{customer.places()}")
    customer.page.get_by_role("button", name="Order again").click()
    customer.page.wait_for_url("**/cart")
    assert customer.page.locator("[data-cart-body]").get_attribute("data-count") == "2"


def test_a_new_password_by_mail(customer: Visitor) -> None:
    page = customer.page
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/(login)?$"))
    customer.goes("/password/forgot")
    page.fill("main [name=email]", customer.email)
    page.locator("main form button.btn").click()
    page.wait_for_url("**/password/sent")
    customer.goes(link_in(customer.shop.mail(customer.email, "password-link")["text"]))
    page.fill("main [name=password]", "another four plain words")
    page.locator("main form button.btn").click()
    page.wait_for_url("**/login")
    customer.signs_in(customer.email, "another four plain words")
    assert page.url.endswith("/account")
