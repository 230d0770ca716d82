"""What happens to messages, and what features beside the one that sends ask it to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class MessageQueued(Event):
    """A message is written and waits to be delivered."""

    message_id: int


@dataclass(frozen=True, slots=True)
class MessageFailed(Event):
    """A message was refused for good, or given up."""

    message_id: int


@dataclass(frozen=True, slots=True)
class MailAsked(Event):
    """A feature wants a mail written. `values` are JSON; the same `dedupe_key` is one mail."""

    to: str
    template: str
    language: str
    dedupe_key: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffToldOf(Event):
    """Something waits for people of the shop who may open `screen`. Topic and subject together are one matter.

    The slot `staff.notice.<topic>` turns `facts` into words.
    """

    topic: str
    subject: str
    screen: str
    url: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffMattersOver(Event):
    """These matters are over; also if nobody has been told of them yet."""

    topic: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentAsked(Event):
    """Somebody gave an address for the newsletter: its owner is asked whether that was them."""

    subscriber_id: int
    nonce: str


@dataclass(frozen=True, slots=True)
class ConsentChanged(Event):
    """A topic was agreed to for an address, or the consent was taken back."""

    subscriber_id: int
    topic: str
    given: bool
