"""Orders, their lines and their timeline."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, MoneyColumn, Timestamp, pk
from app.core.money import Money
from app.orders.states import ORDER, Channel

PAYMENT_STATUS_SQL = (
    "CASE WHEN refunded > 0 AND refunded >= captured THEN 'refunded'"
    " WHEN refunded > 0 THEN 'partly_refunded'"
    " WHEN captured > total_gross THEN 'overpaid'"
    " WHEN captured = total_gross THEN 'paid'"
    " WHEN captured > 0 THEN 'partly_paid'"
    " ELSE 'due' END"
)
"""The same rule as `rules.payment_status`, kept by the database so that lists can filter by it."""


class Order(Base):
    """What was bought, by whom, for how much, and how far it is. Amounts are in `currency`; `channel` is the door.

    `number` is the business number ("2026-000123"), set by the last statement of placing; `token`
    is the unguessable key of the buyer's page. `captured` and `refunded` are the sums of the
    order's payments, kept by `operations.settle`.
    """

    __tablename__ = "orders_order"
    __table_args__ = (
        CheckConstraint(ORDER.check_sql(), name="state"),
        CheckConstraint(Channel.check_sql(), name="channel"),
        CheckConstraint("total_net + total_tax = total_gross", name="total"),
        CheckConstraint("shipping_net + shipping_tax = shipping_gross", name="shipping"),
        CheckConstraint("captured >= 0 AND refunded >= 0 AND refunded <= captured", name="money"),
        Index(
            "uq_orders_order_live_cart", "cart_id", unique=True, postgresql_where=text("state <> 'cancelled'")
        ),
        Index("ix_orders_order_expiry", "expires_at", postgresql_where=text("state = 'pending'")),
        Index("ix_orders_order_user", "user_id", "id"),
        Index("ix_orders_order_email", "email_key", "id"),
        Index(
            "ix_orders_order_counted",
            "email_key",
            "placed_at",
            "id",
            postgresql_where=text("state <> 'cancelled'"),
            postgresql_include=["country", "language", "currency", "channel"],
        ),
        Index("ix_orders_order_state", "state", "id"),
    )

    id: Mapped[int] = pk()
    number: Mapped[str | None] = mapped_column(Text, unique=True)
    token: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text, server_default=ORDER.start)
    payment_status: Mapped[str] = mapped_column(Text, Computed(PAYMENT_STATUS_SQL, persisted=True))
    payment_method: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text, server_default=Channel.WEB.value)
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text, Computed("lower(email)", persisted=True))
    language: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(20, 10), server_default="1")
    prices_include_tax: Mapped[bool] = mapped_column(Boolean, server_default="true")
    shipping_address: Mapped[dict[str, Any]] = mapped_column(JsonB)
    billing_address: Mapped[dict[str, Any]] = mapped_column(JsonB)
    country: Mapped[str] = mapped_column(String(2))
    shipping_method: Mapped[str] = mapped_column(Text)
    shipping_name: Mapped[str] = mapped_column(Text)
    shipping_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    shipping_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    shipping_gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    shipping_rate: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(JsonB, server_default="[]")
    coupon_codes: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(JsonB, server_default="[]")
    total_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    total_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    total_gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    captured: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    refunded: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    note: Mapped[str] = mapped_column(Text, server_default="")
    cart_id: Mapped[int | None] = mapped_column(BigInteger)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
    paid_at: Mapped[datetime | None] = mapped_column(Timestamp)
    expires_at: Mapped[datetime | None] = mapped_column(Timestamp)

    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.position")
    history: Mapped[list[History]] = relationship(back_populates="order", order_by="History.id")

    @property
    def total(self) -> Money:
        """What the buyer owes for everything, taxes included."""
        return Money(self.total_gross, self.currency)

    @property
    def customer(self) -> str:
        """Who the goods go to, for lists of staff."""
        return str(self.shipping_address.get("company") or self.shipping_address.get("name") or self.email)

    @property
    def captured_money(self) -> Money:
        """What has come in."""
        return Money(self.captured, self.currency)

    @property
    def refunded_money(self) -> Money:
        """What has gone back."""
        return Money(self.refunded, self.currency)

    @property
    def holder(self) -> str:
        """The name under which stock and coupons are held for this order."""
        return f"order:{self.id}"

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class OrderLine(Base):
    """A line as it was bought. Ids point to the catalogue but nothing is ever read from there.

    `options` is JSON, not JSONB, because the order of the options means something to people.
    `shipped` is the one thing that changes: how many pieces have left.
    """

    __tablename__ = "orders_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("net + tax = gross", name="total"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity", name="shipped"),
        Index("ix_orders_line_variant", "variant_id", "id"),
        Index("ix_orders_line_product", "product_id", "id"),
    )

    id: Mapped[int] = pk()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[int] = mapped_column(BigInteger)
    variant_id: Mapped[int] = mapped_column(BigInteger)
    sku: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    slug: Mapped[str] = mapped_column(Text, server_default="")
    image: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    quantity: Mapped[int] = mapped_column(Integer)
    shipped: Mapped[int] = mapped_column(Integer, server_default="0")
    weight_g: Mapped[int] = mapped_column(Integer, server_default="0")
    unit_price: Mapped[Decimal] = mapped_column(MoneyColumn)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax_class: Mapped[str] = mapped_column(Text)
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def left(self) -> int:
        """How many pieces have not been shipped yet."""
        return self.quantity - self.shipped

    @property
    def option_text(self) -> str:
        """The chosen options for people: "Blue, XL"."""
        return ", ".join(str(value) for value in (self.options or {}).values())


class History(Base):
    """One entry of an order's timeline. `state` is the state from then on, None where it stayed.

    `is_public` entries are shown to the buyer; notes of staff are not.
    """

    __tablename__ = "orders_history"
    __table_args__ = (Index("ix_orders_history_order", "order_id", "id"),)

    id: Mapped[int] = pk()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    is_public: Mapped[bool] = mapped_column(Boolean, server_default="true")
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_user_id: Mapped[int | None] = mapped_column(Integer)
    actor_label: Mapped[str] = mapped_column(Text, server_default="")

    order: Mapped[Order] = relationship(back_populates="history")
