"""The bell in two tabs: it rings in both, speaks in one, is read in both; strangers' pages are not let in."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.running import PASSWORD, RunningShop
from tests.journeys.test_customer import registers
from tests.journeys.walking import Visitor

PROMISED, PATIENT = 2.0, 40.0
"""Seconds: what the shop promises on a machine of its own, and what fails on one that many share."""


def call(shop: RunningShop, method: str, path: str, body: dict[str, Any], token: str = "") -> Any:
    """A program's call."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(
        f"{shop.url}/api/v1{path}", json.dumps(body).encode(), headers, method=method
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def runs_low(shop: RunningShop, goods: Any) -> None:
    """Somebody counts, and finds next to nothing."""
    login = {"email": "admin@comptoir.example", "password": PASSWORD}
    token = call(shop, "POST", "/auth/token", login)["access_token"]
    change = {"on_hand": 1, "reason": "Counted"}
    call(shop, "PATCH", f"/stock/{goods['sku']}", change, token)


def live(page: Any) -> Any:
    """The bell of a page, once it listens."""
    bell = page.locator("[data-bell][data-live]")
    bell.wait_for()
    return bell


def test_a_bell_rings_in_every_tab_and_speaks_in_one(visit: Callable[..., Visitor]) -> None:
    staff = visit()
    staff.signs_in_as_staff()
    first, second = staff.goes("/admin/"), staff.open()
    second.goto("/admin/orders/list/")
    bells = [live(first), live(second)]
    before = int(bells[0].locator("[data-bell-count]").text_content() or 0)
    goods = staff.product(least=30, skip=6)

    runs_low(staff.shop, goods)
    rung = time.monotonic()
    for bell in bells:
        expect(bell.locator("[data-bell-count]")).to_have_text(str(before + 1), timeout=PATIENT * 1000)
    seconds = time.monotonic() - rung
    assert seconds < PATIENT, f"promised within {PROMISED} s, came after {seconds:.1f} s"
    said = "[data-notice]"
    first.wait_for_timeout(1_500)
    spoken = [page.locator(said).count() for page in (first, second)]
    assert sorted(spoken) == [0, 1], "one tab speaks"
    speaker, quiet = (first, second) if spoken[0] else (second, first)
    expect(speaker.locator(said)).to_contain_text(goods["sku"])

    quiet.reload()
    expect(live(quiet).locator("[data-bell-count]")).to_have_text(str(before + 1))
    assert quiet.locator(said).count() == 0, "a reload says nothing again"
    speaker.locator(f"{said} a").click()
    speaker.wait_for_url("**/admin/stock/show/*")
    unread = quiet.locator("[data-bell-count]")
    if before:
        expect(unread).to_have_text(str(before))
    else:
        expect(unread).to_be_hidden()


def test_a_tab_that_was_away_hears_what_it_missed(visit: Callable[..., Visitor]) -> None:
    staff = visit()
    staff.expect("ERR_INTERNET_DISCONNECTED|WebSocket|websocket")
    staff.signs_in_as_staff()
    page = staff.goes("/admin/")
    before = int(live(page).locator("[data-bell-count]").text_content() or 0)
    staff.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    goods = staff.product(least=30, skip=7)
    runs_low(staff.shop, goods)
    staff.shop.wait_for(
        "SELECT 1 FROM notifications_staff_notice WHERE facts->>'sku' = :sku AND cleared_at IS NULL",
        sku=goods["sku"],
    )
    staff.context.set_offline(False)
    expect(page.locator("[data-bell-count]")).to_have_text(str(before + 1), timeout=40_000)
    expect(page.locator("[data-notice]")).to_contain_text(goods["sku"])


def test_a_customer_hears_of_the_parcel_on_any_page(visit: Callable[..., Visitor]) -> None:
    customer = visit()
    email = registers(customer)
    customer.puts_in_bag(customer.product(skip=2))
    customer.to_checkout()
    customer.types_address(email)
    customer.pays("cod")
    token = customer.places()
    page = customer.goes("/search")
    bell = live(page)
    order = customer.order(token)
    login = {"email": "admin@comptoir.example", "password": PASSWORD}
    staff = call(customer.shop, "POST", "/auth/token", login)["access_token"]
    call(
        customer.shop,
        "POST",
        f"/admin/orders/{order['number']}/cancel",
        {"reason": "customer"},
        staff,
    )
    expect(page.locator("[data-notice]")).to_contain_text(order["number"], timeout=PATIENT * 1000)
    waiting = int(bell.locator("[data-bell-count]").text_content() or 0)
    assert waiting >= 1
    bell.click()
    page.wait_for_url("**/account/notices")
    expect(page.get_by_role("main")).to_contain_text(order["number"])
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("[data-bell-count]")).to_be_hidden()


def test_pages_of_other_sites_are_not_let_in(shop: RunningShop) -> None:
    here = urlsplit(shop.url)
    answers = {}
    for origin in (shop.url, "https://elsewhere.example"):
        line = http.client.HTTPConnection(here.hostname or "", here.port, timeout=20)
        headers = {
            "Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }  # fmt: skip
        line.request("GET", "/socket.io/?EIO=4&transport=websocket", headers=headers)
        answers[origin] = line.getresponse().status
        line.close()
    assert answers == {shop.url: 101, "https://elsewhere.example": 400}
