"""Reads of parcels and carriers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.fulfilment.models import Carrier, Shipment, ShipmentLine
from app.orders.models import OrderLine


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as buyers and staff see it. `contents` are (pieces, name of the line)."""

    id: int
    carrier: str
    number: str
    url: str
    state: str
    shipped_at: datetime
    delivered_at: datetime | None
    contents: tuple[tuple[int, str], ...]

    @property
    def contents_text(self) -> str:
        """What is inside, for people: "2 × Lamp, 1 × Chair"."""
        return ", ".join(f"{count} × {name}" for count, name in self.contents)


def parcels(session: Session, order_id: int) -> tuple[Parcel, ...]:
    """The parcels of an order, first sent first, in three statements."""
    query = (
        select(Shipment)
        .where(Shipment.order_id == order_id)
        .options(selectinload(Shipment.lines).selectinload(ShipmentLine.line))
        .order_by(Shipment.id)
    )
    return tuple(_parcel(row) for row in session.scalars(query))


def parcel(session: Session, shipment_id: int) -> Parcel | None:
    """One parcel."""
    row = session.get(Shipment, shipment_id)
    return _parcel(row) if row else None


def _parcel(row: Shipment) -> Parcel:
    contents = tuple((part.quantity, part.line.name) for part in row.lines)
    return Parcel(
        row.id, row.carrier, row.tracking_number, row.tracking_url, row.state, row.shipped_at, row.delivered_at, contents
    )  # fmt: skip


def carriers(session: Session) -> list[Carrier]:
    """The carriers to choose from, in the shop's order."""
    query = select(Carrier).where(Carrier.is_active).order_by(Carrier.position, Carrier.id)
    return list(session.scalars(query))


def miscounted_lines(session: Session) -> list[str]:
    """Lines of orders whose number of shipped pieces is not the sum of their parcels."""
    packed = (
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity).label("pieces"))
        .group_by(ShipmentLine.order_line_id)
        .subquery()
    )
    rows = session.execute(
        select(OrderLine.id, OrderLine.shipped, func.coalesce(packed.c.pieces, 0))
        .outerjoin(packed, packed.c.order_line_id == OrderLine.id)
        .where(OrderLine.shipped != func.coalesce(packed.c.pieces, 0))
        .order_by(OrderLine.id)
        .limit(100)
    )
    return [f"order line {i}: {shipped} shipped, parcels hold {held}" for i, shipped, held in rows]
