"""Two carts become one at login, and one becomes two again when that was not wanted."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cart.errors import CartClosed, NothingMerged
from app.cart.models import Cart, CartLine
from app.cart.operations.opening import touched
from app.cart.rules import joined_codes, merged_quantity
from app.catalog.models import Variant
from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.cart import CartsMerged
from app.inventory.queries import availability

UNMERGE_FOR = timedelta(days=30)
_CHOICES = ("email", "shipping_address", "billing_address", "shipping_method", "note", "country")
_COPIED = ("variant_id", "sku", "name", "quantity", "saved_for_later")


def merge_at_login(session: Session, *, guest_public_id: uuid.UUID, user_id: int) -> Cart | None:
    """Bring a guest's cart into the customer's own, in one transaction. Returns the customer's cart.

    Without a cart of their own the customer takes the guest's over as it is. Otherwise quantities
    are added, capped by stock and by 999, never below what the customer had; codes are joined, and
    what the customer had not chosen yet comes from the guest. `before_merge` keeps the lines of the
    customer's cart for 30 days. Doing it again, or twice at once, merges once.
    """
    with unit_of_work(session):
        locks.advisory(session, f"cart:user:{user_id}")
        wanted = (Cart.public_id == guest_public_id) & Cart.user_id.is_(None) | (Cart.user_id == user_id)
        query = select(Cart).where(wanted, Cart.state == "open").order_by(Cart.id).with_for_update()
        held = session.scalars(query.execution_options(populate_existing=True)).all()
        own = next((cart for cart in held if cart.user_id == user_id), None)
        guest = next((cart for cart in held if cart.user_id is None), None)
        if guest is None:
            return own
        if own is None:
            guest.user_id = user_id
            guest.version += 1
            return guest
        _merge(session, own, guest)
        publish(session, CartsMerged(str(own.public_id), str(guest.public_id), user_id))
    return own


def _lines(session: Session, cart: Cart) -> list[CartLine]:
    query = select(CartLine).where(CartLine.cart_id == cart.id, CartLine.removed_at.is_(None))
    return list(session.scalars(query.order_by(CartLine.id).execution_options(populate_existing=True)))


def _merge(session: Session, own: Cart, guest: Cart) -> None:
    mine, theirs = _lines(session, own), _lines(session, guest)
    own.before_merge = {
        "guest": str(guest.public_id),
        "codes": list(own.coupon_codes),
        "choices": {name: getattr(own, name) for name in _CHOICES},
        "lines": [{name: getattr(line, name) for name in _COPIED} for line in mine],
    }
    known = {(line.variant_id, line.saved_for_later): line for line in mine}
    stock = availability(session, [n.variant_id for n in theirs if n.variant_id])
    for line in theirs:
        twin = known.get((line.variant_id, line.saved_for_later)) if line.variant_id else None
        if twin is None:
            session.add(_copy(own, line))
            continue
        sellable = stock[line.variant_id].sellable if line.variant_id else 0
        twin.quantity = merged_quantity(twin.quantity, line.quantity, sellable)
    own.coupon_codes = joined_codes(own.coupon_codes, guest.coupon_codes)
    for name in _CHOICES:
        if not getattr(own, name):
            setattr(own, name, getattr(guest, name))
    own.merged_at = guest.merged_at = utcnow()
    own.version += 1
    guest.version += 1
    guest.state, guest.merged_into_id = "merged", own.id


def _copy(own: Cart, line: CartLine) -> CartLine:
    return CartLine(
        cart_id=own.id, variant_id=line.variant_id, sku=line.sku, name=line.name, quantity=line.quantity,
        saved_for_later=line.saved_for_later, seen_price=line.seen_price, seen_currency=line.seen_currency,
    )  # fmt: skip


def undo_merge(session: Session, *, cart_id: int, actor: Actor) -> uuid.UUID:
    """Give a customer's cart back the lines it had before the last merge. Returns the guest cart's id.

    The guest's cart is open again under its own id, so nothing is lost: somebody else's goods on a
    shared computer go back to where they came from. Possible for 30 days.

    Raises:
        NothingMerged: nothing was merged, or it is too long ago.
        CartClosed: it was ordered meanwhile.
    """
    with unit_of_work(session):
        own = touched(session, cart_id=cart_id, actor=actor)
        before: dict[str, Any] | None = own.before_merge
        if before is None or own.merged_at is None or own.merged_at < utcnow() - UNMERGE_FOR:
            raise NothingMerged()
        guest_id = uuid.UUID(before["guest"])
        guest = session.scalar(select(Cart).where(Cart.public_id == guest_id).with_for_update())
        if guest is None or guest.state != "merged":
            raise CartClosed()
        guest.state, guest.merged_into_id = "open", None
        lines = _lines(session, own)
        merged = len(lines)
        for line in lines:
            session.delete(line)
        session.flush()
        session.add_all(_restored(session, own, before["lines"]))
        for name, value in before["choices"].items():
            setattr(own, name, value)
        own.coupon_codes, own.before_merge, own.merged_at = before["codes"], None, None
        audit.record(
            session, actor=actor, action="cart.undo_merge", entity="cart_cart", entity_id=cart_id,
            before={"lines": merged}, after={"lines": len(before["lines"]), "guest_cart": str(guest_id)},
        )  # fmt: skip
    return guest_id


def _restored(session: Session, own: Cart, images: list[dict[str, Any]]) -> list[CartLine]:
    """Lines from their images; an article that was deleted meanwhile keeps its name only."""
    wanted = [image["variant_id"] for image in images if image["variant_id"]]
    known = set(session.scalars(select(Variant.id).where(Variant.id.in_(wanted))))
    lines = [CartLine(cart_id=own.id, **image) for image in images]
    for line in lines:
        line.variant_id = line.variant_id if line.variant_id in known else None
    return lines
