"""A newcomer's first hour: a product with its picture, a banner, a coupon; then the shop shows all three.

The forms are filled as people without a mouse do it: Tab from field to field, arrows in lists, Enter to save.
"""

from __future__ import annotations

import io
import time
import uuid
from typing import Any

from PIL import Image

from tests.journeys.test_staff import photograph
from tests.journeys.walking import Visitor

MOST_STEPS = 120
MOST_SECONDS = 300
FOCUSED = "document.activeElement.id || document.activeElement.name || ''"


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Any):
        self.page = page

    def to(self, field: str) -> None:
        """Tab to a field, by its id."""
        for _ in range(MOST_STEPS):
            if self.page.evaluate(FOCUSED) == field:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {field} by keyboard on {self.page.url}")

    def types(self, field: str, words: str) -> None:
        """Tab to a field and type into it."""
        self.to(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def picks(self, field: str, words: str, name: str) -> None:
        """Find a related row: type, arrow down, Enter."""
        self.to(field)
        self.page.keyboard.type(words)
        self.page.get_by_role("option", name=name).first.wait_for()
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def chooses(self, field: str, words: str) -> None:
        """Choose in a list by its first letters."""
        self.to(field)
        self.page.keyboard.type(words)

    def saves(self, shown: str) -> None:
        """Tab to the button and press it."""
        for _ in range(MOST_STEPS):
            if self.page.evaluate("document.activeElement.matches('[data-save]')"):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"**{shown}/show/*")


def test_cms_03_a_newcomer_adds_a_product_a_banner_and_a_coupon_by_keyboard(visit: Any) -> None:
    tag, staff, began = uuid.uuid4().hex[:6].upper(), visit(), time.monotonic()
    staff.signs_in_by_the_form()
    name, sku, code = f"Newcomer bowl {tag}", f"NEW-{tag}", f"HELLO{tag}"
    sells(staff, name, sku)
    banner = announces(staff, f"The bowl of {tag}", f"bowl-{tag}.jpg")
    keys = Keyboard(staff.goes("/admin/coupon/add"))
    keys.types("code", code)
    keys.chooses("kind", "Perc")
    keys.types("value", "10")
    keys.to("limit_total")
    assert "together" in staff.page.locator("#limit_total-help").inner_text()
    keys.saves("/admin/coupon")
    assert time.monotonic() - began < MOST_SECONDS

    guest = visit()
    home = guest.goes("/")
    assert home.get_by_role("heading", name=f"The bowl of {tag}").is_visible()
    slug = staff.shop.row("SELECT slug FROM catalog_product WHERE name = :name", name=name)["slug"]
    page = guest.goes(f"/p/{slug}")
    assert page.locator("h1").inner_text() == name
    assert page.locator(".stage img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") > 300
    page.click("[data-add]")
    page.locator("#cart-drawer[open] .line").wait_for()
    page = guest.goes("/cart")
    if page.locator("details:has([name=code]):not([open])").count():
        page.locator("details:has([name=code]) summary").click()
    page.fill("[name=code]", code)
    page.keyboard.press("Enter")
    page.get_by_text(code).first.wait_for()
    assert "4.00" in page.locator("main").inner_text()

    keys = Keyboard(staff.goes(banner))  # other journeys find the home page as it was
    keys.to("is_active")
    staff.page.keyboard.press("Space")
    keys.saves("/admin/banner")


def sells(staff: Visitor, name: str, sku: str) -> None:
    """A product with a picture, its price, its stock, published."""
    page = staff.goes("/admin/product/add")
    page.locator("main").get_by_role("link", name="Tableware").press("Enter")
    page.wait_for_url("**/admin/product/add?*")
    keys = Keyboard(page)
    keys.types("name", name)
    keys.picks("category", "Teapo", "Teapot")
    keys.types("description", "Made by somebody new.")
    for spec in page.locator("select[name^=spec_][required]").all():
        keys.to(spec.get_attribute("id") or "")
        page.keyboard.press("ArrowDown")
    keys.types("sku", sku)
    keys.types("weight_g", "700")
    for option in page.locator("select[name^=option_]").all():
        keys.to(option.get_attribute("id") or "")
        page.keyboard.press("ArrowDown")
    keys.to("pictures")  # the choice of a file is the system's own window
    page.set_input_files(
        "#pictures", files=[{"name": "bowl.jpg", "mimeType": "image/jpeg", "buffer": photograph()}]
    )
    keys.saves("/admin/product")
    shown = page.url
    keys = Keyboard(staff.goes("/admin/price/add"))
    keys.picks("variant", sku, sku)
    keys.types("currency", "EUR")
    keys.types("amount", "40")
    keys.saves("/admin/price")
    keys = Keyboard(staff.goes("/admin/stock/add"))
    keys.picks("variant", sku, sku)
    keys.picks("warehouse", "Main", "Main")
    keys.types("on_hand", "5")
    keys.types("reason", "First delivery")
    keys.saves("/admin/stock")
    page.goto(shown)
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_role("link", name="View in the shop").wait_for()


def wide_picture() -> bytes:
    """A picture of its own each time: the same one sent twice is kept once."""
    held = io.BytesIO()
    Image.new("RGB", (1800, 900), "#" + uuid.uuid4().hex[:6]).save(held, "JPEG", quality=88)
    return held.getvalue()


def announces(staff: Visitor, title: str, filename: str) -> str:
    """A picture for the banner, and the banner before all others; where its form is."""
    page = staff.goes("/admin/image/add")
    keys = Keyboard(page)
    keys.to("data")
    page.set_input_files(
        "#data", files=[{"name": filename, "mimeType": "image/jpeg", "buffer": wide_picture()}]
    )
    keys.types("alt", "A brown bowl")
    keys.saves("/admin/image")
    keys = Keyboard(staff.goes("/admin/banner/add"))
    keys.types("title", title)
    keys.types("url", "/search?q=bowl")
    keys.picks("image_id", filename, filename)
    keys.types("action", "See it")
    keys.types("position", "-1")
    keys.saves("/admin/banner")
    return page.url.replace("/show/", "/edit/")
