"""What follows elsewhere: a conversation that goes on becomes a ticket."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.i18n import format_moment, speak
from app.events.support import ConversationNeedsTicket
from app.support.chat import operations as chat
from app.support.chat import queries as conversations
from app.support.chat.models import Conversation
from app.support.chat.operations.ending import who_says
from app.support.tickets import operations, rules


def open_from_chat(session: Session, event: ConversationNeedsTicket) -> None:
    """Open a ticket with what was said so far, and say its number in the conversation. Repeatable: one ticket each."""
    row = session.get(Conversation, event.conversation_id)
    if row is None or not row.answer_to:
        return
    with speak(row.language):
        said = [
            f"{who_says(message) or '–'} ({format_moment(message.at, 'short')})\n{message.text}"
            for message in conversations.messages(session, row.id, limit=rules.MOST_MESSAGES)
        ]
        subject = row.subject or str(_("Chat"))
    words = "\n\n".join(said)
    if len(words) > rules.LONGEST_BODY - 100:  # the end matters most
        words = "…\n" + words[-(rules.LONGEST_BODY - 100) :]
    ticket = operations.open_ticket(
        session, subject=subject[: rules.LONGEST_SUBJECT], body=words or subject, email=row.answer_to,
        name=row.user.name[: rules.LONGEST_NAME] if row.user is not None else "", language=row.language, channel="chat",
        user_id=row.user_id, conversation_id=row.id, priority=row.priority, actor=SYSTEM,
    )  # fmt: skip
    chat.link_ticket(session, conversation_id=row.id, reference=ticket.number, actor=SYSTEM)
