"""The desk's pages, the REST doors, the scanner, hours of work."""

from __future__ import annotations

import re
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.errors import Unavailable
from app.support.hours import Hours, WrongHours
from app.support.tickets import files, operations, queries
from app.support.tickets.files import Sent
from app.support.tickets.models import Ticket
from tests.support import making
from tests.support.making import PDF

EVIL = '"><script>alert(1)</script>'


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


def act(desk: Any, page: str, name: str, ticket_id: int, **values: Any) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get(page).text)
    assert token is not None
    return desk.post(f"/admin/ticket/action/{name}/{ticket_id}", data={"csrf_token": token[1], **values})


def test_list_board_and_ticket_show_hostile_words_as_words(desk: Any, own: Session) -> None:
    made = making.ticket(
        own, subject=EVIL, body=EVIL, name=EVIL, priority="urgent", files=[Sent("bill.pdf", PDF)]
    )
    for path in ("list/", "board/", "board/?mine=1", f"show/{made.id}"):
        page = desk.get(f"/admin/ticket/{path}")
        assert page.status_code == 200 and EVIL not in page.text, path
    assert made.number in desk.get("/admin/ticket/board/").text
    assert made.number in desk.get("/admin/ticket/list/?q=000001").text
    file_id = queries.by_id(own, made.id).messages[0].files[0].public_id
    paper = desk.get(f"/admin/ticket/file/{made.id}/{file_id}")
    assert paper.data == PDF and "attachment" in paper.headers["Content-Disposition"]


def test_the_desk_answers_notes_moves_assigns_and_merges(desk: Any, own: Session, deliver: Any) -> None:
    made, other = making.ticket(own), making.ticket(own)
    page = f"/admin/ticket/show/{made.id}"
    said = act(
        desk,
        page,
        "answer",
        made.id,
        body="It left today.",
        then="waiting",
        version="1",
        files=(BytesIO(PDF), "label.pdf"),
    )
    assert said.status_code == 302
    act(desk, page, "note", made.id, body="Was friendly")
    act(desk, page, "prioritise", made.id, priority="high")
    act(desk, page, "label", made.id, labels="Lamp, lamp, Gift")
    act(desk, page, "assign", made.id, assignee="sofie@desk.example")
    own.expire_all()
    found = queries.by_id(own, made.id)
    assert (found.state, found.priority, found.labels) == ("waiting", "high", ["lamp", "gift"])
    assert found.assignee is not None and [m.author for m in found.messages] == ["customer", "agent", "note"]
    assert found.messages[1].files[0].filename == "label.pdf" and found.messages[1].author_name == "Sofie"
    stale = act(desk, page, "answer", made.id, body="Typed before", then="waiting", version="1")
    assert "Typed before" in stale.text, "refused, and the words are kept"
    bad = act(desk, page, "move", made.id, state="nowhere")
    assert bad.status_code == 200 and "nowhere" not in found.state
    act(desk, page, "merge", other.id, number=made.number)
    own.expire_all()
    assert queries.by_id(own, other.id).merged_into_id == made.id
    assert (
        "Was friendly" in desk.get(page).text
        and "Merged into" in desk.get(f"/admin/ticket/show/{other.id}").text
    )


def test_a_refused_answer_stands_below_what_came_meanwhile_and_can_be_sent(desk: Any, own: Session) -> None:
    made = making.ticket(own)
    page = f"/admin/ticket/show/{made.id}"
    operations.note(own, ticket_id=made.id, body="Asked the carrier", actor=SYSTEM)
    operations.answer(own, ticket_id=made.id, body="It left today.", actor=SYSTEM)
    refused = act(desk, page, "answer", made.id, body="Where is it?", then="solved", version="1").text
    assert "Somebody changed this in the meantime" in refused and "It left today." in refused
    assert "Where is it?</textarea>" in refused and re.search(r'value="solved" selected', refused)
    shown = re.search(r'name="version" value="(\d+)"', refused)
    assert shown is not None
    sent = act(desk, page, "answer", made.id, body="Where is it?", then="solved", version=shown[1])
    own.expire_all()
    assert sent.status_code == 302 and queries.by_id(own, made.id).state == "solved"
    wrong = act(
        desk, page, "answer", made.id, body="See file", then="open", files=(BytesIO(b"MZ"), "a.exe")
    ).text
    assert "See file</textarea>" in wrong and "cannot be taken" in wrong and "It left today." in wrong


def test_programs_ask_read_and_go_on(client: Any, own: Session) -> None:
    asked = {"subject": "A question", "body": "Does it dim?", "email": "gwen@people.example"}
    key = {"Idempotency-Key": "k1"}
    made = client.post("/api/v1/tickets", json=asked, headers=key)
    assert made.status_code == 201 and made.json["status"] == "new"
    assert client.post("/api/v1/tickets", json=asked, headers=key).json == made.json
    assert (
        client.post("/api/v1/tickets", json={**asked, "body": "Else"}, headers=key).json["code"]
        == "idempotency_mismatch"
    )
    number, token = made.json["number"], made.json["token"]
    path = f"/api/v1/tickets/{number}"
    assert client.get(path).status_code == 404 and client.get(f"{path}?token=x").status_code == 404
    other = making.ticket(own)
    assert client.get(f"{path}?token={other.token}").status_code == 404
    went_on = client.post(f"{path}/messages?token={token}", json={"body": "And how?"})
    assert went_on.status_code == 201 and [m["body"] for m in went_on.json["messages"]] == [
        "Does it dim?",
        "And how?",
    ]
    assert client.get("/api/v1/tickets").status_code == 401
    own.rollback()
    assert own.scalar(select(func.count()).select_from(Ticket)) == 2


@pytest.mark.parametrize(
    "body", [{}, {"subject": "x"}, {"subject": "x", "body": "y"}, {"subject": "x", "body": "y", "email": "no"},
             {"subject": "x", "body": "\x00", "email": "a@people.example"}, {"subject": 1, "body": [], "email": {}},
             {"subject": "x", "body": "y", "email": "a@people.example", "state": "closed"}],
)  # fmt: skip
def test_what_programs_may_not_send(client: Any, own: Session, body: dict[str, Any]) -> None:
    refused = client.post("/api/v1/tickets", json=body)
    assert refused.status_code == 422 and refused.json["errors"]
    assert own.scalar(select(func.count()).select_from(Ticket)) == 0


# --- the scanner --------------------------------------------------------------------------------------


class Clamd(socketserver.StreamRequestHandler):
    """clamd's INSTREAM: chunks with their length in front, an empty one at the end."""

    def handle(self) -> None:
        if self.rfile.readline() != b"nINSTREAM\n":
            return
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        self.server.heard.append(len(data))  # type: ignore[attr-defined]
        bad = b"EICAR" in data
        self.wfile.write(b"stream: Eicar-Signature FOUND\n" if bad else b"stream: OK\n")


def test_files_are_scanned_where_a_scanner_is_named(session: Session, outside_world: Any) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        server.daemon_threads, server.heard = True, []  # type: ignore[attr-defined]
        port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        outside_world.expect("127.0.0.1", port)
        files.configure(f"tcp://127.0.0.1:{port}")
        bad = PDF.replace(b"trailer", b"EICAR trailer")
        made = making.ticket(session, files=[Sent("good.pdf", PDF), Sent("bad.pdf", bad)])
        server.shutdown()
    good, shut = queries.by_id(session, made.id).messages[0].files
    assert (good.state, shut.state, shut.finding) == ("clean", "infected", "Eicar-Signature")
    assert server.heard == [len(PDF), len(bad)]  # type: ignore[attr-defined]
    for staff in (True, False):
        with pytest.raises(queries.TicketNotFound):
            queries.file_of(session, made.id, shut.public_id, staff=staff)
    with pytest.raises(Unavailable):
        making.ticket(session, files=[Sent("late.pdf", PDF)])
    files.configure(None)
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1


# --- hours of work ------------------------------------------------------------------------------------

BRUSSELS = Hours.read("mon-fri 09:00-17:30", "Europe/Brussels")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_promises_count_hours_of_work_alone() -> None:
    friday = at("2026-06-05T14:30")  # 16:30 in Brussels, an hour before the end
    assert BRUSSELS.after(friday, timedelta(hours=4)) == at("2026-06-08T10:00")
    assert BRUSSELS.after(at("2026-06-06T12:00"), timedelta(0)) == at("2026-06-08T07:00")
    assert BRUSSELS.between(friday, at("2026-06-08T10:00")) == timedelta(hours=4)
    assert BRUSSELS.is_open(friday) and not BRUSSELS.is_open(at("2026-06-06T12:00"))
    winter = at("2026-10-23T15:00")  # the clocks go back in that night
    assert BRUSSELS.after(winter, timedelta(hours=1)) == at("2026-10-26T08:30")


def test_who_works_through_the_night_is_there_at_midnight() -> None:
    always = Hours.read("mon-sun 00:00-24:00", "Europe/Brussels")
    begin = at("2026-03-20T00:00")
    for minutes in range(0, 60 * 24 * 12, 7):  # over the night in which summer time begins
        assert always.is_open(begin + timedelta(minutes=minutes))
    assert always.after(begin, timedelta(days=12)) == begin + timedelta(days=12)
    night = Hours.read("fri 22:00-24:00, sat 00:00-06:00", "Europe/Brussels")
    assert night.after(at("2026-06-05T20:30"), timedelta(hours=3)) == at("2026-06-05T23:30")
    assert not night.is_open(at("2026-06-06T04:00"))


@given(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 60))
def test_waiting_and_counting_are_each_other_s_inverse(start: int, minutes: int) -> None:
    begin = at("2026-03-20T00:00") + timedelta(minutes=start)
    due = BRUSSELS.after(begin, timedelta(minutes=minutes))
    assert due >= begin and BRUSSELS.between(begin, due) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "mon", "mon 9-17", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon 25:00-26:00", "mon 24:00-24:00", "mon 20:00-24:00, mon 22:00-23:00",
                                  "mon 09:00-12:00, mon 11:00-13:00", "xyz 09:00-10:00"])  # fmt: skip
def test_what_is_no_hours(text: str) -> None:
    with pytest.raises(WrongHours):
        Hours.read(text)


def test_the_jobs_can_run_twice(app: Any, session: Session) -> None:
    from app.support.tickets import jobs

    making.ticket(session, at=datetime.now(UTC) - timedelta(days=40))
    assert jobs.promises(None)["late"] == 2 and jobs.promises(None)["late"] == 0
    assert jobs.fetch_mail(None) == jobs.fetch_mail(None) == {}
    assert operations.close_solved(session) == 0
