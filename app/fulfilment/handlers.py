"""Tells open pages of an order about its parcels."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events.fulfilment import ParcelDelivered, ParcelShipped
from app.orders.operations import tell_pages


def live_shipped(session: Session, event: ParcelShipped) -> None:
    """Open pages of the order show the parcel and its link. Repeatable."""
    tell_pages(session, order_id=event.order_id)


def live_delivered(session: Session, event: ParcelDelivered) -> None:
    """Open pages of the order show that the parcel has arrived. Repeatable."""
    tell_pages(session, order_id=event.order_id)
