"""What pricing announces."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class PriceChanged(Event):
    """Prices of some variants were set, changed or taken away. One event for a whole batch."""

    product_ids: tuple[int, ...]
    variant_ids: tuple[int, ...]
