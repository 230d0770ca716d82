"""Opening carts, holding them while they change, and closing them when they were ordered."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.cart.errors import CartClosed, NoSuchCart
from app.cart.models import Cart
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.i18n import is_language
from app.core.unit_of_work import unit_of_work
from app.regions.queries import enabled_currencies


def checked_currency(session: Session, currency: str) -> str:
    """A currency the shop sells in.

    Raises:
        Invalid: it does not.
    """
    if currency not in enabled_currencies(session):
        raise Invalid(field="currency")
    return currency


def create_cart(session: Session, *, currency: str, language: str, user_id: int | None = None) -> Cart:
    """Open a cart for a guest, or for a customer; a customer who has one gets that one.

    Raises:
        Invalid: for a currency or a language the shop does not have.
    """
    if not is_language(language):
        raise Invalid(field="language")
    values = {"currency": checked_currency(session, currency), "language": language, "user_id": user_id}
    with unit_of_work(session):
        made = insert(Cart).values(**values)
        made = made.on_conflict_do_nothing(index_elements=["user_id"], index_where=text("state = 'open'"))
        cart = session.scalar(made.returning(Cart))
        if cart is None:
            cart = session.scalars(select(Cart).where(Cart.user_id == user_id, Cart.state == "open")).one()
    return cart


def allowed(actor: Actor) -> ColumnElement[bool]:
    """SQL: an account's cart changes for its owner and for people of the shop only."""
    if actor.is_staff:
        return true()
    return or_(Cart.user_id.is_(None), Cart.user_id == actor.user_id)


def is_allowed(cart: Cart, actor: Actor) -> bool:
    """The same as `allowed`, of a cart that has been read."""
    return actor.is_staff or cart.user_id in (None, actor.user_id)


def touched(session: Session, *, cart_id: int, actor: Actor) -> Cart:
    """Lock an open cart, raise its version and read it afresh, in one statement.

    Everybody else who wants to change it waits until this unit ends.

    Raises:
        NoSuchCart, CartClosed: it does not exist for this actor, or cannot change any more.
    """
    change = (
        update(Cart)
        .where(Cart.id == cart_id, Cart.state == "open", allowed(actor))
        .values(version=Cart.version + 1)
        .returning(Cart)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    cart = session.scalars(change).first()
    if cart is None:
        refuse_unless_open(session, cart_id=cart_id, actor=actor)
        raise NoSuchCart()
    return cart


def refuse_unless_open(session: Session, *, cart_id: int, actor: Actor) -> None:
    """Say why a cart cannot be changed; nothing when it can.

    Raises:
        CartClosed: it was ordered or merged.
        NoSuchCart: it does not exist for this actor.
    """
    state = session.scalar(select(Cart.state).where(Cart.id == cart_id, allowed(actor)))
    if state is None:
        raise NoSuchCart()
    if state != "open":
        raise CartClosed()


def lock_open(session: Session, *, public_id: uuid.UUID, actor: Actor) -> Cart:
    """Hold an open cart for the rest of the caller's unit, without changing it (checkout).

    Raises:
        NoSuchCart, CartClosed: it does not exist for this actor, or was ordered already.
    """
    query = select(Cart).where(Cart.public_id == public_id, allowed(actor)).with_for_update()
    cart = session.scalar(query.execution_options(populate_existing=True))
    if cart is None:
        raise NoSuchCart()
    if cart.state != "open":
        raise CartClosed()
    return cart


def mark_ordered(session: Session, *, cart_id: int) -> None:
    """Close a cart, in the unit that places its order. The customer's next click opens a new one.

    Raises:
        CartClosed: it is closed already; the order must not be placed a second time.
    """
    close = update(Cart).where(Cart.id == cart_id, Cart.state == "open")
    with unit_of_work(session):
        if not session.execute(close.values(state="ordered", version=Cart.version + 1)).rowcount:  # type: ignore[attr-defined]
            raise CartClosed()
