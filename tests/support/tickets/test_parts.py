"""Words and files of mails as programs really send them: nothing that somebody wrote is lost."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.support.tickets import inbox, operations, queries
from app.support.tickets.models import Ticket
from tests.support.making import PDF

HEAD = "From: Gwen <gwen@people.example>\r\nSubject: Lamp\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n"


def raw(content_type: str, body: bytes) -> bytes:
    """A mail of one part, its bytes as they are."""
    return f"{HEAD}Content-Type: {content_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + body


def letter(text: str = "See the files.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "gwen@people.example", "Lamp", "<1@x>"
    made.set_content(text)
    return made


@pytest.mark.parametrize(
    ("content_type", "body", "read"),
    [
        ("text/plain", "Un café".encode("latin-1"), "Un café"),
        ("text/plain; charset=us-ascii", "Un café".encode(), "Un café"),
        ("text/plain; charset=utf-8", "Un café".encode("latin-1"), "Un café"),
        ("text/plain; charset=iso-8859-1", "C’est 10 €".encode("cp1252"), "C’est 10 €"),
        ("text/plain; charset=nonsense", "Un café".encode(), "Un café"),
        ("text/plain; charset=iso-2022-jp", "ランプ".encode("iso-2022-jp"), "ランプ"),
        ("text/html", b"<head><title>Untitled</title></head><!-- x --><ul><li>one</li><li>two</li></ul>", "one\ntwo"),
    ],
)  # fmt: skip
def test_letters_are_read_as_they_were_meant(content_type: str, body: bytes, read: str) -> None:
    assert inbox.read(raw(content_type, body)).text == read


def test_words_stand_where_the_program_put_them() -> None:
    empty = letter("\n")
    empty.add_alternative("<p>Only in HTML.</p>", subtype="html")
    assert inbox.read(empty.as_bytes()).text == "Only in HTML."
    parts = [
        b"Content-Type: text/plain\r\n\r\nAbove.",
        b'Content-Type: image/png; name="a.png"\r\nContent-Disposition: inline\r\n\r\nx',
        b"Content-Type: text/plain\r\n\r\nBelow the picture.",
    ]
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    found = inbox.read(raw("multipart/mixed; boundary=b", body))
    assert found.text == "Above.\n\nBelow the picture."
    assert [file.filename for file in found.files] == ["a.png"]


def test_a_paragraph_on_one_line_is_kept_whole() -> None:
    words = "It hums and flickers. " * 100 + "The end."
    assert inbox.read(raw("text/plain; charset=utf-8", words.encode())).reply == words


def test_every_file_is_taken_or_named(session: Session) -> None:
    made, inner = letter(), letter("The mail before.")
    made.add_attachment(
        b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    made.add_attachment("one,two", subtype="csv", filename="list.csv")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="bill.pdf")
    made.add_attachment(inner)
    assert operations.receive(session, made.as_bytes()) == "opened"
    message = queries.by_id(session, session.scalars(select(Ticket)).one().id).messages[0]
    assert [file.filename for file in message.files] == ["bill.pdf"]
    assert message.body == "See the files.\n\n[– winmail.dat, list.csv, message.eml]"


def test_mails_in_mails_in_mails_end() -> None:
    body: Any = b"--b0--\r\n"
    for depth in range(60):
        body = f"--b{depth}\r\nContent-Type: multipart/mixed; boundary=b{depth + 1}\r\n\r\n".encode() + body
    assert inbox.read(raw("multipart/mixed; boundary=b0", body)).text == "–"


@pytest.mark.parametrize("header", [b"Precedence: auto-reply", b"X-Autoreply-From: gwen@people.example"])
def test_more_ways_to_say_nobody_wrote_this(session: Session, header: bytes) -> None:
    assert operations.receive(session, header + b"\r\n" + raw("text/plain", b"I am away.")).startswith(
        "dropped"
    )
