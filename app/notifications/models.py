"""Messages and their attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Timestamp, pk
from app.notifications.states import MESSAGE


class Message(Base):
    """One message to one person, as it was written, and how its delivery stands."""

    __tablename__ = "notifications_message"
    __table_args__ = (
        CheckConstraint(MESSAGE.check_sql(), name="state"),
        Index(
            "ix_notifications_message_due",
            "due_at",
            "id",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_notifications_message_recipient", "recipient", "id"),
    )

    id: Mapped[int] = pk()
    channel: Mapped[str] = mapped_column(Text, server_default="mail")
    recipient: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text, unique=True)
    dedupe_key: Mapped[str] = mapped_column(Text, unique=True)
    topic: Mapped[str] = mapped_column(Text, server_default="orders")
    unsubscribe_url: Mapped[str] = mapped_column(Text, server_default="")
    reply_to: Mapped[str] = mapped_column(Text, server_default="")
    thread: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
    due_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)

    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="message", order_by="Attachment.id", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    @property
    def kept_text(self) -> str | None:
        """The text of a mail that no server takes: it is read here or nowhere."""
        return self.text if self.state == "kept" else None


class Attachment(Base):
    """A file that goes with a message: its bytes, or who makes it when the message leaves, and of what."""

    __tablename__ = "notifications_attachment"
    __table_args__ = (CheckConstraint("(data IS NULL) <> (producer IS NULL)", name="content"),)

    id: Mapped[int] = pk()
    message_id: Mapped[int] = mapped_column(
        ForeignKey("notifications_message.id", ondelete="CASCADE"), index=True
    )
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    producer: Mapped[str | None] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")

    message: Mapped[Message] = relationship(back_populates="attachments")
