"""The desk reads words where tables hold codes: languages, groups, texts of other languages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.customers import operations as customers
from app.support.chat import operations as chat
from app.support.help import operations as help_pages
from tests.support import making
from tests.support.chat import talking


@pytest.fixture
def own(client: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    with session_maker() as session:
        yield session


@pytest.fixture
def desk(app: Any, own: Session) -> Callable[[str], str]:
    """Reads a page as somebody of support."""
    making.agent(own)
    own.commit()
    browser = app.test_client()
    form = {"email": "sofie@desk.example", "password": "a-long-demo-password-7"}
    assert browser.post("/admin/login/", data=form).status_code == 302

    def read(address: str) -> str:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        return html.unescape(answer.text)

    return read


def test_a_ticket_names_language_and_group(desk: Callable[[str], str], own: Session) -> None:
    kim = making.customer(own, language="es")
    customers.set_group(own, user_id=kim, group="b2b", actor=SYSTEM)
    made = making.ticket(own, user_id=kim, email="kim@people.example", language="es")
    chat.save_canned(own, shortcut="hi", title="Hello", text="Hola", language="es", actor=SYSTEM)
    page = desk(f"/admin/ticket/show/{made.id}")
    assert "Answer (Spanish)" in page and "(es)" not in page
    group = re.search(r"<dt>Group</dt><dd>([^<]+)</dd>", page)
    assert group is not None and group[1] not in ("b2b", "")


def test_a_promise_that_is_over_is_a_dash(desk: Callable[[str], str], own: Session) -> None:
    making.ticket(own)
    own.execute(text("UPDATE support_ticket SET state = 'solved', solved_at = now()"))
    own.commit()
    cell = re.search(r'data-label="Promised by">(.*?)</td>', desk("/admin/ticket/list/"), re.DOTALL)
    assert cell is not None and "—" in cell[1]


def test_a_conversation_names_its_language(desk: Callable[[str], str], own: Session) -> None:
    row = talking.conversation(own, language="es")
    talking.asks(own, row, "¿Dónde está?")
    page = desk(f"/admin/chat/?tab=all&c={row.public_id}")
    assert "<dd>Spanish</dd>" in page


def test_texts_of_other_languages_are_read_not_decoded(desk: Callable[[str], str], own: Session) -> None:
    shelf = help_pages.save_category(own, slug="care", title="Care", actor=SYSTEM)
    made = help_pages.save_article(
        own, actor=SYSTEM, slug="lamps", category_id=shelf.id, state="published", title="Cleaning lamps",
        body="Use a cloth.\n\nNever <b>water</b> & soap.",
        translations={"es": {"title": "Limpiar lámparas", "body": "Usa un paño.\n\nNunca agua."}},
    )  # fmt: skip
    page = desk(f"/admin/helparticle/show/{made.id}")
    facts = page.split("<h1", 1)[1]
    assert "<summary>Spanish</summary>" in facts and "Limpiar lámparas" in facts
    assert "Use a cloth.\n\nNever water & soap." in facts
    assert "<p>Use" not in facts and '"title":' not in facts.split("History")[0]
