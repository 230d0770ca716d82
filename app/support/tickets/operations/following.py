"""A conversation and its ticket are one thread: what is said in one stands in the other, once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.support import TicketAnswered
from app.support.chat import operations as chat
from app.support.chat import queries as conversations
from app.support.chat import rules as chat_rules
from app.support.chat.errors import ConversationClosed
from app.support.chat.models import ChatMessage, Conversation
from app.support.tickets import queries, rules
from app.support.tickets.errors import ThreadFull, TicketClosed
from app.support.tickets.files import Sent, check
from app.support.tickets.models import Ticket, TicketMessage
from app.support.tickets.operations.opening import open_ticket, write
from app.support.tickets.operations.writing import hush, reply, room, step

HERE = timedelta(minutes=5)
"""Who wrote in the window so lately reads the answer there; a mail would say it twice."""
LONGEST_REPEATED = chat_rules.LONGEST_TEXT - 100


def follow(session: Session, *, conversation_id: int) -> int:
    """Write what was said in a conversation since its ticket was opened into the ticket. Returns how many messages.

    A customer's message opens the ticket again, an agent's answers it; who is not in the window gets that answer by
    mail. Where the ticket is closed or full, what the customer writes opens a new one, which the conversation then
    belongs to; what an agent adds to a closed one stands in it, and it stays closed. Again: nothing. Without a
    ticket: nothing.

    Raises:
        Unavailable: a file came along and the scanner does not answer. NotFound: there is no such conversation.
    """
    written = 0
    with unit_of_work(session):
        row = locks.row(session, Conversation, conversation_id)
        ticket = queries.of_conversation(session, row.id)
        if ticket is None:
            return 0
        for message in conversations.messages(session, row.id, row.ticket_seq, rules.MOST_MESSAGES):
            row.ticket_seq = message.seq
            if message.ticket_message_id is not None or message.author_kind not in ("customer", "agent"):
                continue
            if message.author_kind == "agent":
                written += _answered(session, row, ticket, message)
            else:
                ticket = _asked(session, row, ticket, message)
                written += 1
    return written


def files_of(message: ChatMessage) -> list[Sent]:
    """The file of a chat's message, as a ticket takes it."""
    return [Sent(message.file.name, message.file.data)] if message.file is not None else []


def _words(message: ChatMessage) -> str:
    return message.text or (f"[{message.file.name}]" if message.file is not None else "–")


def _asked(session: Session, row: Conversation, ticket: Ticket, message: ChatMessage) -> Ticket:
    """Add a customer's message; the ticket in which it stands then."""
    actor = Actor("customer", row.user_id, ticket.email) if row.user_id is not None else GUEST
    try:
        reply(
            session, ticket_id=ticket.id, body=_words(message), actor=actor, channel="chat", files=files_of(message),
            at=message.at,
        )  # fmt: skip
        return ticket
    except (TicketClosed, ThreadFull):
        return _anew(session, row, message, actor)


def _anew(session: Session, row: Conversation, message: ChatMessage, actor: Actor) -> Ticket:
    """Open another ticket for a conversation whose own takes nothing any more, and say its number."""
    for past in session.scalars(select(Ticket).where(Ticket.conversation_id == row.id)):
        past.conversation_id = None
    session.flush()
    made = open_ticket(
        session, subject=row.subject or _words(message)[: rules.LONGEST_SUBJECT], body=_words(message), email=row.answer_to,
        name=row.user.name[: rules.LONGEST_NAME] if row.user is not None else "", language=row.language, channel="chat",
        user_id=row.user_id, conversation_id=row.id, priority=row.priority, files=files_of(message), actor=actor,
    )  # fmt: skip
    chat.link_ticket(session, conversation_id=row.id, reference=made.number, actor=SYSTEM, anew=True)
    return made


def _answered(session: Session, row: Conversation, ticket: Ticket, message: ChatMessage) -> int:
    """Add an agent's message, if the ticket has room; 1 when it did. A closed ticket keeps it too, and stays closed."""
    held = locks.row(session, Ticket, ticket.id)
    try:
        room(session, held)
    except ThreadFull:
        return 0
    written = write(
        session, held, author="agent", body=_words(message), channel="chat", author_id=message.author_id,
        name=message.author_name, files=check(files_of(message)), at=message.at,
    )  # fmt: skip
    if held.state != "closed":
        held.first_answer_at = held.first_answer_at or message.at
        held.assignee_id = held.assignee_id or message.author_id
    if held.state in ("new", "open"):
        step(session, held, "waiting", utcnow())
    hush(session, held)
    held.updated_at = utcnow()
    if not _is_here(session, row, message):
        publish(session, TicketAnswered(ticket_id=held.id, message_id=written.id))
    return 1


def _is_here(session: Session, row: Conversation, message: ChatMessage) -> bool:
    """Whether the customer reads the window: has read this message, or wrote there a moment before it."""
    if row.customer_read >= message.seq:
        return True
    query = select(ChatMessage.id).where(
        ChatMessage.conversation_id == row.id, ChatMessage.author_kind == "customer",
        ChatMessage.ticket_message_id.is_(None), ChatMessage.at >= message.at - HERE,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def repeat_in_chat(session: Session, *, ticket_id: int, message_id: int) -> bool:
    """Say in the conversation what was written into its ticket by mail or on a page. True when it was said.

    Long texts are cut; files are named, they lie on the ticket's page. A closed conversation stays as it is: the
    mail has told the customer. So does a guest's whose ticket somebody else may be writing in (`_may_read`).
    Again: the same message.

    Raises:
        TicketNotFound: there is no such ticket.
    """
    ticket = queries.by_id(session, ticket_id)
    message = next((one for one in ticket.messages if one.id == message_id), None)
    if message is None or message.channel == "chat" or message.author not in ("customer", "agent"):
        return False
    row = _conversation(session, ticket.id)
    if row is None or not _may_read(row, ticket):
        return False
    staff = message.author == "agent"
    try:
        chat.post(
            session, conversation_id=row.id, client_id=f"ticket-{message.public_id}", text=_shortened(message),
            author_kind="agent" if staff else "customer", author_name=message.author_name if staff else "",
            actor=Actor("staff" if staff else "customer", message.author_id), ticket_message_id=message.id,
        )  # fmt: skip
    except ConversationClosed:
        return False
    return True


def _may_read(row: Conversation, ticket: Ticket) -> bool:
    """Whether what is written into a ticket is for the eyes of who sits in the window.

    An account reads its own ticket. A guest has typed an address that nobody has proved: once somebody wrote into
    the ticket by mail or on its page, that may be the address's owner, and the window hears no more of it.
    """
    if row.user_id is not None:
        return row.user_id == ticket.user_id
    return all(one.channel == "chat" for one in ticket.messages if one.author == "customer")


def _shortened(message: TicketMessage) -> str:
    names = "".join(f"\n[{file.filename}]" for file in message.files)[:1000]
    most = LONGEST_REPEATED - len(names)
    words = chat_rules.clean(message.body[: LONGEST_REPEATED * 2], LONGEST_REPEATED * 2)
    return (words if len(words) <= most else f"{words[: most - 1]}…") + names


def _conversation(session: Session, ticket_id: int) -> Conversation | None:
    """The conversation that a ticket, or one merged into it, came from."""
    ids = [ticket_id]
    seen = set(ids)
    while ids:
        found = session.scalar(
            select(Conversation)
            .join(Ticket, Ticket.conversation_id == Conversation.id)
            .where(Ticket.id.in_(ids))
            .order_by(Ticket.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
        ids = [
            one
            for one in session.scalars(select(Ticket.id).where(Ticket.merged_into_id.in_(ids)))
            if one not in seen
        ]
        seen.update(ids)
    return None
