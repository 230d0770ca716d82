"""Invariants between carts and orders."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_OPEN = text(
    """SELECT c.id, o.number FROM orders_order o JOIN cart_cart c ON c.id = o.cart_id
        WHERE c.state = 'open' AND o.state <> 'cancelled' ORDER BY o.id LIMIT 100"""
)
_UNPAYABLE = text(
    """SELECT o.number FROM orders_order o
        WHERE o.cart_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_payment p WHERE p.order_id = o.id)
     ORDER BY o.id LIMIT 100"""
)


def ordered_carts_still_open(session: Session) -> list[str]:
    """Carts that were ordered but could be ordered again."""
    return [f"cart {cart_id} is open but became order {number}" for cart_id, number in session.execute(_OPEN)]


def orders_without_payment(session: Session) -> list[str]:
    """Orders from carts that have no payment."""
    return [f"order {number} has no payment" for number in session.scalars(_UNPAYABLE)]
