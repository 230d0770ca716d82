"""The verbs of the metric layer: keep the facts of an order, make all facts anew."""

from app.analytics.operations.rebuilding import rebuild
from app.analytics.operations.recording import record_order, state

__all__ = ["rebuild", "record_order", "state"]
