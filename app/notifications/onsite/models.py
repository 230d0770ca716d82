"""Table of the customers' bell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk


class Notice(Base):
    """Something one account is told in the shop itself. `facts` fill the words of its topic's owner.

    The same topic and subject are one notice of an account, however often somebody tells of it.
    """

    __tablename__ = "notifications_notice"
    __table_args__ = (
        UniqueConstraint("user_id", "topic", "subject"),
        Index("ix_notifications_notice_unread", "user_id", "id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notifications_notice_user", "user_id", "id"),
    )

    id: Mapped[int] = pk()
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
    read_at: Mapped[datetime | None] = mapped_column(Timestamp)
