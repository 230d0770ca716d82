"""Without scripts, in another language, in another currency, on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.walking import HOME, Visitor, somebody


@pytest.fixture
def bare(visit: Any) -> Visitor:
    """A browser without JavaScript."""
    return visit(script=False)


def test_searches_and_filters_without_scripts(bare: Visitor) -> None:
    name = bare.product()["name"]
    page = bare.goes("/")
    page.fill("#q", name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert name in page.locator(".grid").inner_text()
    page = bare.goes("/")
    page.locator(".tile a").first.click()
    box = page.locator("details.facet[open] input[type=checkbox]").first
    code = box.get_attribute("name")
    box.check()
    page.locator(".facets-end button").click()
    page.wait_for_url(f"**{code}=*")
    assert page.locator(".chips .pill").count() == 1
    page.locator(".chips .pill").first.click()
    page.wait_for_url(lambda address: f"{code}=" not in address)


def test_buys_without_scripts(bare: Visitor) -> None:
    email, page = somebody(), bare.goes(f"/p/{bare.product()['path']}")
    page.locator("[data-add]").click()
    page.wait_for_url("**/cart")
    page.fill("[data-quantity]", "2")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.fill("[name=email]", email)
    for name, value in HOME.items():
        page.fill(f"[name='{name}']", value)
    page.check("input[name=payment_method][value=cod]")
    page.click("[data-place]")
    page.wait_for_url("**/checkout/done/*")
    order = bare.order(page.url.rsplit("/", 1)[1])
    assert (order["state"], order["email"]) == ("confirmed", email)
    page.get_by_role("link", name="Follow your order").click()
    assert order["number"] in page.locator("main").inner_text()


def test_another_variant_without_scripts(bare: Visitor) -> None:
    product = next(p for p in bare.products(least=5) if p["variants"] > 1)
    page = bare.goes(f"/p/{product['slug']}")
    before = page.locator("[name=sku]").input_value()
    other = page.locator("[data-option] input:not(:checked)").first.get_attribute("id")
    page.locator(f"label:has(#{other})").click()
    page.get_by_role("button", name="Show this choice").click()
    assert page.locator(f"#{other}").is_checked()
    assert page.locator("[name=sku]").input_value() != before


def test_french_and_dollars_stay(visitor: Visitor) -> None:
    page = visitor.goes("/fr/")
    assert page.get_attribute("html", "lang") == "fr"
    page.locator(".foot-pref").click()
    page.locator("#preferences button[value=USD]").click()
    page.wait_for_load_state()
    assert page.url.endswith("/fr/")
    page.locator(".tile a").first.click()
    page.wait_for_url("**/fr/c/*")
    assert "$" in page.locator(".card-price").first.inner_text()
    page.goto("/fr/search?sort=price")
    page.locator(".card:not(.is-out) .card-name a").first.click()
    page.wait_for_url("**/fr/p/*")
    page.click("[data-add]")
    page.locator("#cart-drawer[open] .line").wait_for()
    assert "$" in page.locator("#cart-drawer .totals-total").inner_text()
    page.locator("#cart-drawer a[href$='/checkout']").click()
    page.wait_for_url("**/fr/checkout")
    email = somebody()
    visitor.types_address(email)
    visitor.pays("cod") if page.locator("input[value=cod]").count() else visitor.pays("demo_card")
    order = visitor.order(visitor.places())
    assert (order["currency"], order["language"]) == ("USD", "fr")
    assert "/fr/checkout/done/" in page.url
    assert visitor.shop.mail(email, "order_received")["language"] == "fr"


def test_another_language_is_the_same_page(visitor: Visitor) -> None:
    page = visitor.goes(f"/p/{visitor.product()['slug']}")
    page.locator(".foot-pref").click()
    page.locator("#preferences a[hreflang=fr]").click()
    page.wait_for_url("**/fr/p/*")
    page.locator(".brand").first.click()
    page.wait_for_url("**/fr/")


def test_a_theme_that_was_chosen_stays(visitor: Visitor) -> None:
    page = visitor.goes("/")
    page.locator(".foot-pref").click()
    page.locator("#preferences label", has_text="Dark").click()
    page.goto("/search")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 21, 19)"


def test_filters_on_a_phone(visit: Any) -> None:
    phone = visit(width=390, phone=True)
    page = phone.goes("/")
    page.locator(".tile a").first.tap()
    page.locator(".filters-open").tap()
    sheet = page.locator("#facets")
    box = sheet.locator("input[type=checkbox]").first
    box.tap()
    page.wait_for_url(f"**{box.get_attribute('name')}=*")
    page.locator("[data-listing]:not([aria-busy=true]) .facets-end button").wait_for()
    shown = page.locator(".facets-end button").inner_text()
    page.locator(".facets-end button").tap()
    page.locator("#facets:popover-open").wait_for(state="detached")
    assert page.locator(".toolbar .count").inner_text().split()[0] in shown
