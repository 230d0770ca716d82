"""Tables of carts and their lines."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    Uuid,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, MoneyColumn, Stamped, Timestamp, pk
from app.identity.models import User


class Cart(Stamped, Base):
    """A cart. Its public id is the key to it; a customer has at most one that is open.

    `version` rises with every change. `before_merge` is the image of both carts before the last
    merge, kept 30 days.
    """

    __tablename__ = "cart_cart"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'ordered', 'merged')", name="state"),
        Index("uq_cart_cart_open_user", "user_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_cart_cart_idle", "updated_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    user_id: Mapped[int | None] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(Text, server_default="open")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    currency: Mapped[str] = mapped_column(CHAR(3), server_default="EUR")
    language: Mapped[str] = mapped_column(Text, server_default="en")
    country: Mapped[str | None] = mapped_column(CHAR(2))
    email: Mapped[str | None] = mapped_column(Text)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    shipping_method: Mapped[str | None] = mapped_column(Text)
    coupon_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    note: Mapped[str | None] = mapped_column(Text)
    merged_into_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("cart_cart.id", ondelete="SET NULL")
    )
    before_merge: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    merged_at: Mapped[datetime | None] = mapped_column(Timestamp)
    lines: Mapped[list[CartLine]] = relationship(
        back_populates="cart", order_by="CartLine.id", passive_deletes=True
    )
    owner: Mapped[User | None] = relationship(viewonly=True)

    @property
    def who(self) -> str | None:
        """The address of whose it is; None while nobody has said."""
        return self.owner.email if self.owner else self.email


class CartLine(Base):
    """A variant in a cart, or on its saved list. A removed line stays a day for Undo.

    `sku` and `name` are what it was called when it was added: should the variant be deleted, the
    line stays and can still say what it was.
    """

    __tablename__ = "cart_line"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
        Index(
            "uq_cart_line_variant", "cart_id", "variant_id", "saved_for_later", unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_cart_line_removed", "removed_at", postgresql_where=text("removed_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    cart_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("cart_cart.id", ondelete="CASCADE"), index=True
    )
    variant_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("catalog_variant.id", ondelete="SET NULL"), index=True
    )
    sku: Mapped[str] = mapped_column(Text, server_default="")
    name: Mapped[str] = mapped_column(Text, server_default="")
    quantity: Mapped[int] = mapped_column(Integer)
    saved_for_later: Mapped[bool] = mapped_column(Boolean, server_default="false")
    seen_price: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    seen_currency: Mapped[str | None] = mapped_column(CHAR(3))
    removed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    added_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    cart: Mapped[Cart] = relationship(back_populates="lines")
