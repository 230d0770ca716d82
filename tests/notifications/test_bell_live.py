"""The bell in open pages: who is told, in which words, how many wait, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import realtime
from app.core.actor import SYSTEM
from app.events.notifications import StaffMattersOver, StaffToldOf
from app.events.orders import OrderShipped
from app.identity import operations as identity
from app.notifications import jobs
from app.notifications.channels import onsite
from app.notifications.onsite import operations, personal, queries
from app.notifications.onsite import telling as shop
from app.notifications.onsite.models import Notice
from app.notifications.staff import handlers, telling
from app.orders import notices
from app.storefront import live
from tests.orders import making

PASSWORD = "a-long-demo-password-7"
TOLD = StaffToldOf(
    "low_stock", "alert:1", "AlertView", "/admin/stock/show/1", {"name": "Lamp", "sku": "L", "left": 2}
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """What went to open pages: room, event, body."""
    seen: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(
        realtime, "emit", lambda _space, event, body, room=None: seen.append((room or "", event, body))
    )
    return seen


@pytest.fixture
def team(session: Session) -> dict[str, int]:
    """One of each role, the Manager French."""
    made = {}
    for role in ("Manager", "Support", "Seller"):
        user = identity.create_staff(
            session, email=f"{role.lower()}@desk.example", password=PASSWORD, roles=(role,), first_name=role,
            last_name="Desk", actor=SYSTEM,
        )  # fmt: skip
        user.language = "fr" if role == "Manager" else "en"
        made[role] = user.id
    session.commit()
    return made


def test_whoever_may_open_the_screen_is_told_once_in_their_language(
    session: Session, team: dict[str, int], sent: list[Any]
) -> None:
    for _ in range(2):
        handlers.ring(session, TOLD)
    assert [(room, event) for room, event, _body in sent] == [
        (f"staff:{team['Manager']}", "notification"), (f"staff:{team['Support']}", "notification"),
    ]  # fmt: skip
    french, english = (body for _room, _event, body in sent)
    assert english["title"] == "Running low: Lamp, L (2 left)" and french["title"] != english["title"]
    assert (english["url"], english["unread"], english["bell"]) == ("/admin/stock/show/1", 1, "staff")
    assert onsite.number_of(english["id"], "staff") is not None
    assert onsite.number_of(english["id"], "shop") is None


def test_it_is_over_for_everybody(session: Session, team: dict[str, int], sent: list[Any]) -> None:
    handlers.ring(session, TOLD)
    sent.clear()
    for _ in range(2):
        handlers.hush(session, StaffMattersOver("low_stock", ("alert:1",)))
    assert {(room, event, body["unread"]) for room, event, body in sent} == {
        (f"staff:{team['Manager']}", "read", 0), (f"staff:{team['Support']}", "read", 0),
    }  # fmt: skip


def test_a_page_that_comes_back_asks_what_it_missed(
    session: Session, team: dict[str, int], sent: list[Any]
) -> None:
    handlers.ring(session, TOLD)
    first = telling.missed(session, team["Manager"], "en", None)
    assert (first["unread"], first["notices"]) == (1, [])
    handlers.ring(session, StaffToldOf("low_stock", "alert:2", "AlertView", "", TOLD.facts))
    again = telling.missed(session, team["Manager"], "en", first["last"])
    assert again["unread"] == 2 and len(again["notices"]) == 1
    assert telling.missed(session, team["Seller"], "en", 0)["notices"] == [], "stock is not theirs"


@pytest.fixture
def bought(session: Session) -> Iterator[Any]:
    """An order of a customer with an account, on its way."""
    user = identity.create_user(
        session, email="kim@people.example", password=PASSWORD, first_name="Kim", last_name="P", actor=SYSTEM
    )
    order = making.order(session, making.articles(session, 1), user_id=user.id)
    order.state = "shipped"
    session.commit()
    yield order


def test_a_customer_hears_how_the_order_stands_once_for_each_state(
    session: Session, bought: Any, sent: list[Any]
) -> None:
    for _ in range(2):
        notices.live_owner(session, OrderShipped(order_id=bought.id))
    ((room, event, body),) = sent
    assert (room, event, body["unread"]) == (f"shop:{bought.user_id}", "notification", 1)
    assert body["title"] == f"Order {bought.number}" and body["body"] and body["url"].endswith(bought.token)
    assert shop.missed(session, bought.user_id, "en", 0)["notices"][0]["id"] == body["id"]
    number = onsite.number_of(body["id"], "shop")
    assert shop.read(session, user_id=bought.user_id + 1, numbers=[number or 0]) == 0, "not theirs"
    assert queries.unread(session, bought.user_id) == 1
    for _ in range(2):
        assert shop.read(session, user_id=bought.user_id, numbers=[number or 0]) == 0
    assert shop.missed(session, bought.user_id, "en", 0)["notices"] == []


def test_a_program_is_known_by_its_token_in_every_call(
    app: Any,
    session: Session,
    bought: Any,
    team: dict[str, int],
    sent: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rooms: list[str] = []
    may_listen: dict[str, Any] = {}
    monkeypatch.setattr(live, "join_room", rooms.append)
    monkeypatch.setattr(realtime, "guard", lambda _space, sid, still: may_listen.update({sid: still}))
    notices.live_owner(session, OrderShipped(order_id=bought.id))
    notice = {"id": sent[-1][2]["id"]}
    space = live.Notifications("/notifications")

    def calls(sid: str, email: str) -> tuple[Any, Any, list[str]]:
        login = {"email": email, "password": PASSWORD}
        token = app.test_client().post("/api/v1/auth/token", json=login).json["access_token"]
        rooms.clear()
        with app.test_request_context():
            request.sid = sid  # type: ignore[attr-defined]
            space.on_connect({"token": token})
            waiting = space.on_bell({"bell": "shop"})["unread"], space.on_bell({"bell": "staff"})
            return waiting, space.on_read(notice), list(rooms)

    (waiting, _staff), read, heard = calls("a", "support@desk.example")
    assert (waiting, read) == (0, {"unread": 0}), "not theirs"
    assert heard == [f"shop:{team['Support']}", f"staff:{team['Support']}"]
    (waiting, staff), read, heard = calls("b", "kim@people.example")
    assert (waiting, staff, read, heard) == (1, live.QUIET, {"unread": 0}, [f"shop:{bought.user_id}"])
    assert queries.unread(session, bought.user_id) == 0
    with app.test_request_context():
        request.sid = "c"  # type: ignore[attr-defined]
        space.on_connect({"token": "nonsense"})
        assert space.on_read(notice) == {"unread": 0}
    identity.end_sessions(session, user_id=team["Support"], actor=SYSTEM)
    assert {sid: still() for sid, still in may_listen.items()} == {"a": False, "b": True}


def test_a_guest_s_order_rings_nowhere(session: Session, sent: list[Any]) -> None:
    order = making.order(session, making.articles(session, 1))
    notices.live_owner(session, OrderShipped(order_id=order.id))
    assert sent == [] and session.scalars(select(Notice)).all() == []


def test_the_account_shows_them_and_reads_them(
    app: Any, session: Session, bought: Any, sent: list[Any]
) -> None:
    notices.live_owner(session, OrderShipped(order_id=bought.id))
    client = app.test_client()
    assert client.get("/account/notices").status_code == 303
    assert (
        client.post("/login", data={"email": "kim@people.example", "password": PASSWORD}).status_code == 303
    )
    page = client.get("/account/notices").text
    assert f"Order {bought.number}" in page and "Mark all as read" in page
    assert client.post("/account/notices").status_code == 303
    assert "Mark all as read" not in client.get("/account/notices").text
    assert sent[-1][1] == "read" and sent[-1][2]["unread"] == 0


def test_old_ones_go_and_personal_data_is_given_out_and_erased(
    app: Any, session: Session, bought: Any, sent: list[Any]
) -> None:
    notices.live_owner(session, OrderShipped(order_id=bought.id))
    assert len(personal.export(session, user_id=bought.user_id)) == 1
    assert [jobs.forget_notices(None), jobs.forget_notices(None)] == [{"notices": 0}] * 2
    assert [personal.erase(session, user_id=bought.user_id) for _ in range(2)] == [1, 0]
    assert operations.mark_read(session, user_id=bought.user_id) == []


@pytest.mark.parametrize(
    "name", ["", "staff-", "staff-x", "shop-1", "staff--1", "staff-" + "9" * 30, None, 7]
)
def test_only_names_of_this_bell_are_read(name: Any) -> None:
    assert onsite.number_of(name, "staff") is None
