"""Facts and roll-ups: what the metric layer keeps of orders, payments, visits and stock.

Facts are one row an order, a line, a movement of money; roll-ups are their sums by day and by month. All of it can be made anew
from orders and payments (`operations.rebuild`). Amounts stand twice: in the currency of the order and, as `base_…`,
in the base currency at the rate the order was placed with. No name, no address, no e-mail.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, Numeric, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.analytics.stock import models as stock  # noqa: F401
from app.core.db import Base, MoneyColumn, Timestamp, pk


class State(Base):
    """How the facts were made. One row, made when the first fact is; `built_at` says when all were made anew.

    Up to the day `stock_through` movements of stock are summed up by day; what came after is read one by one.
    """

    __tablename__ = "analytics_state"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    timezone: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(Text)
    built_at: Mapped[datetime | None] = mapped_column(Timestamp)
    stock_through: Mapped[date | None] = mapped_column(Date)


class Customer(Base):
    """A customer without a name: `key` is a salted fingerprint of the e-mail address of orders."""

    __tablename__ = "analytics_customer"

    id: Mapped[int] = pk()
    key: Mapped[str] = mapped_column(Text, unique=True)


class Slice:
    """By what orders, lines and money are grouped. `day` and `hour` are in the shop's time zone."""

    day: Mapped[date] = mapped_column(Date)
    hour: Mapped[int] = mapped_column(SmallInteger)
    currency: Mapped[str] = mapped_column(String(3))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    payment_method: Mapped[str] = mapped_column(Text)
    coupon: Mapped[str] = mapped_column(Text)
    is_first: Mapped[bool] = mapped_column(Boolean)
    is_counted: Mapped[bool] = mapped_column(Boolean)


class OrderFact(Slice, Base):
    """An order. `is_counted` is false once it is cancelled; `is_first` where its customer had none before it.

    `previous_day` is the day of the one before it, of those that count. `is_second` says that that one is the first,
    `is_like_previous` that it has the same country, language, currency and channel, or that there is none: so people of
    a span of days are counted at their first order in it (`families.spans`). `customer_since` is the day of the first.
    """

    __tablename__ = "analytics_order"
    __table_args__ = (
        Index(
            "ix_analytics_order_day",
            "day",
            "order_id",
            postgresql_include=[
                "customer_id",
                "is_counted",
                "is_first",
                "is_second",
                "previous_day",
                "is_like_previous",
                "customer_since",
                "placed_at",
                "hour",
                "currency",
                "country",
                "language",
                "channel",
                "payment_method",
                "base_gross",
                "gross",
            ],
        ),
        Index(
            "ix_analytics_order_unlike",
            "day",
            postgresql_include=["customer_id"],
            postgresql_where=text("NOT is_like_previous"),
        ),
        Index(
            "ix_analytics_order_customer",
            "customer_id",
            "day",
            "placed_at",
            "order_id",
            postgresql_include=[
                "is_counted",
                "is_first",
                "base_gross",
                "gross",
                "hour",
                "currency",
                "country",
                "language",
                "channel",
                "payment_method",
            ],
        ),
    )

    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[str | None] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(Timestamp)
    customer_id: Mapped[int] = mapped_column(BigInteger)
    previous_day: Mapped[date | None] = mapped_column(Date)
    is_second: Mapped[bool] = mapped_column(Boolean)
    is_like_previous: Mapped[bool] = mapped_column(Boolean)
    customer_since: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text)
    payment_status: Mapped[str] = mapped_column(Text)
    units: Mapped[int] = mapped_column(Integer)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    shipping: Mapped[Decimal] = mapped_column(MoneyColumn)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_shipping: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_gross: Mapped[Decimal] = mapped_column(MoneyColumn)


class OfArticle:
    """What a line sold. Line 0 of an order is its shipping, of article -1; 0 is none (no brand)."""

    product_id: Mapped[int] = mapped_column(BigInteger)
    variant_id: Mapped[int] = mapped_column(BigInteger)
    category_id: Mapped[int] = mapped_column(BigInteger)
    brand_id: Mapped[int] = mapped_column(BigInteger)
    seller_id: Mapped[int] = mapped_column(BigInteger)
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 3))


class LineFact(Slice, OfArticle, Base):
    """A line of an order. Department, brand and seller are those of the day the fact was made: a product that moves later
    takes no past sales with it."""

    __tablename__ = "analytics_line"
    __table_args__ = (
        Index("ix_analytics_line_day", "day", "order_id"),
        Index("ix_analytics_line_product", "product_id", "day"),
        Index(
            "ix_analytics_line_category",
            "category_id",
            "day",
            postgresql_include=[
                "order_id",
                "line_id",
                "customer_id",
                "is_counted",
                "is_first",
                "hour",
                "currency",
                "country",
                "language",
                "channel",
                "payment_method",
                "units",
                "base_gross",
                "gross",
            ],
        ),
    )

    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(BigInteger)
    units: Mapped[int] = mapped_column(Integer)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_gross: Mapped[Decimal] = mapped_column(MoneyColumn)


class MoveFact(Slice, Base):
    """Money that came in (`capture`) or went back (`refund`), on its own day. `net` is the part of a refund
    without VAT that takes away from sales; zero for captures and for orders that count no more."""

    __tablename__ = "analytics_move"
    __table_args__ = (
        Index("ix_analytics_move_day", "day", "order_id"),
        Index("ix_analytics_move_order", "order_id"),
        Index("ix_analytics_move_refund", "day", "order_id", postgresql_where=text("kind = 'refund'")),
    )

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    move_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_net: Mapped[Decimal] = mapped_column(MoneyColumn)


class BackFact(Slice, OfArticle, Base):
    """What a refund took of a line of its order, shipping included, on the day of the refund.

    A refund spreads over the lines in proportion to their gross, as a credit note spreads it over the rates of VAT.
    Rounding is cumulative, over the lines and over the refunds of an order: its parts add up to the refund, and once
    everything went back each line has lost exactly its gross. Cents may stand on another rate than on the credit note,
    which rounds by rate. Article, department, brand and seller are those of the line's fact.
    """

    __tablename__ = "analytics_back"
    __table_args__ = (
        Index("ix_analytics_back_day", "day", "order_id"),
        Index("ix_analytics_back_order", "order_id"),
    )

    refund_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_amount: Mapped[Decimal] = mapped_column(MoneyColumn)


class Sums:
    """Sums of orders and money. `settled` is the money that came in for orders that still count."""

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_method: Mapped[str] = mapped_column(Text, primary_key=True)
    is_first: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    orders: Mapped[int] = mapped_column(BigInteger)
    cancelled: Mapped[int] = mapped_column(BigInteger)
    units: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    shipping: Mapped[Decimal] = mapped_column(MoneyColumn)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    captured: Mapped[Decimal] = mapped_column(MoneyColumn)
    settled: Mapped[Decimal] = mapped_column(MoneyColumn)
    refunded: Mapped[Decimal] = mapped_column(MoneyColumn)
    refunded_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_shipping: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_captured: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_settled: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_refunded: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_refunded_net: Mapped[Decimal] = mapped_column(MoneyColumn)


class Day(Sums, Base):
    """Sums of orders and money of a day."""

    __tablename__ = "analytics_day"


class Month(Sums, Base):
    """Sums of orders and money of a month; `day` is the first of it."""

    __tablename__ = "analytics_month"


class ArticleSums:
    """Sums of lines by what was sold; -1 is shipping, 0 none. `orders` counts an order once a product: it adds up
    by product and by nothing else."""

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    brand_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seller_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 3), primary_key=True)
    orders: Mapped[int] = mapped_column(BigInteger)
    units: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_discount: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    base_gross: Mapped[Decimal] = mapped_column(MoneyColumn)


class ArticleDay(ArticleSums, Base):
    """Sums of lines of a day."""

    __tablename__ = "analytics_article_day"


class ArticleMonth(ArticleSums, Base):
    """Sums of lines of a month; `day` is the first of it."""

    __tablename__ = "analytics_article_month"
