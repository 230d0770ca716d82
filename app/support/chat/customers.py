"""Who is talking: what an agent sees beside a conversation. A fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.cart import queries as carts
from app.cart.models import CartLine
from app.catalog.models import Product, Variant
from app.core.money import Money
from app.orders.models import Order
from app.support.chat.models import Conversation

LATEST = 5


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One of the customer's orders."""

    id: int
    number: str
    state: str
    at: datetime
    total: Money


@dataclass(frozen=True, slots=True)
class InBag:
    """An article in the customer's bag."""

    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Customer:
    """The person on the other side. `worth`: what was paid and not paid back, a currency each."""

    name: str
    email: str
    is_account: bool
    user_id: int | None
    since: datetime | None
    orders: tuple[OrderLine, ...]
    order_count: int
    worth: tuple[Money, ...]
    bag: tuple[InBag, ...]
    conversations: int


def of(session: Session, row: Conversation, name: str) -> Customer:
    """Everything about the customer of a conversation (ix_orders_order_user, ix_orders_order_email)."""
    email = row.answer_to.lower()
    mine = []
    if row.user_id is not None:
        mine.append(Order.user_id == row.user_id)
        if email:
            mine.append(Order.email_key == email)
    latest, count, worth = _orders(session, or_(*mine)) if mine else ((), 0, ())
    talks = 1
    if row.user_id is not None:
        query = select(func.count()).select_from(Conversation).where(Conversation.user_id == row.user_id)
        talks = int(session.scalar(query) or 0)
    return Customer(
        name=name, email=row.answer_to, is_account=row.user_id is not None, user_id=row.user_id,
        since=row.user.registered_at if row.user is not None else None, orders=latest, order_count=count, worth=worth,
        bag=_bag(session, row.user_id), conversations=talks,
    )  # fmt: skip


def _orders(session: Session, mine: object) -> tuple[tuple[OrderLine, ...], int, tuple[Money, ...]]:
    """The latest orders, how many there are, what was paid."""
    rows = session.scalars(select(Order).where(mine).order_by(Order.id.desc()).limit(LATEST)).all()  # type: ignore[arg-type]
    sums = session.execute(
        select(Order.currency, func.count(), func.sum(Order.captured - Order.refunded))
        .where(mine)  # type: ignore[arg-type]
        .group_by(Order.currency)
        .order_by(Order.currency)
    ).all()
    latest = tuple(
        OrderLine(o.id, o.number or "", o.state, o.placed_at, Money(o.total_gross, o.currency)) for o in rows
    )
    return latest, sum(n for _c, n, _s in sums), tuple(Money(Decimal(s or 0), c) for c, _n, s in sums)


def _bag(session: Session, user_id: int | None) -> tuple[InBag, ...]:
    """What lies in the open bag of an account; a guest's bag is nobody's business."""
    cart = carts.find_open(session, user_id=user_id) if user_id is not None else None
    if cart is None:
        return ()
    query = (
        select(Product.name, CartLine.quantity)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(CartLine.cart_id == cart.id, CartLine.removed_at.is_(None), ~CartLine.saved_for_later)
        .order_by(CartLine.id)
        .limit(8)
    )
    return tuple(InBag(name, quantity) for name, quantity in session.execute(query))
