"""The table of dated VAT rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CHAR, CheckConstraint, Date, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, pk

TAX_CLASSES = ("standard", "reduced", "intermediate", "zero")


class TaxRate(Base):
    """The VAT rate, in percent, of a class of goods in a country between two dates (inclusive)."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        UniqueConstraint("country", "tax_class", "valid_from"),
        CheckConstraint("tax_class IN ('standard', 'reduced', 'intermediate', 'zero')", name="tax_class"),
        CheckConstraint("rate >= 0 AND rate < 100", name="rate"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="window"),
    )

    id: Mapped[int] = pk()
    country: Mapped[str] = mapped_column(CHAR(2))
    tax_class: Mapped[str] = mapped_column(Text)
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
