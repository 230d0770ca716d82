"""Carriers, shipments, what is in them and what carriers tell of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import Encrypted
from app.core.db import Base, Timestamp, pk
from app.fulfilment.states import EVENT, SHIPMENT
from app.orders.models import Order, OrderLine
from app.shipping.carriers.port import STEPS


class Carrier(Base):
    """Who carries parcels. `tracking_url` holds {number}, and perhaps {postcode} and {language}.

    A carrier without an address has no tracking: its parcels need no number. `notice_format` names how it
    tells of parcels ("" not at all), `notice_secret` signs that and is never in the database in the clear.
    """

    __tablename__ = "fulfilment_carrier"
    __table_args__ = (CheckConstraint("code ~ '^[a-z0-9_-]{1,40}$'", name="code"),)

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    tracking_url: Mapped[str] = mapped_column(Text, server_default="", default="")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true", default=True)
    position: Mapped[int] = mapped_column(Integer, server_default="100", default=100)
    notice_format: Mapped[str] = mapped_column(Text, server_default="", default="")
    notice_secret: Mapped[str | None] = mapped_column(Encrypted("fulfilment_carrier.notice_secret"))

    @property
    def tells(self) -> bool:
        """True when this carrier tells of its parcels by itself."""
        return bool(self.notice_format and self.notice_secret)

    def __str__(self) -> str:
        return self.name


class Shipment(Base):
    """A parcel on its way. `carrier` is its name and `tracking_url` its page, as they were then.

    `carrier_code` names the carrier's row, so that only this carrier can tell of the parcel.
    """

    __tablename__ = "fulfilment_shipment"
    __table_args__ = (
        CheckConstraint(SHIPMENT.check_sql(), name="state"),
        Index("ix_fulfilment_shipment_tracking", "tracking_number", "carrier_code"),
    )

    id: Mapped[int] = pk()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"), index=True)
    state: Mapped[str] = mapped_column(Text, server_default=SHIPMENT.start, default=SHIPMENT.start)
    carrier: Mapped[str] = mapped_column(Text)
    carrier_code: Mapped[str] = mapped_column(Text, server_default="", default="")
    tracking_number: Mapped[str] = mapped_column(Text, server_default="")
    tracking_url: Mapped[str] = mapped_column(Text, server_default="")
    shipped_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    actor_label: Mapped[str] = mapped_column(Text, server_default="")

    order: Mapped[Order] = relationship()
    lines: Mapped[list[ShipmentLine]] = relationship(back_populates="shipment", order_by="ShipmentLine.id")
    events: Mapped[list[CarrierEvent]] = relationship(
        order_by="(CarrierEvent.at.desc(), CarrierEvent.id.desc())", viewonly=True
    )

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


class CarrierEvent(Base):
    """Something a carrier told of a parcel; the same event is kept once. `at` is the carrier's time.

    `order_number` is our own reference, where the carrier hands it back.
    """

    __tablename__ = "fulfilment_carrier_event"
    __table_args__ = (
        UniqueConstraint("carrier", "event_id"),
        CheckConstraint(EVENT.check_sql(), name="state"),
        CheckConstraint(f"step IN ({', '.join(repr(step) for step in STEPS)})", name="step"),
        Index("ix_fulfilment_carrier_event_shipment", "shipment_id", "at", "id"),
        Index(
            "ix_fulfilment_carrier_event_open", "tracking_number", postgresql_where=text("state <> 'applied'")
        ),
    )

    id: Mapped[int] = pk()
    carrier: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    tracking_number: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str] = mapped_column(Text, server_default="", default="")
    step: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, server_default="", default="")
    text: Mapped[str] = mapped_column(Text, server_default="", default="")
    place: Mapped[str] = mapped_column(Text, server_default="", default="")
    at: Mapped[datetime] = mapped_column(Timestamp)
    state: Mapped[str] = mapped_column(Text, server_default=EVENT.start, default=EVENT.start)
    note: Mapped[str] = mapped_column(Text, server_default="", default="")
    shipment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("fulfilment_shipment.id", ondelete="CASCADE")
    )
    received_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    shipment: Mapped[Shipment | None] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"
