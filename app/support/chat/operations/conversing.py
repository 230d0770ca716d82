"""What both sides do: begin, say something, read; and whose a conversation is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core import locks, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.i18n import DEFAULT_LANGUAGE, is_language
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.support import ChatMessagePosted, ConversationNeedsTicket
from app.identity.rules import normal_email
from app.support.chat import queries, rules
from app.support.chat.errors import ClientIdTaken, ConversationClosed, ConversationNotFound
from app.support.chat.models import ChatFile, ChatMessage, Conversation
from app.support.chat.operations.announcing import announce, as_listed, as_sent
from app.support.chat.queries import Owner
from app.support.chat.states import CONVERSATION
from app.support.settings import SupportSettings


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file: see `files.read`."""

    name: str
    kind: str
    data: bytes


def start(
    session: Session,
    *,
    owner: Owner,
    language: str,
    page: str = "",
    actor: Actor,
    with_bot: bool | None = None,
) -> Conversation:
    """The owner's conversation that is still alive, else a new one. Two tabs at once get the same one.

    Raises:
        ConversationNotFound: an owner who could never find it again.
    """
    if not owner.is_known:
        raise ConversationNotFound()
    with unit_of_work(session):
        locks.advisory(session, f"chat:{owner.user_id or owner.guest_key}")
        found = queries.latest(session, owner, alive=True)
        if found is not None:
            return found
        bot = settings.get(session, SupportSettings).bot if with_bot is None else with_bot
        spoken = language if is_language(language) else DEFAULT_LANGUAGE
        made = Conversation(
            user_id=owner.user_id, guest_key="" if owner.user_id is not None else owner.guest_key,
            language=spoken, page=page[:500], with_bot=bot,
        )  # fmt: skip
        session.add(made)
        session.flush()
    return made


def post(
    session: Session,
    *,
    conversation_id: int,
    client_id: Any,
    text: Any,
    author_kind: str,
    actor: Actor,
    author_name: str = "",
    upload: Upload | None = None,
    at: datetime | None = None,
    ticket_message_id: int | None = None,
) -> ChatMessage:
    """Say something. The same `client_id` again is the same message, whatever it holds. `at` is for demos.

    A customer's message asks, an agent's answers; a bot's and the shop's own change nothing but the reading.
    An agent's message takes the conversation over from the bot. `ticket_message_id`: it repeats what was written
    into the conversation's ticket.

    Raises:
        BadClientId, NoText, BadText, TextTooLong. ConversationNotFound, ConversationClosed.
        ClientIdTaken: the other side used the name.
    """
    key = rules.client_id(client_id)
    words = rules.clean(text) if upload is not None else rules.words(text)
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        known = session.scalar(
            select(ChatMessage).where(ChatMessage.conversation_id == row.id, ChatMessage.client_id == key)
        )
        if known is not None:
            if known.author_kind != author_kind:
                raise ClientIdTaken()
            return known
        if row.is_closed:
            raise ConversationClosed()
        message = _say(
            session, row, key, words, author_kind, actor, author_name, upload, at, ticket_message_id
        )
        if author_kind == "customer":
            _asked(session, row, message)
        elif author_kind == "agent":
            _answered(row, actor)
        announce(session, "listed", row, as_listed(row))
        publish(session, ChatMessagePosted(row.id, message.id, author_kind))
    return message


def say_as_shop(session: Session, row: Conversation, text: str, key: str = "") -> ChatMessage:
    """A line of the shop itself in a locked conversation ("Anna has joined"), in the customer's language."""
    actor = Actor("system", label="system")
    return _say(session, row, key or f"system-{uuid.uuid4()}", text, "system", actor, "", None, None)


def _say(
    session: Session, row: Conversation, key: str, words: str, kind: str, actor: Actor, name: str, upload: Upload | None,
    at: datetime | None, ticket_message_id: int | None = None,
) -> ChatMessage:  # fmt: skip
    """Give the next number of a locked conversation to a new message, and tell who listens."""
    now = at or utcnow()
    row.last_seq += 1
    row.last_message_at = now
    message = ChatMessage(
        public_id=uuid.uuid4(), conversation_id=row.id, seq=row.last_seq, client_id=key, author_kind=kind,
        author_id=actor.user_id if kind in ("customer", "agent") else None, author_name=name[:100], text=words, at=now,
        ticket_message_id=ticket_message_id,
    )  # fmt: skip
    session.add(message)
    session.flush()
    file = None
    if upload is not None:
        file = ChatFile(
            message_id=message.id,
            name=upload.name,
            kind=upload.kind,
            size=len(upload.data),
            data=upload.data,
        )
        session.add(file)
    if kind == "customer":
        row.staff_unread += 1
    else:
        row.customer_unread += 1
    announce(session, "message", row, as_sent(row, message, file))
    return message


def _asked(session: Session, row: Conversation, message: ChatMessage) -> None:
    """A customer wrote: somebody has to answer, and if nobody can, it becomes a ticket."""
    CONVERSATION.transition(row, "ask")
    row.first_asked_at = row.first_asked_at or message.at
    row.waiting_since = row.waiting_since or message.at
    row.snoozed_until = None
    if not row.subject:
        row.subject = " ".join(message.text.split())[: rules.LONGEST_SUBJECT]
    if row.with_bot:
        return
    if row.assignee_id is None:
        give_to_somebody(session, row)
    if row.ticket_asked_at is None and row.answer_to and not queries.desk(session).is_staffed:
        ask_for_ticket(session, row)


def _answered(row: Conversation, actor: Actor) -> None:
    CONVERSATION.transition(row, "answer")
    row.waiting_since = row.snoozed_until = None
    row.first_answered_at = row.first_answered_at or row.last_message_at
    row.with_bot = False
    if row.assignee_id is None:
        row.assignee_id = actor.user_id


def give_to_somebody(session: Session, row: Conversation) -> bool:
    """Give a locked conversation to the least busy agent online; False when nobody is there."""
    if queries.least_busy(session) is None:  # an empty desk makes nobody wait for the lock
        return False
    locks.advisory(session, "chat.assign")
    agent = queries.least_busy(session)
    if agent is None:
        return False
    row.assignee_id, agent.given_at = agent.user_id, utcnow()
    return True


def ask_for_ticket(session: Session, row: Conversation) -> None:
    """Announce that a locked conversation goes on as a ticket. Once."""
    if row.ticket_asked_at is None:
        row.ticket_asked_at = utcnow()
        publish(session, ConversationNeedsTicket(row.id))


def mark_read(session: Session, *, conversation_id: int, side: str, seq: int) -> int:
    """A side ("customer" or "staff") has read up to a number; never back. Returns what it has read now.

    Raises:
        ConversationNotFound: there is none.
    """
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        before = row.customer_read if side == "customer" else row.staff_read
        upto = min(max(seq, 0), row.last_seq)
        if upto <= before:
            return before
        theirs = ChatMessage.author_kind == "customer"
        unread = session.scalar(
            select(func.count()).where(
                ChatMessage.conversation_id == row.id, ChatMessage.seq > upto,
                theirs if side == "staff" else ~theirs,
            )
        ) or 0  # fmt: skip
        if side == "customer":
            row.customer_read, row.customer_unread = upto, unread
        else:
            row.staff_read, row.staff_unread = upto, unread
        body = {"conversation": str(row.public_id), "by": side, "seq": upto}
        announce(session, "read", row, body)
        if side == "staff":
            announce(session, "listed", row, as_listed(row))
    return upto


def leave_email(session: Session, *, conversation_id: int, email: Any, actor: Actor) -> None:
    """A guest says where to answer. When nobody is there to answer now, it goes on as a ticket.

    Raises:
        BadEmail: not an address. ConversationNotFound, ConversationClosed.
    """
    address = normal_email(email)
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        if row.is_closed:
            raise ConversationClosed()
        row.email = address
        is_unanswered = row.waiting_since is not None and not row.with_bot
        if is_unanswered and not queries.desk(session).is_staffed:
            ask_for_ticket(session, row)


def merge_guest(session: Session, *, guest_key: str, user_id: int) -> int:
    """Give a guest's conversations to the account that logged in. Returns how many; again: none."""
    if not guest_key:
        return 0
    with unit_of_work(session):
        mine = select(Conversation.id).where(
            Conversation.guest_key == guest_key, Conversation.user_id.is_(None)
        )
        rows = locks.rows(session, Conversation, session.scalars(mine))
        moved = [row for row in rows.values() if row.guest_key == guest_key and row.user_id is None]
        for row in moved:
            row.user_id, row.guest_key = user_id, ""
        session.flush()
    return len(moved)


def forget_person(session: Session, *, user_id: int, actor: Actor) -> int:
    """Remove all conversations of an account, with what was said and sent in them. Returns how many."""
    with unit_of_work(session):
        rows = locks.rows(session, Conversation, [row.id for row in queries.of_user(session, user_id)])
        if rows:
            session.execute(delete(Conversation).where(Conversation.id.in_(list(rows))))
    return len(rows)


def _locked(session: Session, conversation_id: int) -> Conversation:
    row = session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ConversationNotFound()
    return row
