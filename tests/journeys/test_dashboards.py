"""A manager looks for what happened: days, comparison, a bar, a chip, the orders behind it; with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from redis import Redis

from tests.journeys.running import RunningShop
from tests.journeys.test_axe import Judge
from tests.journeys.test_axe import judge as judge
from tests.journeys.walking import AXE, Visitor

ROOT = "/admin/dashboards"
PAGES = ("/", "/sales", "/customers", "/finance")


def drawn(page: Any) -> Any:
    """The page once its charts are there."""
    expect(page.locator("[data-dash]")).to_have_attribute("aria-busy", "false")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-plot]:not(.is-drawn)")).to_have_count(0)
    return page


@pytest.fixture
def manager(visit: Any) -> Visitor:
    """Somebody who may see everything."""
    found = visit()
    found.signs_in_as_staff()
    return found


def press_first_bar(page: Any, chart: str) -> None:
    """Click on the first bar of a chart, as a hand does."""
    bar = page.locator(f"[data-chart={chart}] .barlayer .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_a_chart_to_an_order(manager: Visitor) -> None:
    page = drawn(manager.goes(f"{ROOT}/sales"))
    page.select_option("[name=period]", "12_months")
    page.wait_for_url("**period=12_months*")
    drawn(page)
    page.select_option("[name=compare]", "year")
    page.wait_for_url("**compare=year*")
    whole = drawn(page).locator("[data-tile=gross] .dash-tile-value").inner_text()

    press_first_bar(page, "best-sellers")
    page.wait_for_url("**f.product=*")
    drawn(page)
    chip = page.locator(".dash-chips .chip")
    expect(chip).to_have_count(1)
    part = page.locator("[data-tile=gross] .dash-tile-value").inner_text()
    assert part != whole
    page.go_back()
    expect(chip).to_have_count(0)
    expect(page.locator("[data-tile=gross] .dash-tile-value")).to_have_text(whole)
    page.go_forward()
    expect(chip).to_have_count(1)
    drawn(page)

    page.locator("[data-chart=trend] .chart-total a").click()
    page.wait_for_url("**/rows?*")
    assert part in page.locator(".rows-head").inner_text()
    page.locator(".row-link").first.click()
    page.wait_for_url("**/admin/orders/show/*")


def test_by_keyboard_alone(manager: Visitor) -> None:
    page = drawn(manager.goes(f"{ROOT}/sales?period=12_months"))
    page.locator("[data-chart=best-sellers] summary", has_text="Table").focus()
    page.keyboard.press("Enter")
    page.locator("[data-chart=best-sellers] .row-turn").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**f.product=*")
    expect(page.locator("[data-chart=best-sellers] .chart-table")).to_have_attribute("open", "")
    expect(page.locator("[data-chart=best-sellers] .row-turn:focus")).to_have_count(1)
    expect(page.locator("[data-said]")).to_contain_text("Product")
    page.locator(".chip-remove").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "f.product" not in url)
    expect(page.locator(".dash-chips")).to_have_count(0)


def test_without_script(visit: Any) -> None:
    visitor = visit(script=False)
    visitor.signs_in_as_staff()
    page = visitor.goes(f"{ROOT}/sales")
    page.select_option("[name=period]", "12_months")
    page.locator(".dash-apply").click()
    page.wait_for_url("**period=12_months*")
    expect(page.locator("[data-plot]").first).to_be_hidden()
    table = page.locator("[data-chart=best-sellers] .chart-table")
    table.locator("summary").click()
    table.locator(".row-turn").first.click()
    page.wait_for_url("**f.product=*")
    expect(page.locator(".dash-chips .chip")).to_have_count(1)


def test_pointer_colours_and_picture(manager: Visitor) -> None:
    page = drawn(manager.goes(f"{ROOT}/sales?period=12_months"))
    bar = page.locator("[data-chart=best-sellers] .barlayer .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    words = page.locator("[data-chart=best-sellers] .hoverlayer .hovertext")
    words.wait_for()
    assert "€" in (words.text_content() or "")
    light = bar.evaluate("path => getComputedStyle(path).fill")
    page.click("[data-theme-switch]")
    expect(bar).not_to_have_css("fill", light)
    page.locator("[data-chart=best-sellers] .menu summary").first.click()
    with page.expect_download() as coming:
        page.locator("[data-chart=best-sellers] [data-picture]").click()
    assert re.fullmatch(r"best-sellers_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.png", coming.value.suggested_filename)
    assert coming.value.path().stat().st_size > 10_000


def test_a_wrong_date_is_said_where_it_stands(manager: Visitor) -> None:
    page = manager.goes(f"{ROOT}/sales?period=own&from=2026-05-01&to=2026-04-01")
    expect(page.locator("#asked-to-error")).to_contain_text("before the start")
    expect(page.locator("[name=to]")).to_have_value("2026-04-01")
    page.fill("[name=to]", "2026-05-20")
    page.locator(".dash-apply").click()
    page.wait_for_url("**to=2026-05-20*")
    expect(page.locator("#asked-to-error")).to_have_count(0)


def test_own_days_are_compared_at_once(manager: Visitor) -> None:
    page = manager.goes(f"{ROOT}/sales?period=own&from=2026-05-01&to=2026-05-31")
    page.select_option("[name=compare]", "year")
    page.wait_for_url("**compare=year*")
    expect(page.locator("[data-against]")).to_contain_text("2025")


def test_words_at_bars_are_whole_on_a_phone(visit: Any) -> None:
    visitor = visit(width=360, phone=True)
    visitor.signs_in_as_staff()
    page = drawn(visitor.goes(f"{ROOT}/inventory?period=90_days"))
    plot = page.locator("[data-chart=stock_value-by-category] [data-plot]")
    edge = plot.bounding_box()
    for words in plot.locator(".bartext").all():
        box = words.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"], words.text_content()


@pytest.fixture
def large(shop: RunningShop) -> Iterator[None]:
    """A shop that PostgreSQL takes for one of a million orders: cards that take long follow their page."""

    def says(orders: str) -> None:
        shop.rows(f"UPDATE pg_class SET reltuples = {orders} WHERE oid = 'analytics_order'::regclass")
        Redis.from_url(shop.environment["REDIS_URL"]).incr("gen:analytics")

    says("1000000")
    yield
    says("0")


def test_figures_that_take_long_follow_their_page(large: None, manager: Visitor, visit: Any) -> None:
    page = manager.goes(f"{ROOT}/sales?period=12_months")
    expect(page.locator("[data-later]")).to_have_count(0)
    expect(page.locator("[data-chart=orders-by-hour] [data-plot]")).to_have_class(re.compile("is-drawn"))
    page.locator("[data-chart=orders-by-hour] .chart-table summary").click()
    page.select_option("[name=compare]", "year")
    page.wait_for_url("**compare=year*")
    expect(page.locator("[data-later]")).to_have_count(0)
    expect(page.locator("[data-chart=orders-by-hour] .chart-table")).to_have_attribute("open", "")
    page.route("**part=refunded*", lambda route: route.fulfill(body="<p>Something else.</p>"))
    page.reload()
    lost = page.locator("[data-chart=refunds-by-category] [data-failed]")
    expect(lost).to_be_visible()
    page.unroute("**part=refunded*")
    lost.locator("a").click()
    expect(page.locator("[data-later]")).to_have_count(0)

    plain = visit(script=False)
    plain.signs_in_as_staff()
    page = plain.goes(f"{ROOT}/sales")
    page.locator("[data-later] a:visible").first.click()
    expect(page.locator("[data-chart=orders-by-hour] .chart-table")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")
def test_nothing_is_in_anybodys_way(judge: Judge) -> None:
    judge.visitor.signs_in_as_staff()
    for path in PAGES:
        page = drawn(judge.visitor.goes(f"{ROOT}{path}?period=12_months"))
        page.locator(".chart-table summary").first.click()
        judge.looks(path)
    judge.goes(f"{ROOT}/rows?metric=gross&period=12_months")
    judge.goes(f"{ROOT}/sales?f.product=nothing&period=own&from=x")
    judge.says()
