"""What follows when stock changes: kept pages are forgotten, open pages are told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching, realtime
from app.events.inventory import AvailabilityChanged, StockChanged
from app.inventory.queries import availability

NAMESPACE = "/notifications"


def forget_pages(session: Session, event: AvailabilityChanged) -> None:
    """Purge kept pages: something can be bought again, or cannot any more. Repeatable."""
    caching.purge("pages")


def tell_open_pages(session: Session, event: StockChanged) -> None:
    """Send `stock` to whoever looks at this article, with what can be ordered now. Repeatable.

    The number is read afresh: of several changes in a row the last message tells the truth.
    """
    now = availability(session, [event.variant_id])[event.variant_id]
    realtime.emit(
        NAMESPACE,
        "stock",
        {"sku": event.sku, "available": now.sellable, "state": now.state},
        room=f"sku:{event.sku}",
    )
