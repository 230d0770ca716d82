"""Reads of checkout."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.cart.models import Cart
from app.checkout.rules import SCOPE
from app.core.idempotency import IdempotencyRow
from app.orders.models import Order


def placed_with(session: Session, *, key: str, cart_id: UUID | None, user_id: int | None) -> str | None:
    """The token of the order that a form sent twice has made already; None when it made none.

    Only for who sent it: the holder of the bag it was made from, or the customer whose order it is.
    """
    own: list[ColumnElement[bool]] = []
    if cart_id is not None:  # uq_cart_cart_public_id
        own.append(Order.cart_id == select(Cart.id).where(Cart.public_id == cart_id).scalar_subquery())
    if user_id is not None and key:
        answer = select(IdempotencyRow.answer["order_id"].as_integer())
        answer = answer.where(IdempotencyRow.scope == SCOPE, IdempotencyRow.key == key)
        own.append((Order.id == answer.scalar_subquery()) & (Order.user_id == user_id))
    if not own:
        return None
    return session.scalar(select(Order.token).where(or_(*own)).order_by(Order.id.desc()).limit(1))
