"""axe finds nothing on any kind of page, light and dark, at a desk and on a phone; nothing scrolls sideways."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.test_customer import registers
from tests.journeys.walking import AXE, Visitor, somebody

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")
LOOKS = [(1280, "light"), (390, "dark")]
"""Width, and the scheme that pages are loaded in; each of them is turned to the other one as well."""
OPEN_PAGES = (
    "/", "/search?q=lamp", "/search?q=xyzzyq", "/search", "/cart", "/login", "/register", "/password/forgot",
    "/pages/delivery", "/fr/", "/p/nowhere-at-all", "/compare",
)  # fmt: skip


class Judge:
    """Collects what is wrong with the pages of one visitor."""

    def __init__(self, visitor: Visitor):
        self.visitor, self.wrong = visitor, list[str]()

    def looks(self, where: str) -> None:
        """Judge the page as it stands."""
        self.wrong += self.visitor.blemishes_in_both(where)

    def goes(self, path: str) -> Any:
        """Open a page and judge it."""
        page = self.visitor.goes(path)
        self.looks(path)
        return page

    def says(self) -> None:
        """Fail with everything that was found."""
        assert self.wrong == [], json.dumps(self.wrong, indent=1, ensure_ascii=False)


def _named(look: tuple[int, str]) -> str:
    return f"{look[0]}-{look[1]}"


@pytest.fixture(params=LOOKS, ids=_named)
def judge(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Judge:
    """A visitor with this width, who sees every page in both themes."""
    width, scheme = request.param
    visitor = visit(width=width, scheme=scheme, phone=width < 500)
    visitor.expect("404|422")
    return Judge(visitor)


PLANTS = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
  document.querySelector("main").prepend(Object.assign(document.createElement("img"), {className: "planted", width: 40, height: 40}));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_fault_of_one_scheme_alone_is_found(visit: Callable[..., Visitor], scheme: str) -> None:
    visitor = visit()
    hidden, pale = ".planted { display: none; }", f"@media (prefers-color-scheme: {scheme})"
    visitor.goes("/login").evaluate(
        PLANTS, f"{hidden} {pale} {{ main * {{ color: #aaa !important; background: #888 !important; }} }}"
    )
    contrast = visitor.blemishes_in_both("/login")
    assert f"/login ({scheme}): color-contrast" in [one.split(" at ")[0] for one in contrast], contrast
    assert all(one.startswith(f"/login ({scheme})") for one in contrast), contrast
    visitor.goes("/login").evaluate(PLANTS, f"{hidden} {pale} {{ .planted {{ display: block; }} }}")
    picture = visitor.blemishes_in_both("/login")
    assert [one.split(" at ")[0] for one in picture] == [f"/login ({scheme}): image-alt"], picture


def test_pages_of_the_shop(judge: Judge) -> None:
    for path in OPEN_PAGES:
        judge.goes(path)
    page, narrow = judge.goes("/"), judge.visitor.is_phone
    page.locator(".menu-open" if narrow else ".menu-list summary").first.click()
    judge.looks("menu")
    page = judge.visitor.goes("/")
    page.get_by_role("combobox", name="Search").press_sequentially("tab")
    page.locator(".suggest [role=option]").first.wait_for()
    judge.looks("suggestions")
    page = judge.visitor.goes("/")
    page.locator(".foot-pref").click()
    judge.looks("preferences")
    page = judge.visitor.goes("/")
    page.goto(page.locator(".tile a").first.get_attribute("href") or "")
    judge.looks("category")
    if narrow:
        page.locator(".filters-open").click()
        judge.looks("filters")
    judge.says()


def test_from_product_to_order(judge: Judge) -> None:
    visitor = judge.visitor
    judge.goes("/compare?" + "&".join(f"p={goods['slug']}" for goods in visitor.products()[:3]))
    judge.goes(f"/p/{visitor.product()['path']}")
    judge.visitor.page.locator("[data-photo]").first.click()
    judge.looks("zoom")
    visitor.puts_in_bag(visitor.product())
    judge.looks("drawer")
    visitor.page.locator("#cart-drawer").get_by_role("button", name="Remove").click()
    visitor.page.get_by_text("Nothing in it yet.").wait_for()
    judge.looks("empty drawer")
    visitor.puts_in_bag(visitor.product())
    judge.goes("/cart")
    page = judge.goes("/checkout")
    page.click("[data-place]")
    page.locator("[data-error-summary]").wait_for()
    judge.looks("checkout with errors")
    visitor.types_address(somebody())
    page.uncheck("#billing-same")
    page.check("input[value=demo_card]")
    visitor.settled()
    judge.looks("checkout with everything")
    page.check("#billing-same")
    visitor.pays("demo_card", "tok_decline")
    token = visitor.places()
    judge.looks("declined")
    page.get_by_role("link", name="Pay again").click()
    judge.looks("pay again")
    page.select_option("[name=payment_token]", "tok_3ds")
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url("**/payments/demo/*")
    judge.looks("the bank's question")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/done/*")
    judge.looks("done")
    judge.goes(f"/orders/{token}")
    judge.says()


def test_pages_of_the_account(judge: Judge) -> None:
    registers(judge.visitor)
    for path in ("/account", "/account/orders", "/account/addresses", "/account/addresses/new",
                 "/account/profile", "/account/security", "/account/notices"):  # fmt: skip
        judge.goes(path)
    judge.says()


def test_pages_of_the_back_office(judge: Judge) -> None:
    visitor = judge.visitor
    judge.goes("/admin/login/")
    visitor.signs_in_by_the_form()
    order = visitor.shop.row(
        "SELECT id FROM orders_order WHERE state IN ('paid', 'confirmed', 'packed') LIMIT 1"
    )
    product = visitor.product()["product_id"]
    pages = [
        "/admin/", "/admin/orders/list/", f"/admin/orders/show/{order['id']}", "/admin/product/list/",
        f"/admin/product/show/{product}", f"/admin/product/edit/{product}", f"/admin/product/pictures/{product}", f"/admin/product/links/{product}",
        "/admin/product/add", "/admin/stock/list/", "/admin/stock/add", "/admin/price/list/", "/admin/customer/list/",
        "/admin/category/list/", "/admin/payment/list/", "/admin/audit/list/", "/admin/image/list/", "/admin/status/", "/admin/dashboards/marketing",
    ]  # fmt: skip
    for path in pages:
        judge.goes(path)
    judge.says()
