"""Tables of the bell: what there is to know, and who has seen it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Timestamp, pk
from app.identity.models import User


class StaffNotice(Base):
    """Something that waits for a person. `screen` is the view whose readers are told; `facts` fill the words.

    Open until `cleared_at`; a matter that was over before anybody was told is kept as cleared.
    """

    __tablename__ = "notifications_staff_notice"
    __table_args__ = (
        UniqueConstraint("topic", "subject"),
        Index("ix_notifications_staff_notice_open", "id", postgresql_where=text("cleared_at IS NULL")),
    )

    id: Mapped[int] = pk()
    topic: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    screen: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    raised_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    cleared_at: Mapped[datetime | None] = mapped_column(Timestamp)

    seen: Mapped[list[StaffSeen]] = relationship(order_by="StaffSeen.at", viewonly=True)


class StaffSeen(Base):
    """Who has marked a notice as read, and when."""

    __tablename__ = "notifications_staff_seen"

    notice_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("notifications_staff_notice.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    user: Mapped[User] = relationship(viewonly=True)
