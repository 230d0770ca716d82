"""Two people look at one article: what the one buys, the other sees at once, without loading the page again."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.walking import Visitor, somebody

PROMISED, PATIENT = 2.0, 15.0
"""Seconds: what the shop promises on a machine of its own, and what fails on one that many share."""
LOW = 3
"""The shop warns at this many."""


def test_what_one_buys_the_other_sees(visit: Callable[..., Visitor]) -> None:
    buyer, watcher = visit(), visit()
    goods = buyer.product(least=20, skip=3)
    buyer.shop.rows(
        "UPDATE inventory_stock SET backorder_limit = 0, backorder_date = NULL WHERE variant_id = :v",
        v=goods["variant_id"],
    )
    left = _left(buyer, goods["variant_id"])
    watcher.goes(f"/p/{goods['path']}")
    shown = watcher.page.locator(f"[data-stock-sku='{goods['sku']}']")
    expect(shown).to_be_visible()
    assert f"{LOW} " not in shown.inner_text()
    watcher.page.evaluate("window.stayedHere = true")
    _hears(watcher)

    buyer.puts_in_bag(goods, left - LOW)
    buyer.to_checkout()
    buyer.types_address(somebody())
    buyer.pays("bank_transfer")
    with buyer.page.expect_navigation(url="**/checkout/done/*", wait_until="commit"):
        buyer.page.click("[data-place]")
    bought = time.monotonic()
    expect(shown.locator("[data-stock-state=low]")).to_have_text(f"Only {LOW} left", timeout=PATIENT * 1000)
    seconds = time.monotonic() - bought
    assert seconds < PATIENT, f"promised within {PROMISED} s, came after {seconds:.1f} s"
    assert watcher.page.evaluate("window.stayedHere") is True, "the page was never loaded again"
    assert _left(buyer, goods["variant_id"]) == LOW


def _left(visitor: Visitor, variant_id: int) -> int:
    found = visitor.shop.row(
        "SELECT sum(on_hand - reserved) AS left FROM inventory_stock WHERE variant_id = :v", v=variant_id
    )
    return int(found["left"])


def _hears(watcher: Visitor) -> None:
    """Wait until the page listens: its socket is open."""
    heard: list[object] = []
    watcher.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame)))
    watcher.page.reload()
    watcher.page.evaluate("window.stayedHere = true")
    for _ in range(300):
        if heard:
            break
        watcher.page.wait_for_timeout(100)
    assert heard, "the page listens to nothing"
    watcher.page.wait_for_timeout(2_000)  # then it says what it wants to hear of
