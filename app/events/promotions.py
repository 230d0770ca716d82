"""What promotions announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class PromotionsChanged(Event):
    """Coupons or rules were added, changed or ended."""

    names: tuple[str, ...]
