"""What happens to lines: added, counted, removed, brought back, saved for later."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.cart import queries
from app.cart.errors import BadQuantity, CartFull, NoSuchCart, NoSuchLine, NotForSale
from app.cart.models import Cart, CartLine
from app.cart.operations.opening import refuse_unless_open, touched
from app.cart.queries import UNDO_FOR, Goods
from app.cart.rules import MOST, MOST_LINES, checked_quantity
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.inventory.errors import OutOfStock, UnknownSku
from app.pricing.queries import prices_for

# Locks the cart first (so that clicks queue up), then adds to the line or makes it: one statement.
# uq_cart_line_variant
_ADD = text(
    """
WITH cart AS (
    UPDATE cart_cart SET version = version + 1, updated_at = now()
     WHERE id = :cart_id AND state = 'open' AND (user_id IS NULL OR user_id = :user_id OR :is_staff)
 RETURNING id
)
INSERT INTO cart_line (cart_id, variant_id, sku, name, quantity, seen_price, seen_currency)
SELECT id, :variant_id, :sku, :name, :quantity, :price, :currency FROM cart
ON CONFLICT (cart_id, variant_id, saved_for_later) WHERE removed_at IS NULL
DO UPDATE SET quantity = cart_line.quantity + excluded.quantity,
              seen_price = excluded.seen_price, seen_currency = excluded.seen_currency
        WHERE cart_line.quantity + excluded.quantity <= :most
RETURNING *
"""
)


def _goods(session: Session, cart_id: int, sku: str | None, variant_id: int | None) -> Goods:
    """An article that can be bought, with names and prices as the cart wants them.

    Raises:
        NoSuchCart, UnknownSku, NotForSale
    """
    cart = session.get(Cart, cart_id)
    if cart is None:
        raise NoSuchCart()
    if variant_id is None and (not isinstance(sku, str) or not sku or "\x00" in sku or len(sku) > 200):
        raise UnknownSku(sku="")
    found = queries.goods(
        session, cart_id=cart_id, sku=sku or "", variant_id=variant_id, language=cart.language,
        currency=cart.currency,
    )  # fmt: skip
    if found is None:
        raise UnknownSku(sku=sku or "")
    _refuse_unless_sold(found)
    return found


def _refuse_unless_sold(found: Goods) -> None:
    if not found.is_buyable or found.price is None:
        raise NotForSale(name=found.name, sku=found.sku)


def _refuse_more_than_left(found: Goods, quantity: int) -> None:
    left = found.availability.sellable
    if quantity > left:
        raise OutOfStock(left=left, name=found.name, sku=found.sku, variant_id=found.variant_id)


def _seen(found: Goods) -> dict[str, Any]:
    """The price a customer has seen with this change; later changes of it are told."""
    assert found.price is not None
    return {"price": found.price.price.amount, "currency": found.price.price.currency}


def add_line(
    session: Session,
    *,
    cart_id: int,
    quantity: int,
    actor: Actor,
    sku: str | None = None,
    variant_id: int | None = None,
) -> CartLine:
    """Put pieces of an article into a cart; more of what lies there already raises its line.

    Raises:
        BadQuantity: not 1 to 999, or more than 999 together with what lies there.
        OutOfStock: more than can be sold; `left` says how many that is, those in the cart included.
        UnknownSku, NotForSale, CartFull, NoSuchCart, CartClosed: nothing changes then.
    """
    wanted = checked_quantity(quantity)
    with unit_of_work(session):
        found = _goods(session, cart_id, sku, variant_id)
        _refuse_more_than_left(found, wanted)
        if found.lines >= MOST_LINES:
            raise CartFull(most=MOST_LINES)
        values = {
            "cart_id": cart_id, "user_id": actor.user_id, "is_staff": actor.is_staff,
            "variant_id": found.variant_id, "sku": found.sku, "name": found.name, "quantity": wanted,
            "most": min(MOST, found.availability.sellable), **_seen(found),
        }  # fmt: skip
        added = select(CartLine).from_statement(_ADD)
        line = session.scalars(added, values, execution_options={"populate_existing": True}).first()
        if line is None:
            refuse_unless_open(session, cart_id=cart_id, actor=actor)
            _refuse_more_than_left(found, MOST)
            raise BadQuantity(most=MOST)
    return line


def _line(session: Session, cart_id: int, line_id: uuid.UUID, *, is_removed: bool = False) -> CartLine:
    """A line of this cart. The caller holds the cart, so nobody else changes its lines.

    Raises:
        NoSuchLine
    """
    query = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.public_id == line_id)
    line = session.scalar(query.execution_options(populate_existing=True))
    if line is None or (line.removed_at is not None) is not is_removed:
        raise NoSuchLine()
    return line


def set_quantity(
    session: Session, *, cart_id: int, line_id: uuid.UUID, quantity: int, actor: Actor
) -> CartLine:
    """Set how many pieces a line has; what cannot be sold is refused, never cut off in silence.

    Raises:
        BadQuantity, OutOfStock, NotForSale, NoSuchLine, NoSuchCart, CartClosed: nothing changes then.
    """
    wanted = checked_quantity(quantity)
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        found = queries.goods(
            session, cart_id=cart_id, line_id=line_id, language=cart.language, currency=cart.currency
        )
        if found is None:
            line = _line(session, cart_id, line_id)
            raise NotForSale(name=line.name, sku=line.sku)
        _refuse_unless_sold(found)
        _refuse_more_than_left(found, wanted)
        seen = _seen(found)
        change = (
            update(CartLine)
            .where(CartLine.cart_id == cart_id, CartLine.public_id == line_id, CartLine.removed_at.is_(None))
            .values(quantity=wanted, seen_price=seen["price"], seen_currency=seen["currency"])
            .returning(CartLine)
            .execution_options(populate_existing=True, synchronize_session=False)
        )
        changed = session.scalars(change).first()
        if changed is None:
            raise NoSuchLine()
    return changed


def _recheck(session: Session, line: CartLine, wanted: int) -> None:
    """Whether so many pieces of a line can be bought now; the price now counts as seen.

    Raises:
        OutOfStock, NotForSale
    """
    if line.variant_id is None:
        raise NotForSale(name=line.name, sku=line.sku)
    found = _goods(session, line.cart_id, None, line.variant_id)
    _refuse_more_than_left(found, wanted)
    seen = _seen(found)
    line.seen_price, line.seen_currency = seen["price"], seen["currency"]


def remove_line(session: Session, *, cart_id: int, line_id: uuid.UUID, actor: Actor) -> None:
    """Take a line out of the cart, or off the saved list. `undo_remove` brings it back for a day.

    Removing it again changes nothing.

    Raises:
        NoSuchLine, NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        touched(session, cart_id=cart_id, actor=actor)
        query = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.public_id == line_id)
        line = session.scalar(query.execution_options(populate_existing=True))
        if line is None:
            raise NoSuchLine()
        if line.removed_at is None:
            line.removed_at = utcnow()


def undo_remove(session: Session, *, cart_id: int, line_id: uuid.UUID, actor: Actor) -> CartLine:
    """Bring a removed line back as it was. If the article was added again since, the two become one.

    Stock is not asked: whatever does not fit any more shows a problem on the line.

    Raises:
        NoSuchLine: it was removed more than a day ago, or not at all.
        NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        touched(session, cart_id=cart_id, actor=actor)
        line = _line(session, cart_id, line_id, is_removed=True)
        if line.removed_at is not None and line.removed_at <= utcnow() - UNDO_FOR:
            raise NoSuchLine()
        return _settle(session, line, saved_for_later=line.saved_for_later)


def save_for_later(session: Session, *, cart_id: int, line_id: uuid.UUID, actor: Actor) -> CartLine:
    """Move a line to the saved list, where it counts in no total and holds no stock.

    Raises:
        NoSuchLine, NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        touched(session, cart_id=cart_id, actor=actor)
        return _settle(session, _line(session, cart_id, line_id), saved_for_later=True)


def move_to_cart(session: Session, *, cart_id: int, line_id: uuid.UUID, actor: Actor) -> CartLine:
    """Move a saved line back into the cart; with what lies there already it becomes one line.

    Raises:
        OutOfStock, NotForSale, BadQuantity: it cannot be bought now and stays saved.
        NoSuchLine, NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        touched(session, cart_id=cart_id, actor=actor)
        line = _line(session, cart_id, line_id)
        if not line.saved_for_later:
            return line
        twin = _twin(session, line, saved_for_later=False)
        _recheck(session, line, checked_quantity(line.quantity + (twin.quantity if twin else 0)))
        return _settle(session, line, saved_for_later=False)


def _twin(session: Session, line: CartLine, *, saved_for_later: bool) -> CartLine | None:
    """The other line of the same article in the place a line is about to go to."""
    query = select(CartLine).where(
        CartLine.cart_id == line.cart_id, CartLine.variant_id == line.variant_id, CartLine.id != line.id,
        CartLine.saved_for_later == saved_for_later, CartLine.removed_at.is_(None),
    )  # fmt: skip
    return session.scalar(query.execution_options(populate_existing=True))


def _settle(session: Session, line: CartLine, *, saved_for_later: bool) -> CartLine:
    """Put a line into the cart or onto the saved list; the line of the same article there takes it in."""
    twin = _twin(session, line, saved_for_later=saved_for_later)
    if twin is None:
        line.saved_for_later, line.removed_at = saved_for_later, None
        return line
    twin.quantity = min(MOST, twin.quantity + line.quantity)
    twin.seen_price, twin.seen_currency = line.seen_price, line.seen_currency
    session.delete(line)
    session.flush()
    return twin


def see_prices(session: Session, *, cart_id: int, actor: Actor) -> None:
    """Take the prices of now as seen: what had changed has been told and is not told again.

    Raises:
        NoSuchCart, CartClosed
    """
    with unit_of_work(session):
        cart = touched(session, cart_id=cart_id, actor=actor)
        note_prices(session, cart)


def note_prices(session: Session, cart: Cart) -> None:
    """Write the prices of now, in the cart's currency, onto every line of a cart that is held."""
    query = select(CartLine).where(CartLine.cart_id == cart.id, CartLine.removed_at.is_(None))
    lines = session.scalars(query.execution_options(populate_existing=True)).all()
    prices = prices_for(session, [n.variant_id for n in lines if n.variant_id], cart.currency)
    for line in lines:
        price = prices.get(line.variant_id or 0)
        if price is not None:
            line.seen_price, line.seen_currency = price.price.amount, price.price.currency
