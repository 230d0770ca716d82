"""What events have in common, for handlers that hear several of them."""

from __future__ import annotations

from typing import Protocol


class AboutOrder(Protocol):
    """An event that names an order."""

    order_id: int
