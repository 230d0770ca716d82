"""Tables of countries, currencies and dated exchange rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CHAR,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Timestamp, pk


class Country(Base):
    """A country by its ISO 3166-1 code. Its name in the reader's language comes from CLDR."""

    __tablename__ = "regions_country"

    code: Mapped[str] = mapped_column(CHAR(2), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    in_eu: Mapped[bool] = mapped_column(Boolean, server_default="false")
    is_enabled: Mapped[bool] = mapped_column(Boolean, server_default="true")

    def __repr__(self) -> str:
        return self.name


class Currency(Base):
    """A currency the shop may show prices in. `exponent` is the number of its decimals (ISO 4217)."""

    __tablename__ = "regions_currency"
    __table_args__ = (CheckConstraint("exponent BETWEEN 0 AND 4", name="exponent"),)

    code: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    exponent: Mapped[int] = mapped_column(Integer)
    is_enabled: Mapped[bool] = mapped_column(Boolean, server_default="false")
    position: Mapped[int] = mapped_column(Integer, server_default="100")

    def __repr__(self) -> str:
        return self.code


class ExchangeRate(Base):
    """How many units of a currency one unit of the base currency buys on a day.

    A manual rate wins over an imported one of the same or an older date until it is removed.
    """

    __tablename__ = "regions_rate"
    __table_args__ = (
        UniqueConstraint("currency", "date", "manual"),
        CheckConstraint("rate > 0", name="positive"),
    )

    id: Mapped[int] = pk()
    currency: Mapped[str] = mapped_column(CHAR(3), ForeignKey("regions_currency.code"))
    date: Mapped[date] = mapped_column(Date)
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    manual: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
