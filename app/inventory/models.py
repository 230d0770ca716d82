"""Tables of warehouses, stock, movements, reservations and low-stock alerts.

`on_hand` is what lies on the shelf. `reserved` is everything promised to holders; `backordered` is
the part of it for which no goods lie there yet. So `on_hand - (reserved - backordered)` is free.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.catalog.models import Variant
from app.core.clock import today
from app.core.db import Base, MoneyColumn, Stamped, Timestamp, pk

MOVEMENT_KINDS = ("receive", "sale", "return", "count", "correction", "write_off")
RESERVATION_STATES = ("held", "owed", "claimed", "released")


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Warehouse(Base):
    """A place goods are sold from. The lowest `priority` is emptied first."""

    __tablename__ = "inventory_warehouse"

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(Integer, server_default="100")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    def __repr__(self) -> str:
        return self.name


class Stock(Stamped, Base):
    """One variant in one warehouse. The checks make overselling impossible, whoever writes.

    `available` is what can be promised from the shelf; the database keeps it.
    """

    __tablename__ = "inventory_stock"
    __table_args__ = (
        UniqueConstraint("variant_id", "warehouse_id"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("backordered >= 0 AND backordered <= reserved", name="backordered"),
        CheckConstraint("backordered <= backorder_limit", name="backorder_limit"),
        CheckConstraint("reserved - backordered <= on_hand", name="not_oversold"),
        CheckConstraint("low_at IS NULL OR low_at >= 0", name="low_at"),
        Index("ix_inventory_stock_available", "available"),
    )

    id: Mapped[int] = pk()
    variant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("catalog_variant.id", ondelete="CASCADE"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("inventory_warehouse.id"), index=True)
    on_hand: Mapped[int] = mapped_column(Integer, server_default="0")
    reserved: Mapped[int] = mapped_column(Integer, server_default="0")
    backordered: Mapped[int] = mapped_column(Integer, server_default="0")
    backorder_limit: Mapped[int] = mapped_column(Integer, server_default="0")
    backorder_date: Mapped[date | None] = mapped_column(Date)
    low_at: Mapped[int | None] = mapped_column(Integer)
    available: Mapped[int] = mapped_column(
        Integer, Computed("on_hand - reserved + backordered", persisted=True)
    )
    warehouse: Mapped[Warehouse] = relationship()
    variant: Mapped[Variant] = relationship(viewonly=True)
    costs: Mapped[list[Cost]] = relationship(
        primaryjoin=lambda: Stock.variant_id == foreign(Cost.variant_id),
        order_by=lambda: Cost.valid_from,
        viewonly=True,
    )

    @property
    def cost(self) -> Decimal | None:
        """What one piece costs the shop today, to a hundredth of a cent; None where nobody has said."""
        day = today()
        known = [cost for cost in self.costs if cost.valid_from <= day]
        return known[-1].amount if known else None

    def __str__(self) -> str:
        return f"{self.variant.sku} · {self.warehouse.code}"


class Cost(Stamped, Base):
    """What one piece of an article costs the shop from a day on, without VAT, in the base currency of that time.

    An article without a row has an unknown cost, which is not zero.
    """

    __tablename__ = "inventory_cost"
    __table_args__ = (
        UniqueConstraint("variant_id", "valid_from"),
        CheckConstraint("amount >= 0", name="not_negative"),
    )

    id: Mapped[int] = pk()
    variant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("catalog_variant.id", ondelete="CASCADE"))
    valid_from: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    currency: Mapped[str] = mapped_column(String(3))
    variant: Mapped[Variant] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Movement(Base):
    """Goods came or went. Append-only; `on_hand` of a row is the sum of its movements."""

    __tablename__ = "inventory_movement"
    __table_args__ = (
        CheckConstraint(_in("kind", MOVEMENT_KINDS), name="kind"),
        Index("ix_inventory_movement_stock", "stock_id", "id"),
        Index("ix_inventory_movement_at", "at"),
        Index("ix_inventory_movement_reference", "reference", postgresql_where=text("reference IS NOT NULL")),
    )

    id: Mapped[int] = pk()
    stock_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("inventory_stock.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    on_hand_after: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    actor_label: Mapped[str] = mapped_column(Text, server_default="system")
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    stock: Mapped[Stock] = relationship(viewonly=True)


class Reservation(Base):
    """Goods promised to a holder ("order:17").

    held: until `expires_at` · owed: paid for, waiting for goods · claimed: gone from the shelf ·
    released: given back. `returned` counts what came back of a claimed row.
    """

    __tablename__ = "inventory_reservation"
    __table_args__ = (
        CheckConstraint(_in("state", RESERVATION_STATES), name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("returned >= 0 AND returned <= quantity", name="returned"),
        Index("ix_inventory_reservation_holder", "holder"),
        Index("ix_inventory_reservation_expiry", "expires_at", postgresql_where=text("state = 'held'")),
        Index(
            "ix_inventory_reservation_waiting", "stock_id", "id",
            postgresql_where=text("is_backorder AND state IN ('held', 'owed')"),
        ),
        Index("ix_inventory_reservation_open", "stock_id", postgresql_where=text("state IN ('held', 'owed')")),
    )  # fmt: skip

    id: Mapped[int] = pk()
    holder: Mapped[str] = mapped_column(Text)
    stock_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("inventory_stock.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    is_backorder: Mapped[bool] = mapped_column(Boolean, server_default="false")
    state: Mapped[str] = mapped_column(Text, server_default="held")
    returned: Mapped[int] = mapped_column(Integer, server_default="0")
    expires_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    stock: Mapped[Stock] = relationship(viewonly=True)


class Alert(Base):
    """A stock row is at or below its threshold. Open until goods come in again."""

    __tablename__ = "inventory_alert"
    __table_args__ = (
        Index(
            "uq_inventory_alert_open", "stock_id", unique=True, postgresql_where=text("cleared_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    stock_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("inventory_stock.id", ondelete="CASCADE"))
    available: Mapped[int] = mapped_column(Integer)
    low_at: Mapped[int] = mapped_column(Integer)
    raised_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    cleared_at: Mapped[datetime | None] = mapped_column(Timestamp)
    stock: Mapped[Stock] = relationship(viewonly=True)
