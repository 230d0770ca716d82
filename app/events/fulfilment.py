"""What happens to parcels."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ParcelShipped(Event):
    """A parcel has left. An order can have several; `OrderShipped` follows with the last."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class ParcelDelivered(Event):
    """A parcel has arrived."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class ParcelLost(Event):
    """The carrier has lost a parcel; a person decides what follows."""

    shipment_id: int
    order_id: int
