"""A guest finds something, buys it with cash on delivery and follows it to the door."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.walking import Visitor, somebody


def test_finds_by_a_suggestion_with_the_keyboard(visitor: Visitor) -> None:
    name = visitor.product()["name"]
    page = visitor.goes("/")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially(name[:6])
    option = page.locator(".suggest [role=option]", has_text=name).first
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    for _n in range(page.locator(".suggest [role=option]").count()):
        page.keyboard.press("ArrowDown")
        chosen = page.locator("#" + (box.get_attribute("aria-activedescendant") or "none"))
        if name in chosen.inner_text():
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    assert page.locator("h1").inner_text() == name


def test_escape_closes_the_suggestions_and_keeps_the_words(visitor: Visitor) -> None:
    page = visitor.goes("/")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially(visitor.product()["name"][:6])
    page.locator(".suggest [role=option]").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".suggest").is_hidden() and box.input_value()


def test_filters_live_in_the_address(visitor: Visitor) -> None:
    page = visitor.goes("/")
    page.locator(".tile a").first.click()
    page.wait_for_url("**/c/*")
    everything = page.locator(".toolbar .count").inner_text()
    facet = page.locator("details.facet[open]").first
    value = facet.locator("input[type=checkbox]").first
    code, chosen = value.get_attribute("name"), value.get_attribute("value")
    expected = facet.locator(".facet-number").first.inner_text()
    value.check()
    page.wait_for_url(f"**{code}=**")
    page.locator(".chips .pill").first.wait_for()
    assert page.locator(".toolbar .count").inner_text().split()[0] == expected
    assert page.evaluate("document.activeElement.value") == chosen
    page.locator("[data-listing]:not([aria-busy=true])").wait_for()
    page.select_option("#sort", "price")
    page.wait_for_url("**sort=price*")
    page.locator("[data-listing]:not([aria-busy=true])").wait_for()
    page.go_back()
    page.wait_for_url(lambda address: "sort=price" not in address)
    expect(page.locator("#sort")).not_to_have_value("price")
    page.locator(".chips .pill").first.wait_for()
    page.go_back()
    page.locator(".chips").wait_for(state="detached")
    assert page.locator(".toolbar .count").inner_text() == everything
    assert not page.locator(f"input[name='{code}'][value='{chosen}']").is_checked()
    page.go_forward()
    page.locator("[data-listing]:not([aria-busy=true]) .chips .pill").first.click()
    page.locator(".chips").wait_for(state="detached")
    assert page.locator(".toolbar .count").inner_text() == everything


def test_another_variant_is_another_address(visitor: Visitor) -> None:
    product = next(p for p in visitor.products(least=5) if p["variants"] > 1)
    page = visitor.goes(f"/p/{product['slug']}")
    other = page.locator("[data-option] input:not(:checked)").first
    before, url = page.locator("[name=sku]").input_value(), other.get_attribute("data-url")
    held = other.get_attribute("id")
    page.locator(f"label:has(#{held})").click()
    page.wait_for_url(f"**{url}")
    page.locator("[data-product]:not([aria-busy=true])").wait_for()
    assert page.locator("[name=sku]").input_value() not in ("", before)
    assert page.evaluate("document.activeElement.id") == held
    page.reload()
    assert page.locator(f"#{held}").is_checked()


def test_buys_with_cash_on_delivery_and_watches_it_leave(visit) -> None:
    guest, email = visit(), somebody()
    bought = guest.product()
    guest.puts_in_bag(bought, 2)
    guest.to_checkout()
    guest.types_address(email)
    guest.pays("cod")
    shown = guest.page.locator(".totals-total dd").first.inner_text()
    token = guest.places()
    order = guest.order(token)
    assert order["state"] == "confirmed" and f"{order['total_gross']:.2f}" in shown
    assert order["number"] in guest.page.locator(".thanks").inner_text()
    assert order["number"] in guest.shop.mail(email, "order_received")["subject"]

    guest.page.get_by_role("link", name="Follow your order").click()
    guest.page.wait_for_url(f"**/orders/{token}")
    guest.page.evaluate("window.sameLife = true")
    staff = visit()
    staff.signs_in_as_staff()
    staff.goes(f"/admin/orders/show/{order['id']}")
    staff.page.get_by_role("button", name="Mark as packed").click()
    staff.page.get_by_role("button", name="Send the parcel").wait_for()
    staff.page.get_by_label("Tracking number").fill("TRACK-12345")
    staff.page.get_by_role("button", name="Send the parcel").click()
    staff.page.get_by_text("Everything is on its way.").wait_for()

    guest.page.get_by_text("TRACK-12345").wait_for()
    assert guest.page.evaluate("window.sameLife") is True
    assert "on its way" in guest.page.locator("h1").inner_text()
    assert "TRACK-12345" in guest.shop.mail(email, "parcel_shipped")["text"]
