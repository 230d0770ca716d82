"""What the stock announces. Several events, because their readers want different amounts of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """The sellable number of one variant is another now. For pages that are open on it.

    `available` counts what can be sold from the shelf over all warehouses; never below zero.
    """

    variant_id: int
    product_id: int
    sku: str
    available: int


@dataclass(frozen=True, slots=True)
class AvailabilityChanged(Event):
    """Products went from buyable to not buyable or back. For the search index and cached pages."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StockLow(Event):
    """A stock row crossed its threshold downwards. Sent once a crossing, not once a sale."""

    stock_id: int
    variant_id: int
    sku: str
    warehouse: str
    available: int
    low_at: int


@dataclass(frozen=True, slots=True)
class BackordersFilled(Event):
    """Incoming goods were given to holders that had been waiting, oldest first."""

    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReservationsExpired(Event):
    """Holders lost goods they did not claim in time ("order:17"). Whoever holds must not sell them now."""

    holders: tuple[str, ...]
