"""On a phone the round button of the chat covers nothing that one wants to press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.walking import Visitor

COVERED = """(which) => {
  const chat = document.querySelector('[data-chat]');
  const covers = ({left, right, top, bottom}) => [left + 2, (left + right) / 2, right - 2].some((x) => [top + 2, (top + bottom) / 2, bottom - 2].some((y) => {
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    return chat.contains(document.elementFromPoint(x, y));
  }));
  const touches = (r) => {
    const c = chat.getBoundingClientRect();
    if (getComputedStyle(chat).pointerEvents === 'none') return false;
    return r.left < c.right && r.right > c.left && r.top < c.bottom && r.bottom > c.top;
  };
  return [...document.querySelectorAll(which)].filter((e) => !chat.contains(e) && !e.closest('dialog:not([open]), [popover], [inert]'))
    .filter((e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true})).map((e) => ({e, r: e.getBoundingClientRect()}))
    .filter(({r}) => r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight)
    .filter(({r}) => covers(r) || touches(r)).map(({e}) => e.outerHTML.replace(/\\s+/g, ' ').slice(0, 120));
}"""
"""What lies under the button, asked of the window at nine points of each, and by the two outlines."""
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
TO_THE_END = "() => { scrollTo(0, document.documentElement.scrollHeight); return scrollY; }"
AT_THE_END = "() => document.documentElement.scrollHeight - scrollY - innerHeight < 2"
TO_THE_FOOT = "(one) => one.scrollIntoView({block: 'end'})"
SHOWS = """() => {
  const chat = document.querySelector('[data-chat]'), r = chat.getBoundingClientRect();
  return chat.contains(document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2));
}"""


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody with a phone of 390 pixels."""
    return visit(width=390, phone=True)


def ends_free(visitor: Visitor, where: str) -> None:
    """At the end of the page the button is there, and nothing lies under it; the page ends with its footer."""
    page = visitor.page
    visitor.quiet()
    page.evaluate(TO_THE_END)
    visitor.quiet()
    assert page.evaluate(AT_THE_END), f"{where}: the page grew under the reader"
    assert page.evaluate(COVERED, CONTROLS) == [], where
    assert page.evaluate(SHOWS), f"{where}: the button is gone at the page's end"


def steps_aside(visitor: Visitor, button: Any) -> None:
    """A button of the page that rests at the foot of the window lies free."""
    button.evaluate(TO_THE_FOOT)
    visitor.quiet()
    assert visitor.page.evaluate(COVERED, "main .btn") == []


def test_nothing_lies_under_it_where_pages_end(phone: Visitor) -> None:
    product = phone.product()
    for path in (
        "/",
        f"/p/{product['path']}",
        "/search?q=lamp",
        "/help",
        "/contact",
        "/login",
        "/orders/find",
    ):
        phone.goes(path)
        ends_free(phone, path)
    phone.puts_in_bag(product)
    for path in ("/cart", "/checkout"):
        phone.goes(path)
        ends_free(phone, path)


def test_it_steps_aside_of_buttons_and_comes_back(phone: Visitor) -> None:
    product = phone.product()
    page = phone.goes(f"/p/{product['path']}")
    steps_aside(phone, page.locator("[data-add]").first)
    phone.puts_in_bag(product)
    page = phone.goes("/cart")
    steps_aside(phone, page.get_by_role("link", name="Go to checkout"))
    page = phone.goes("/checkout")
    steps_aside(phone, page.locator("[data-place]"))
    page.locator("[data-chat]").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    phone.quiet()
    assert page.locator("[data-chat]").evaluate("(one) => getComputedStyle(one).opacity") == "1"


def test_it_stands_above_bars_that_stick_to_the_foot(phone: Visitor) -> None:
    page = phone.goes(f"/p/{phone.product()['path']}")
    page.evaluate(TO_THE_END)
    page.locator("[data-buy-bar].is-on").wait_for()
    phone.quiet()
    assert page.evaluate(COVERED, ".buy-bar, .buy-bar *") == []
    assert page.evaluate(SHOWS)

    page = phone.goes("/search?q=lamp")
    for tick in page.locator(".card-compare input").all()[:2]:
        tick.check(force=True)
    page.locator(".compare-bar.is-on").wait_for()
    phone.quiet()
    assert page.evaluate(COVERED, ".compare-bar, .compare-bar *") == []
    ends_free(phone, "with two products to compare")
