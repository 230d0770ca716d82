"""What happens to an order. Each transition announces exactly one of these, after commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """A customer has placed an order: stock is held, the payment is open. Sent once per order."""

    order_id: int
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderConfirmed(Event):
    """The order will be carried out although its money comes later (cash on delivery)."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """The money for the whole order is captured. Sent once per order."""

    order_id: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class OrderPacked(Event):
    """Everything of the order lies ready for the carrier."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    """The last parcel of the order has left."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderDelivered(Event):
    """Every parcel of the order has arrived."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """The order will not be carried out. Its stock is free; what was paid is owed back."""

    order_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class OrderReturned(Event):
    """Everything of the order came back."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderAddressesChanged(Event):
    """The delivery or billing address of an order was put right before it was packed."""

    order_id: int
