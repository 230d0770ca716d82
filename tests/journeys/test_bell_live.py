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


WAITS = "SELECT 1 FROM notifications_staff_notice WHERE facts->>'sku' = :sku AND cleared_at IS NULL"
SEEN = """SELECT 1 FROM notifications_staff_seen s JOIN notifications_staff_notice n ON n.id = s.notice_id
 WHERE n.facts->>'sku' = :sku"""
UNREAD = """SELECT count(*) AS n FROM notifications_staff_notice n WHERE n.cleared_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM notifications_staff_seen s JOIN ab_user u ON u.id = s.user_id
     WHERE s.notice_id = n.id AND u.username = 'admin@comptoir.example')"""


def counts_what_waits(bell: Any, shop: RunningShop) -> None:
    """The bell of an administrator comes to show how many notices are unread; the demo may add some of its own."""
    end, shown = time.monotonic() + PATIENT, bell.locator("[data-bell-count]")
    while (told := int(shown.text_content() or 0)) != (waiting := shop.row(UNREAD)["n"]):
        assert time.monotonic() < end, f"it shows {told}, {waiting} wait"
        bell.page.wait_for_timeout(100)


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
    goods = staff.product(least=30, skip=6)

    def said(page: Any) -> Any:
        return page.locator("[data-notice]", has_text=goods["sku"])

    runs_low(staff.shop, goods)
    rung = time.monotonic()
    staff.shop.wait_for(WAITS, sku=goods["sku"])
    for bell in bells:
        counts_what_waits(bell, staff.shop)
    seconds = time.monotonic() - rung
    assert seconds < PATIENT, f"promised within {PROMISED} s, came after {seconds:.1f} s"
    first.wait_for_timeout(1_500)
    spoken = [said(page).count() for page in (first, second)]
    assert sorted(spoken) == [0, 1], "one tab speaks"
    speaker, quiet = (first, second) if spoken[0] else (second, first)

    quiet.reload()
    counts_what_waits(live(quiet), staff.shop)
    assert said(quiet).count() == 0, "a reload says nothing again"
    said(speaker).get_by_role("link").click()
    speaker.wait_for_url("**/admin/stock/show/*")
    assert staff.shop.wait_for(SEEN, sku=goods["sku"])
    counts_what_waits(live(quiet), staff.shop)


def test_a_notice_that_is_followed_from_the_list_is_read(visit: Callable[..., Visitor]) -> None:
    staff = visit()
    staff.signs_in_as_staff("manager")
    goods = staff.product(least=30, skip=8)
    runs_low(staff.shop, goods)
    staff.shop.wait_for(WAITS, sku=goods["sku"])
    page = staff.goes("/admin/staffnotice/list/?cleared_at.empty=1")
    live(page)
    page.locator("tr", has_text=goods["sku"]).get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/admin/stock/show/*")
    assert staff.shop.wait_for(SEEN, sku=goods["sku"])


def test_a_tab_that_was_away_hears_what_it_missed(visit: Callable[..., Visitor]) -> None:
    staff = visit()
    staff.expect("ERR_INTERNET_DISCONNECTED|WebSocket|websocket")
    staff.signs_in_as_staff()
    page = staff.goes("/admin/")
    bell = live(page)
    staff.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    goods = staff.product(least=30, skip=7)
    runs_low(staff.shop, goods)
    staff.shop.wait_for(WAITS, sku=goods["sku"])
    staff.context.set_offline(False)
    counts_what_waits(bell, staff.shop)
    expect(page.locator("[data-notice]", has_text=goods["sku"])).to_have_count(1)


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
