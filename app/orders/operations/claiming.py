"""Orders of guests find their customer once the address is proved."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.orders import history
from app.orders.models import Order


def claim_guest_orders(session: Session, *, user_id: int) -> int:
    """Give a customer the orders placed as guest with the same, verified address. Returns how many.

    Does nothing while the address is not verified: typing somebody's address shows no orders.
    """
    with unit_of_work(session):
        user = session.get(User, user_id)
        if user is None or user.email_verified_at is None or not user.email:
            return 0
        claimed = session.scalars(
            update(Order)
            .where(Order.user_id.is_(None), Order.email_key == func.lower(user.email))
            .values(user_id=user_id)
            .returning(Order.id)
            .execution_options(synchronize_session=False)
        ).all()
        actor = Actor("customer", user_id=user_id, label=user.email)
        for order_id in claimed:
            history.write(session, order_id=order_id, kind="claimed", actor=actor, is_public=False)
        return len(claimed)
