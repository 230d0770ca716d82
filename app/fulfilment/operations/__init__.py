"""The verbs of parcels."""

from app.fulfilment.operations.carriers import save_carrier
from app.fulfilment.operations.parcels import mark_delivered, mark_lost, ship_order

__all__ = ["mark_delivered", "mark_lost", "save_carrier", "ship_order"]
