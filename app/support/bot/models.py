"""What the bot has learned, and what it said to which message."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, Numeric, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk


class BotModel(Base):
    """A trained model: `weights` is packed JSON that plain Python scores. One is in force."""

    __tablename__ = "support_bot_model"
    __table_args__ = (
        Index("uq_support_bot_model_in_force", "is_in_force", unique=True, postgresql_where=text("is_in_force")),
    )  # fmt: skip

    id: Mapped[int] = pk()
    weights: Mapped[bytes] = mapped_column(LargeBinary)
    labels: Mapped[list[str]] = mapped_column(JsonB)
    sentences: Mapped[int] = mapped_column(Integer)
    accuracy: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    data_mark: Mapped[str] = mapped_column(Text)
    is_in_force: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


class BotTurn(Base):
    """What the bot made of one message of a conversation. A message has one turn, however often it is announced.

    `waits_for` and `facts` carry over to the next message: an order number whose proof was asked for.
    """

    __tablename__ = "support_bot_turn"
    __table_args__ = (Index("ix_support_bot_turn_conversation", "conversation_id", "id"),)

    id: Mapped[int] = pk()
    message_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    conversation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_conversation.id", ondelete="CASCADE")
    )
    intent: Mapped[str] = mapped_column(Text)
    confidence: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    outcome: Mapped[str] = mapped_column(Text)
    waits_for: Mapped[str] = mapped_column(Text, server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
