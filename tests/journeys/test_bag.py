"""The drawer and the bag: keyboard, changes at once, refusals that roll back, undo."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.journeys.walking import Visitor, somebody


def held(page: Any) -> str:
    """Where the focus is, in a word."""
    return page.evaluate(
        "document.getElementById('cart-drawer').contains(document.activeElement) ? 'drawer'"
        " : document.activeElement.dataset.add !== undefined ? 'button' : document.activeElement.tagName"
    )


def test_the_drawer_holds_the_focus_and_gives_it_back(visitor: Visitor) -> None:
    page = visitor.goes(f"/p/{visitor.product()['path']}")
    page.locator("[data-add]").focus()
    page.keyboard.press("Enter")
    page.locator("#cart-drawer[open] .line").wait_for()
    stops = page.locator("#cart-drawer").locator("a, button, input").count()
    for _n in range(stops + 3):
        page.keyboard.press("Tab")
        assert held(page) in ("drawer", "BODY")  # BODY: the browser's own chrome, between last and first
    page.keyboard.press("Escape")
    page.locator("#cart-drawer[open]").wait_for(state="detached")
    assert held(page) == "button"
    assert page.locator("[data-cart-count]").first.inner_text() == "1"


def test_a_click_beside_the_drawer_closes_it(visitor: Visitor) -> None:
    visitor.puts_in_bag(visitor.product())
    visitor.page.mouse.click(100, 400)
    visitor.page.locator("#cart-drawer[open]").wait_for(state="detached")


def test_quantity_changes_at_once(visitor: Visitor) -> None:
    visitor.puts_in_bag(visitor.product())
    drawer = visitor.page.locator("#cart-drawer")
    one = drawer.locator(".line-total").inner_text()
    drawer.locator("[data-step='1']").click()
    expect(drawer.locator(".line-total")).not_to_have_text(one)
    assert visitor.page.locator("[data-cart-count]").first.inner_text() == "2"


def test_a_refused_quantity_rolls_back(visitor: Visitor) -> None:
    bought = visitor.product(skip=3)
    visitor.puts_in_bag(bought, 2)
    sold = "UPDATE inventory_stock SET on_hand = reserved + :left WHERE variant_id = :id"
    before = visitor.shop.row(
        "SELECT on_hand FROM inventory_stock WHERE variant_id = :id", id=bought["variant_id"]
    )
    visitor.shop.rows(sold, left=2, id=bought["variant_id"])
    try:
        visitor.expect("409")
        drawer = visitor.page.locator("#cart-drawer")
        drawer.locator("[data-step='1']").click()
        visitor.page.locator(".toast").wait_for()
        assert "2" in visitor.page.locator(".toast").inner_text()
        assert drawer.locator("[data-quantity]").input_value() == "2"
    finally:
        visitor.shop.rows(
            "UPDATE inventory_stock SET on_hand = :n WHERE variant_id = :id",
            n=before["on_hand"],
            id=bought["variant_id"],
        )


def test_a_removal_can_be_undone(visitor: Visitor) -> None:
    visitor.puts_in_bag(visitor.product(), 3)
    drawer = visitor.page.locator("#cart-drawer")
    drawer.get_by_role("button", name="Remove").click()
    drawer.get_by_text("Nothing in it yet.").wait_for()
    assert held(visitor.page) == "drawer"
    drawer.get_by_role("button", name="Undo").click()
    drawer.locator(".line").wait_for()
    assert drawer.locator("[data-quantity]").input_value() == "3"


def test_saved_for_later_and_back(visitor: Visitor) -> None:
    visitor.puts_in_bag(visitor.product())
    page = visitor.goes("/cart")
    page.get_by_role("button", name="Save for later").click()
    page.get_by_role("heading", name="Saved for later").wait_for()
    assert page.locator(".totals").count() == 0
    page.get_by_role("button", name="Move to bag").click()
    page.locator(".totals").wait_for()


def test_sold_out_while_in_the_bag(visitor: Visitor) -> None:
    bought = visitor.product(skip=5)
    visitor.puts_in_bag(bought, 2)
    visitor.to_checkout()
    visitor.types_address(somebody())
    visitor.pays("cod")
    before = visitor.shop.row(
        "SELECT on_hand FROM inventory_stock WHERE variant_id = :id", id=bought["variant_id"]
    )
    set_stock = "UPDATE inventory_stock SET on_hand = :n WHERE variant_id = :id"
    visitor.shop.rows(
        "UPDATE inventory_stock SET on_hand = reserved WHERE variant_id = :id", id=bought["variant_id"]
    )
    try:
        visitor.expect("409|422")
        visitor.page.click("[data-place]")
        visitor.page.locator(".notice-error").first.wait_for()
        assert bought["name"] in visitor.page.locator(".notice-error").first.inner_text()
        assert visitor.page.input_value("[name='shipping.city']") == "Bruxelles"
        page = visitor.goes("/cart")
        assert page.locator(".line-note-problem").count() == 1
        assert page.get_by_role("link", name="Go to checkout").get_attribute("aria-disabled") == "true"
        page.get_by_role("button", name="Remove").click()
        page.get_by_text("Nothing in it yet").wait_for()
    finally:
        visitor.shop.rows(set_stock, n=before["on_hand"], id=bought["variant_id"])
