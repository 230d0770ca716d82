"""What a parcel tells its receiver by mail."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.customers.rules import format_address
from app.events.fulfilment import ParcelShipped
from app.fulfilment import queries
from app.notifications import operations as notifications
from app.notifications.attachments import Paper
from app.orders import queries as orders


def send_shipped(session: Session, event: ParcelShipped) -> None:
    """Tell the buyer what is on its way, with number and link, in the buyer's language. Repeatable."""
    parcel = queries.parcel(session, event.shipment_id)
    if parcel is None:
        return
    page = orders.page_by_id(session, event.order_id)
    values = {
        "number": page.number,
        "path": f"/orders/{page.token}",
        "carrier": parcel.carrier,
        "tracking_number": parcel.number,
        "tracking_url": parcel.url,
        "contents": parcel.contents,
        "is_all": sum(count for count, _name in parcel.contents) == page.count,
        "is_rest": all(line.shipped == line.quantity for line in page.lines),
        "shipping_lines": format_address(page.shipping_address, page.language),
    }
    invoice = Paper("order.invoice", {"order_id": page.id})  # who has paid got it with that mail
    notifications.send_mail(
        session, to=page.email, template="parcel_shipped", language=page.language, values=values,
        dedupe_key=f"parcel-shipped:{event.shipment_id}", papers=() if page.paid_at else (invoice,),
    )  # fmt: skip
