"""Tables of stock: what moved on each day, each run of the forecasts with what it proved, and what it expects to sell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk

RUN_STATES = ("published", "refused")


class StockDay(Base):
    """What moved of a stock row on a day that is over, in the shop's time zone.

    `sold` is sales less returns, `taken_in` what came otherwise, `has_sale` whether anything was sold at all.

    The totals are running sums over all days of the stock row up to and with this one. What moved in a span of days is
    the difference of two rows, however long the span. `net_total` tells the level at the end of the day, `sold_total`
    what was sold, `taken_total` what came in. `moment_total` sums `net` times the number of its day (days since 1 January
    2000); with `net_total` it tells the sum of the levels at the ends of all days of a span (`shelves`). `since` is the
    first day of the stock row, `last_sale` that of its latest sale.
    """

    __tablename__ = "analytics_stock_day"
    __table_args__ = (Index("ix_analytics_stock_day_day", "day"),)

    stock_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("inventory_stock.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    net: Mapped[int] = mapped_column(Integer)
    sold: Mapped[int] = mapped_column(Integer)
    taken_in: Mapped[int] = mapped_column(Integer)
    has_sale: Mapped[bool] = mapped_column(Boolean)
    net_total: Mapped[int] = mapped_column(BigInteger)
    sold_total: Mapped[int] = mapped_column(BigInteger)
    taken_total: Mapped[int] = mapped_column(BigInteger)
    moment_total: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[date] = mapped_column(Date)
    last_sale: Mapped[date | None] = mapped_column(Date)


class ForecastRun(Base):
    """One training: up to which day it knew, what the backtest found, and whether it is the one in use.

    `refused` keeps why nothing was published; the forecasts of before then stay in use.
    """

    __tablename__ = "analytics_forecast_run"
    __table_args__ = (
        CheckConstraint("state IN ('published', 'refused')", name="state"),
        CheckConstraint("NOT is_current OR state = 'published'", name="current"),
        Index(
            "uq_analytics_forecast_run_current",
            "is_current",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = pk()
    job_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    state: Mapped[str] = mapped_column(Text)
    is_current: Mapped[bool] = mapped_column(Boolean, server_default="false")
    version: Mapped[str] = mapped_column(Text)
    known_until: Mapped[date] = mapped_column(Date)
    articles: Mapped[int] = mapped_column(Integer, server_default="0")
    wape: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
    naive_wape: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
    coverage: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    figures: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    reason: Mapped[str] = mapped_column(Text, server_default="")
    made_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    def __str__(self) -> str:
        return f"{self.version} · {self.known_until.isoformat()}"


class Forecast(Base):
    """What one article is expected to sell in the days after `known_until` of its run: in all of them together.

    In four of five cases the pieces sold lie from `low` to `high`.
    """

    __tablename__ = "analytics_forecast"
    __table_args__ = (
        CheckConstraint("horizon_days > 0", name="horizon_days"),
        CheckConstraint("low >= 0 AND low <= mean AND mean <= high", name="interval"),
        Index("ix_analytics_forecast_variant_id", "variant_id"),
    )

    run_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("analytics_forecast_run.id", ondelete="CASCADE"), primary_key=True
    )
    variant_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("catalog_variant.id", ondelete="CASCADE"), primary_key=True
    )
    horizon_days: Mapped[int] = mapped_column(Integer, primary_key=True)
    mean: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    low: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    high: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    model: Mapped[str] = mapped_column(Text)
