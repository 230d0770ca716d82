"""Papers that go with mails, over a real SMTP server: made when the mail leaves, tried again, order untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.invoicing import papers
from app.notifications import attachments, operations
from app.notifications.attachments import File, Paper
from app.notifications.models import Attachment, Message
from tests.fakes.postbox import Postbox
from tests.invoicing import making

Deliver = Callable[[], int]


@pytest.fixture
def producer() -> Iterator[Callable[..., None]]:
    """Sets who makes the paper "test.paper", for one test."""
    before = dict(attachments._producers)
    yield lambda make: attachments.register("test.paper", make)
    attachments._producers.clear()
    attachments._producers.update(before)


def write(session: Session, made: Any, *with_: Paper, files: tuple[File, ...] = ()) -> int:
    with unit_of_work(session):
        found = operations.send_mail(
            session, to=made.email, template="order_link", language="en", dedupe_key="one",
            values={"number": made.number, "path": f"/orders/{made.token}"}, papers=with_, attachments=files,
        )  # fmt: skip
    assert found is not None
    return found


def due_now(session: Session) -> None:
    with unit_of_work(session):
        session.execute(text("UPDATE notifications_message SET due_at = now()"))


def state(session: Session, message_id: int) -> tuple[str, str]:
    session.expire_all()
    row = session.get_one(Message, message_id)
    return row.state, row.error or ""


def test_ord_06_the_confirmation_then_the_invoice(
    session: Session, postbox: Postbox, deliver: Deliver
) -> None:
    made = making.ordered(session, language="nl")
    deliver()
    (mail,) = postbox.mails
    (paper,) = list(mail.iter_attachments())
    seen = making.words(paper.get_content())
    assert (paper.get_content_type(), paper.get_filename()) == (papers.PDF, f"{made.number}.pdf")
    assert str(made.number) in seen and "INV-" not in seen and mail["Content-Language"] == "nl"
    assert mail.get_body(("plain",)) and mail.get_body(("html",))
    making.pays(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    received = [m for m in postbox.mails if m is not mail]
    files = [part for m in received for part in m.iter_attachments()]
    assert [part.get_filename() for part in files] == [f"{invoice.number}.pdf"]
    assert files[0].get_content() == papers.of_invoice(session, invoice).data


def test_ord_06_a_paid_order_has_its_invoice_with_the_first_mail(
    session: Session, postbox: Postbox, deliver: Deliver
) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    names = [part.get_filename() for mail in postbox.mails for part in mail.iter_attachments()]
    assert names == [f"{invoice.number}.pdf"] * 2, "received and paid"
    assert making.wrong(session) == []


def test_cash_on_delivery_has_it_with_the_parcel_and_refunds_with_theirs(
    session: Session, postbox: Postbox, deliver: Deliver
) -> None:
    made = making.ordered(session, method="cod")
    making.sends(session, made)
    deliver()
    making.pays(session, made)
    making.refunds(session, made, "5.00")
    deliver()
    invoice, note = making.papers(session, made)
    names = [part.get_filename() for mail in postbox.mails for part in mail.iter_attachments()]
    assert names.count(f"{invoice.number}.pdf") >= 2 and names.count(f"{note.number}.pdf") == 1


def test_ord_06_a_server_that_is_down_changes_nothing(
    session: Session, postbox: Postbox, deliver: Deliver
) -> None:
    made = making.ordered(session)
    postbox.answer = "451 come back later"
    deliver()
    row = session.scalars(select(Message)).one()
    assert (row.state, row.attempts) == ("queued", 1) and "451" in (row.error or "")
    making.pays(session, made)
    deliver()
    session.expire_all()
    assert made.state == "paid" and len(making.papers(session, made)) == 1
    postbox.answer = ""
    due_now(session)
    for _ in range(2):
        operations.deliver_due(session)
        session.commit()
        due_now(session)
    assert {m.state for m in session.scalars(select(Message))} == {"sent"} and len(postbox.mails) == 2
    assert len(postbox.files("")) == 2


def test_a_paper_that_cannot_be_made_waits_with_its_mail_alone(
    session: Session, postbox: Postbox, deliver: Deliver, producer: Callable[..., None]
) -> None:
    made = making.ordered(session)
    session.execute(text("UPDATE core_outbox SET done_at = now()"))
    session.commit()

    def broken(own: Session, arguments: Mapping[str, Any]) -> File:
        own.execute(text("UPDATE orders_order SET note = 'half done'"))
        raise RuntimeError("the printer burns")

    producer(broken)
    message = write(session, made, Paper("test.paper", {"n": 7}))
    operations.deliver(session, message_id=message)
    found, error = state(session, message)
    assert found == "queued" and "the printer burns" in error and postbox.mails == []
    session.expire_all()
    assert made.note == "", "what the producer had begun is undone"
    producer(lambda own, arguments: File(f"{arguments['n']}.txt", "text/plain", b"seven"))
    due_now(session)
    operations.deliver(session, message_id=message)
    (part,) = postbox.files("")
    assert (part.get_filename(), part.get_content().strip()) == ("7.txt", "seven")
    assert state(session, message)[0] == "sent"


def test_nobody_makes_it_none_is_made_and_files_of_before(
    session: Session, postbox: Postbox, producer: Callable[..., None]
) -> None:
    made = making.ordered(session)
    message = write(session, made, Paper("nobody.knows"))
    operations.deliver(session, message_id=message)
    assert state(session, message)[0] == "queued" and "nobody makes" in state(session, message)[1]
    session.execute(text("DELETE FROM notifications_attachment; DELETE FROM notifications_message"))
    session.commit()
    producer(lambda own, arguments: None)
    message = write(session, made, Paper("test.paper"), files=(File("a.txt", "text/plain", b"kept"),))
    rows = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [(r.filename, r.producer, r.data) for r in rows] == [
        ("a.txt", None, b"kept"),
        ("", "test.paper", None),
    ]
    operations.deliver(session, message_id=message)
    assert [part.get_filename() for part in postbox.files("")] == ["a.txt"]


def test_an_attachment_is_bytes_or_a_name_never_both(session: Session) -> None:
    message = write(session, making.ordered(session))
    for data, name in ((None, None), (b"x", "test.paper")):
        session.add(Attachment(message_id=message, filename="", content_type="", data=data, producer=name))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
