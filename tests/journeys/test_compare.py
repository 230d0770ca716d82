"""Products beside products: ticked and compared by keyboard, by finger, without scripts; chosen at the desk, seen in the shop."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.journeys.running import PASSWORD
from tests.journeys.walking import Visitor


def ticks(page: Any) -> Any:
    return page.locator(".card-compare input")


def compared(page: Any) -> list[str]:
    page.wait_for_url("**/compare?*")
    return [cell.get_attribute("data-compared") for cell in page.locator("[data-compared]").all()]


def test_ticks_by_keyboard_are_kept_from_page_to_page(visitor: Visitor) -> None:
    page = visitor.goes("/search?sort=name")
    bar = page.locator("[data-compare-bar]")
    expect(bar).to_be_hidden()
    first = page.locator(".card-name a").first
    first.focus()
    page.keyboard.press("Tab")
    expect(ticks(page).first).to_be_focused()
    page.keyboard.press("Space")
    expect(bar).to_be_visible()
    expect(page.locator("[data-compare-count]")).to_have_text("1")
    box = page.locator(".card-compare").first.bounding_box()
    assert box and min(box["width"], box["height"]) >= 24
    wanted = [ticks(page).nth(n).input_value() for n in range(5)]
    page = visitor.goes("/search?sort=name&x=1")
    expect(ticks(page).first).to_be_checked()
    for number in (1, 2, 3):
        ticks(page).nth(number).focus()
        page.keyboard.press("Space")
    ticks(page).nth(4).focus()
    page.keyboard.press("Space")
    expect(page.locator(".toast")).to_contain_text("Take one away first")
    expect(ticks(page).nth(4)).not_to_be_checked()
    assert visitor.violations("ticked") == []
    bar.get_by_role("button", name="Compare", exact=True).press("Enter")
    assert compared(page) == wanted[:4]
    page.get_by_role("link", name="Take away").first.click()
    expect(page.locator("[data-compared]")).to_have_count(3)
    page = visitor.goes("/search?sort=name")
    expect(page.locator("[data-compare-count]")).to_have_text("3")
    bar = page.locator("[data-compare-bar]")
    bar.get_by_role("button", name="Compare none of them").press("Enter")
    expect(bar).to_be_hidden()
    expect(page.locator(".card-compare :checked")).to_have_count(0)


def test_ticks_survive_a_filter_and_a_phone_is_not_too_narrow(visit: Any) -> None:
    phone = visit(width=390, phone=True)
    page = phone.goes("/search")
    page.locator(".card-compare").first.tap()
    expect(page.locator("[data-compare-bar]")).to_be_visible()
    slug = ticks(page).first.input_value()
    page.select_option("#sort", "name")
    page.wait_for_url("**sort=name*")
    expect(
        page.locator(f".card-compare input[value='{slug}']:checked, [data-compare-bar].is-on").first
    ).to_be_visible()
    assert not phone.is_too_wide()


def test_without_a_script_the_ticks_are_a_form(visit: Any) -> None:
    bare = visit(script=False)
    page = bare.goes("/search?sort=name")
    bar = page.locator(".compare-bar")
    expect(bar).to_be_hidden()
    wanted = [ticks(page).nth(n).input_value() for n in (0, 2)]
    for number in (0, 2):
        ticks(page).nth(number).check()
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Compare", exact=True).click()
    assert compared(page) == wanted


def test_chosen_at_the_desk_and_seen_in_the_shop(visit: Any) -> None:
    own, other, late = (visit().products()[n] for n in (0, 1, 2))
    desk = visit()
    desk.signs_in_as_staff()
    page = desk.goes(f"/admin/product/links/{own['product_id']}")
    section = page.locator("section:has(#links-upsell)")
    for switch in section.locator("[type=checkbox]").all():
        switch.check()
    for product in (late, other):
        field = section.get_by_role("combobox")
        field.fill(product["name"])
        page.locator("[role=option]", has_text=product["name"]).first.wait_for()
        field.press("Enter")
        expect(section.locator(".chip", has_text=product["name"])).to_be_visible()
    assert desk.violations("links") == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    section.get_by_label(f"Place {other['name']}").fill("1")
    section.get_by_label(f"Place {other['name']}").press("Enter")
    page.get_by_text("Saved.").wait_for()
    shopper = visit()
    page = shopper.goes(f"/p/{own['slug']}")
    shown = page.locator("section:has(#row-upsell) .card-name").all_inner_texts()
    assert shown == [other["name"], late["name"]]
    assert shopper.violations("rows") == []


def test_the_footer_knows_who_is_signed_in(visitor: Visitor) -> None:
    page = visitor.goes("/")
    footer = page.locator(".site-foot")
    expect(footer.get_by_role("link", name="Sign in")).to_be_visible()
    visitor.signs_in("customer@comptoir.example", PASSWORD)
    visitor.goes("/")
    expect(footer.get_by_role("link", name="Sign in")).to_be_hidden()
    expect(footer.get_by_role("link", name="Create an account")).to_be_hidden()
    expect(footer.get_by_role("link", name="Account", exact=True)).to_be_visible()


ON_TOP = """button => {
  scrollBy({top: button.getBoundingClientRect().bottom - innerHeight + 12, behavior: 'instant'}); // at the foot of the window
  const box = button.getBoundingClientRect();
  const spots = [[0.5, 0.5], [0.1, 0.5], [0.3, 0.85]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
  return spots.every(([x, y]) => button.contains(document.elementFromPoint(x, y)));
}"""


def test_the_bar_never_lies_over_a_button_that_buys(visit: Any) -> None:
    phone = visit(width=390, phone=True)
    bought = phone.product()
    page = phone.goes("/search")
    page.locator(".card-compare").first.tap()
    expect(page.locator("[data-compare-bar]")).to_be_visible()
    last = page.locator(".site-foot a").last
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert last.evaluate("""link => link.getBoundingClientRect().bottom
        <= document.querySelector('[data-compare-bar]').getBoundingClientRect().top""")
    phone.puts_in_bag(bought)
    page.keyboard.press("Escape")
    bar = page.locator("[data-compare-bar]")
    expect(bar).to_be_visible()
    assert page.locator("[data-add]").first.evaluate(ON_TOP)
    phone.goes("/cart")
    expect(bar).to_be_visible()
    assert page.locator("[data-cart-page] a[href$='/checkout']").first.evaluate(ON_TOP)
    assert phone.violations("bag with ticks") == [] and not phone.is_too_wide()
    phone.goes("/checkout")
    expect(bar).to_be_hidden()
