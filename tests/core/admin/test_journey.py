"""The back office in a browser: keyboard, dialogs, guards, and axe without a violation at two widths and in two themes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.serving import make_server

from app.core import jobs
from app.core.jobs import JobRow
from tests.browsing import CHROME, NO_CHROME, sign_in
from tests.core.admin import desk
from tests.core.admin.conftest import PASSWORD

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [pytest.mark.journey, pytest.mark.skipif(not CHROME, reason=NO_CHROME)]


@pytest.fixture
def base(desk_app: Any, staff: Any, things: Any, figures: None) -> Iterator[str]:
    """The address of a running workshop with an administrator."""
    staff()
    server = make_server("127.0.0.1", 0, desk_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Any, base: str) -> Iterator[Any]:
    """A page of somebody who is logged in; fails on any error of a script or of the content policy."""
    yield from _page(browser, base, 1280, "light")


def _page(browser: Any, base: str, width: int, scheme: str, **options: Any) -> Iterator[Any]:
    context = browser.new_context(
        viewport={"width": width, "height": 860}, color_scheme=scheme, base_url=base, **options
    )
    sign_in(context, "admin@desk.example", PASSWORD)
    found, wrong = context.new_page(), []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield found
    context.close()
    assert wrong == []


SCREENS = [
    "/admin/", "/admin/thing/list/", "/admin/thing/list/?price.gt=x&q=lamp", "/admin/thing/list/?q=nothing+at+all",
    "/admin/thing/show/1", "/admin/thing/edit/1", "/admin/thing/add", "/admin/thing/action/fire/1", "/admin/nowhere",
]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(browser: Any, base: str, width: int, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (make assets)")
    faults = []
    for page in _page(browser, base, width, scheme, reduced_motion="reduce"):
        for address in SCREENS:
            page.goto(address)
            faults += violations(page, address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.goto("/admin/thing/list/")
        page.locator("input[name=rowid]").first.check()
        faults += violations(page, "selection")
        page.click("button[value=scrap]")
        faults += violations(page, "question")
        page.keyboard.press("Escape")
        for dialog in ("columns", "save-view"):
            page.click(f"[data-open={dialog}]")
            faults += violations(page, dialog)
            page.keyboard.press("Escape")
        page.locator(".filter-menu summary").click()
        faults += violations(page, "filters")
        if width < 700:
            page.keyboard.press("Escape")
            page.click("[data-sidebar-open]")
            faults += violations(page, "sidebar")
    assert faults == [], json.dumps(faults, indent=1)


def violations(page: Any, where: str) -> list[str]:
    """What axe has against this page, each with the first place."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{where}: {one['id']} {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('any', [{}])[:1]}"
        for one in found
    ]


def test_a_relation_is_found_by_typing(page: Any, desk_session: Any) -> None:
    page.goto("/admin/batch/add")
    page.fill("#name", "First")
    page.fill("#size", "7")
    page.locator("#thing").press_sequentially("cha")
    page.get_by_role("option", name="Chair").wait_for()
    page.keyboard.press("Enter")
    assert page.input_value("#thing") == "Chair"
    assert "Not saved yet" in page.inner_text("[data-savebar]")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/admin/batch/show/*")
    assert desk_session.query(desk.DeskBatch).one().thing_id == 2


def test_many_relations_as_chips(page: Any, desk_session: Any) -> None:
    desk_session.add_all([desk.DeskTag(name="oak"), desk.DeskTag(name="blue")])
    desk_session.commit()
    page.goto("/admin/thing/edit/1")
    for word in ("oak", "blue"):
        page.locator("#tags").press_sequentially(word)
        page.get_by_role("option", name=word).wait_for()
        page.keyboard.press("Enter")
    page.locator(".chip", has_text="oak").get_by_role("button").click()
    page.click("[data-save]")
    page.wait_for_url("**/show/1")
    assert [tag.name for tag in desk_session.get(desk.DeskThing, 1).tags] == ["blue"]


def test_leaving_a_changed_form_is_asked_for(page: Any) -> None:
    page.goto("/admin/thing/edit/1")
    page.fill("#name", "Half written")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click(".nav-link >> text=Makers")
    page.wait_for_url("**/admin/maker/list/")
    assert asked == ["beforeunload"]


def test_a_selection_and_its_question(page: Any) -> None:
    page.goto("/admin/thing/list/")
    page.locator("[data-check-page]").check()
    assert page.inner_text("[data-bulk-count]") == "3"
    page.click("button[value=scrap]")
    page.fill("#confirm input", "cracked")
    page.click("[data-confirm-yes]")
    page.locator(".flashes", has_text="3 scrapped: cracked").wait_for()


def test_a_question_that_is_not_answered_does_nothing(page: Any, desk_session: Any) -> None:
    page.goto("/admin/thing/show/3")
    page.click("text=Delete")
    assert "This cannot be undone." in page.inner_text("#confirm")
    page.keyboard.press("Escape")
    assert desk_session.query(desk.DeskThing).count() == 3
    page.click("text=Delete")
    page.click("[data-confirm-yes]")
    page.wait_for_url("**/list/")
    assert desk_session.query(desk.DeskThing).count() == 2


def test_a_filter_is_built_by_hand(page: Any) -> None:
    page.goto("/admin/thing/list/")
    page.locator(".filter-menu summary").click()
    page.select_option("[data-filter-column]", label="Price")
    page.select_option("[data-filter-operator]", label="is more than")
    page.fill("[data-filter-value] input", "50")
    page.click(".filter-sheet button")
    page.wait_for_url("**price.gt=50*")
    assert "Lamp" not in page.inner_text("tbody") and "Chair" in page.inner_text("tbody")
    page.locator(".filter-menu summary").click()
    page.select_option("[data-filter-column]", label="Maker")
    page.locator("[data-filter-value] [role=combobox]").press_sequentially("bo")
    page.get_by_role("option", name="Bo").wait_for()
    page.keyboard.press("Enter")
    page.click(".filter-sheet button")
    page.wait_for_url("**maker.rel_o_m=2*")
    assert "Chair" in page.inner_text("tbody") and "wool" not in page.inner_text("tbody")


def test_keys_and_search_over_everything(page: Any) -> None:
    page.goto("/admin/thing/list/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    page.keyboard.type("chair")
    page.get_by_role("option", name="Chair").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/thing/show/2")
    page.keyboard.press("e")
    page.wait_for_url("**/admin/thing/edit/2")


def test_colours_and_columns_stay(page: Any) -> None:
    page.goto("/admin/thing/list/")
    page.click("[data-theme-switch]")
    page.click("[data-open=columns]")
    page.locator("#columns").get_by_label("Weight", exact=True).check()
    page.click("[data-columns] .button-main")
    page.locator("thead", has_text="Weight").wait_for()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_a_page_about_work_looks_again_until_it_is_done(
    page: Any, desk_app: Any, maker: Any, desk_session: Any
) -> None:
    page.goto("/admin/tableimport/new/maker")
    table = {"name": "makers.csv", "mimeType": "text/csv", "buffer": b"name,town\nAda,Ghent\n"}
    page.locator("main input[type=file]").set_input_files(table)
    page.locator("main form button.button-main").click()
    page.locator("main form button.button-main").click()
    page.locator("[data-again]").wait_for()
    heading = page.locator("h1").inner_text()
    with desk_app.app_context():
        jobs.run(maker, desk_session.scalars(select(JobRow.id).order_by(JobRow.id.desc())).first())
    page.locator("[data-again]").wait_for(state="detached", timeout=20_000)
    assert page.locator("h1").inner_text() == heading
    with maker() as session:
        session.execute(text("DELETE FROM core_import; DELETE FROM core_job"))
        session.commit()
