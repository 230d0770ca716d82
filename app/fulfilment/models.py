"""Carriers, shipments and what is in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Timestamp, pk
from app.fulfilment.states import SHIPMENT
from app.orders.models import Order, OrderLine


class Carrier(Base):
    """Who carries parcels. `tracking_url` holds {number}, and perhaps {postcode} and {language}.

    A carrier without an address has no tracking: its parcels need no number.
    """

    __tablename__ = "fulfilment_carrier"
    __table_args__ = (CheckConstraint("code ~ '^[a-z0-9_-]{1,40}$'", name="code"),)

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    tracking_url: Mapped[str] = mapped_column(Text, server_default="", default="")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true", default=True)
    position: Mapped[int] = mapped_column(Integer, server_default="100", default=100)

    def __str__(self) -> str:
        return self.name


class Shipment(Base):
    """A parcel on its way. `carrier` is its name and `tracking_url` its page, as they were then."""

    __tablename__ = "fulfilment_shipment"
    __table_args__ = (
        CheckConstraint(SHIPMENT.check_sql(), name="state"),
        Index("ix_fulfilment_shipment_tracking", "carrier", "tracking_number"),
    )

    id: Mapped[int] = pk()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"), index=True)
    state: Mapped[str] = mapped_column(Text, server_default=SHIPMENT.start, default=SHIPMENT.start)
    carrier: Mapped[str] = mapped_column(Text)
    tracking_number: Mapped[str] = mapped_column(Text, server_default="")
    tracking_url: Mapped[str] = mapped_column(Text, server_default="")
    shipped_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    actor_label: Mapped[str] = mapped_column(Text, server_default="")

    order: Mapped[Order] = relationship()
    lines: Mapped[list[ShipmentLine]] = relationship(back_populates="shipment", order_by="ShipmentLine.id")

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip()


class ShipmentLine(Base):
    """How many pieces of an order's line are in a parcel."""

    __tablename__ = "fulfilment_shipment_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = pk()
    shipment_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_shipment.id", ondelete="CASCADE"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)

    shipment: Mapped[Shipment] = relationship(back_populates="lines")
    line: Mapped[OrderLine] = relationship()
