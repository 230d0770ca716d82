"""A visitor and an agent talk: within a second, over a reload and a login, by keyboard, on a phone, with nobody there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.running import RunningShop
from tests.journeys.test_axe import LOOKS
from tests.journeys.walking import Visitor

PATIENT = 15.0
"""Seconds that fail on a machine which many share; the promise is one."""


def opens_chat(visitor: Visitor) -> Any:
    """Open the window from the button; returns it."""
    visitor.page.click("[data-chat]")
    window = visitor.page.locator("[data-chat-window]")
    expect(window).to_be_visible()
    return window


def says(window: Any, words: str) -> None:
    """Write and send with Enter."""
    window.locator("[data-chat-text]").fill(words)
    window.locator("[data-chat-text]").press("Enter")


def texts(window: Any) -> list[str]:
    """What the window shows, in order."""
    return [one.strip() for one in window.locator(".chat-text").all_inner_texts()]


@pytest.fixture
def nobody(shop: RunningShop) -> None:
    """All agents are gone."""
    shop.rows("UPDATE support_chat_agent SET is_available = false")


def test_a_visitor_writes_and_an_agent_answers(visit: Callable[..., Visitor], nobody: None) -> None:
    agent, visitor = visit(), visit()
    agent.signs_in_as_staff("support")
    desk = agent.goes("/admin/chat/?tab=all")
    desk.get_by_role("button", name="Go online").click()
    expect(desk.get_by_role("button", name="Available")).to_be_visible()

    visitor.goes("/")
    window = opens_chat(visitor)
    expect(window.locator("[data-chat-words]")).to_contain_text("within 5 minutes")
    expect(window.locator("[data-chat-text]")).to_be_focused()
    says(window, "Do you sell <b>lamps</b>? See https://example.com/x.")
    expect(window.locator(".chat-text a")).to_have_attribute("href", "https://example.com/x")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")

    card = desk.locator("[data-card]", has_text="Do you sell <b>lamps</b>?")
    card.click(timeout=PATIENT * 1000)
    expect(desk.locator("[data-log]")).to_contain_text("Do you sell <b>lamps</b>?")
    expect(desk.locator("[data-offline]")).to_be_hidden()
    expect(window.locator(".chat-tick").last).to_have_text("Read")
    desk.fill("[data-answer-text]", "Yes, forty of them.")
    began = time.monotonic()
    desk.locator("[data-answer-text]").press("Enter")
    expect(window.locator(".is-other .chat-text").last).to_have_text(
        "Yes, forty of them.", timeout=PATIENT * 1000
    )
    assert time.monotonic() - began < PATIENT

    visitor.page.reload()
    window = visitor.page.locator("[data-chat-window]")
    expect(window).to_be_visible()
    expect(window.locator(".chat-text").last).to_have_text("Yes, forty of them.")
    window.locator("[data-chat-text]").press("Escape")
    expect(window).to_be_hidden()
    expect(visitor.page.locator("[data-chat]")).to_be_focused()

    visitor.signs_in("customer@comptoir.example", "comptoir-demo")
    visitor.goes("/")
    window = opens_chat(visitor)
    expect(window.locator(".chat-text").last).to_have_text("Yes, forty of them.")
    window.locator("[data-chat-more] summary").click()
    window.locator("[data-chat-end]").click()
    window.locator(".chat-stars label").nth(4).click()
    window.locator("[data-chat-rating] .btn").first.click()
    expect(window.locator("[data-chat-state]")).to_have_text("Thank you.")
    rated = visitor.shop.wait_for(
        "SELECT rating FROM support_conversation WHERE rating = 5 AND subject LIKE 'Do you sell%'"
    )
    assert rated["rating"] == 5


def test_what_is_written_while_the_line_is_dead_arrives_once(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.expect("ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch|503|502")
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, "first")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    visitor.context.set_offline(True)
    visitor.page.evaluate("dispatchEvent(new Event('offline'))")
    says(window, "second")
    says(window, "third")
    visitor.page.wait_for_timeout(1500)
    visitor.context.set_offline(False)
    expect(window.locator(".is-waiting")).to_have_count(0, timeout=40_000)
    assert texts(window) == ["first", "second", "third"]
    visitor.page.reload()
    window = visitor.page.locator("[data-chat-window]")
    expect(window.locator(".chat-text")).to_have_count(3)
    assert texts(window) == ["first", "second", "third"]


def test_with_nobody_there_it_becomes_a_ticket(visit: Callable[..., Visitor], nobody: None) -> None:
    visitor = visit(width=390, phone=True)
    visitor.goes("/")
    window = opens_chat(visitor)
    expect(window.locator("[data-chat-words]")).to_contain_text("Leave your question")
    says(window, "My parcel is lost")
    address = window.locator("#chat-email")
    address.fill("not an address")
    window.locator("[data-chat-email] .btn").click()
    expect(window.locator("[data-chat-error]")).to_be_visible()
    address.fill("lost@people.example")
    window.locator("[data-chat-email] .btn").click()
    found = visitor.shop.wait_for(
        "SELECT ticket_asked_at FROM support_conversation WHERE email = 'lost@people.example' AND ticket_asked_at IS NOT NULL"
    )
    assert found


def test_without_javascript_the_button_leads_to_the_contact_page(visit: Callable[..., Visitor]) -> None:
    visitor = visit(script=False)
    visitor.goes("/")
    assert visitor.page.locator("[data-chat]").get_attribute("href") == "/contact"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width=width, scheme=scheme, phone=width < 500)
    visitor.goes("/")
    window = opens_chat(visitor)
    says(window, "Hello")
    expect(window.locator(".chat-tick").last).to_have_text("Delivered")
    wrong = visitor.blemishes_in_both("chat")
    agent = visit(width=width, scheme=scheme, phone=width < 500)
    agent.signs_in_as_staff("support")
    agent.goes("/admin/chat/?tab=all")
    wrong += agent.blemishes_in_both("inbox")
    agent.page.locator("[data-card]").first.click()
    agent.page.wait_for_load_state("load")
    agent.page.locator("[data-talk]").wait_for()
    wrong += agent.blemishes_in_both("conversation")
    assert wrong == [], "\n".join(wrong)
