"""No page scrolls sideways and nothing to tap is too small, from the smallest phone to a desk.

Sizes by WCAG 2.2, success criterion 2.5.8 (24 by 24 CSS pixels), with its exceptions: a link in a line of text, and
a small target with enough room around it. Pages are measured with a mouse, which is stricter: under a finger
(`pointer: coarse`) the sheets make everything taller still.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.test_customer import registers
from tests.journeys.walking import Visitor

WIDTHS = (320, 375, 768, 1280)
SMALL = """() => {
  const LEAST = 24;
  const query = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=option], [role=tab], [role=switch], [role=link]';
  const clipped = (e) => e && (getComputedStyle(e).clipPath === 'inset(50%)' || clipped(e.parentElement));
  const visible = (e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !e.closest('[inert]') && !clipped(e);
  const inText = (e) => {
    if (e.tagName !== 'A' && e.tagName !== 'BUTTON') return false;
    if (!getComputedStyle(e).display.startsWith('inline')) return false;
    return [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim().length > 1);
  };
  const box = (e) => {
    let r = e.getBoundingClientRect();
    for (const label of e.labels || []) {
      if (clipped(label) || (e.type !== 'checkbox' && e.type !== 'radio' && e.type !== 'file')) continue;
      const l = label.getBoundingClientRect();
      if (r.width <= 1 || r.height <= 1) { r = l; continue; }
      const left = Math.min(r.left, l.left), top = Math.min(r.top, l.top);
      r = new DOMRect(left, top, Math.max(r.right, l.right) - left, Math.max(r.bottom, l.bottom) - top);
    }
    return r;
  };
  const targets = [...document.querySelectorAll(query)].filter((e) => visible(e) || [...e.labels || []].some(visible)).map((e) => ({e, r: box(e)}))
    .filter(({r}) => r.width > 1 && r.height > 1 && r.right > 0 && r.bottom + scrollY > 0);
  const isSmall = ({r}) => r.width < LEAST - 0.01 || r.height < LEAST - 0.01;
  const centre = (r) => [r.left + r.width / 2, r.top + r.height / 2];
  const near = (small, other) => {
    if (other.e.contains(small.e) || small.e.contains(other.e)) return false;
    const [x, y] = centre(small.r), o = other.r;
    const distance = Math.hypot(Math.max(o.left - x, 0, x - o.right), Math.max(o.top - y, 0, y - o.bottom));
    if (distance < LEAST / 2 - 0.01) return true;
    const [u, v] = centre(o);
    return isSmall(other) && Math.hypot(u - x, v - y) < LEAST - 0.01;
  };
  return targets.filter(isSmall).filter(({e}) => !inText(e)).filter((small) => targets.some((other) => other.e !== small.e && near(small, other)))
    .map(({e, r}) => `${Math.round(r.width)}x${Math.round(r.height)} ${e.outerHTML.replace(/\\s+/g, ' ').slice(0, 110)}`);
}"""
SETTLED = """(width) => new Promise((done) => {
  // a busy machine tells the page of its new width late; two frames after that its styles follow it, and what then
  // slides (the menu of a narrow back office still lies over the page) has to arrive first
  const ends = (a) => a.effect.getComputedTiming().endTime !== Infinity;
  const still = () => Promise.allSettled(document.getAnimations().filter(ends).map((a) => a.finished)).then(done);
  const look = () => requestAnimationFrame(innerWidth === width ? () => requestAnimationFrame(still) : look);
  look();
})"""
WIDE = """() => document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((e) => `${Math.round(e.getBoundingClientRect().right)} ${e.outerHTML.replace(/\\s+/g, ' ').slice(0, 110)}`) : null"""


class Ruler:
    """Walks pages and keeps what does not fit."""

    def __init__(self, visitor: Visitor):
        self.visitor, self.wrong = visitor, dict[str, list[str]]()

    def goes(self, *paths: str) -> None:
        """Open pages and measure each at every width."""
        for path in paths:
            self.visitor.goes(path)
            self.measures(path)

    def measures(self, where: str) -> None:
        """Measure the page as it stands."""
        page = self.visitor.page
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 860})
            page.evaluate(SETTLED, width)
            wide = page.evaluate(WIDE)
            small = page.evaluate(SMALL)
            if wide is not None:
                self.wrong[f"{where} at {width}: scrolls sideways"] = wide
            if small:
                self.wrong[f"{where} at {width}: too small to tap"] = small

    def says(self) -> None:
        """Fail with everything that was found."""
        assert self.wrong == {}, json.dumps(self.wrong, indent=1, ensure_ascii=False)


@pytest.fixture
def ruler(visit: Callable[..., Visitor]) -> Iterator[Ruler]:
    """A visitor who measures."""
    visitor = visit()
    visitor.expect("404")
    yield Ruler(visitor)


def category(visitor: Visitor) -> str:
    """The address of a department."""
    return str(visitor.goes("/").locator(".tile a").first.get_attribute("href"))


def test_cms_04_pages_of_the_shop_fit_every_width(ruler: Ruler) -> None:
    visitor = ruler.visitor
    product = f"/p/{visitor.product()['path']}"
    ruler.goes(
        "/", category(visitor), product, "/search?q=lamp", "/search?q=xyzzyq", "/login", "/register",
        "/pages/delivery", "/newsletter", "/cart", "/p/nowhere-at-all", "/de/",
    )  # fmt: skip
    visitor.puts_in_bag(visitor.product())
    ruler.measures("drawer")
    ruler.goes("/cart", "/checkout", "/orders/find")
    ruler.says()


def test_cms_04_pages_of_an_account_fit_every_width(ruler: Ruler) -> None:
    registers(ruler.visitor)
    ruler.goes("/account", "/account/orders", "/account/addresses/new", "/account/profile", "/account/emails", "/account/security")  # fmt: skip
    ruler.says()


def admin_pages(visitor: Visitor) -> list[str]:
    """One page of each kind of the back office."""
    order: Any = visitor.shop.row(
        "SELECT id FROM orders_order WHERE state <> 'cancelled' ORDER BY id LIMIT 1"
    )
    product = visitor.product()["product_id"]
    return [
        "/admin/", "/admin/orders/list/", f"/admin/orders/show/{order['id']}", "/admin/product/list/",
        f"/admin/product/show/{product}", f"/admin/product/edit/{product}", f"/admin/product/pictures/{product}", f"/admin/product/links/{product}",
        "/admin/product/add", "/admin/stock/list/", "/admin/settings/list/", "/admin/settings/edit/storefront",
        "/admin/job/list/", "/admin/missing/list/",
    ]  # fmt: skip


def test_cms_04_pages_of_the_back_office_fit_every_width(ruler: Ruler) -> None:
    ruler.goes("/admin/login/")
    ruler.visitor.page.set_viewport_size({"width": 1280, "height": 860})
    ruler.visitor.signs_in_as_staff()
    ruler.goes(*admin_pages(ruler.visitor))
    ruler.says()
