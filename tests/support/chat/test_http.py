"""The calls of a window without a socket: the same answers by plain HTTP, the same refusals, nothing said twice."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core import rate_limits
from app.support.chat import queries, storefront
from tests.identity.people import sign_in, sign_in_staff
from tests.support.chat import talking
from tests.support.chat.talking import agent, answers, asks, conversation, customer, fresh

JSON = {"Accept": "application/json"}


def ask(client: Any, event: str, **body: Any) -> Any:
    """One call, as the window makes it."""
    return client.post(f"/chat/ask/{event}", json=body, headers=JSON)


@pytest.fixture
def visitor(session: Session, client: Any) -> Any:
    """A guest who has looked once, and so has a cookie."""
    assert client.get("/chat/hello").status_code == 200
    return client


def test_a_whole_talk_without_a_socket(session: Session, visitor: Any) -> None:
    talking.hours(session)
    anna = agent(session)
    begun = ask(visitor, "start", language="fr", page="/p/lamp").json
    key = begun["conversation"]
    assert begun["seq"] == 0 and "guest" not in begun, "the cookie is the way back"
    said = [
        ask(visitor, "message", conversation=key, client_id="a", text="Bonjour").json for _time in range(2)
    ]
    assert said[0] == said[1] and said[0]["seq"] == 1
    row = queries.by_key(session, key)
    answers(session, row, anna, "Bonjour !")
    got = ask(visitor, "catch_up", conversation=key, after=1)
    assert [one["text"] for one in got.json["messages"]] == ["Bonjour !"] and got.headers[
        "Cache-Control"
    ] == "no-store"
    assert ask(visitor, "read", conversation=key, seq=2).json == {"seq": 2}
    assert ask(visitor, "email", conversation=key, email="kim@people.example").json == {"ok": True}
    assert ask(visitor, "transcript", conversation=key).json == {"email": "kim@people.example"}
    assert ask(visitor, "close", conversation=key).json == {"closed": True}
    assert ask(visitor, "rate", conversation=key, rating=5).json == {"ok": True}
    late = ask(visitor, "message", conversation=key, client_id="b", text="Hello?")
    assert late.status_code == 409 and late.json["code"] == "conversation_closed"
    assert ask(visitor, "start").json["conversation"] != key


def test_an_agent_without_a_socket(session: Session, client: Any) -> None:
    talking.hours(session)
    agent(session)
    row = conversation(session)
    asks(session, row)
    sign_in_staff(client, "anna@shop.example")
    assert ask(client, "inbox", tab="all").json["counts"]["all"] == 1
    for _time in range(2):
        assert (
            ask(client, "message", conversation=str(row.public_id), client_id="x", text="Here.").json["seq"]
            == 2
        )
    assert fresh(session, row).state == "open"
    assert ask(client, "read", conversation=str(row.public_id), seq=1).json == {"seq": 1}


@pytest.mark.parametrize("event", ["message", "catch_up", "read", "close", "rate", "transcript", "email"])
def test_nobody_reaches_into_anothers_conversation(session: Session, visitor: Any, event: str) -> None:
    kim = customer(session)
    for row in (conversation(session), conversation(session, queries.Owner(user_id=kim.id))):
        asks(session, row, "A secret")
        answer = ask(
            visitor, event, conversation=str(row.public_id), client_id="x", text="x", seq=1, rating=1
        )
        assert answer.status_code == 404 and "secret" not in answer.text
        assert fresh(session, row).last_seq == 1


def test_only_staff_look_into_the_inbox(session: Session, visitor: Any) -> None:
    assert ask(visitor, "inbox").status_code == 403
    customer(session)
    sign_in(visitor, "kim@people.example")
    assert ask(visitor, "inbox").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b'{"conversation": 5}',
        b'{"conversation": "\\u0000"}',
        b'{"after": []}',
        b"\xff" * 9,
        b"[" * 20_000,
    ],
)
def test_nothing_sent_breaks_it(visitor: Any, body: bytes) -> None:
    for event in ("message", "catch_up", "read", "close", "rate", "transcript", "email"):
        answer = visitor.post(f"/chat/ask/{event}", data=body, content_type="application/json", headers=JSON)
        assert answer.status_code in (404, 422), (event, answer.text)
        assert answer.content_type == "application/problem+json"
    assert ask(visitor, "typing").status_code == 404 and visitor.get("/chat/ask/start").status_code == 405


def test_wrong_values_are_named(visitor: Any) -> None:
    key = ask(visitor, "start").json["conversation"]
    for wrong in (
        {"text": ""},
        {"text": "x" * 4001},
        {"text": "\x00"},
        {"client_id": None},
        {"client_id": "x" * 101},
    ):
        body = {"conversation": key, "client_id": "k", "text": "t"} | wrong
        assert ask(visitor, "message", **body).status_code == 422
    numbers: tuple[Any, ...] = (-5, 2**31, 1.5, "1", True, [])
    for number in numbers:
        assert ask(visitor, "catch_up", conversation=key, after=number).status_code == 422
    assert ask(visitor, "catch_up", conversation=str(uuid.uuid4())).status_code == 404


def test_who_asks_without_end_has_to_wait(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storefront, "ASKS", "3/minute")
    key = ask(visitor, "start").json["conversation"]
    codes = [ask(visitor, "catch_up", conversation=key).status_code for _time in range(4)]
    assert codes == [200, 200, 429, 429], rate_limits
