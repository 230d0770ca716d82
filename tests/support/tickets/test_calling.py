"""Agents open tickets for customers who call: by form and by program, with a confirmation in the customer's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidFields
from app.events.support import TicketOpened
from app.identity import signing
from app.identity.models import User
from app.notifications.models import Message
from app.support.tickets import messages, operations, queries
from app.support.tickets.models import Ticket
from tests.support import making

ASKED: dict[str, Any] = {"subject": "No light", "body": "The lamp stays dark."}


@pytest.fixture
def own(client: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    with session_maker() as session:
        yield session


@pytest.fixture
def desk(app: Any, own: Session) -> Any:
    """A browser in which somebody of support is logged in."""
    making.agent(own)
    own.commit()
    browser = app.test_client()
    form = {"email": "sofie@desk.example", "password": "a-long-demo-password-7"}
    assert browser.post("/admin/login/", data=form).status_code == 302
    return browser


def test_an_account_is_confirmed_in_its_own_language(session: Session) -> None:
    sofie, kim = making.agent(session), making.customer(session, language="fr")
    made = operations.open_for_caller(
        session, actor=sofie, user_id=kim, language="de", priority="high", **ASKED
    )
    assert (made.channel, made.language, made.email, made.priority) == (
        "phone",
        "fr",
        "kim@people.example",
        "high",
    )
    assert made.assignee_id == sofie.user_id and made.user_id == kim and made.name == "Kim Peeters"
    for _time in range(2):
        messages.send_received(session, TicketOpened(made.id, queries.by_id(session, made.id).messages[0].id))
    session.commit()
    (mail,) = session.scalars(select(Message).where(Message.template == "ticket_received"))
    assert (mail.language, mail.recipient) == ("fr", "kim@people.example") and made.number in mail.text


def test_an_address_without_an_account_in_the_language_of_the_call(session: Session) -> None:
    made = operations.open_for_caller(
        session,
        actor=making.agent(session),
        email=" New@People.example ",
        name="Nora New",
        language="nl",
        **ASKED,
    )
    assert (made.email, made.language, made.user_id, made.name) == (
        "new@people.example",
        "nl",
        None,
        "Nora New",
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "email"), ({"email": "nobody"}, "email"), ({"user_id": 99_999}, "user_id"),
        ({"email": "a@people.example", "order_number": "2026-000001"}, "order_number"),
        ({"email": "a@people.example", "subject": ""}, "subject"), ({"email": "a@people.example", "body": "\x00"}, "body"),
        ({"email": "a@people.example", "priority": "now"}, "priority"), ({"email": "a\x00@people.example"}, "email"),
        ({"email": "a@people.example", "name": "x" * 101}, "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_opened(
    session: Session, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        operations.open_for_caller(session, actor=making.agent(session), **(ASKED | given))
    assert field in refused.value.errors
    session.rollback()
    assert session.query(Ticket).count() == 0


def test_by_the_form(desk: Any, own: Session) -> None:
    kim = making.customer(own)
    own.commit()
    page = desk.get("/admin/ticket/add")
    assert page.status_code == 200 and "What was asked" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    form = {**ASKED, "csrf_token": token[1], "priority": "normal", "language": "en", "order_number": "2026-9"}
    refused = desk.post("/admin/ticket/add", data={**form, "user": str(kim)})
    assert refused.status_code in (200, 422) and "The lamp stays dark." in refused.text, (
        "what was typed stays"
    )
    assert "no order with this number" in refused.text and own.query(Ticket).count() == 0
    done = desk.post("/admin/ticket/add", data={**form, "user": str(kim), "order_number": ""})
    own.expire_all()
    made = own.scalars(select(Ticket)).one()
    assert done.status_code == 302 and made.channel == "phone" and made.user_id == kim
    shown = desk.get(f"/admin/ticket/show/{made.id}").text
    assert "Phone" in shown and "The lamp stays dark." in shown
    assert "New ticket" in desk.get("/admin/ticket/board/").text
    found = desk.get("/admin/ticket/related/user?q=kim").json
    assert "kim@people.example" in str(found)


def test_by_a_program_once_for_a_key(client: Any, own: Session) -> None:
    sofie = making.agent(own)
    own.commit()
    user = own.get_one(User, sofie.user_id)
    headers = {
        "Authorization": f"Bearer {signing.access_token(user_id=user.id, stamp=user.session_stamp)}",
        "Idempotency-Key": "call-1",
    }
    body = {**ASKED, "email": "nora@people.example", "language": "de"}
    for _time in range(2):
        answer = client.post("/api/v1/admin/ticket", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
    own.expire_all()
    made = own.scalars(select(Ticket)).one()
    assert (made.channel, made.language, made.priority) == ("phone", "de", "normal")
    wrong = client.post("/api/v1/admin/ticket", json=ASKED, headers=headers | {"Idempotency-Key": "call-2"})
    assert wrong.status_code == 422 and "email" in wrong.text
