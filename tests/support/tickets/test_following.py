"""A conversation and its ticket are one thread: nothing said in one is missing in the other, nothing stands there twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM, Actor
from app.core.errors import Unavailable
from app.events.support import ChatMessagePosted, ConversationNeedsTicket, TicketAnswered, TicketReplied
from app.notifications.models import Message
from app.support.chat import operations as chat
from app.support.chat import queries as conversations
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.operations.conversing import Upload
from app.support.chat.queries import Owner
from app.support.tickets import files, handlers, messages, operations, queries
from app.support.tickets.models import Ticket, TicketMessage
from tests.support import making
from tests.support.chat import talking
from tests.support.chat.talking import answers, asks, conversation


@pytest.fixture
def talk(session: Session) -> Conversation:
    """A guest's conversation that has become a ticket."""
    row = conversation(session)
    asks(session, row, "My lamp hums")
    chat.leave_email(session, conversation_id=row.id, email="gwen@people.example", actor=GUEST)
    handlers.open_from_chat(session, ConversationNeedsTicket(row.id))
    return talking.fresh(session, row)


def ticket_of(session: Session, row: Conversation) -> Ticket:
    """The ticket of a conversation, read afresh."""
    session.expire_all()
    found = session.scalars(select(Ticket.id).where(Ticket.conversation_id == row.id)).one()
    return queries.by_id(session, found)


def thread(session: Session, row: Conversation) -> list[tuple[str, str, str]]:
    """What stands in the ticket behind its first message."""
    return [(one.author, one.channel, one.body) for one in ticket_of(session, row).messages[1:]]


def hear(session: Session, message: ChatMessage, times: int = 2) -> None:
    """Let the handlers know of a message, as often as the outbox likes."""
    for _time in range(times):
        handlers.follow_chat(
            session, ChatMessagePosted(message.conversation_id, message.id, message.author_kind)
        )


def test_what_the_customer_says_afterwards_is_added_once(session: Session, talk: Conversation) -> None:
    first = asks(session, talk, "Are you there?")
    second = asks(session, talk, "It hums louder")
    hear(session, second)
    hear(session, first)
    assert thread(session, talk) == [
        ("customer", "chat", "Are you there?"), ("customer", "chat", "It hums louder"),
    ]  # fmt: skip
    assert session.query(Ticket).count() == 1


def test_what_was_said_before_the_ticket_was_opened_is_not_added_again(session: Session) -> None:
    row = conversation(session)
    said = [asks(session, row, "One"), asks(session, row, "Two")]
    chat.leave_email(session, conversation_id=row.id, email="gwen@people.example", actor=GUEST)
    hear(session, said[0])
    for _time in range(2):
        handlers.open_from_chat(session, ConversationNeedsTicket(row.id))
    for one in said:
        hear(session, one)
    assert thread(session, row) == []
    first = ticket_of(session, row).messages[0].body
    assert "One" in first and "Two" in first


def test_a_customers_words_open_a_ticket_that_waited(session: Session, talk: Conversation) -> None:
    sofie = making.agent(session)
    operations.answer(session, ticket_id=ticket_of(session, talk).id, body="Unplug it.", actor=sofie)
    assert ticket_of(session, talk).state == "waiting"
    hear(session, asks(session, talk, "Still humming"))
    assert ticket_of(session, talk).state == "open"


@pytest.mark.parametrize("state", ["closed", "full"])
def test_a_ticket_that_takes_nothing_more_is_followed_by_another(
    session: Session, talk: Conversation, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ticket_of(session, talk)
    if state == "closed":
        operations.move(session, ticket_id=old.id, state="closed", actor=SYSTEM)
    else:
        monkeypatch.setattr("app.support.tickets.rules.MOST_MESSAGES", 1)
    hear(session, asks(session, talk, "Humming again"))
    new = ticket_of(session, talk)
    assert new.id != old.id and new.messages[0].body == "Humming again" and new.email == old.email
    now = talking.fresh(session, talk)
    assert now.ticket_reference == new.number
    said = [one.text for one in conversations.messages(session, now.id)]
    assert sum(new.number in text for text in said) == 1
    monkeypatch.undo()
    hear(session, asks(session, talk, "And again"))
    assert thread(session, talk) == [("customer", "chat", "And again")]


def test_an_answer_in_the_chat_is_in_the_thread_and_mailed_to_who_is_gone(
    session: Session, talk: Conversation
) -> None:
    sofie = talking.agent(session)
    here = answers(session, talk, sofie, "Have you tried another bulb?")
    hear(session, here)
    assert thread(session, talk) == [("agent", "chat", "Have you tried another bulb?")]
    now = ticket_of(session, talk)
    assert now.state == "waiting" and now.first_answer_at is not None and now.assignee_id == sofie.id
    assert _answered(session) == 0, "who wrote a moment ago reads it in the window"
    session.execute(ChatMessage.__table__.update().values(at=ChatMessage.at - timedelta(hours=1)))
    session.commit()
    gone = answers(session, talk, sofie, "We send a new one.")
    hear(session, gone)
    written = session.scalars(select(TicketMessage).where(TicketMessage.body == "We send a new one.")).one()
    for _time in range(2):
        messages.send_answer(session, TicketAnswered(now.id, written.id))
    assert _answered(session) == 1


def test_an_agents_words_after_the_end_stand_in_the_closed_thread(
    session: Session, talk: Conversation
) -> None:
    sofie, old = talking.agent(session), ticket_of(session, talk)
    operations.move(session, ticket_id=old.id, state="closed", actor=SYSTEM)
    closed_at = ticket_of(session, talk).closed_at
    hear(session, answers(session, talk, sofie, "One thing more: keep the box."))
    now = ticket_of(session, talk)
    assert thread(session, talk) == [("agent", "chat", "One thing more: keep the box.")]
    assert (now.id, now.state, now.closed_at, now.assignee_id) == (old.id, "closed", closed_at, None)
    assert _answered(session) == 0, "who is in the window reads it there"
    session.execute(ChatMessage.__table__.update().values(at=ChatMessage.at - timedelta(hours=1)))
    session.commit()
    hear(session, answers(session, talk, sofie, "And the bulb."))
    written = session.scalars(select(TicketMessage).where(TicketMessage.body == "And the bulb.")).one()
    messages.send_answer(session, TicketAnswered(now.id, written.id))
    assert _answered(session) == 1, "who is gone gets it by mail"
    hear(session, asks(session, talk, "I threw it away"))
    assert ticket_of(session, talk).id != old.id and session.query(Ticket).count() == 2


def _answered(session: Session) -> int:
    return session.query(Message).filter(Message.template == "ticket_answer").count()


def test_the_tickets_answer_is_said_in_the_window_once(session: Session, talk: Conversation) -> None:
    sofie, made = making.agent(session), ticket_of(session, talk)
    written = operations.answer(session, ticket_id=made.id, body="A" * 4900, actor=sofie, files=[])
    for _time in range(2):
        handlers.repeat_answer(session, TicketAnswered(made.id, written.id))
    now = talking.fresh(session, talk)
    last = conversations.messages(session, now.id)[-1]
    assert (last.author_kind, last.ticket_message_id, now.last_seq) == ("agent", written.id, last.seq)
    assert last.text.endswith("…") and len(last.text) <= 4000 and now.state == "open"
    hear(session, last)
    assert len(thread(session, talk)) == 1, "it came from the thread and does not go back"
    secret = operations.note(session, ticket_id=made.id, body="Careful", actor=sofie)
    handlers.repeat_answer(session, TicketAnswered(made.id, secret.id))
    handlers.repeat_answer(session, TicketAnswered(10**9, 1))
    assert talking.fresh(session, talk).last_seq == now.last_seq


def test_a_guests_window_hears_nothing_once_somebody_wrote_by_mail(
    session: Session, talk: Conversation
) -> None:
    """The address of a guest is typed, not proved: its owner's mails and the answers to them are not for the window."""
    sofie, made, before = (
        making.agent(session),
        ticket_of(session, talk),
        talking.fresh(session, talk).last_seq,
    )
    mail = operations.reply(session, ticket_id=made.id, body="Who wrote this?", actor=GUEST, channel="mail")
    handlers.repeat_reply(session, TicketReplied(made.id, mail.id))
    told = operations.answer(session, ticket_id=made.id, body="You live in Ghent.", actor=sofie)
    handlers.repeat_answer(session, TicketAnswered(made.id, told.id))
    assert talking.fresh(session, talk).last_seq == before


def test_an_accounts_mail_stands_in_its_window(session: Session) -> None:
    kim = talking.customer(session)
    row = conversation(session, Owner(user_id=kim.id))
    asks(session, row, "My lamp hums")
    chat.to_ticket(session, conversation_id=row.id, actor=SYSTEM)
    handlers.open_from_chat(session, ConversationNeedsTicket(row.id))
    made = ticket_of(session, row)
    mail = operations.reply(
        session, ticket_id=made.id, body="It is blue.", actor=Actor("customer", kim.id), channel="mail"
    )
    for _time in range(2):
        handlers.repeat_reply(session, TicketReplied(made.id, mail.id))
    said = conversations.messages(session, row.id)
    assert [one.text for one in said if one.author_kind == "customer"] == ["My lamp hums", "It is blue."]
    chat.close(session, conversation_id=row.id, actor=SYSTEM)
    more = operations.reply(session, ticket_id=made.id, body="Hello?", actor=Actor("customer", kim.id))
    handlers.repeat_reply(session, TicketReplied(made.id, more.id))
    assert talking.fresh(session, row).last_seq == said[-1].seq, "a closed conversation stays as it is"


def test_a_merged_tickets_answer_finds_the_window(session: Session) -> None:
    kim = talking.customer(session)
    row = conversation(session, Owner(user_id=kim.id))
    asks(session, row, "My lamp hums")
    chat.to_ticket(session, conversation_id=row.id, actor=SYSTEM)
    handlers.open_from_chat(session, ConversationNeedsTicket(row.id))
    made, other = ticket_of(session, row), making.ticket(session, user_id=kim.id, email=kim.email)
    operations.merge(session, ticket_id=made.id, into=other.number, actor=SYSTEM)
    told = operations.answer(session, ticket_id=other.id, body="One thread.", actor=making.agent(session))
    handlers.repeat_answer(session, TicketAnswered(other.id, told.id))
    assert conversations.messages(session, row.id)[-1].text == "One thread."
    hear(session, asks(session, row, "Thanks"))
    assert queries.by_id(session, other.id).messages[-1].body == "Thanks"


def test_files_go_along(session: Session, talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {"author_kind": "customer", "actor": GUEST, "text": ""}
    upload = Upload("bill.pdf", "pdf", making.PDF)
    sent = chat.post(session, conversation_id=talk.id, client_id="f", upload=upload, **given)
    hear(session, sent)
    last = ticket_of(session, talk).messages[-1]
    assert last.body == "[bill.pdf]" and [file.filename for file in last.files] == ["bill.pdf"]

    def silent(file: Any) -> Any:
        raise Unavailable()

    monkeypatch.setattr(files, "scanned", silent)
    again = chat.post(session, conversation_id=talk.id, client_id="g", upload=upload, **given)
    with pytest.raises(Unavailable):
        hear(session, again)
    session.rollback()
    monkeypatch.undo()
    hear(session, again)
    assert len(thread(session, talk)) == 2, "a silent scanner loses nothing: the next try adds it"
