"""The verbs of conversations. All of them lock the conversation's row first; whoever must hear is told after the commit.

    start(session, *, owner, language, page="", actor, with_bot=None) -> Conversation
    post(session, *, conversation_id, client_id, text, author_kind, actor, author_name="", upload=None) -> ChatMessage
    mark_read(session, *, conversation_id, side, seq) -> int
    hand_over(session, *, conversation_id, actor)           the bot leaves, people take over
    to_ticket(session, *, conversation_id, actor)           publishes ConversationNeedsTicket, once
    link_ticket(session, *, conversation_id, reference, actor)   the ticket that it became

An operation never emits by itself: `announce` hands what happened to `announcing.listeners`, which the
realtime part fills; so commands, jobs and tests need no sockets.
"""

from app.support.chat.operations.canned import delete_canned, save_canned
from app.support.chat.operations.conversing import (
    forget_person,
    leave_email,
    mark_read,
    merge_guest,
    post,
    start,
)
from app.support.chat.operations.desk import (
    assign,
    close,
    hand_over,
    label,
    note,
    reopen,
    set_available,
    set_priority,
    snooze,
    take_over,
    touch_agent,
    wake_due,
)
from app.support.chat.operations.ending import (
    link_ticket,
    rate,
    send_transcript,
    ticket_unanswered,
    to_ticket,
)

__all__ = [
    "assign", "close", "delete_canned", "forget_person", "hand_over", "label", "leave_email", "link_ticket", "mark_read",
    "merge_guest", "note", "post", "rate", "reopen", "save_canned", "send_transcript", "set_available", "set_priority",
    "snooze", "start", "take_over", "ticket_unanswered", "to_ticket", "touch_agent", "wake_due",
]  # fmt: skip
