"""Reads of parcels and carriers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.core.i18n import _l
from app.fulfilment.models import Carrier, Shipment, ShipmentLine
from app.orders.models import OrderLine

STEP_LABELS: dict[str, Any] = {
    "announced": _l("Announced"), "moving": _l("On its way"), "out": _l("Out for delivery"),
    "delivered": _l("Delivered"), "returned": _l("Goes back"), "lost": _l("Lost"), "trouble": _l("Trouble"),
}  # fmt: skip


PARCEL_LABELS: dict[str, Any] = {
    "shipped": _l("On its way"), "delivered": _l("Delivered"), "lost": _l("Lost"), "returned": _l("Comes back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Something a carrier told of a parcel. `text` are its own words, or ours where it has none."""

    at: datetime
    step: str
    text: str
    place: str

    @property
    def words(self) -> str:
        """What happened, for people."""
        return self.text or str(STEP_LABELS.get(self.step, self.step))


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
    events: tuple[Told, ...] = ()

    @property
    def contents_text(self) -> str:
        """What is inside, for people: "2 × Lamp, 1 × Chair"."""
        return ", ".join(f"{count} × {name}" for count, name in self.contents)


def parcels(session: Session, order_id: int) -> tuple[Parcel, ...]:
    """The parcels of an order, first sent first, in four statements; what was told, newest first."""
    query = (
        select(Shipment)
        .where(Shipment.order_id == order_id)
        .options(selectinload(Shipment.lines).selectinload(ShipmentLine.line), selectinload(Shipment.events))
        .execution_options(populate_existing=True)
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
        row.id, row.carrier, row.tracking_number, row.tracking_url, row.state, row.shipped_at, row.delivered_at, contents,
        tuple(Told(told.at, told.step, told.text, told.place) for told in row.events),
    )  # fmt: skip


def by_number(session: Session, number: str) -> list[Parcel]:
    """Parcels with this tracking number, last sent first, at most three (ix_fulfilment_shipment_tracking)."""
    query = (
        select(Shipment)
        .where(Shipment.tracking_number == number)
        .options(selectinload(Shipment.lines).selectinload(ShipmentLine.line), selectinload(Shipment.events))
        .order_by(Shipment.id.desc())
        .limit(3)
    )
    return [_parcel(row) for row in session.scalars(query)]


def orders_of_parcel(session: Session, number: str) -> list[int]:
    """The orders whose parcels carry this number, as a carrier's settlement names them."""
    query = select(Shipment.order_id).where(Shipment.tracking_number == number).distinct().limit(2)
    return list(session.scalars(query))


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
