"""Awkward moments of the chat's window: a login in another tab, an agent who ends it, a picture out of the clipboard."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.running import RunningShop
from tests.journeys.test_chat import PATIENT, opens_chat, says, texts
from tests.journeys.walking import Visitor


@pytest.fixture
def visitor_with_two_tabs(visit: Callable[..., Visitor]) -> tuple[Visitor, Any]:
    """A guest who has asked something in one tab, and has another one open."""
    visitor = visit()
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, "asked as a guest")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    return visitor, window


def test_a_login_in_another_tab_loses_no_words(
    visitor_with_two_tabs: tuple[Visitor, Any], shop: RunningShop
) -> None:
    visitor, window = visitor_with_two_tabs
    here, visitor.page = visitor.page, visitor.context.new_page()
    visitor.signs_in("customer@comptoir.example", "comptoir-demo")
    says(window, "asked after the login")
    expect(window.locator(".chat-text", has_text="asked after the login")).to_have_count(1)
    expect(window.locator("[data-author=customer] .chat-tick").last).to_have_text(
        "Delivered", timeout=PATIENT * 2000
    )
    assert texts(window)[:2] == ["asked as a guest", "asked after the login"]
    owners = shop.rows(
        "SELECT DISTINCT c.id, c.user_id FROM support_conversation c JOIN support_chat_message m"
        " ON m.conversation_id = c.id WHERE m.text LIKE 'asked %'"
    )
    assert len(owners) == 1 and owners[0]["user_id"] is not None, "one conversation, and the account's"
    visitor.page.close()
    visitor.page = here


def test_a_file_that_is_sent_after_a_login_in_another_tab_arrives(
    visitor_with_two_tabs: tuple[Visitor, Any],
) -> None:
    visitor, window = visitor_with_two_tabs
    visitor.expect("400")  # the form's token was the guest's: asked for anew, and sent again
    here, visitor.page = visitor.page, visitor.context.new_page()
    visitor.signs_in("customer@comptoir.example", "comptoir-demo")
    paper = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n1 0 obj\n%%EOF"}
    window.locator("[data-chat-file]").set_input_files(paper)
    expect(window.locator(".chat-pdf")).to_have_count(1, timeout=PATIENT * 1000)
    visitor.page.close()
    visitor.page = here


def test_what_is_said_at_the_end_stays_in_sight(
    visitor_with_two_tabs: tuple[Visitor, Any], visit: Callable[..., Visitor]
) -> None:
    _visitor, window = visitor_with_two_tabs
    for number in range(8):
        says(window, f"more {number}")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    agent = visit()
    agent.signs_in_as_staff("support")
    desk = agent.goes("/admin/chat/?tab=all")
    desk.locator("[data-card]", has_text="more 7").click(timeout=PATIENT * 1000)
    desk.fill("[data-answer-text]", "This is our last word.")
    desk.locator("[data-answer-text]").press("Enter")
    last = window.locator(".chat-text", has_text="This is our last word.")
    expect(last).to_be_visible(timeout=PATIENT * 1000)
    desk.get_by_role("button", name="Close", exact=True).click()
    expect(window.locator("[data-chat-rating]")).to_be_visible(timeout=PATIENT * 1000)
    expect(last).to_be_in_viewport()
    below = last.evaluate(
        "(said) => said.closest('[data-chat-log]').getBoundingClientRect().bottom - said.getBoundingClientRect().bottom"
    )
    assert below >= 0, "the form below does not cover it"


def test_words_sent_as_it_was_ended_begin_a_new_one(
    visitor_with_two_tabs: tuple[Visitor, Any], shop: RunningShop
) -> None:
    _visitor, window = visitor_with_two_tabs
    shop.rows(  # nobody hears of it: the notice was lost on its way
        "UPDATE support_conversation SET state = 'closed', closed_at = now() WHERE subject = 'asked as a guest'"
        " AND state <> 'closed' RETURNING id"
    )
    says(window, "one more thing")
    expect(window.locator(".is-waiting")).to_have_count(0, timeout=PATIENT * 1000)
    assert texts(window) == ["one more thing"]
    expect(window.locator("[data-chat-rating]")).to_be_hidden()


def test_a_picture_is_pasted(visitor_with_two_tabs: tuple[Visitor, Any]) -> None:
    _visitor, window = visitor_with_two_tabs
    picture = BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 60)).save(picture, "PNG")
    window.locator("[data-chat-text]").evaluate(
        """(field, data) => {
          const held = new DataTransfer();
          held.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], "image.png", { type: "image/png" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
        }""",
        base64.b64encode(picture.getvalue()).decode(),
    )
    expect(window.locator(".chat-picture")).to_have_count(1, timeout=PATIENT * 1000)


def test_an_end_outlives_what_was_asked_before_it(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, "soon over")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    asked: list[Any] = []

    def slowly(route: Any) -> None:
        asked.append(route)
        if len(asked) != 2:
            route.continue_()

    visitor.page.route("**/chat/hello", slowly)
    visitor.page.reload()
    window = visitor.page.locator("[data-chat-window]")
    expect(window.locator(".chat-text").last).to_have_text("soon over")
    while len(asked) < 2:  # the line is open, and asks once more; the answer is slow
        visitor.page.wait_for_timeout(100)
    said = asked[1].fetch()
    window.locator("[data-chat-more] summary").click()
    window.locator("[data-chat-end]").click()
    expect(window.locator("[data-chat-rating]")).to_be_visible()
    asked[1].fulfill(response=said)
    visitor.page.wait_for_timeout(1_000)
    expect(window.locator("[data-chat-rating]")).to_be_visible()
