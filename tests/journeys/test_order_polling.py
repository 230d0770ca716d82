"""Where no socket gets through, the open page of an order asks by itself (ORD-05)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.walking import Visitor, somebody

ASKS_EVERY = 15_000


def test_a_page_without_a_socket_still_follows_its_order(visit: Callable[..., Visitor]) -> None:
    guest, staff = visit(), visit()
    guest.expect("WebSocket")
    guest.context.add_init_script(
        "window.WebSocket = class extends EventTarget { constructor() { super(); throw new Error('no sockets here'); } };"
    )
    guest.puts_in_bag(guest.product(skip=1))
    guest.to_checkout()
    guest.types_address(somebody())
    guest.pays("cod")
    token = guest.places()
    page = guest.goes(f"/orders/{token}")
    expect(page.locator("[data-order]")).not_to_contain_text("Cancelled")
    page.evaluate("window.stayedHere = true")

    order = guest.order(token)
    staff.signs_in_as_staff()
    staff.goes(f"/admin/orders/show/{order['id']}")
    staff.page.get_by_role("button", name="Mark as packed").click()
    staff.shop.wait_for("SELECT 1 FROM orders_order WHERE token = :t AND state = 'packed'", t=token)
    expect(page.locator("[data-order] .timeline, [data-order]").first).to_contain_text(
        "Packed", timeout=3 * ASKS_EVERY
    )
    assert page.evaluate("window.stayedHere") is True, "the page was never loaded again"
