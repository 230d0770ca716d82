"""The desk where things go wrong: no WebSocket, a reload in the middle of an answer, a form that comes back with files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.test_chat import opens_chat, says, texts
from tests.journeys.walking import Visitor, somebody
from tests.support.making import PDF

ARRIVED = re.compile("Delivered|Read")
DRAFT = "Dear Gwen,\nit dims, but"


def without_sockets(visitor: Visitor) -> Visitor:
    """This visitor's network lets no WebSocket through."""
    visitor.expect("WebSocket")
    visitor.context.route_web_socket("**/socket.io/**", lambda line: line.close())
    return visitor


def test_both_sides_talk_where_no_socket_opens(visit: Callable[..., Visitor]) -> None:
    visitor, agent = without_sockets(visit()), without_sockets(visit())
    words = somebody()
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, f"Hello from {words}")
    expect(window.locator("[data-chat-state]")).to_contain_text("no live line")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")

    agent.signs_in_as_staff("support")
    desk = agent.goes("/admin/chat/?tab=all")
    desk.locator("[data-card]", has_text=words).click()
    expect(desk.locator("[data-offline]")).to_contain_text("No live line")
    desk.fill("[data-answer-text]", "Good day.")
    desk.locator("[data-answer-text]").press("Enter")
    expect(desk.locator("[data-log] .chat-tick").last).to_have_text(ARRIVED)
    assert "/say/" not in desk.url, "the page was not reloaded"
    expect(window.locator(".is-other .chat-text").last).to_have_text("Good day.")
    says(window, "Thank you")
    expect(desk.locator("[data-log] .is-other .chat-text").last).to_have_text("Thank you")
    expect(window.locator(".is-waiting")).to_have_count(0)
    mine = [text for text in texts(window) if text in (f"Hello from {words}", "Good day.", "Thank you")]
    assert mine == [f"Hello from {words}", "Good day.", "Thank you"], "each once, in order"


def test_a_socket_that_is_lost_is_done_without(visit: Callable[..., Visitor]) -> None:
    visitor, lines = visit(), list[Any]()
    visitor.expect("WebSocket")

    def first_goes_through(line: Any) -> None:
        lines.append(line)
        if len(lines) > 1:
            line.close()
        else:
            line.connect_to_server()

    visitor.context.route_web_socket("**/socket.io/**", first_goes_through)
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, "by socket")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    expect(window.locator("[data-chat-state]")).to_be_hidden()
    lines[0].close()
    says(window, "by hand")
    expect(window.locator("[data-chat-state]")).to_contain_text("no live line")
    expect(window.locator(".is-waiting")).to_have_count(0)
    assert texts(window) == ["by socket", "by hand"]


def test_what_an_agent_was_writing_survives_a_reload(visit: Callable[..., Visitor]) -> None:
    guest, agent, subject = visit(), visit(), somebody().split("@")[0]
    page = guest.goes("/contact")
    for name, value in {"email": somebody(), "subject": subject, "body": "Does it dim?"}.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/support/*")
    agent.signs_in_as_staff("support")
    desk = agent.goes("/admin/ticket/board/")
    desk.get_by_role("link", name=subject).first.click()
    desk.fill("#answer-body", DRAFT)
    desk.fill("#note-body", "Ask the workshop")
    agent.page.on("dialog", lambda dialog: dialog.accept())
    desk.reload()
    expect(desk.locator("#answer-body")).to_have_value(DRAFT)
    expect(desk.locator("#note-body")).to_have_value("Ask the workshop")
    desk.get_by_role("button", name="Send answer").click()
    desk.get_by_text("The answer is on its way.").wait_for()
    expect(desk.locator("#answer-body")).to_have_value("")
    expect(desk.locator("#note-body")).to_have_value("Ask the workshop")

    opens_chat(guest)
    says(guest.page.locator("[data-chat-window]"), f"About {subject}")
    desk = agent.goes("/admin/chat/?tab=all")
    desk.locator("[data-card]", has_text=f"About {subject}").click()
    desk.fill("[data-answer-text]", DRAFT)
    desk.reload()
    expect(desk.locator("[data-answer-text]")).to_have_value(DRAFT)
    expect(desk.locator("[data-offline]")).to_be_hidden()
    desk.locator("[data-answer-text]").press("Enter")
    expect(desk.locator("[data-log] .chat-tick").last).to_have_text(ARRIVED)
    desk.reload()
    expect(desk.locator("[data-answer-text]")).to_have_value("")


@pytest.mark.parametrize("script", [True, False])
def test_chosen_files_stay_with_a_form_that_comes_back(visit: Callable[..., Visitor], script: bool) -> None:
    guest = visit(script=script)
    guest.expect("422")
    page = guest.goes("/contact")
    page.fill("[name=email]", somebody())
    page.fill("[name=subject]", "A broken lamp")
    files = [
        {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF} for name in ("bill", "photo")
    ]
    page.set_input_files("[name=files]", files)
    if not script:
        _adds(page)
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".kept-name")).to_have_count(2)
    page.get_by_label("Remove photo.pdf").check()
    page.fill("[name=body]", "It came broken.")
    if not script:
        _adds(page)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/support/*")
    expect(page.locator(".thread-files")).to_contain_text("bill.pdf")
    expect(page.locator(".thread-files")).not_to_contain_text("photo.pdf")


def _adds(page: Any) -> None:
    words = page.locator("label[for=f-answer]").inner_text()
    page.fill("#f-answer", str(sum(int(part) for part in words.replace("?", "").split() if part.isdigit())))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_window_by_keyboard_alone(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(width=width, phone=width < 500)
    page = visitor.goes("/")
    button, window = page.locator("[data-chat]"), page.locator("[data-chat-window]")
    button.focus()
    page.keyboard.press("Space")
    expect(window.locator("[data-chat-text]")).to_be_focused()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    expect(window.locator("[data-chat-text]")).to_have_value("")
    page.keyboard.press("Tab")
    expect(window.locator(".chat-send")).to_be_focused()
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(window.locator("[data-chat-text]")).to_be_focused()
    for _step in range(12):
        if page.evaluate("document.activeElement.matches('[data-chat-close]')"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(window).to_be_hidden()
    expect(button).to_be_focused()
