"""The price list: one row a variant and currency; and what bulk changes have done to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models import Variant
from app.core.db import Base, JsonB, MoneyColumn, Stamped, Timestamp, pk


class Price(Stamped, Base):
    """A fixed price. `compare_at` is the earlier, higher price shown crossed out beside it."""

    __tablename__ = "pricing_price"
    __table_args__ = (
        UniqueConstraint("variant_id", "currency"),
        CheckConstraint("amount >= 0", name="not_negative"),
        CheckConstraint("compare_at IS NULL OR compare_at > amount", name="compare_above"),
    )

    id: Mapped[int] = pk()
    variant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("catalog_variant.id", ondelete="CASCADE"))
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    compare_at: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    variant: Mapped[Variant] = relationship()

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class PriceChange(Stamped, Base):
    """One change of many prices at once: what was asked, by whom, and whether it was undone."""

    __tablename__ = "pricing_change"

    id: Mapped[int] = pk()
    run: Mapped[str] = mapped_column(Text, unique=True)
    wish: Mapped[dict[str, Any]] = mapped_column(JsonB)
    actor_label: Mapped[str] = mapped_column(Text)
    prices: Mapped[int] = mapped_column(Integer, server_default="0")
    undone_at: Mapped[datetime | None] = mapped_column(Timestamp)

    @property
    def what(self) -> str:
        """What was asked, in short."""
        return f"{self.wish.get('percent')} % {self.wish.get('currency')}"

    def __str__(self) -> str:
        return self.what


class PriceChangeLine(Base):
    """What one price was before and after a change: the record from which it can be undone."""

    __tablename__ = "pricing_change_line"
    __table_args__ = (UniqueConstraint("change_id", "variant_id"),)

    id: Mapped[int] = pk()
    change_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("pricing_change.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("catalog_variant.id", ondelete="CASCADE"))
    before_amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    before_compare_at: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    after_amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    after_compare_at: Mapped[Decimal | None] = mapped_column(MoneyColumn)
