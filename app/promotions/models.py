"""Tables of coupons, their claims, and promotion rules."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, MoneyColumn, Stamped, Timestamp, pk


class Coupon(Stamped, Base):
    """A code. `value` is a percentage, or an amount in `currency`; nothing for free shipping.

    `used` is raised and lowered by claims alone; the check keeps it within `limit_total`.
    """

    __tablename__ = "promotions_coupon"
    __table_args__ = (
        CheckConstraint("kind IN ('percent', 'fixed', 'free_shipping')", name="kind"),
        CheckConstraint("kind <> 'percent' OR (value > 0 AND value <= 100)", name="percent"),
        CheckConstraint("kind <> 'fixed' OR (value > 0 AND currency IS NOT NULL)", name="fixed"),
        CheckConstraint("used >= 0 AND (limit_total IS NULL OR used <= limit_total)", name="used"),
        CheckConstraint("limit_total IS NULL OR limit_total > 0", name="limit_total"),
        CheckConstraint("limit_per_customer IS NULL OR limit_per_customer > 0", name="limit_per_customer"),
        CheckConstraint("code = upper(code)", name="code_upper"),
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at", name="window"),
    )

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="0")
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    starts_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ends_at: Mapped[datetime | None] = mapped_column(Timestamp)
    minimum: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    limit_total: Mapped[int | None] = mapped_column(Integer)
    limit_per_customer: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    def __repr__(self) -> str:
        return self.code


class CouponClaim(Base):
    """One use of a coupon by one holder ("order:17") for one normalised address or account."""

    __tablename__ = "promotions_claim"
    __table_args__ = (
        UniqueConstraint("coupon_id", "holder"),
        Index("ix_promotions_claim_customer", "coupon_id", "email_key"),
        Index("ix_promotions_claim_user", "coupon_id", "user_id"),
        Index("ix_promotions_claim_holder", "holder"),
    )

    id: Mapped[int] = pk()
    coupon_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("promotions_coupon.id"))
    holder: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    coupon: Mapped[Coupon] = relationship(viewonly=True)


class Rule(Stamped, Base):
    """A promotion that needs no code. `scope` line: on each fitting line; cart: on their sum.

    Empty `category_ids` and `product_ids` fit everything. Lower `priority` comes first; a rule that
    is not `is_stackable` is the last one that is applied.
    """

    __tablename__ = "promotions_rule"
    __table_args__ = (
        CheckConstraint("kind IN ('percent', 'fixed')", name="kind"),
        CheckConstraint("scope IN ('line', 'cart')", name="scope"),
        CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 100)", name="value"),
        CheckConstraint("kind <> 'fixed' OR currency IS NOT NULL", name="currency"),
        CheckConstraint("minimum_quantity >= 1", name="minimum_quantity"),
    )

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    minimum: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    minimum_quantity: Mapped[int] = mapped_column(Integer, server_default="1")
    category_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    starts_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ends_at: Mapped[datetime | None] = mapped_column(Timestamp)
    priority: Mapped[int] = mapped_column(Integer, server_default="100")
    is_stackable: Mapped[bool] = mapped_column(Boolean, server_default="true")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    def __repr__(self) -> str:
        return self.name
