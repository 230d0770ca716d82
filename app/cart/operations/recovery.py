"""Coming back to a cart by a link, and letting go of carts nobody comes back to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.cart import queries
from app.cart.errors import LinkEnded
from app.cart.keys import read_token
from app.cart.models import Cart, CartLine
from app.cart.operations.merging import UNMERGE_FOR
from app.cart.queries import UNDO_FOR
from app.cart.settings import CartSettings
from app.core import settings
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.cart import CartForgotten


def restore(session: Session, *, token: str) -> Cart:
    """The open cart a mailed link leads to; a merged cart leads on to the one it went into.

    The link opens a guest's cart: the door writes its public id into the cookie. For a cart with
    `user_id` the door asks for the login, which finds the cart by itself. Changes nothing.

    Raises:
        LinkEnded: the link is not ours, or its cart is gone or was ordered.
    """
    public_id = read_token(token)
    cart = session.scalar(select(Cart).where(Cart.public_id == public_id)) if public_id else None
    while cart is not None and cart.state == "merged" and cart.merged_into_id is not None:
        cart = session.get(Cart, cart.merged_into_id)
    if cart is None or cart.state != "open":
        raise LinkEnded()
    return cart


def announce_forgotten(session: Session, *, limit: int = 200) -> int:
    """Announce carts that were left and not yet reminded of. Returns how many.

    Repeatable: a cart is reminded of once in its life, however often it is announced.
    """
    mine = settings.get(session, CartSettings)
    if mine.remind_after_hours <= 0:
        return 0
    with unit_of_work(session):
        found = queries.forgotten(
            session,
            idle_for=timedelta(hours=mine.remind_after_hours),
            with_guests=mine.remind_guests,
            limit=limit,
        )
        publish(session, *(CartForgotten(str(one.public_id)) for one in found))
    return len(found)


def forget_removed_lines(session: Session, *, limit: int = 5_000) -> int:
    """Delete lines that were removed more than a day ago (ix_cart_line_removed). Returns how many."""
    with unit_of_work(session):
        old = select(CartLine.id).where(CartLine.removed_at < utcnow() - UNDO_FOR).limit(limit)
        gone = session.execute(delete(CartLine).where(CartLine.id.in_(old)).returning(CartLine.id))
        return len(gone.all())


def forget_old_carts(session: Session, *, limit: int = 2_000) -> int:
    """Delete guests' carts nobody touched for long, and what merges have left after 30 days.

    Carts of accounts and ordered carts stay (ix_cart_cart_idle). Returns how many carts went.
    """
    keep = timedelta(days=settings.get(session, CartSettings).keep_guest_days)
    with unit_of_work(session):
        idle = select(Cart.id).where(
            Cart.state == "open", Cart.user_id.is_(None), Cart.updated_at < utcnow() - keep
        )  # fmt: skip
        merged = select(Cart.id).where(Cart.state == "merged", Cart.merged_at < utcnow() - UNMERGE_FOR)
        old = idle.limit(limit).union_all(merged.limit(limit)).subquery()
        locked = select(Cart.id).where(Cart.id.in_(select(old.c.id))).with_for_update(skip_locked=True)
        gone = session.execute(delete(Cart).where(Cart.id.in_(locked)).returning(Cart.id)).all()
        session.execute(
            update(Cart)
            .where(Cart.before_merge.is_not(None), Cart.merged_at < utcnow() - UNMERGE_FOR)
            .values(before_merge=None, updated_at=Cart.updated_at)
        )
    return len(gone)
