"""What follows when stock changes: kept pages are forgotten, open pages are told, the bell rings."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import caching, realtime
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.inventory import AvailabilityChanged, StockChanged, StockLow
from app.events.notifications import StaffToldOf
from app.inventory.queries import availability, open_alert
from app.inventory.rules import LOW_STOCK, alert_subject

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


def ring(session: Session, event: StockLow) -> None:
    """Let the bell of the back office say what runs low, once a crossing. Repeatable.

    Nothing when goods came in meanwhile; should they come while the notice is under way, "it is over"
    wins, whichever arrives first.
    """
    alert = open_alert(session, event.stock_id)
    if alert is None:
        return
    facts = {"name": alert.name, "sku": alert.sku, "left": alert.available}
    told = StaffToldOf(
        topic=LOW_STOCK, subject=alert_subject(alert.alert_id), screen="AlertView",
        url=f"/admin/stock/show/{event.stock_id}", facts=facts,
    )  # fmt: skip
    with unit_of_work(session):
        publish(session, told)
