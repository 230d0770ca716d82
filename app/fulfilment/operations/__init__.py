"""The verbs of parcels."""

from app.fulfilment.operations.carriers import save_carrier, set_carrier_secret
from app.fulfilment.operations.news import apply_news, receive_news
from app.fulfilment.operations.parcels import (
    deliver_order,
    mark_delivered,
    mark_lost,
    mark_returned,
    set_tracking_number,
    ship_order,
)
from app.fulfilment.operations.past import PastParcel, write_past_parcels

__all__ = [
    "PastParcel", "apply_news", "deliver_order", "mark_delivered", "mark_lost", "mark_returned", "receive_news", "save_carrier",
    "set_carrier_secret", "set_tracking_number", "ship_order", "write_past_parcels",
]  # fmt: skip
