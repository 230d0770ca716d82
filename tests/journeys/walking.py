"""A visitor of the shop in a browser, who notices everything that goes wrong."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browsing import sign_in
from tests.journeys.running import PASSWORD, RunningShop

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 45_000
AT_REST = """() => new Promise((done) => requestIdleCallback(
  () => requestAnimationFrame(() => requestAnimationFrame(() => done(document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)))), {timeout: 300}))"""
"""Its scripts had time for what they put off, two frames are drawn; true when nothing moves any more that will ever stop."""
OUTLINE = """() => [document.documentElement.outerHTML.replace(/rgba?\\([^)]*\\)/g, ""), ...[...document.querySelectorAll("*")]
  .filter((one) => !one.closest("svg[aria-hidden=true]")).map((one) => {
    const {x, y, width, height} = one.getBoundingClientRect(), {display, visibility, opacity, fontSize, fontWeight} = getComputedStyle(one);
    return [x, y, width, height, display, visibility, opacity, fontSize, fontWeight];
  })].join()"""
"""Everything of the page but its colours: its HTML, and of each element its place, its letters and whether it is seen."""
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""
HOME = {
    "shipping.name": "Gilles Journey", "shipping.line1": "Rue des Tanneurs 60",
    "shipping.postcode": "1000", "shipping.city": "Bruxelles",
}  # fmt: skip


def somebody() -> str:
    """An address of mail nobody has used yet."""
    return f"journey-{uuid.uuid4().hex[:10]}@example.com"


class Visitor:
    """A browser of one's own. `faults` collects console errors, refused loads and unexpected statuses."""

    def __init__(
        self, browser: Any, shop: RunningShop, *, width: int = 1280, scheme: str = "light",
        script: bool = True, locale: str = "en-GB", phone: bool = False,
    ):  # fmt: skip
        self.shop, self.script, self.is_phone, self.scheme = shop, script, phone, scheme
        self._loading = set[Any]()
        self.context = browser.new_context(
            base_url=shop.url, viewport={"width": width, "height": 860}, color_scheme=scheme, locale=locale,
            java_script_enabled=script, reduced_motion="reduce", is_mobile=phone, has_touch=phone,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        self.page = self.open()

    def open(self) -> Any:
        """A new tab of this visitor."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on(
            "console", lambda said: said.type in ("error", "warning") and self._note(f"console: {said.text}")
        )
        page.on(
            "response",
            lambda got: got.status >= 400 and self._note(f"{got.status} {got.request.method} {got.url}"),
        )
        page.on("requestfailed", self._failed)
        page.on("request", lambda asked: self._loading.add(asked))
        page.on("requestfinished", lambda asked: self._loading.discard(asked))
        page.on("requestfailed", lambda asked: self._loading.discard(asked))
        return page

    def _failed(self, request: Any) -> None:
        harmless = ("net::ERR_ABORTED", None) if self.script else ("net::ERR_ABORTED", None, "csp")
        if request.failure not in harmless:  # a page that is left breaks off its loads; scripts are off
            self._note(f"{request.failure} {request.url}")

    def _note(self, words: str) -> None:
        if not any(pattern.search(words) for pattern in self.expected):
            self.faults.append(f"{words} (on {self.page.url})")

    def expect(self, pattern: str) -> None:
        """Something that belongs to this journey although it looks like a fault."""
        self.expected.append(re.compile(pattern))

    def leave(self) -> None:
        """Close every tab."""
        self.context.close()

    # What visitors do again and again.
    def goes(self, path: str) -> Any:
        """Open a page."""
        self.page.goto(path)
        return self.page

    def products(self, *, least: int = 20) -> Any:
        """Variants with plenty of stock that open their product's page: slug, name, sku, variants, ids."""
        return self.shop.rows(
            """
            SELECT DISTINCT ON (p.id) p.slug, p.slug || '?sku=' || v.sku AS path, p.name, v.sku, v.id AS variant_id, p.id AS product_id,
                   (SELECT count(*) FROM catalog_variant o WHERE o.product_id = p.id) AS variants
            FROM catalog_product p JOIN catalog_variant v ON v.product_id = p.id
            JOIN inventory_stock s ON s.variant_id = v.id
            WHERE p.state = 'published' AND s.on_hand - s.reserved >= :least ORDER BY p.id, v.position, v.id
            """,
            least=least,
        )

    def product(self, *, least: int = 20, skip: int = 0) -> Any:
        """One of them, of a single variant or with the first one chosen."""
        return self.products(least=least)[skip]

    def puts_in_bag(self, product: Any, quantity: int = 1) -> None:
        """Buy from the product's page; leaves the drawer open."""
        self.goes(f"/p/{product['path']}")
        if quantity > 1:
            self.page.fill("#quantity", str(quantity))
        self.page.click("[data-add]")
        self.page.locator("#cart-drawer[open] .line").first.wait_for()

    def to_checkout(self) -> None:
        """From the open drawer to the checkout."""
        self.page.locator("#cart-drawer").get_by_role("link", name="Checkout").click()
        self.page.wait_for_url("**/checkout")

    def types_address(self, email: str, **other: str) -> None:
        """Contact and address of the checkout."""
        self.page.fill("[name=email]", email)
        for name, value in {**HOME, **other}.items():
            self.page.fill(f"[name='{name}']", value)
        self.page.keyboard.press("Tab")
        self.settled()

    def settled(self) -> None:
        """Wait until the checkout has taken over what was changed."""
        self.quiet()
        self.page.locator("[data-part=summary]:not([aria-busy=true])").wait_for()

    def pays(self, method: str, token: str = "") -> None:
        """Choose how to pay."""
        self.page.check(f"input[name=payment_method][value={method}]")
        self.settled()
        if token:
            self.page.select_option("[name='demo_card.token']", token)

    def places(self) -> str:
        """Press the button; returns the token of the order once the thank-you page is there."""
        self.page.click("[data-place]")
        self.page.wait_for_url("**/checkout/done/*")
        return self.page.url.rsplit("/", 1)[1].split("?")[0]

    def order(self, token: str) -> Any:
        """The order as it stands in the database."""
        return self.shop.row("SELECT * FROM orders_order WHERE token = :token", token=token)

    def signs_in_as_staff(self, name: str = "admin") -> None:
        """Send what the form of the back office would, with the demo's password; nothing is drawn yet."""
        sign_in(self.context, f"{name}@comptoir.example", PASSWORD)

    def signs_in_by_the_form(self, name: str = "admin") -> None:
        """Through the back office's door, as a person does."""
        self.goes("/admin/login/")
        self.page.fill("#email", f"{name}@comptoir.example")
        self.page.fill("#password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/admin/")

    def signs_in(self, email: str, password: str) -> None:
        """Through the shop's door."""
        self.goes("/login")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.page.locator("main form button.btn").first.click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def quiet(self) -> None:
        """Wait until the page is what it will be: nothing is being loaded, nothing is left to do, nothing moves."""
        if not self.script:
            return self.page.wait_for_load_state("networkidle")
        self.page.wait_for_load_state("load")
        end, rests = time.monotonic() + 5, 0
        while rests < 2:
            if time.monotonic() > end:  # something that never ends, or whose end was not told
                self._loading.clear()
                return self.page.wait_for_load_state("networkidle")
            rests = rests + 1 if self.page.evaluate(AT_REST) and not self._loading else 0

    # What is promised of every page.
    def blemishes(self, where: str) -> list[str]:
        """What is wrong with the page as it will stand: for axe, and for somebody who does not like to scroll sideways."""
        self.quiet()
        return self._blemishes_now(where)

    def _blemishes_now(self, where: str, *rules: str) -> list[str]:
        return self.violations(where, *rules) + ([f"{where}: scrolls sideways"] if self.is_too_wide() else [])

    def blemishes_in_both(self, where: str) -> list[str]:
        """The same in the scheme the page was loaded in, and after the system has turned to the other one.

        Where nothing but colours turned, the rules that look at colours are asked the second time.
        """
        other = {"light": "dark", "dark": "light"}[self.scheme]
        found = self.blemishes(f"{where} ({self.scheme})")
        before = self.page.evaluate(OUTLINE)
        self.page.emulate_media(color_scheme=other)
        self.quiet()
        rules = COLOURS if self.page.evaluate(OUTLINE) == before else ()
        found += self._blemishes_now(f"{where} ({other})", *rules)
        self.page.emulate_media(color_scheme=self.scheme)
        return found

    def violations(self, where: str = "", *rules: str) -> list[str]:
        """What axe has against the page as it stands, each with the first place; by these rules, or by all."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE.read_text())
        asked = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        found = self.page.evaluate("(asked) => axe.run(document, asked)", asked)["violations"]
        place = where or self.page.url.removeprefix(self.shop.url)
        return [
            f"{place}: {one['id']} at {one['nodes'][0]['target']} {one['nodes'][0]['html'][:200]}: "
            f"{one['nodes'][0].get('failureSummary', '')[:300]}"
            for one in found
        ]

    def is_too_wide(self) -> bool:
        """Whether the page scrolls sideways."""
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )
