"""Tables of shipping zones and methods. Amounts are in the shop's base currency, tax included."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, MoneyColumn, pk

KINDS = ("standard", "express", "international")


class Zone(Base):
    """Some countries ("*" is all), narrowed to postcodes beginning with one of the prefixes."""

    __tablename__ = "shipping_zone"

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    countries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    postcode_prefixes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    def __repr__(self) -> str:
        return self.name


class Method(Base):
    """One way to ship into one zone. Several rows may share a code: the nearest zone wins.

    Bounds are inclusive below and exclusive above; weight in grams, volume in cm³. `volume_divisor` are
    the cm³ that count as a kilogram: with one, bulky goods weigh what they take up.
    """

    __tablename__ = "shipping_method"
    __table_args__ = (
        CheckConstraint("kind IN ('standard', 'express', 'international')", name="kind"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("free_over IS NULL OR free_over >= 0", name="free_over"),
        CheckConstraint("max_weight IS NULL OR max_weight > min_weight", name="weight"),
        CheckConstraint("max_volume IS NULL OR max_volume > min_volume", name="volume"),
        CheckConstraint("volume_divisor IS NULL OR volume_divisor > 0", name="volume_divisor"),
        CheckConstraint("max_value IS NULL OR max_value > min_value", name="value"),
        CheckConstraint("days_min >= 0 AND days_max >= days_min", name="days"),
    )

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    kind: Mapped[str] = mapped_column(Text, server_default="standard")
    zone_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("shipping_zone.id"), index=True)
    min_weight: Mapped[int] = mapped_column(Integer, server_default="0")
    max_weight: Mapped[int | None] = mapped_column(Integer)
    min_volume: Mapped[int] = mapped_column(Integer, server_default="0")
    max_volume: Mapped[int | None] = mapped_column(Integer)
    volume_divisor: Mapped[int | None] = mapped_column(Integer)
    min_value: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    max_value: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    price: Mapped[Decimal] = mapped_column(MoneyColumn)
    free_over: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    days_min: Mapped[int] = mapped_column(Integer, server_default="1")
    days_max: Mapped[int] = mapped_column(Integer, server_default="3")
    position: Mapped[int] = mapped_column(Integer, server_default="100")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    zone: Mapped[Zone] = relationship()

    def __repr__(self) -> str:
        return self.name
