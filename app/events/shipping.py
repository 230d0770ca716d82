"""What shipping announces."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ShippingMethodsChanged(Event):
    """Zones or methods are different now; open carts may have lost the one they chose."""

    codes: tuple[str, ...]
