"""What the search announces."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class IndexRebuilt(Event):
    """The whole search index was built again; lists may show other products now."""

    products: int
