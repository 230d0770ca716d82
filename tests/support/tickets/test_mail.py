"""Mails that come in: one ticket or message each, once; no robots, no loops; a real dialogue with a mailbox."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.errors import Unavailable
from app.notifications.models import Message
from app.support.tickets import inbox, operations, queries
from app.support.tickets.errors import Unreadable
from app.support.tickets.models import DroppedMail, Ticket, TicketMessage
from tests.support import making
from tests.support.making import PDF


@pytest.fixture(autouse=True)
def mailbox() -> Iterator[None]:
    """A mailbox is named; nobody connects to it unless a test does."""
    inbox.configure(
        {"MAIL_INBOX_URL": "imap://help:secret@127.0.0.1:1/INBOX", "MAIL_INBOX_ADDRESS": "help@shop.example"}
    )
    yield
    inbox.configure({})


def mail(text: str = "My lamp flickers.", **headers: str) -> bytes:
    made = EmailMessage()
    given_ = {
        "From": "Gwen <gwen@people.example>",
        "To": "help@shop.example",
        "Subject": "Lamp",
        "Message-ID": "<1@people.example>",
    }
    for name, value in (given_ | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def test_a_mail_opens_a_ticket_once(session: Session) -> None:
    assert [operations.receive(session, mail()) for _ in range(2)] == ["opened", "known"]
    made = session.scalars(select(Ticket)).one()
    assert (made.email, made.name, made.subject, made.channel) == (
        "gwen@people.example",
        "Gwen",
        "Lamp",
        "mail",
    )
    assert queries.by_id(session, made.id).messages[0].body == "My lamp flickers."


def test_answers_find_their_ticket_and_quotes_are_left_out(session: Session, deliver: Any) -> None:
    made, sofie = making.ticket(session, email="gwen@people.example"), making.agent(session)
    operations.answer(session, ticket_id=made.id, body="Which bulb?", actor=sofie)
    deliver()
    sent = session.scalars(select(Message).where(Message.template == "ticket_answer")).one()
    assert sent.reply_to == f"help+{made.mail_key}@shop.example"
    quoted = (
        "The small one.\n\nOn Mon, 1 Jun 2026 at 10:00, Shop <help@shop.example> wrote:\n> Which bulb?\n> Bye"
    )
    by_address = mail(quoted, To=sent.reply_to, Message_ID="<2@x>")
    by_reference = mail("And it hums.", References=f"<a@b> {sent.message_id}", Message_ID="<3@x>")
    by_subject = mail("Third.", Subject=f"Re: Lamp [{made.number}]", Message_ID="<4@x>")
    assert [operations.receive(session, raw) for raw in (by_address, by_reference, by_subject)] == [
        "added"
    ] * 3
    session.expire_all()
    bodies = [m.body for m in queries.by_id(session, made.id).messages if m.channel == "mail"]
    assert bodies == ["The small one.", "And it hums.", "Third."] and made.state == "open"
    stranger = mail("Mine!", Subject=f"[{made.number}]", From="eve@people.example", Message_ID="<5@x>")
    assert operations.receive(session, stranger) == "opened", "a number alone lets nobody in"


def test_a_closed_or_merged_ticket(session: Session) -> None:
    one, two = making.ticket(session), making.ticket(session)
    operations.merge(session, ticket_id=one.id, into=two.number, actor=SYSTEM)
    assert operations.receive(session, mail(To=f"help+{one.mail_key}@shop.example")) == "added"
    session.expire_all()
    assert "My lamp flickers." in [m.body for m in queries.by_id(session, two.id).messages]
    operations.move(session, ticket_id=two.id, state="closed", actor=SYSTEM)
    assert (
        operations.receive(session, mail(To=f"help+{two.mail_key}@shop.example", Message_ID="<9@x>"))
        == "opened"
    )


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-submitted"), ({"Precedence": "bulk"}, "precedence"),
        ({"X_Autoreply": "yes"}, "auto-reply"), ({"List_Id": "<l.example>"}, "list"), ({"Return_Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@mx.example"}, "robot"), ({"From": "no-reply@x.example"}, "robot"),
        ({"From": "help@shop.example"}, "own"),
    ],
)  # fmt: skip
def test_robots_and_loops_are_dropped_once(session: Session, headers: dict[str, str], reason: str) -> None:
    assert [operations.receive(session, mail(**headers)) for _ in range(2)] == [f"dropped: {reason}", "known"]
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    assert session.scalars(select(DroppedMail)).one().reason == reason


def test_a_flood_from_one_sender_stops(session: Session) -> None:
    outcomes = [operations.receive(session, mail(Message_ID=f"<{n}@x>")) for n in range(32)]
    assert outcomes.count("opened") == 30 and outcomes[-1] == "dropped: flood"


def test_files_html_and_odd_charsets(session: Session) -> None:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = (
        "gwen@people.example",
        "=?utf-8?q?Lampe_cass=C3=A9e?=",
        "<f@x>",
    )
    made.set_content("<p>Broken&nbsp;<b>glass</b></p><script>alert(1)</script>", subtype="html")
    made.add_attachment(PDF, maintype="application", subtype="octet-stream", filename="../bill.pdf")
    made.add_attachment(b"MZ\x90", maintype="application", subtype="pdf", filename="virus.pdf")
    assert operations.receive(session, made.as_bytes()) == "opened"
    message = queries.by_id(session, session.scalars(select(Ticket)).one().id).messages[0]
    assert "Broken" in message.body and "alert" not in message.body and "virus" in message.body
    assert [file.filename for file in message.files] == ["bill.pdf"]
    odd = b"From: gwen@people.example\r\nMessage-ID: <o@x>\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nCaf\xe9\x00"
    assert operations.receive(session, odd) == "opened"


def test_what_is_no_mail(session: Session) -> None:
    for raw in (b"", b"\x00" * 50, b"Subject: nobody sent it\r\n\r\nhello", b"From: nobody\r\n\r\n"):
        assert operations.receive(session, raw) == "dropped: unreadable"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=400),
    st.sampled_from(["From", "Message-ID", "References", "Content-Type", "Subject", "To"]),
)
def test_no_bytes_break_the_reader(noise: bytes, name: str) -> None:
    """Whatever stands in a header or the body, a mail is read or refused in words."""
    line = noise.replace(b"\r", b"").replace(b"\n", b"")
    try:
        found = inbox.read(b"From: a@people.example\r\n" + name.encode() + b": " + line + b"\r\n\r\n" + noise)
    except Unreadable:
        return
    assert (
        found.sender and len(found.text) < 20_001 and "\x00" not in found.text + found.subject + found.mail_id
    )


class Imap(socketserver.StreamRequestHandler):
    """Enough of IMAP4rev1 for one mailbox (RFC 3501): login, select, search, fetch, store, logout."""

    def handle(self) -> None:
        box: dict[bytes, bytes] = self.server.box  # type: ignore[attr-defined]
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command, *rest = line.strip().split(b" ")
            verb, uid = (rest[0].upper(), rest[1]) if command.upper() == b"UID" else (command.upper(), b"")
            if verb == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb == b"LOGIN" and rest[1] != b'"secret"':
                self.wfile.write(tag + b" NO wrong\r\n")
                continue
            elif verb == b"SELECT":
                self.wfile.write(b"* %d EXISTS\r\n" % len(box))
            elif verb == b"SEARCH":
                self.wfile.write(
                    b"* SEARCH " + b" ".join(u for u in box if u not in self.server.seen) + b"\r\n"
                )  # type: ignore[attr-defined]
            elif verb == b"FETCH" and b"RFC822.SIZE" in line:
                self.wfile.write(b"* 1 FETCH (UID %s RFC822.SIZE %d)\r\n" % (uid, len(box[uid])))
            elif verb == b"FETCH":
                self.wfile.write(b"* 1 FETCH (UID %s BODY[] {%d}\r\n%s)\r\n" % (uid, len(box[uid]), box[uid]))
            elif verb == b"STORE":
                self.server.seen.add(uid)  # type: ignore[attr-defined]
            self.wfile.write(tag + b" OK done\r\n")
            if verb == b"LOGOUT":
                return


def test_the_mailbox_is_emptied_and_read_again_without_harm(session: Session, outside_world: Any) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        server.daemon_threads = True
        port = server.server_address[1]
        server.box = {b"7": mail(), b"8": mail(Precedence="bulk", Message_ID="<b@x>")}  # type: ignore[attr-defined]
        server.seen = set()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        outside_world.expect("127.0.0.1", port)
        address = {"MAIL_INBOX_ADDRESS": "help@shop.example"}
        inbox.configure({"MAIL_INBOX_URL": f"imap://help:secret@127.0.0.1:{port}/INBOX", **address})
        assert operations.fetch(session) == {"opened": 1, "dropped: precedence": 1}
        assert operations.fetch(session) == {}
        server.seen.clear()  # type: ignore[attr-defined]
        assert operations.fetch(session) == {"known": 2}
        inbox.configure({"MAIL_INBOX_URL": f"imap://help:wrong@127.0.0.1:{port}/INBOX", **address})
        with pytest.raises(Unavailable):
            operations.fetch(session)
        server.shutdown()
    assert session.scalar(select(func.count()).select_from(TicketMessage)) == 1


def test_an_address_of_no_mailbox_is_refused_at_start() -> None:
    for url in ("http://x", "imap://mail.example.com/INBOX", "imaps://"):
        with pytest.raises(ValueError, match="MAIL_INBOX_URL"):
            inbox.configure({"MAIL_INBOX_URL": url})
