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

__all__ = [
    "apply_news", "deliver_order", "mark_delivered", "mark_lost", "mark_returned", "receive_news", "save_carrier",
    "set_carrier_secret", "set_tracking_number", "ship_order",
]  # fmt: skip
