"""Nobody reads or writes another's conversation or ticket: by every address and call there is, over real HTTP and sockets.

Complete by construction: addresses come from the application's own map and calls from the namespace; one that
`spying.py` does not name fails. Whoever reaches for something of others hears what is said of what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.support.chat import calls, keys
from app.support.chat.realtime import Chat
from tests.identity.people import PASSWORD
from tests.support.chat import spying, talking
from tests.support.chat.sockets import Server, Talker
from tests.support.chat.spying import (
    DESKS,
    DOORS,
    EVENTS,
    NOBODY,
    NOTHING_OF_ANYBODY,
    OWN,
    SECRET,
    Spy,
    Theirs,
)

OURS = (
    "app.support.",
    "app.storefront.tickets",
    "app.storefront.contact",
    "app.storefront.help",
    "app.api.tickets",
)


def endpoints(app: Any) -> Iterator[Any]:
    """Every address of support."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        where = (getattr(view, "__module__", ""), type(getattr(view, "__self__", None)).__module__)
        is_desk = rule.endpoint.split(".")[0].removesuffix("Api") in DESKS
        if is_desk or any(module.startswith(OURS) for module in where):
            yield rule


def test_every_address_and_call_of_support_is_named(app: Any) -> None:
    named = {*DOORS, *OWN, *NOTHING_OF_ANYBODY}
    found = {rule.endpoint for rule in endpoints(app)}
    desks = {one for one in found if one.split(".")[0].removesuffix("Api") in DESKS}
    assert found - desks == named, "a new address: say in spying.py whose things it shows"
    assert {name[3:] for name in dir(Chat) if name.startswith("on_")} == set(EVENTS), (
        "a new call over sockets"
    )
    assert set(calls.CALLS) == set(spying.CALLS), "a new call over HTTP"
    asked = {path.rsplit("/", 1)[1] for _method, path, _body in DOORS["chat.ask"]}
    assert asked == {name for name, kind in spying.CALLS.items() if kind == "names"}
    screens = {
        type(view).__name__
        for view in app.appbuilder.baseviews
        if type(view).__module__.startswith("app.support.")
    }
    assert screens == set(DESKS), "a new screen"


@pytest.fixture
def kim_and_gwen(session: Session) -> list[Theirs]:
    """An account's things and a guest's."""
    talking.hours(session)
    return [spying.made(session, "kim"), spying.made(session, "gwen", guest=True)]


@pytest.fixture
def lou(session: Session) -> Theirs:
    """The customer who would like to know."""
    return spying.made(session, "lou")


@pytest.fixture
def spy(
    server: Server, session: Session, lou: Theirs, kim_and_gwen: list[Theirs], token: Any, who: str
) -> Spy:
    """A stranger, another guest, another customer by cookie or by token, or somebody with bent cookies or a bent token."""
    kim, gwen = kim_and_gwen
    if who == "guest":
        gina = spying.made(session, "gina", guest=True)
        return Spy(server.url, gina, cookies={"chat": keys.sealed(gina.guest_key)})
    if who == "customer":
        signed_in = logged_in(server, "lou", lou)
        assert signed_in.asks("GET", "/account/tickets/{mine}")[0] == 200, "the spy is somebody"
        return signed_in
    if who == "bent":
        good = logged_in(server, "kim").http.cookies.get_dict()
        cookies = {name: spying.bent(value) for name, value in good.items()}
        return Spy(server.url, cookies={**cookies, "chat": spying.bent(keys.sealed(gwen.guest_key))})
    return {
        "stranger": lambda: Spy(server.url),
        "token": lambda: Spy(server.url, lou, token=token(lou.user)),
        "bent token": lambda: Spy(server.url, token=spying.bent(token(kim.user))),
    }[who]()


def logged_in(server: Server, name: str, mine: Theirs | None = None) -> Spy:
    """A browser in which this customer is logged in."""
    spy = Spy(server.url, mine)
    spy.http.post(f"{server.url}/login", data={"email": f"{name}@people.example", "password": PASSWORD})
    return spy


@pytest.mark.parametrize("who", ["stranger", "guest", "customer", "token", "bent", "bent token"])
def test_no_address_tells_that_something_of_others_exists(
    session: Session, spy: Spy, kim_and_gwen: list[Theirs], lou: Theirs
) -> None:
    before = spying.state(session)
    highest = f"{lou.names['number'][:-6]}000900"
    for doors in DOORS.values():
        for method, path, body in doors:
            expected = spy.asks(method, path, body, NOBODY)
            assert expected[0] in (302, 303, 401, 404), (method, path, expected[0])
            tried = set()
            for theirs in kim_and_gwen:
                for names in spying.reached_for(theirs, highest):
                    used = tuple(value for key, value in names.items() if f"{{{key}}}" in path or (body in ("json", "upload") and key == "conversation"))  # fmt: skip
                    if used not in tried and not (body == "upload" and len(tried) > 1):
                        tried.add(used)
                        assert spy.asks(method, path, body, names) == expected, (method, path, names)
    for path in OWN.values():
        _status, _where, text = spy.asks("GET", path)
        for theirs in kim_and_gwen:
            assert not any(name in text for name in theirs.names.values() if len(name) > 6), path
    assert spying.state(session) == before, "nothing of anybody has changed"


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_the_desk_is_shut_whatever_is_asked_for(
    app: Any, session: Session, spy: Spy, kim_and_gwen: list[Theirs]
) -> None:
    before, kim = spying.state(session), kim_and_gwen[0].names
    for rule in endpoints(app):
        if rule.endpoint.split(".")[0].removesuffix("Api") not in ("ConversationView", "TicketView"):
            continue
        answers = []
        for names in (kim, NOBODY):
            values = {"key": names["conversation"], "pk": names["pk"], "file_id": names["file"], "verb": "close", "kind": "csv",
                      "name": "close", "column": "user", "view_id": 1}  # fmt: skip
            path = rule.rule
            for part in ("string:", "uuid:", "int:"):
                path = path.replace(f"<{part}", "<")
            for name, value in values.items():
                path = path.replace(f"<{name}>", str(value))
            method = next(m for m in ("POST", "PATCH", "DELETE", "GET") if m in rule.methods)
            status, where, text = spy.asks(method, path, "form" if method == "POST" else "")
            for value in names.values():
                text, where = text.replace(value, "#"), where.replace(value, "#")
            assert status in (302, 303, 401, 403, 404) and SECRET not in text, (path, status)
            answers.append((status, where, text))
        assert answers[0] == answers[1], rule.rule
    assert spying.state(session) == before


Talk = Callable[..., Talker]


@pytest.mark.parametrize("who", ["stranger", "guest", "customer", "bent"])
def test_no_call_tells_that_something_of_others_exists(
    session: Session, talk: Talk, token: Any, kim_and_gwen: list[Theirs], lou: Theirs, who: str
) -> None:
    held: dict[str, dict[str, str]] = {
        "stranger": {}, "guest": {"guest": keys.sealed(talking.guest().guest_key)}, "customer": {"token": token(lou.user)},
        "bent": {"guest": spying.bent(keys.sealed(kim_and_gwen[1].guest_key))},
    }  # fmt: skip
    before, spies = spying.state(session), []
    for theirs in kim_and_gwen:
        spy = talk(**held[who])
        spies.append(spy)
        for event, kind in EVENTS.items():
            if kind not in ("names", "desk"):
                continue
            expected = spy.call(event, spying.WORDS | {"conversation": NOBODY["conversation"]})
            assert expected["error"] == ("forbidden" if kind == "desk" else "conversation_not_found"), event
            for names in spying.reached_for(theirs, theirs.names["number"])[:3]:
                assert spy.call(event, spying.WORDS | {"conversation": names["conversation"]}) == expected, (
                    event
                )
        for after in (0, 1, 10**6):
            answer = spy.call("catch_up", {"conversation": theirs.names["conversation"], "after": after})
            assert answer["error"] == "conversation_not_found"
    assert spying.state(session) == before
    kim, gwen = kim_and_gwen
    owners = [talk(token=token(kim.user)), talk(guest=keys.sealed(gwen.guest_key))]
    for owner, theirs in zip(owners, kim_and_gwen, strict=True):
        assert owner.call("start")["conversation"] == theirs.names["conversation"]
        talking.asks(session, spying.queries.by_key(session, theirs.names["conversation"]), "Another secret")
        assert owner.waits_for("message")["text"] == "Another secret", "whose it is hears it"
    for spy in spies:
        spy.call("start")
        assert [event for event, _body in spy.heard] == [], "no room of others was entered"


def test_a_guests_cookie_opens_nothing_after_the_login(
    session: Session, server: Server, kim_and_gwen: list[Theirs]
) -> None:
    kim, gwen = kim_and_gwen
    cookies = {"chat": keys.sealed(gwen.guest_key)}
    mine = Spy(server.url, cookies=cookies)
    assert SECRET in mine.asks("POST", "/chat/ask/catch_up", "json", gwen.names)[2], "before it does"
    assert mine.asks("GET", "/chat/files/{message}", "", gwen.names)[0] == 200
    talking.operations.merge_guest(session, guest_key=gwen.guest_key, user_id=kim.user.id)
    for method, path, body in [*DOORS["chat.ask"], *DOORS["chat.file"]]:
        assert mine.asks(method, path, body, gwen.names) == mine.asks(method, path, body, NOBODY)
