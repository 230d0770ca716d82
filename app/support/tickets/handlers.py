"""What follows elsewhere: a conversation that goes on becomes a ticket, and stays one thread with it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core import locks, settings
from app.core.actor import SYSTEM
from app.core.errors import NotFound
from app.core.i18n import speak
from app.core.unit_of_work import unit_of_work
from app.events.support import ChatMessagePosted, ConversationNeedsTicket, TicketAnswered, TicketReplied
from app.support.chat import operations as chat
from app.support.chat import queries as conversations
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.operations.ending import who_says
from app.support.hours import moment_in_words
from app.support.settings import SupportSettings
from app.support.tickets import operations, rules
from app.support.tickets.operations.following import files_of


def open_from_chat(session: Session, event: ConversationNeedsTicket) -> None:
    """Open a ticket with what was said so far, and say its number in the conversation. Repeatable: one ticket each."""
    if session.get(Conversation, event.conversation_id) is None:
        return
    with unit_of_work(session):
        row = locks.row(session, Conversation, event.conversation_id)
        if row.answer_to and not row.ticket_reference:
            _open(session, row)


def _open(session: Session, row: Conversation) -> None:
    """The ticket of a locked conversation; nobody can say anything more before its thread is begun."""
    messages = conversations.messages(session, row.id, limit=rules.MOST_MESSAGES)
    zone = settings.get(session, SupportSettings).timezone
    with speak(row.language):
        said = [
            f"{_who(row, message) or '–'} ({moment_in_words(message.at, zone, row.language)})\n"
            f"{message.text or (f'[{message.file.name}]' if message.file is not None else '')}"
            for message in messages
        ]
        subject = row.subject or str(_("Chat"))
    words = "\n\n".join(said)
    if len(words) > rules.LONGEST_BODY - 100:  # the end matters most
        words = "…\n" + words[-(rules.LONGEST_BODY - 100) :]
    ticket = operations.open_ticket(
        session, subject=subject[: rules.LONGEST_SUBJECT], body=words or subject, email=row.answer_to,
        name=row.user.name[: rules.LONGEST_NAME] if row.user is not None else "", language=row.language, channel="chat",
        user_id=row.user_id, conversation_id=row.id, priority=row.priority, actor=SYSTEM,
        files=[file for message in messages for file in files_of(message)][-rules.MOST_FILES :],
    )  # fmt: skip
    row.ticket_seq = messages[-1].seq if messages else 0
    chat.link_ticket(session, conversation_id=row.id, reference=ticket.number, actor=SYSTEM)


def _who(row: Conversation, message: ChatMessage) -> str:
    """The author of a message for who reads the ticket, which is not the customer alone."""
    if message.author_kind != "customer":
        return who_says(message)
    return row.user.name if row.user is not None else str(_("Customer"))


def follow_chat(session: Session, event: ChatMessagePosted) -> None:
    """Write what was said in a conversation into its ticket, where it has one. Repeatable: each message once."""
    if event.author not in ("customer", "agent"):
        return
    row = session.get(Conversation, event.conversation_id)
    if row is not None and row.ticket_reference:
        operations.follow(session, conversation_id=row.id)


def repeat_reply(session: Session, event: TicketReplied) -> None:
    """Say in the conversation what its customer wrote into the ticket elsewhere. Repeatable: said once."""
    _repeat(session, event.ticket_id, event.message_id)


def repeat_answer(session: Session, event: TicketAnswered) -> None:
    """Say the shop's answer to a ticket in its conversation too, for a window that is open. Repeatable: said once."""
    _repeat(session, event.ticket_id, event.message_id)


def _repeat(session: Session, ticket_id: int, message_id: int) -> None:
    try:
        operations.repeat_in_chat(session, ticket_id=ticket_id, message_id=message_id)
    except NotFound:
        return
