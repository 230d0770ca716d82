"""Tickets, their messages, files and the challenges that were used up."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.identity.models import User
from app.orders.models import Order
from app.support.tickets.rules import LONGEST_BODY, LONGEST_SUBJECT
from app.support.tickets.states import AUTHORS, CHANNELS, PRIORITIES, TICKET

AT_WORK_SQL = "state IN ('new', 'open', 'waiting')"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Ticket(Versioned, Stamped, Base):
    """A question and who looks after it.

    `token` opens the requester's page, `mail_key` stands in the address that answers go to. `first_due` and
    `solve_due` are promised moments; `paused_at` is since when the customer is waited for, and the promise rests.
    """

    __tablename__ = "support_ticket"
    __table_args__ = (
        CheckConstraint(TICKET.check_sql(), name="state"),
        CheckConstraint(_one_of("priority", PRIORITIES), name="priority"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(f"length(subject) BETWEEN 1 AND {LONGEST_SUBJECT}", name="subject"),
        CheckConstraint("(state = 'waiting') = (paused_at IS NOT NULL)", name="pause"),
        Index("ix_support_ticket_state", "state", "id"),
        Index("ix_support_ticket_user", "user_id", "id"),
        Index("ix_support_ticket_email", text("lower(email)"), "id"),
        Index("ix_support_ticket_assignee", "assignee_id", "id", postgresql_where=text(AT_WORK_SQL)),
        Index("ix_support_ticket_first_due", "first_due",
              postgresql_where=text("first_answer_at IS NULL AND first_late_at IS NULL AND state IN ('new', 'open')")),
        Index("ix_support_ticket_solve_due", "solve_due",
              postgresql_where=text("solve_late_at IS NULL AND state IN ('new', 'open')")),
    )  # fmt: skip

    id: Mapped[int] = pk()
    number: Mapped[str] = mapped_column(Text, unique=True)
    token: Mapped[str] = mapped_column(Text, unique=True)
    mail_key: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text, server_default=TICKET.start)
    subject: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Text, server_default="normal")
    language: Mapped[str] = mapped_column(Text)
    labels: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, server_default="")
    order_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("orders_order.id", ondelete="SET NULL"), index=True
    )
    assignee_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    conversation_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("support_conversation.id", ondelete="SET NULL"), unique=True
    )
    merged_into_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("support_ticket.id", ondelete="SET NULL"), index=True
    )
    first_due: Mapped[datetime] = mapped_column(Timestamp)
    solve_due: Mapped[datetime] = mapped_column(Timestamp)
    first_answer_at: Mapped[datetime | None] = mapped_column(Timestamp)
    first_late_at: Mapped[datetime | None] = mapped_column(Timestamp)
    solve_late_at: Mapped[datetime | None] = mapped_column(Timestamp)
    paused_at: Mapped[datetime | None] = mapped_column(Timestamp)
    solved_at: Mapped[datetime | None] = mapped_column(Timestamp)
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    order: Mapped[Order | None] = relationship()
    messages: Mapped[list[TicketMessage]] = relationship(back_populates="ticket", order_by="TicketMessage.id")

    @property
    def customer(self) -> str:
        """Who asks, for lists of staff."""
        return self.name or self.email

    @property
    def label_text(self) -> str:
        """The labels in words."""
        return ", ".join(self.labels)

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class TicketMessage(Base):
    """One message of a thread. `author` is customer, agent, note (staff only) or system (`body` is a code).

    `mail_id` is the Message-ID of a mail that came in: the same one is taken once.
    """

    __tablename__ = "support_ticket_message"
    __table_args__ = (
        CheckConstraint(_one_of("author", AUTHORS), name="author"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(f"length(body) <= {LONGEST_BODY}", name="body"),
        Index("ix_support_ticket_message_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("support_ticket.id", ondelete="CASCADE"))
    author: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(Text, server_default="")
    channel: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    mail_id: Mapped[str | None] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    files: Mapped[list[TicketFile]] = relationship(back_populates="message", order_by="TicketFile.id")

    @property
    def is_public(self) -> bool:
        """False for what only staff may read."""
        return self.author != "note"


class TicketFile(Base):
    """A file of a message, kept with it and never in a public place. An infected one is opened by nobody."""

    __tablename__ = "support_ticket_file"
    __table_args__ = (
        CheckConstraint("state IN ('clean', 'unscanned', 'infected')", name="state"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_ticket_message.id", ondelete="CASCADE"), index=True
    )
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(Text, server_default="unscanned")
    finding: Mapped[str] = mapped_column(Text, server_default="")

    message: Mapped[TicketMessage] = relationship(back_populates="files")


class KeptFile(Base):
    """A file of a form that came back with an error, until the form is sent or an hour has passed.

    `draft` is the secret of one visitor's form; the file is checked and scanned, and opened by nobody.
    """

    __tablename__ = "support_kept_file"
    __table_args__ = (
        CheckConstraint("state IN ('clean', 'unscanned', 'infected')", name="state"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    draft: Mapped[str] = mapped_column(Text, index=True)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(Text, server_default="unscanned")
    finding: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)


class SpentChallenge(Base):
    """A proof of work, or an answered question, that was used: it works once."""

    __tablename__ = "support_challenge"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)


class DroppedMail(Base):
    """A mail that became no ticket, and why: an automatic answer, a loop. Kept so that it is looked at once."""

    __tablename__ = "support_dropped_mail"

    mail_id: Mapped[str] = mapped_column(Text, primary_key=True)
    sender: Mapped[str] = mapped_column(Text, server_default="")
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
