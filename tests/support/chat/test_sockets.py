"""The namespace `/chat` to the letter of its contract, over real sockets to a real server."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import socketio
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations as identity
from app.identity.models import User
from app.support.chat import keys, operations, queries
from tests.support.chat import talking
from tests.support.chat.sockets import Server, Talker
from tests.support.chat.talking import agent, asks, conversation, customer, guest

Talk = Callable[..., Talker]
Token = Callable[[Any], str]


def test_both_sides_talk(session: Session, talk: Talk, token: Token) -> None:
    talking.hours(session)
    anna = agent(session)
    visitor, desk = talk(), talk(token=token(anna))
    begun = visitor.call("start")
    assert begun["seq"] == 0 and uuid.UUID(begun["conversation"])
    key = begun["conversation"]
    assert desk.call("join", {"conversation": key})["seq"] == 0
    assert desk.call("inbox")["counts"]["all"] == 0
    first = visitor.says(key, "Hello?", "a")
    heard = desk.waits_for("message")
    assert (first["seq"], heard["id"], heard["seq"], heard["author"], heard["text"]) == (
        1, first["id"], 1, "customer", "Hello?",
    )  # fmt: skip
    assert heard["conversation"] == key and heard["at"]
    desk.call("typing", {"conversation": key})
    assert visitor.waits_for("typing")["name"] == "Anna"
    desk.call("read", {"conversation": key, "seq": 1})
    assert visitor.waits_for("read")["seq"] == 1
    desk.says(key, "Here I am.", "b")
    assert visitor.waits_for("message")["text"] in ("Hello?", "Here I am.")
    assert [m["text"] for m in visitor.call("catch_up", {"conversation": key, "after": 1})["messages"]] == [
        "Here I am."
    ]
    assert desk.waits_for("inbox")["conversation"] == key
    desk.call("close", {"conversation": key, "reason": "Answered"})
    assert visitor.waits_for("closed")["conversation"] == key
    assert visitor.says(key, "Still there?", "c")["error"] == "conversation_closed"
    assert visitor.call("start")["conversation"] != key


@pytest.mark.parametrize("language", ["", "de", "fr", "xx"])
def test_a_refusal_speaks_the_language_of_the_page(session: Session, talk: Talk, language: str) -> None:
    visitor = talk(language=language)
    key = visitor.call("start")["conversation"]
    refused = visitor.call("email", {"conversation": key, "email": "nobody@"})["message"]
    words = {"de": "Bitte", "fr": "Veuillez"}.get(language, "Please")
    assert refused.startswith(words), refused


def test_a_language_that_is_none_keeps_nobody_out(talk: Talk) -> None:
    assert talk(language=["de"]).call("start")["seq"] == 0


def test_the_same_client_id_is_one_message(session: Session, talk: Talk) -> None:
    visitor = talk()
    key = visitor.call("start")["conversation"]
    first, again = visitor.says(key, "Once", "same"), visitor.says(key, "Twice", "same")
    assert (first["id"], first["seq"]) == (again["id"], again["seq"])
    assert [m["text"] for m in visitor.call("catch_up", {"conversation": key, "after": 0})["messages"]] == [
        "Once"
    ]


def test_catching_up_page_by_page(session: Session, talk: Talk) -> None:
    row = conversation(session, owner := guest())
    for n in range(130):
        asks(session, row, f"number {n + 1}")
    visitor = talk(guest=_sealed(owner.guest_key))
    first = visitor.call("catch_up", {"conversation": str(row.public_id), "after": 0})
    rest = visitor.call("catch_up", {"conversation": str(row.public_id), "after": 100})
    assert (len(first["messages"]), first["more"], len(rest["messages"]), rest["more"]) == (
        100,
        True,
        30,
        False,
    )
    assert [m["seq"] for m in first["messages"] + rest["messages"]] == list(range(1, 131))


def _sealed(key: str) -> str:
    from flask import current_app

    assert current_app
    return keys.sealed(key)


CALLS = (
    "message",
    "catch_up",
    "typing",
    "read",
    "close",
    "rate",
    "transcript",
    "email",
    "join",
    "looking",
    "leave",
)


@pytest.mark.parametrize("who", ["stranger", "another guest", "another customer", "seller"])
def test_nobody_reaches_into_anothers_conversation(
    session: Session, talk: Talk, token: Token, who: str
) -> None:
    from app.identity import rules as roles
    from tests.identity.people import staff

    kim = customer(session)
    theirs = [conversation(session), conversation(session, queries.Owner(user_id=kim.id))]
    for row in theirs:
        asks(session, row, "A secret")
    holders: dict[str, dict[str, str]] = {
        "stranger": {}, "another guest": {"guest": _sealed(guest().guest_key)},
        "another customer": {"token": token(customer(session, "lou@people.example"))},
        "seller": {"token": token(staff(session, roles.SELLER, email="sam@shop.example"))},
    }  # fmt: skip
    spy = talk(**holders[who])
    for row in theirs:
        for call in CALLS:
            answer = spy.call(
                call,
                {"conversation": str(row.public_id), "client_id": "x", "text": "x", "seq": 1, "rating": 1},
            )
            assert answer.get("error") in ("conversation_not_found", "forbidden"), (call, answer)
    for call in ("inbox", "available"):
        assert spy.call(call, {"on": True})["error"] == "forbidden"
    for row in theirs:
        asks(session, row, "Another secret")
    spy.call("start")
    assert spy.heard_texts() == []
    assert all(talking.fresh(session, row).last_seq == 2 for row in theirs)


def test_rights_that_are_taken_away_count_at_once(session: Session, talk: Talk, token: Token) -> None:
    anna = agent(session)
    desk = talk(token=token(anna))
    assert "counts" in desk.call("inbox")
    session.execute(update(User).where(User.id == anna.id).values(active=False))
    session.commit()
    assert desk.call("inbox")["error"] == "unauthenticated"


@pytest.mark.parametrize("ends", ["suspended", "right lost"])
def test_who_may_no_longer_answer_hears_no_more(
    session: Session, talk: Talk, token: Token, ends: str
) -> None:
    """Without asking anything: the page that is left open goes silent by itself, and others hear on."""
    talking.hours(session)
    anna, ben = agent(session), agent(session, "ben@shop.example")
    visitor = talk()
    key = visitor.call("start")["conversation"]
    gone, stays = talk(token=token(anna)), talk(token=token(ben))
    for desk in (gone, stays):
        desk.call("join", {"conversation": key})
        assert "counts" in desk.call("inbox")
    visitor.says(key, "Anybody there?", "m-1")
    assert gone.waits_for("message")["text"] == stays.waits_for("message")["text"] == "Anybody there?"
    if ends == "suspended":
        identity.suspend_user(session, user_id=anna.id, actor=SYSTEM)
    else:
        identity.set_roles(session, user_id=anna.id, roles=["Seller"], actor=SYSTEM)
    time.sleep(2.5)
    heard = len(gone.heard)
    visitor.says(key, "My address is a secret", "m-2")
    assert stays.waits_for("message")["text"] == "My address is a secret"
    assert stays.waits_for("inbox")["conversation"] == key
    assert len(gone.heard) == heard


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example"])
def test_a_foreign_page_gets_no_socket(server: Server, session: Session, origin: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Talker(server.url, origin=origin).connect()


def test_without_origin_cookies_count_for_nothing(session: Session, talk: Talk, token: Token) -> None:
    row = conversation(session, owner := guest())
    asks(session, row)
    cookie = f"chat={_sealed(owner.guest_key)}"
    body = {"conversation": str(row.public_id), "after": 0}
    assert len(talk(cookie=cookie).call("catch_up", body)["messages"]) == 1
    assert talk(cookie=cookie, origin=None).call("catch_up", body)["error"] == "conversation_not_found"
    kim = customer(session)
    assert "conversation" in talk(token=token(kim), origin=None).call("start"), "programs come with a token"


@pytest.mark.parametrize("bad", ["nonsense", "x" * 6000, 5, {"a": 1}, "e30.e30.x"])
def test_a_bad_token_gets_no_socket(server: Server, session: Session, bad: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Talker(server.url, token=bad).connect()


def test_a_forged_guest_is_a_new_one(session: Session, talk: Talk) -> None:
    row = conversation(session, owner := guest())
    visitor = talk(guest=f'"{owner.guest_key}".forged')
    answer = visitor.call("start")
    assert answer["conversation"] != str(row.public_id) and answer["guest"]
    again = talk(guest=answer["guest"]).call("start")
    assert again["conversation"] == answer["conversation"], "the token given is the way back"


NONSENSE: tuple[Any, ...] = (
    None, 5, "text", [], [1, 2], True, {"conversation": None}, {"conversation": "x" * 50_000}, {"conversation": 5},
    {"conversation": "not-a-uuid"}, {"conversation": {"a": []}}, {"conversation": str(uuid.uuid4())},
    {"conversation": "\x00"}, {"conversation": "\ud83d"},
)  # fmt: skip


def test_nothing_typed_raises(session: Session, talk: Talk, token: Token, server: Server) -> None:
    visitor, desk = talk(), talk(token=token(agent(session)))
    key = visitor.call("start")["conversation"]
    for event in (*CALLS, "start", "inbox"):
        for one in (talk(), desk) if event == "join" else (talk(),):
            for body in NONSENSE:
                if event not in ("start", "inbox") or not (body is None or isinstance(body, dict)):
                    assert one.call(event, body).get("error") not in (None, "unexpected"), (event, body)
    fields = (
        {"text": "a\x00b"},
        {"text": 5},
        {"client_id": None},
        {"client_id": "\x00"},
        {"text": "x" * 5000},
    )
    for wrong in fields:
        assert "error" in visitor.call(
            "message", {"conversation": key, "client_id": "k", "text": "t"} | wrong
        )
    for number in (-5, 2**31, 2**70, 1.5, "1", True, [], "x"):
        assert visitor.call("catch_up", {"conversation": key, "after": number})["error"] == "invalid"
        assert visitor.call("read", {"conversation": key, "seq": number})["error"] == "invalid"
    assert visitor.says(key, "Still alive", "z")["seq"] == 1
    assert "Traceback" not in server.log.read_text()


def test_who_floods_has_to_wait(session: Session, talk: Talk) -> None:
    visitor = talk()
    key = visitor.call("start")["conversation"]
    answers = [visitor.says(key, "again", f"n{n}") for n in range(60)]
    refused = [answer for answer in answers if "error" in answer]
    assert refused and refused[0]["error"] == "too_many_requests" and refused[0]["retry_after"] >= 1
    kept = [answer["seq"] for answer in answers if "seq" in answer]
    assert kept == list(range(1, len(kept) + 1)), "what was refused took no number"


def test_colleagues_see_each_other(session: Session, talk: Talk, token: Token) -> None:
    anna, bert = agent(session), agent(session, "bert@shop.example")
    row = conversation(session)
    one, two = talk(token=token(anna)), talk(token=token(bert))
    visitor_hears = talk(guest=_sealed(talking.fresh(session, row).guest_key))
    visitor_hears.call("start")
    one.call("join", {"conversation": str(row.public_id)})
    two.call("join", {"conversation": str(row.public_id)})
    assert one.waits_for("present")["what"] == "looking"
    two.call("looking", {"conversation": str(row.public_id), "what": "typing"})
    assert one.waits_for("present")["what"] == "typing"
    assert [event for event, _ in visitor_hears.heard if event in ("present", "note")] == []


def test_an_operation_elsewhere_is_heard(session: Session, talk: Talk) -> None:
    """What another process saves reaches the socket through the message queue."""
    from app.support.chat import realtime
    from app.support.chat.operations import announcing

    row = conversation(session, owner := guest())
    visitor = talk(guest=_sealed(owner.guest_key))
    visitor.call("start")
    assert realtime.tell in announcing.listeners
    operations.post(
        session, conversation_id=row.id, client_id="bot", text="I am a bot", author_kind="bot",
        actor=talking.SYSTEM, author_name="Bot",
    )  # fmt: skip
    assert visitor.waits_for("message")["author"] == "bot"
