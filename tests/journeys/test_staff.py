"""The back office: a product from nothing to the shop, and an order from paid to sent, refunded, cancelled."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.journeys.walking import Visitor, somebody


def photograph() -> bytes:
    """A picture like one from a camera."""
    image = Image.new("RGB", (1200, 1200), "#e8e2d6")
    ImageDraw.Draw(image).ellipse((300, 300, 900, 900), fill="#7b4b34")
    held = io.BytesIO()
    image.save(held, "JPEG", quality=88)
    return held.getvalue()


def picks(page: Any, field: str, words: str, name: str) -> None:
    """Find a related row by typing."""
    page.locator(f"#{field}").press_sequentially(words)
    page.get_by_role("option", name=name).first.wait_for()
    page.get_by_role("option", name=name).first.click()


@pytest.fixture
def staff(visit: Any) -> Visitor:
    """An administrator at the desk."""
    found = visit()
    found.signs_in_as_staff()
    return found


def test_a_product_from_nothing_to_the_shop(staff: Visitor, visit: Any) -> None:
    tag = uuid.uuid4().hex[:6].upper()
    name, sku = f"Journey teapot {tag}", f"JOURNEY-{tag}"
    page = staff.goes("/admin/product/add")
    page.locator("main").get_by_role("link", name="Tableware").click()
    page.fill("#name", name)
    picks(page, "category", "Teapo", "Teapot")
    page.fill("#description", "Made for this journey. Pours without a drop.")
    page.fill("#sku", sku)
    page.fill("#weight_g", "900")
    for spec in page.locator("select[name^=spec_][required], select[name^=option_]").all():
        spec.select_option(index=1)
    picture = {"name": "teapot.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    page.set_input_files("#pictures", files=[picture])
    page.click("[data-save]")
    page.wait_for_url("**/admin/product/show/*")
    shown = page.url

    page.goto("/admin/price/add")
    picks(page, "variant", sku, sku)
    page.fill("#currency", "EUR")
    page.fill("#amount", "48.50")
    page.click("[data-save]")
    page.wait_for_url("**/admin/price/show/*")
    page.goto("/admin/stock/add")
    picks(page, "variant", sku, sku)
    picks(page, "warehouse", "Main", "Main")
    page.fill("#on_hand", "7")
    page.fill("#reason", "First delivery")
    page.click("[data-save]")
    page.wait_for_url("**/admin/stock/show/*")

    page.goto(shown)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("published", exact=False).first.wait_for()
    page.get_by_role("link", name="View in the shop").get_attribute("href")

    guest = visit()
    slug = staff.shop.row("SELECT slug FROM catalog_product WHERE name = :name", name=name)["slug"]
    seen = guest.goes(f"/p/{slug}")
    assert seen.locator("h1").inner_text() == name
    assert "48.50" in seen.locator(".buy-price").inner_text()
    assert seen.locator(".stage img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") > 300
    seen.click("[data-add]")
    seen.locator("#cart-drawer[open] .line").wait_for()
    indexed = "SELECT 1 FROM search_text t JOIN catalog_product p ON p.id = t.product_id WHERE p.name = :name"
    staff.shop.wait_for(indexed, name=name)
    found = guest.goes(f"/search?q=Journey+teapot+{tag}")
    assert name in found.locator("main").inner_text()


def buys(visit: Any, method: str, token: str = "") -> tuple[Visitor, Any]:
    """A guest who orders one thing; returns the guest and the order."""
    guest = visit()
    guest.puts_in_bag(guest.product())
    guest.to_checkout()
    guest.types_address(somebody())
    guest.pays(method, token)
    return guest, guest.order(guest.places())


def test_an_order_is_found_sent_and_delivered(staff: Visitor, visit: Any) -> None:
    guest, order = buys(visit, "demo_card", "tok_ok")
    page = staff.goes("/admin/orders/list/")
    page.locator("tr", has_text=order["number"]).get_by_role("link").first.click()
    page.wait_for_url("**/admin/orders/show/*")
    page.get_by_role("button", name="Send a parcel").click()
    page.get_by_label("Tracking number").fill("BPOST-777")
    page.get_by_role("button", name="Send the parcel").click()
    page.get_by_text("Everything is on its way.").wait_for()
    page.get_by_role("button", name="Mark as delivered").first.click()
    page.locator("[data-confirm-yes]").click()
    page.get_by_text("Everything has arrived.").wait_for()
    assert guest.order(order["token"])["state"] == "delivered"
    assert "arrived" in guest.goes(f"/orders/{order['token']}").locator("h1").inner_text()


def test_a_part_is_refunded(staff: Visitor, visit: Any) -> None:
    guest, order = buys(visit, "demo_card", "tok_ok")
    page = staff.goes(f"/admin/orders/show/{order['id']}")
    page.locator("[data-open=refund]").click()
    page.fill("#refund-amount", "1.50")
    page.fill("#refund-reason", "A scratch on the lid")
    page.locator("#refund .button-main").click()
    page.get_by_text("A scratch on the lid").first.wait_for()
    staff.shop.wait_for("SELECT 1 FROM orders_order WHERE id = :id AND refunded = 1.50", id=order["id"])
    assert "1.50" in guest.goes(f"/orders/{order['token']}").locator(".totals").inner_text()


def test_an_order_is_cancelled_and_the_money_goes_back(staff: Visitor, visit: Any) -> None:
    _guest, order = buys(visit, "demo_card", "tok_ok")
    page = staff.goes(f"/admin/orders/show/{order['id']}")
    page.locator("[data-open=cancel]").click()
    page.locator("#cancel-reason").select_option(index=1)
    page.locator("#cancel .button-bad").click()
    page.get_by_text("Cancelled.").first.wait_for()
    row = "SELECT 1 FROM orders_order WHERE id = :id AND state = 'cancelled' AND refunded = total_gross"
    staff.shop.wait_for(row, id=order["id"])


def test_a_transfer_comes_in(staff: Visitor, visit: Any) -> None:
    _guest, order = buys(visit, "bank_transfer")
    page = staff.goes(f"/admin/orders/show/{order['id']}")
    page.locator("[data-open=money]").click()
    page.fill("#money-reference", f"statement {order['number']}")
    page.locator("#money .button-main").click()
    staff.shop.wait_for("SELECT 1 FROM orders_order WHERE id = :id AND state = 'paid'", id=order["id"])


def test_guests_stay_outside(visitor: Visitor) -> None:
    visitor.goes("/admin/orders/list/")
    assert "/admin/login/" in visitor.page.url


CUT = """() => {
  for (const group of document.querySelectorAll('.sidebar details')) group.open = true;
  return [...document.querySelectorAll('.sidebar .nav-link span, .sidebar .nav-title span')]
    .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1).map((one) => one.textContent);
}"""


def test_no_entry_of_the_menu_is_cut_in_any_language(staff: Visitor) -> None:
    page = staff.goes("/admin/")
    for language in ("de", "nl", "fr", "es", "en"):
        page.locator(".topbar details.menu summary").first.click()
        page.locator(f"button[name=language][value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for()
        assert page.evaluate(CUT) == [], language
