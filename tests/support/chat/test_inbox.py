"""The agents' inbox by plain requests: lists, one conversation, every action, and what the customer's side may not see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.actor import GUEST
from app.identity import rules as roles
from app.support.chat import operations, queries
from app.support.chat.models import CannedReply, ChatNote
from tests.identity.people import mails, sign_in, sign_in_staff, staff
from tests.support.chat import talking
from tests.support.chat.talking import agent, asks, conversation, customer, fresh


@pytest.fixture
def desk(session: Session, client: Any) -> Any:
    """Anna, signed in at the back office."""
    talking.hours(session)
    agent(session)
    sign_in_staff(client, "anna@shop.example")
    return client


def page(client: Any, row: Any = None, tab: str = "all") -> str:
    """The inbox."""
    answer = client.get(f"/admin/chat/?tab={tab}&c={row.public_id if row is not None else ''}")
    assert answer.status_code == 200
    return str(answer.text)


def test_lists_with_counts(session: Session, desk: Any) -> None:
    row = conversation(session)
    asks(session, row, "Where is my <b>lamp</b>?")
    conversation(session)
    for tab in ("mine", "all"):
        shown = page(desk, tab=tab)
        assert "Where is my &lt;b&gt;lamp" in shown
        assert re.search(r"All <span class=\"desk-count\">1<", shown), "who wrote nothing is not there"
    assert "Where is my" not in page(desk, tab="unassigned")


def test_the_customer_beside_the_conversation(session: Session, desk: Any) -> None:
    kim = customer(session)
    row = conversation(session, queries.Owner(user_id=kim.id), page="/p/lamp")
    asks(session, row)
    operations.save_canned(
        session,
        shortcut="thanks",
        title="Thanks",
        text="Thank you, {customer}. {agent} of {shop}. {unknown}",
        actor=GUEST,
    )
    shown = page(desk, row)
    assert kim.email in shown and "/p/lamp" in shown and "Lifetime value" in shown
    assert "Thank you, Kim" in shown and "{unknown}" in shown and "{customer}" not in shown


def test_answering_without_sockets(session: Session, desk: Any) -> None:
    row = conversation(session)
    asks(session, row)
    where = f"/admin/chat/say/{row.public_id}"
    for _ in range(2):
        assert desk.post(where, data={"text": "Here", "client_id": "once"}).status_code == 302
    now = fresh(session, row)
    assert (now.last_seq, now.state) == (2, "open")
    refused = desk.post(where, data={"text": "x" * 4001, "client_id": "long"})
    assert (
        refused.status_code == 422
        and "At most 4000 characters." in refused.text
        and "x" * 4001 in refused.text
    )
    assert desk.post(where, data={"text": "\x00", "client_id": "n"}).status_code == 422


def test_the_steps_of_the_desk(session: Session, desk: Any) -> None:
    row = conversation(session)
    asks(session, row)

    def change(verb: str, **form: str) -> int:
        return int(desk.post(f"/admin/chat/change/{row.public_id}/{verb}", data=form).status_code)

    assert change("take") == 302
    assert change("assign", assignee="") == 302 and fresh(session, row).assignee_id is None
    assert change("assign", assignee="0") == 302 and fresh(session, row).assignee_id is not None
    assert change("assign", assignee="99999") == 422
    assert change("label", labels="vip, late", priority="high") == 302
    assert change("label", labels="x" * 31, priority="high") == 422
    assert change("label", labels="vip", priority="nonsense") == 422
    assert change("snooze", hours="4") == 302 and fresh(session, row).state == "snoozed"
    assert change("snooze", hours="nonsense") == 422
    assert change("ticket") == 422, "nobody knows where to answer"
    assert change("close", reason="Done") == 302 and fresh(session, row).close_reason == "Done"
    assert change("reopen") == 302 and change("reopen") == 409
    assert change("nonsense") == 404
    assert desk.post(f"/admin/chat/note/{row.public_id}", data={"text": "Careful"}).status_code == 302
    assert session.query(ChatNote).one().text == "Careful" and "Careful" in page(desk, row)
    assert desk.post("/admin/chat/available", data={"on": "0"}).status_code == 302
    assert not queries.desk(session).is_staffed


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000", "%00", "x" * 300])
def test_no_such_conversation(desk: Any, key: str) -> None:
    assert desk.get(f"/admin/chat/?c={key}").status_code == 404
    assert desk.post(f"/admin/chat/say/{key}", data={"text": "x", "client_id": "x"}).status_code == 404


def test_who_may_not(session: Session, client: Any) -> None:
    row = conversation(session)
    asks(session, row)
    staff(session, roles.SELLER, email="sam@shop.example")
    sign_in_staff(client, "sam@shop.example")
    assert client.get("/admin/chat/").status_code in (302, 403)
    client.post(f"/admin/chat/say/{row.public_id}", data={"text": "x", "client_id": "x"})
    assert fresh(session, row).last_seq == 1


def test_canned_replies_by_form(session: Session, desk: Any) -> None:
    good = {
        "shortcut": "Hello",
        "title": "Hello",
        "language": "en",
        "text": "Hello {customer}",
        "is_active": "y",
    }
    assert desk.post("/admin/canned-reply/add", data=good).status_code == 302
    made = session.query(CannedReply).one()
    assert (made.shortcut, made.is_active) == ("hello", True)
    again = desk.post("/admin/canned-reply/add", data=good)
    assert again.status_code == 422 or "Another reply has this shortcut" in again.text
    bad = desk.post(f"/admin/canned-reply/edit/{made.id}", data=good | {"shortcut": "a b"})
    assert "small letters, digits and hyphens" in bad.text
    assert desk.post(f"/admin/canned-reply/delete/{made.id}").status_code == 302
    assert session.query(CannedReply).count() == 0


def test_the_first_look_and_files(session: Session, client: Any) -> None:
    import io

    from PIL import Image

    talking.hours(session)
    first = client.get("/chat/hello")
    assert first.json["conversation"] is None and "chat=" in first.headers["Set-Cookie"]
    assert first.headers["Cache-Control"] == "no-store"
    key = client.get_cookie("chat").value
    with client.application.app_context():
        from app.support.chat import keys

        owner = queries.Owner(guest_key=keys.opened(key))
    row = conversation(session, owner)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")

    def send(data: bytes, name: str, client_id: str = "f1") -> Any:
        return client.post(
            "/chat/files", headers={"Accept": "application/json"},
            data={"conversation": str(row.public_id), "client_id": client_id, "file": (io.BytesIO(data), name)},
        )  # fmt: skip

    sent = send(picture.getvalue(), "../../lamp.png")
    assert sent.status_code == 200 and sent.json["seq"] == 1
    got = client.get(f"/chat/files/{sent.json['id']}")
    assert (got.status_code, got.mimetype) == (200, "image/webp") and "sandbox" in got.headers[
        "Content-Security-Policy"
    ]
    assert send(b"<script>alert(1)</script>", "a.png", "f2").json["code"] == "file_not_allowed"
    assert send(b"\x89PNG\r\n\x1a\n" + b"x" * 50, "a.png", "f3").status_code == 422
    assert send(b"%PDF-1.4" + b"0" * 5_100_000 + b"%%EOF", "a.pdf", "f4").json["code"] == "file_too_large"
    pdf = send(b"%PDF-1.4 tiny %%EOF", "a.pdf", "f5")
    assert client.get(f"/chat/files/{pdf.json['id']}").headers["Content-Disposition"].startswith("attachment")
    stranger = client.application.test_client()
    assert stranger.get(f"/chat/files/{sent.json['id']}").status_code == 404
    assert stranger.get("/chat/files/00000000-0000-0000-0000-000000000000").status_code == 404
    customer(session)
    sign_in(client, "kim@people.example")
    held = client.get("/chat/hello").json["conversation"]
    assert [m["seq"] for m in held["messages"]] == [1, 2], "history went along with the login"
    assert mails(session, "chat_transcript") == []


def test_the_button_is_the_same_for_everybody(session: Session, client: Any) -> None:
    shown = client.get("/fr/pages/terms").text
    assert 'href="/fr/contact"' in shown and "data-chat" in shown


def test_the_window_speaks_the_language_of_each_page(client: Any) -> None:
    for _ in range(2):  # it is drawn once a language
        for root, words in (
            ("/fr", "Où pouvons-nous envoyer la réponse"),
            ("", "Where may we send the answer"),
        ):
            shown = client.get(f"{root}/pages/terms").text
            window = shown.partition('id="chat-window">')[2].partition("</template>")[0]
            assert words in window and "<dialog" in window and "<svg" in window


def test_the_job_runs_twice(session: Session, app: Any) -> None:
    from datetime import timedelta

    from sqlalchemy import update

    from app.core.clock import utcnow
    from app.support.chat import jobs
    from app.support.chat.models import Conversation

    conversation(session)
    session.execute(update(Conversation).values(created_at=utcnow() - timedelta(days=2)))
    session.commit()
    assert jobs.look_after(None) == {"woken": 0, "tickets": 0, "dropped": 1}
    assert jobs.look_after(None) == {"woken": 0, "tickets": 0, "dropped": 0}


def test_what_a_person_may_have_and_take_away(session: Session) -> None:
    from app.core.actor import SYSTEM
    from app.support.chat import personal

    kim = customer(session)
    asks(session, conversation(session, queries.Owner(user_id=kim.id)), "My words")
    (held,) = personal.export(session, user_id=kim.id)
    assert held["messages"][0]["text"] == "My words"
    assert personal.erase(session, user_id=kim.id, actor=SYSTEM) == 1
    assert personal.export(session, user_id=kim.id) == []
