"""Puts what carriers tell where it belongs, and tells open pages of an order about its parcels."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events import fulfilment as events
from app.events.about import AboutOrder
from app.fulfilment import operations
from app.orders.operations import tell_pages

STEPS = (
    events.ParcelShipped, events.ParcelDelivered, events.ParcelLost, events.ParcelReturned, events.ParcelNews,
)  # fmt: skip
"""What an open page of an order wants to hear of its parcels."""


def live_parcel(session: Session, event: AboutOrder) -> None:
    """Something happened to a parcel: open pages of its order show it. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def apply_news(session: Session, event: events.CarrierTold) -> None:
    """Put what a carrier told into its parcel's story. Repeatable."""
    operations.apply_news(session, event_id=event.carrier_event_id)
