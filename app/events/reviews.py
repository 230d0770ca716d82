"""What happens to reviews."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ReviewWritten(Event):
    """A review was sent in, or its words were changed: it waits to be read."""

    review_id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """Somebody of the shop approved or rejected a review; `version` is the one that was judged."""

    review_id: int
    product_id: int
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class ReviewsChanged(Event):
    """What visitors read about a product is different."""

    product_id: int
