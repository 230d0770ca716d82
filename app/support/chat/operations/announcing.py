"""Who hears of what happened in a conversation, after the commit. The realtime part listens; nobody else needs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.core.unit_of_work import after_commit
from app.support.chat.models import ChatFile, ChatMessage, Conversation

Listener = Callable[[str, str, dict[str, Any]], None]
"""Called with (event, id of the conversation, body)."""
listeners: list[Listener] = []


def announce(session: Session, event: str, conversation: Conversation, body: dict[str, Any]) -> None:
    """Tell the listeners once the current unit has committed; nothing after a rollback."""
    key = str(conversation.public_id)
    after_commit(session, lambda: _tell(event, key, body))


def _tell(event: str, key: str, body: dict[str, Any]) -> None:
    for listener in listeners:
        listener(event, key, body)


def as_sent(conversation: Conversation, message: ChatMessage, file: ChatFile | None = None) -> dict[str, Any]:
    """A message as sockets and pages carry it."""
    body: dict[str, Any] = {
        "conversation": str(conversation.public_id), "id": str(message.public_id), "seq": message.seq,
        "author": message.author_kind, "name": "" if message.author_kind == "bot" else message.author_name, "text": message.text,
        "at": message.at.isoformat(), "client_id": message.client_id,
    }  # fmt: skip
    if file is not None:
        body["file"] = {"name": file.name, "kind": file.kind, "size": file.size}
    return body


def as_listed(conversation: Conversation) -> dict[str, Any]:
    """What the agents' lists need to know of a conversation that changed."""
    return {
        "conversation": str(conversation.public_id), "state": conversation.state, "seq": conversation.last_seq,
        "assignee": conversation.assignee_id, "unread": conversation.staff_unread, "with_bot": conversation.with_bot,
    }  # fmt: skip
