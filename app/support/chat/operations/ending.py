"""How conversations go on elsewhere, and end: tickets, transcripts, ratings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.core import settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.i18n import speak
from app.core.unit_of_work import unit_of_work
from app.identity.rules import normal_email
from app.notifications import operations as notifications
from app.support.chat import queries, rules
from app.support.chat.errors import NoEmail
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.operations.conversing import _locked, ask_for_ticket, say_as_shop
from app.support.hours import moment_in_words
from app.support.settings import SupportSettings

UNANSWERED = timedelta(minutes=10)
"""After that long without an answer, and nobody at the desk, a conversation goes on as a ticket."""


def rate(session: Session, *, conversation_id: int, rating: Any, comment: Any = "", actor: Actor) -> None:
    """The customer says how it was: one to five stars, and perhaps why. Again: the last word counts.

    Raises:
        BadRating, BadText, TextTooLong. ConversationNotFound.
    """
    stars = rules.rating(rating)
    words = rules.clean(comment or "", rules.LONGEST_COMMENT)
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        row.rating, row.comment = stars, words


def to_ticket(session: Session, *, conversation_id: int, actor: Actor) -> None:
    """Let a conversation go on as a ticket; publishes `ConversationNeedsTicket`, once.

    Raises:
        NoEmail: nobody knows where to answer. ConversationNotFound.
    """
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        if not row.answer_to:
            raise NoEmail()
        ask_for_ticket(session, row)


def link_ticket(
    session: Session, *, conversation_id: int, reference: str, actor: Actor, anew: bool = False
) -> None:
    """Note which ticket a conversation became, and tell the customer in it; the bot leaves. Again: nothing.

    `anew`: its ticket takes nothing any more, and this one follows it.

    Raises:
        ConversationNotFound: there is none.
    """
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        if row.ticket_reference and not anew:
            return
        row.ticket_reference = reference[:60]
        row.ticket_asked_at = row.ticket_asked_at or utcnow()
        row.with_bot = False
        if not row.is_closed:
            with speak(row.language):
                words = _(
                    "Your question is now ticket %(number)s. We answer to %(email)s.",
                    number=row.ticket_reference, email=row.answer_to,
                )  # fmt: skip
            say_as_shop(session, row, words, key=f"ticket-{row.ticket_reference}")


def ticket_unanswered(session: Session, limit: int = 100) -> int:
    """Hand conversations that wait at an empty desk to tickets. Returns how many; nobody known is left waiting."""
    if queries.desk(session).is_staffed:
        return 0
    with unit_of_work(session):
        waiting = session.scalars(
            select(Conversation.id)
            .where(
                Conversation.state == "waiting",
                Conversation.ticket_asked_at.is_(None),
                Conversation.with_bot.is_(False),
                Conversation.waiting_since <= utcnow() - UNANSWERED,
            )
            .order_by(Conversation.id)
            .limit(limit)
        ).all()
        asked = 0
        for conversation_id in waiting:
            row = _locked(session, conversation_id)
            if row.answer_to and row.ticket_asked_at is None:
                ask_for_ticket(session, row)
                asked += 1
    return asked


def send_transcript(session: Session, *, conversation_id: int, actor: Actor, email: Any = "") -> str:
    """Mail a conversation to its customer, in the customer's language. Returns the address.

    An account's conversation goes to the account's address alone. The same state is mailed once.

    Raises:
        NoEmail: there is no address. BadEmail: what was typed is none. ConversationNotFound.
    """
    with unit_of_work(session):
        row = _locked(session, conversation_id)
        if row.user is None and email:
            row.email = normal_email(email)
        if not row.answer_to:
            raise NoEmail()
        values = {
            "subject_line": row.subject, "lines": _lines(session, row), "path": "/",
            "name": row.user.first_name if row.user is not None else "",
        }  # fmt: skip
        notifications.send_mail(
            session, to=row.answer_to, template="chat_transcript", language=row.language, values=values,
            dedupe_key=f"chat-transcript:{row.id}:{row.last_seq}:{row.answer_to}",
        )  # fmt: skip
    return row.answer_to


def _lines(session: Session, row: Conversation) -> list[dict[str, str]]:
    """The whole conversation, as a mail prints it; times are those of the desk's clocks."""
    zone = settings.get(session, SupportSettings).timezone
    query = select(ChatMessage).where(ChatMessage.conversation_id == row.id).order_by(ChatMessage.seq)
    with speak(row.language):
        return [
            {
                "who": who_says(said), "text": said.text, "at": moment_in_words(said.at, zone, row.language),
                "file": said.file.name if said.file is not None else "",
            }
            for said in session.scalars(query.options(joinedload(ChatMessage.file)))
        ]  # fmt: skip


def who_says(said: ChatMessage) -> str:
    """The author of a message in words, in the language being spoken."""
    if said.author_kind == "customer":
        return str(_("You"))
    if said.author_kind == "system":
        return ""
    if said.author_kind == "bot":
        return str(_("Assistant (automatic)"))
    return said.author_name or str(_("Support"))
