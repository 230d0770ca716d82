"""The one verb of checkout."""

from app.checkout.operations.placing import PlacedOrder, place_order

__all__ = ["PlacedOrder", "place_order"]
