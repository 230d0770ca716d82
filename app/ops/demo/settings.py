"""What the shop remembers of its demo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoState:
    """`products` that were loaded; 0 means that there is no demo in this shop. `since` is the day of it."""

    products: int = 0
    since: str = ""
