"""What happens to messages."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class MessageQueued(Event):
    """A message is written and waits to be delivered."""

    message_id: int


@dataclass(frozen=True, slots=True)
class MessageFailed(Event):
    """A message was refused for good, or given up."""

    message_id: int
