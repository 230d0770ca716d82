"""What carts announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class CartsMerged(Event):
    """A guest's cart went into the saved cart of the customer who logged in."""

    cart_id: str
    guest_cart_id: str
    user_id: int


@dataclass(frozen=True, slots=True)
class CartForgotten(Event):
    """A cart with something in it was left alone, and its owner may be reminded of it."""

    cart_id: str
