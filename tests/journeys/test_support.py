"""Somebody asks the shop, the desk answers, the answer is read: form, board, ticket and help in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.walking import AXE, Visitor, somebody

LOOKS = [(1280, "light"), (390, "dark")]


def fills(visitor: Visitor, email: str, subject: str) -> None:
    """The contact form, as a person fills it."""
    page = visitor.goes("/contact")
    page.fill("[name=name]", "Gwen")
    page.fill("[name=email]", email)
    page.fill("[name=subject]", subject)
    page.fill("[name=body]", "Does the lamp dim?\n\nAnd is there a smaller one?")


def test_sup_04_sup_03_a_question_from_form_to_answer(visit: Callable[..., Visitor]) -> None:
    guest, email = visit(), somebody()
    fills(guest, email, "About the lamp")
    guest.page.get_by_text("Your browser has shown that a person is writing.").wait_for()
    assert not guest.page.locator("#f-answer").is_visible()
    guest.page.get_by_role("button", name="Send message").click()
    guest.page.wait_for_url("**/support/*")
    address = guest.page.url
    guest.page.get_by_text("And is there a smaller one?").wait_for()

    desk = visit()
    desk.signs_in_as_staff("support")
    desk.goes("/admin/ticket/board/")
    card = desk.page.locator(".board-card", has_text="About the lamp").first
    card.locator("select").select_option("open")
    card.get_by_role("button", name="Move").click()
    column = desk.page.locator(".board-column[data-state=open]")
    column.get_by_role("link", name="About the lamp").first.click()
    desk.page.fill("#answer-body", "Yes, with the dial on its cord.")
    desk.page.get_by_role("button", name="Send answer").click()
    desk.page.get_by_text("The answer is on its way.").wait_for()

    guest.page.goto(address)
    guest.page.get_by_text("Yes, with the dial on its cord.").wait_for()
    guest.page.fill("[name=body]", "Thank you!")
    guest.page.get_by_role("button", name="Send message").click()
    guest.page.locator(".thread").get_by_text("Thank you!").wait_for()


def test_a_card_is_dragged_to_its_next_state(visit: Callable[..., Visitor]) -> None:
    guest = visit()
    subject = somebody().split("@")[0]
    fills(guest, somebody(), subject)
    guest.page.get_by_role("button", name="Send message").click()
    guest.page.wait_for_url("**/support/*")
    desk = visit()
    desk.signs_in_as_staff("support")
    # fifty cards fit: where the board scrolls, another card slips under the mouse
    desk.page.set_viewport_size({"width": 1280, "height": 9000})
    desk.goes("/admin/ticket/board/")
    card = desk.page.locator(".board-column[data-state=new] .board-card", has_text=subject)
    column = desk.page.locator(".board-column[data-state=waiting]")
    card.hover(position={"x": 6, "y": 6})
    desk.page.mouse.down()
    column.hover(position={"x": 6, "y": 6})
    desk.page.locator(".board-card.is-dragged").wait_for()
    for place in range(7, 12):  # a busy browser asks where it may drop some moves later only
        column.hover(position={"x": place, "y": place})
    desk.page.locator(".board-column.is-target[data-state=waiting]").wait_for()
    desk.page.mouse.up()
    desk.page.locator(".board-column[data-state=waiting] .board-card", has_text=subject).wait_for()


def test_without_scripts_a_sum_is_answered(visit: Callable[..., Visitor]) -> None:
    guest = visit(script=False)
    fills(guest, somebody(), "Without scripts")
    words = guest.page.locator("label[for=f-answer]").inner_text()
    numbers = [int(part) for part in words.replace("?", "").split() if part.isdigit()]
    guest.page.fill("#f-answer", str(sum(numbers)))
    guest.page.get_by_role("button", name="Send message").click()
    guest.page.wait_for_url("**/support/*")
    assert guest.page.get_by_role("heading", name="Without scripts").is_visible()


def test_help_is_found_and_judged(visit: Callable[..., Visitor]) -> None:
    reader = visit()
    page = reader.goes("/help")
    page.fill("#help-q", "my parcel arrived damaged")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Something arrived damaged or wrong").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    page.get_by_text("That helps us to write better").wait_for()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width=width, scheme=scheme)
    wrong: list[str] = []

    def looks(path: str) -> None:
        visitor.goes(path)
        wrong.extend(visitor.blemishes(path))

    token = visitor.shop.row("SELECT token, id FROM support_ticket WHERE first_answer_at IS NOT NULL LIMIT 1")
    for path in (
        "/support",
        "/contact",
        "/help",
        "/help?q=parcel",
        "/help/returns",
        f"/support/{token['token']}",
    ):
        looks(path)
    visitor.signs_in_as_staff("admin")
    for path in (
        "/admin/ticket/list/",
        "/admin/ticket/board/",
        f"/admin/ticket/show/{token['id']}",
        "/admin/helparticle/list/",
    ):
        looks(path)
    assert wrong == []
