"""What both sides are shown of a conversation: dictionaries for sockets, pages and JSON."""

from __future__ import annotations

from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.support.chat import queries, rules
from app.support.chat.models import Conversation
from app.support.chat.operations.announcing import as_sent
from app.support.chat.queries import Desk


def desk_words(desk: Desk) -> str:
    """Whether somebody is there, in one sentence, in the visitor's language."""
    if desk.is_staffed:
        return str(_("We usually answer within %(count)s minutes.", count=desk.minutes))
    if desk.is_open or desk.opens_at is None:
        return str(_("Nobody is free at this moment. Leave your question: we answer by e-mail."))
    opens = format_datetime(desk.opens_at, "EEEE HH:mm", rebase=False)
    return str(_("We are back on %(moment)s. Leave your question: we answer by e-mail.", moment=opens))


def started(session: Session, row: Conversation) -> dict[str, Any]:
    """What the opened window needs to know."""
    desk = queries.desk(session)
    return {
        "conversation": str(row.public_id), "seq": row.last_seq, "state": row.state, "with_bot": row.with_bot,
        "read": row.staff_read, "seen": row.customer_read, "unread": row.customer_unread,
        "is_staffed": desk.is_staffed, "words": desk_words(desk),
        "needs_email": not row.answer_to, "ticket": row.ticket_reference,
    }  # fmt: skip


def caught_up(session: Session, row: Conversation, after: int, side: str) -> dict[str, Any]:
    """Messages behind a number, in order, and how far the other side has read."""
    found = queries.messages(session, row.id, after, rules.PAGE + 1)
    page = found[: rules.PAGE]
    return {
        "messages": [as_sent(row, said, said.file) for said in page],
        "more": len(found) > len(page),
        "seq": row.last_seq,
        "state": row.state,
        "read": row.staff_read if side == "customer" else row.customer_read,
    }


def inbox(session: Session, user_id: int, tab: str) -> dict[str, Any]:
    """The agents' lists: counts of all tabs, the conversations of one."""
    rows = queries.listed(session, tab, user_id)
    texts = queries.last_texts(session, rows)
    own = queries.agent(session, user_id)
    return {
        "counts": queries.counts(session, user_id),
        "conversations": [card(row, texts.get(row.id, "")) for row in rows],
        "available": bool(own and own.is_available),
        "online": queries.desk(session).online,
    }


def customer_name(row: Conversation) -> str:
    """Who asks, as agents read it."""
    if row.user is not None:
        return row.user.name
    return row.email or str(_("Guest"))


def card(row: Conversation, last: str) -> dict[str, Any]:
    """One line of the agents' list."""
    return {
        "conversation": str(row.public_id), "name": customer_name(row), "subject": row.subject, "last": last[:140],
        "state": row.state, "seq": row.last_seq, "unread": row.staff_unread, "assignee": row.assignee_id,
        "assignee_name": row.assignee.name if row.assignee is not None else "", "labels": row.labels,
        "priority": row.priority, "with_bot": row.with_bot, "language": row.language, "ticket": row.ticket_reference,
        "at": row.last_message_at.isoformat() if row.last_message_at else None,
        "waiting": seconds_waiting(row),
    }  # fmt: skip


def seconds_waiting(row: Conversation) -> int | None:
    """For how long the customer has waited for an answer; None when nobody waits."""
    return int((utcnow() - row.waiting_since).total_seconds()) if row.waiting_since else None
