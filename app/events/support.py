"""What happens while the shop talks with its customers."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ChatMessagePosted(Event):
    """A message was saved in a live conversation; `author` is customer, agent, bot or system."""

    conversation_id: int
    message_id: int
    author: str


@dataclass(frozen=True, slots=True)
class ConversationNeedsTicket(Event):
    """Nobody can answer a live conversation now, or staff said so: it goes on as a ticket.

    Sent once a conversation; how to reach the customer is known (an account, or `Conversation.email`).
    """

    conversation_id: int


@dataclass(frozen=True, slots=True)
class TicketOpened(Event):
    """Somebody asked something; `message_id` is the first message of the ticket."""

    ticket_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class TicketReplied(Event):
    """The customer wrote into a ticket again."""

    ticket_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class TicketAnswered(Event):
    """The shop answered a ticket; the customer is told."""

    ticket_id: int
    message_id: int
