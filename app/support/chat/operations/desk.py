"""What the people at the desk do with a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.i18n import speak
from app.core.unit_of_work import unit_of_work
from app.identity import queries as identity
from app.support.chat import queries, rules
from app.support.chat.errors import ConversationClosed, NotAnAgent
from app.support.chat.models import ChatAgent, ChatNote, Conversation
from app.support.chat.operations.announcing import announce, as_listed
from app.support.chat.operations.conversing import _locked, ask_for_ticket, give_to_somebody, say_as_shop
from app.support.chat.rules import PRIORITIES
from app.support.chat.states import CONVERSATION


def set_available(session: Session, *, user_id: int, is_available: bool, actor: Actor) -> None:
    """An agent takes conversations from now on, or no longer."""
    with unit_of_work(session):
        _seen(session, user_id, is_available)


def touch_agent(session: Session, *, user_id: int) -> None:
    """Note that an agent's screen is open. Who was never here before starts as not available."""
    with unit_of_work(session):
        _seen(session, user_id, None)


def _seen(session: Session, user_id: int, is_available: bool | None) -> None:
    now = utcnow()
    values: dict[str, Any] = {"seen_at": now}
    if is_available is not None:
        values["is_available"] = is_available
    row = insert(ChatAgent).values(user_id=user_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_=values))


def assign(session: Session, *, conversation_id: int, user_id: int | None, actor: Actor) -> None:
    """Give a conversation to somebody who may answer, to nobody (None), or anew by load (0).

    Raises:
        NotAnAgent: this person may not answer. ConversationNotFound.
    """
    if user_id and not identity.may(session, user_id, queries.ANSWER):
        raise NotAnAgent()
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        row.assignee_id = user_id or None
        if user_id == 0:
            give_to_somebody(session, row)
        session.flush()
        announce(session, "listed", row, as_listed(row))


def take_over(session: Session, *, conversation_id: int, actor: Actor, name: str = "") -> None:
    """An agent takes a conversation from the bot, from nobody or from somebody else; the customer hears who it is.

    Raises:
        ConversationNotFound, ConversationClosed.
    """
    with unit_of_work(session):
        row = _open(session, conversation_id)
        if row.assignee_id == actor.user_id and not row.with_bot:
            return
        row.assignee_id, row.with_bot = actor.user_id, False
        if name:
            with speak(row.language):
                say_as_shop(session, row, _("%(name)s is here for you now.", name=name))
        session.flush()
        announce(session, "listed", row, as_listed(row))


def hand_over(session: Session, *, conversation_id: int, actor: Actor) -> bool:
    """The bot leaves a conversation to people. True when somebody is there; else it waits, or becomes a ticket.

    Repeatable: a conversation without a bot is left as it is.

    Raises:
        ConversationNotFound, ConversationClosed.
    """
    with unit_of_work(session):
        row = _open(session, conversation_id)
        is_staffed = queries.desk(session).is_staffed
        if not row.with_bot:
            return is_staffed
        row.with_bot = False
        CONVERSATION.transition(row, "ask")
        row.waiting_since = row.waiting_since or utcnow()
        if row.assignee_id is None:
            give_to_somebody(session, row)
        if not is_staffed and row.answer_to:
            ask_for_ticket(session, row)
        session.flush()
        announce(session, "listed", row, as_listed(row))
    return is_staffed


def snooze(session: Session, *, conversation_id: int, until: datetime, actor: Actor) -> None:
    """Let a conversation rest until a moment, or until the customer writes.

    Raises:
        NotInFuture: not in the next thirty days. ConversationNotFound, ConversationClosed.
    """
    moment = rules.snooze_until(until, utcnow())
    with unit_of_work(session):
        row = _open(session, conversation_id)
        CONVERSATION.transition(row, "snooze")
        row.snoozed_until, row.waiting_since = moment, None
        session.flush()
        announce(session, "listed", row, as_listed(row))


def wake_due(session: Session, limit: int = 200) -> int:
    """Bring conversations back whose rest is over. Returns how many."""
    with unit_of_work(session):
        due = session.scalars(
            select(Conversation.id)
            .where(Conversation.state == "snoozed", Conversation.snoozed_until <= utcnow())
            .order_by(Conversation.id)
            .limit(limit)
        ).all()
        rows = locks.rows(session, Conversation, due)
        for row in rows.values():
            if row.state == "snoozed":
                CONVERSATION.transition(row, "wake")
                row.snoozed_until, row.waiting_since = None, utcnow()
                announce(session, "listed", row, as_listed(row))
    return len(rows)


def label(session: Session, *, conversation_id: int, labels: Any, actor: Actor) -> None:
    """Put these labels on a conversation, and no others.

    Raises:
        BadLabel: too many, too long. ConversationNotFound.
    """
    found = rules.labels(labels)
    with unit_of_work(session):
        _locked(session, conversation_id).labels = found


def set_priority(session: Session, *, conversation_id: int, priority: str, actor: Actor) -> None:
    """Say how urgent a conversation is.

    Raises:
        Invalid: no such priority. ConversationNotFound.
    """
    if priority not in PRIORITIES:
        raise Invalid(field="priority")
    with unit_of_work(session):
        _locked(session, conversation_id).priority = priority


def note(session: Session, *, conversation_id: int, text: Any, actor: Actor) -> ChatNote:
    """Write something beside a conversation that only staff read.

    Raises:
        NoText, BadText, TextTooLong. ConversationNotFound.
    """
    words = rules.words(text)
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        made = ChatNote(
            conversation_id=row.id, after_seq=row.last_seq, author_id=actor.user_id, text=words, at=utcnow()
        )
        session.add(made)
        session.flush()
        body = {
            "conversation": str(row.public_id), "id": made.id, "after": made.after_seq, "text": words,
            "name": actor.label, "at": made.at.isoformat(),
        }  # fmt: skip
        announce(session, "note", row, body)
    return made


def close(session: Session, *, conversation_id: int, actor: Actor, reason: str = "") -> None:
    """End a conversation: by an agent with a reason, or by the customer. Again: nothing.

    Raises:
        BadText, TextTooLong: the reason. ConversationNotFound.
    """
    words = rules.clean(reason, 200)
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        if not CONVERSATION.transition(row, "close"):
            return
        row.closed_at, row.close_reason = utcnow(), words
        row.waiting_since = row.snoozed_until = None
        session.flush()
        announce(session, "closed", row, {"conversation": str(row.public_id), "seq": row.last_seq})
        announce(session, "listed", row, as_listed(row))


def reopen(session: Session, *, conversation_id: int, actor: Actor) -> None:
    """Take a closed conversation up again.

    Raises:
        IllegalTransition: it is not closed. ConversationNotFound.
    """
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        CONVERSATION.transition(row, "reopen")
        row.closed_at, row.close_reason = None, ""
        session.flush()
        announce(session, "reopened", row, {"conversation": str(row.public_id), "seq": row.last_seq})
        announce(session, "listed", row, as_listed(row))


def _open(session: Session, conversation_id: int) -> Conversation:
    row = _locked(session, conversation_id)
    if row.is_closed:
        raise ConversationClosed()
    return row
