"""What follows of tickets and chats: each handler runs twice and does its work once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import GUEST, SYSTEM
from app.events.support import ConversationNeedsTicket, TicketAnswered, TicketOpened
from app.notifications.channels import smtp
from app.notifications.models import Message
from app.support.chat import operations as chat
from app.support.chat.models import Conversation
from app.support.chat.queries import Owner
from app.support.settings import SupportSettings
from app.support.tickets import admin, handlers, messages, operations, queries
from app.support.tickets.models import Ticket
from tests.support import making


def test_what_was_said_is_told_by_the_desk_s_clock_and_with_names(session: Session) -> None:
    settings.change(session, SupportSettings, timezone="Asia/Tokyo", actor=SYSTEM)
    talk = chat.start(session, owner=Owner(guest_key="k" * 32), language="fr", actor=GUEST)
    at = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
    chat.post(
        session, conversation_id=talk.id, client_id="1", text="Elle bourdonne", author_kind="customer", actor=GUEST, at=at
    )  # fmt: skip
    chat.leave_email(session, conversation_id=talk.id, email="gwen@people.example", actor=GUEST)
    handlers.open_from_chat(session, ConversationNeedsTicket(talk.id))
    chat.send_transcript(session, conversation_id=talk.id, actor=GUEST)
    told = queries.by_id(session, session.scalars(select(Ticket)).one().id).messages[0].body
    mailed = session.scalars(select(Message).where(Message.template == "chat_transcript")).one().text
    assert told.startswith("Client (17/11/2026 08:30)"), "an agent is not the one who asked"
    assert "17/11/2026 08:30" in mailed


def test_a_conversation_becomes_one_ticket_with_what_was_said(session: Session) -> None:
    talk = chat.start(session, owner=Owner(guest_key="k" * 32), language="en", actor=GUEST)
    chat.post(
        session,
        conversation_id=talk.id,
        client_id="1",
        text="My lamp hums",
        author_kind="customer",
        actor=GUEST,
    )
    chat.leave_email(session, conversation_id=talk.id, email="gwen@people.example", actor=GUEST)
    for _time in range(2):
        handlers.open_from_chat(session, ConversationNeedsTicket(talk.id))
    made = session.scalars(select(Ticket)).one()
    assert (made.channel, made.email, made.subject) == ("chat", "gwen@people.example", "My lamp hums")
    assert "My lamp hums" in queries.by_id(session, made.id).messages[0].body
    session.expire_all()
    assert session.get_one(Conversation, talk.id).ticket_reference == made.number
    handlers.open_from_chat(session, ConversationNeedsTicket(10**9))


def test_mails_are_written_once_and_carry_the_thread(session: Session) -> None:
    made, sofie = making.ticket(session, language="fr"), making.agent(session)
    said = operations.answer(
        session, ticket_id=made.id, body="Bonjour & merci <b>", actor=sofie, then="solved"
    )
    first = queries.by_id(session, made.id).messages[0].id
    for _time in range(2):
        messages.send_received(session, TicketOpened(made.id, first))
        messages.send_answer(session, TicketAnswered(made.id, said.id))
    session.commit()
    got = session.scalars(select(Message).order_by(Message.id)).all()
    assert [m.template for m in got] == ["ticket_received", "ticket_answer"] and {
        m.language for m in got
    } == {"fr"}
    assert (
        got[0].thread == got[1].thread and "<b>" not in got[1].html and "Bonjour & merci <b>" in got[1].text
    )
    wire = smtp.compose(got[1])
    assert wire["References"] == wire["In-Reply-To"] == got[1].thread and wire["Message-ID"].startswith(
        "<ticket."
    )
    assert wire["Reply-To"] is None, "without a mailbox nobody reads answers"


def test_a_note_is_never_mailed(session: Session, deliver: Any) -> None:
    made, sofie = making.ticket(session), making.agent(session)
    written = operations.note(session, ticket_id=made.id, body="internal", actor=sofie)
    messages.send_answer(session, TicketAnswered(made.id, written.id))
    deliver()
    assert (
        session.scalar(select(func.count()).select_from(Message).where(Message.template == "ticket_answer"))
        == 0
    )


def test_tile_and_words_of_the_bell(app: Any, session: Session) -> None:
    assert admin.waiting(session) == []
    making.ticket(session)
    with app.test_request_context("/admin/"):
        (tile,) = admin.waiting(session)
        assert (tile.value, tile.tone) == (1, "")
        assert "T-2026-000001" in admin.late_words("T-2026-000001", "Lamp")
    operations.move(session, ticket_id=session.scalars(select(Ticket)).one().id, state="closed", actor=SYSTEM)
    assert admin.waiting(session) == []
