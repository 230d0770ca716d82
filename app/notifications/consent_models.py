"""Tables of what people agreed to be told, with the proof of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Timestamp, pk

STATES = ("asked", "given", "withdrawn")


class Subscriber(Base):
    """An address somebody has chosen topics for: a guest's, or that of an account (`user_id`).

    `nonce` belongs to the question that waits for an answer; a new question makes older links worthless.
    """

    __tablename__ = "notifications_subscriber"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"),)

    id: Mapped[int] = pk()
    email: Mapped[str] = mapped_column(Text, unique=True)
    user_id: Mapped[int | None] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="SET NULL"), unique=True
    )
    language: Mapped[str] = mapped_column(Text, server_default="en")
    nonce: Mapped[str] = mapped_column(Text, server_default="")
    asked_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    def __str__(self) -> str:
        return self.email


class Consent(Base):
    """How it stands with one topic for one address. Only `given` opens the way for a mail."""

    __tablename__ = "notifications_consent"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'given', 'withdrawn')", name="state"),
        Index("ix_notifications_consent_given", "topic", "subscriber_id", postgresql_where=text("state = 'given'")),
    )  # fmt: skip

    subscriber_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("notifications_subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


class ConsentRecord(Base):
    """The proof: what was asked, given or taken back, when, from where, and under which wording. Never changed."""

    __tablename__ = "notifications_consent_record"

    id: Mapped[int] = pk()
    subscriber_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("notifications_subscriber.id", ondelete="CASCADE"), index=True
    )
    topic: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    source: Mapped[str] = mapped_column(Text)
    ip: Mapped[str] = mapped_column(Text, server_default="")
    wording: Mapped[str] = mapped_column(Text, server_default="")
    language: Mapped[str] = mapped_column(Text, server_default="")
