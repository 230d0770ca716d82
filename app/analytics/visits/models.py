"""Tables of visits, of what happened in them, and of what each day came to."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Timestamp, pk


class Visit(Base):
    """Somebody who agreed to be counted is here, until half an hour passes without a sign.

    `visitor` is a random number out of a cookie. `user_id` is there only for who agreed to suggestions made from
    visits (`is_profiled`). `agreed_to` is the version of the question with the answers. Robots are kept apart.
    """

    __tablename__ = "analytics_visit"
    __table_args__ = (
        CheckConstraint("is_profiled OR user_id IS NULL", name="account_needs_consent"),
        Index("ix_analytics_visit_user_id", "user_id", postgresql_where=text("user_id IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    visitor: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    is_profiled: Mapped[bool] = mapped_column(Boolean, server_default="false")
    agreed_to: Mapped[str] = mapped_column(Text)
    is_robot: Mapped[bool] = mapped_column(Boolean, server_default="false")
    started_at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    last_at: Mapped[datetime] = mapped_column(Timestamp)
    language: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    referrer: Mapped[str] = mapped_column(Text, server_default="")
    page_views: Mapped[int] = mapped_column(Integer, server_default="0")
    product_views: Mapped[int] = mapped_column(Integer, server_default="0")
    additions: Mapped[int] = mapped_column(Integer, server_default="0")
    checkouts: Mapped[int] = mapped_column(Integer, server_default="0")
    orders: Mapped[int] = mapped_column(Integer, server_default="0")


class VisitEvent(Base):
    """One thing that happened in a visit. Rows go after some months; ids of goods and orders are only noted."""

    __tablename__ = "analytics_visit_event"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'addition', 'checkout', 'order')", name="kind"),
        Index("ix_analytics_visit_event_product", "at", "product_id", postgresql_where=text("product_id IS NOT NULL")),
        Index("ix_analytics_visit_event_cart", "cart_id", postgresql_where=text("cart_id IS NOT NULL")),
        Index("uq_analytics_visit_event_order", "order_id", unique=True, postgresql_where=text("order_id IS NOT NULL")),
        Index(
            "uq_analytics_visit_event_checkout", "visit_id", "cart_id", unique=True,
            postgresql_where=text("kind = 'checkout'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    visit_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("analytics_visit.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    kind: Mapped[str] = mapped_column(Text)
    page: Mapped[str | None] = mapped_column(Text)
    product_id: Mapped[int | None] = mapped_column(BigInteger)
    cart_id: Mapped[int | None] = mapped_column(BigInteger)
    order_id: Mapped[int | None] = mapped_column(BigInteger)


class VisitDay(Base):
    """What a day came to, by language, device and way in. Nobody is in it; it stays when visits go."""

    __tablename__ = "analytics_visit_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    device: Mapped[str] = mapped_column(Text, primary_key=True)
    referrer: Mapped[str] = mapped_column(Text, primary_key=True)
    visits: Mapped[int] = mapped_column(Integer)
    visitors: Mapped[int] = mapped_column(Integer)
    page_views: Mapped[int] = mapped_column(BigInteger)
    product_views: Mapped[int] = mapped_column(BigInteger)
    with_product: Mapped[int] = mapped_column(Integer)
    with_addition: Mapped[int] = mapped_column(Integer)
    with_checkout: Mapped[int] = mapped_column(Integer)
    with_order: Mapped[int] = mapped_column(Integer)
    orders: Mapped[int] = mapped_column(Integer)
