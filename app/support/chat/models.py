"""Conversations, what was said in them, files, notes, who is at the desk, and canned replies."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.identity.models import User
from app.support.chat.rules import AUTHORS, LONGEST_COMMENT, LONGEST_SUBJECT, LONGEST_TEXT, PRIORITIES
from app.support.chat.states import CONVERSATION

ALIVE = "state <> 'closed'"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    allowed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({allowed})"


class Conversation(Stamped, Base):
    """One talk of a visitor with the shop. It belongs to an account, or to the holder of a guest's cookie.

    `last_seq` is the number of its last message; numbers have no gap, because the row is locked while one
    is given. Unread counts are messages of the other side beyond what a side has read. `ticket_seq` is up to
    which message its ticket holds what was said.
    """

    __tablename__ = "support_conversation"
    __table_args__ = (
        CheckConstraint(CONVERSATION.check_sql(), name="state"),
        CheckConstraint(_one_of("priority", PRIORITIES), name="priority"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(
            "last_seq >= 0 AND customer_read BETWEEN 0 AND last_seq AND staff_read BETWEEN 0 AND last_seq"
            " AND customer_unread >= 0 AND staff_unread >= 0",
            name="counts",
        ),
        CheckConstraint(
            f"length(subject) <= {LONGEST_SUBJECT} AND length(comment) <= {LONGEST_COMMENT}", name="lengths"
        ),
        Index("ix_support_conversation_user", "user_id", "id"),
        Index("ix_support_conversation_guest", "guest_key", postgresql_where=text("guest_key <> ''")),
        Index("ix_support_conversation_alive", "last_message_at", "id", postgresql_where=text(ALIVE)),
        Index("ix_support_conversation_assignee", "assignee_id", postgresql_where=text(ALIVE)),
        Index("ix_support_conversation_done", "closed_at", "id", postgresql_where=text("state = 'closed'")),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    guest_key: Mapped[str] = mapped_column(Text, server_default="")
    language: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(Text, server_default="")
    subject: Mapped[str] = mapped_column(Text, server_default="")
    email: Mapped[str] = mapped_column(Text, server_default="")
    state: Mapped[str] = mapped_column(Text, server_default=CONVERSATION.start)
    with_bot: Mapped[bool] = mapped_column(Boolean, server_default="false")
    assignee_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    priority: Mapped[str] = mapped_column(Text, server_default="normal")
    labels: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    last_seq: Mapped[int] = mapped_column(Integer, server_default="0")
    customer_read: Mapped[int] = mapped_column(Integer, server_default="0")
    staff_read: Mapped[int] = mapped_column(Integer, server_default="0")
    customer_unread: Mapped[int] = mapped_column(Integer, server_default="0")
    staff_unread: Mapped[int] = mapped_column(Integer, server_default="0")
    last_message_at: Mapped[datetime | None] = mapped_column(Timestamp)
    first_asked_at: Mapped[datetime | None] = mapped_column(Timestamp)
    first_answered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    waiting_since: Mapped[datetime | None] = mapped_column(Timestamp)
    snoozed_until: Mapped[datetime | None] = mapped_column(Timestamp)
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    close_reason: Mapped[str] = mapped_column(Text, server_default="")
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(Text, server_default="")
    ticket_asked_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ticket_reference: Mapped[str] = mapped_column(Text, server_default="")
    ticket_seq: Mapped[int] = mapped_column(Integer, server_default="0")

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])

    @property
    def room(self) -> str:
        """The room of sockets that hear this conversation."""
        return f"chat:{self.public_id}"

    @property
    def is_closed(self) -> bool:
        """True once it takes no more messages."""
        return self.state == "closed"

    @property
    def answer_to(self) -> str:
        """Where the customer can be reached by mail; "" while nobody knows."""
        return self.user.email if self.user is not None else self.email

    def __str__(self) -> str:
        return self.subject or f"#{self.id}"


class ChatMessage(Base):
    """One message. `client_id` is the name the sender gave it: the same name again is the same message.

    `ticket_message_id` is the message of the ticket that it repeats; None for what was said here.
    """

    __tablename__ = "support_chat_message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint(_one_of("author_kind", AUTHORS), name="author_kind"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint(f"length(text) <= {LONGEST_TEXT}", name="text"),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    conversation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_conversation.id", ondelete="CASCADE")
    )
    seq: Mapped[int] = mapped_column(Integer)
    client_id: Mapped[str] = mapped_column(Text)
    author_kind: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(Text, server_default="")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.clock_timestamp())
    ticket_message_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("support_ticket_message.id", ondelete="SET NULL"), unique=True
    )

    conversation: Mapped[Conversation] = relationship()
    file: Mapped[ChatFile | None] = relationship(back_populates="message", lazy="raise")


class ChatFile(Base):
    """A picture or PDF that came with a message. Kept with it, never in a public place."""

    __tablename__ = "support_chat_file"

    message_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("support_chat_message.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    message: Mapped[ChatMessage] = relationship(back_populates="file")


class ChatNote(Base):
    """What staff write for each other beside a conversation, after its message number `after_seq`.

    Not a message: the customer's numbers would otherwise have gaps that tell of it.
    """

    __tablename__ = "support_chat_note"
    __table_args__ = (CheckConstraint(f"length(text) <= {LONGEST_TEXT}", name="text"),)

    id: Mapped[int] = pk()
    conversation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_conversation.id", ondelete="CASCADE"), index=True
    )
    after_seq: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.clock_timestamp())

    author: Mapped[User | None] = relationship()


class ChatAgent(Base):
    """Somebody who answers: whether they take conversations, and when their screen was last heard of."""

    __tablename__ = "support_chat_agent"

    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_available: Mapped[bool] = mapped_column(Boolean, server_default="false")
    seen_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    given_at: Mapped[datetime | None] = mapped_column(Timestamp)

    user: Mapped[User] = relationship()


class CannedReply(Versioned, Stamped, Base):
    """A reply kept ready, for conversations and tickets. `{customer}`, `{agent}`, `{shop}`, `{order}` are filled in."""

    __tablename__ = "support_canned"
    __table_args__ = (
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_TEXT}", name="text"),
        CheckConstraint("shortcut ~ '^[a-z0-9-]{1,40}$'", name="shortcut"),
    )

    id: Mapped[int] = pk()
    shortcut: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="en")
    text: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    def __str__(self) -> str:
        return self.title
