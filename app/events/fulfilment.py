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


@dataclass(frozen=True, slots=True)
class ParcelReturned(Event):
    """The carrier has brought a parcel back to the shop; a person decides what follows."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class ParcelNews(Event):
    """There is something new about a parcel: where it is, or its number. For pages that are open on it."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class CarrierTold(Event):
    """A carrier's event is written down and waits to be put into its parcel's story."""

    carrier_event_id: int
