"""From cart to order in one transaction.

Locks are taken late and in the house's order: key, cart, (the new order), stock in id order, payment,
coupons, series. What many buyers fight over, stock rows and the series, is held shortest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.cart import queries as cart_queries
from app.cart.errors import CartClosed, NoSuchCart
from app.cart.models import Cart
from app.checkout import rules
from app.checkout.errors import AlreadyOrdered, CartNotFound, PriceChanged
from app.core import idempotency, settings
from app.core.actor import Actor
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.inventory import operations as inventory
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.states import Channel
from app.payments import operations as payments
from app.payments.rules import waits_for
from app.payments.settings import PaymentSettings
from app.promotions import operations as promotions
from app.regions import queries as regions


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What placing an order answers. `is_repeat`: the same key had placed it before."""

    order_id: int
    number: str
    token: str
    total: Money
    payment_id: int
    status: str
    is_repeat: bool = False

    @property
    def asks_for_money(self) -> bool:
        """False when the money comes with or after the goods: no provider has to be asked now."""
        return self.status != "confirmed"


def place_order(
    session: Session,
    *,
    cart_id: UUID,
    payment_method: str,
    expected_total: Money | None,
    actor: Actor,
    idempotency_key: str | None,
    note: str = "",
    language: str,
    currency: str,
    payment_token: str | None = None,
    terms_accepted: bool | None = None,
    placed_at: datetime | None = None,
    channel: Channel = Channel.WEB,
) -> PlacedOrder:
    """Turn a cart into an order with its goods held and its payment open; all of it or nothing.

    `cart_id` is the cart's public id. `expected_total` is what the buyer was shown; None trusts the
    quote of now. `terms_accepted` False refuses, None where the door asks for no terms. The same
    `idempotency_key` gives the first answer again. `payment_token` is only looked at, never kept:
    the door hands it to `payments.operations.start_payment` afterwards, outside of any transaction.
    `placed_at` is for orders of the past (imports, the demo); now without it. `channel` is the door it came in by.

    Raises:
        CartNotFound, CartEmpty: nothing to order.
        AlreadyOrdered: another key has turned this cart into an order.
        InvalidFields: e-mail, `shipping.…`, `billing.…`, `shipping_method` or terms are not right.
        OutOfStock, LineNotSellable: a line cannot be sold as it is.
        PriceChanged: carries the total of now.
        MethodNotAllowed: this order cannot be paid like that.
        CouponUsedUp (a Conflict): somebody else was faster.
        IdempotencyMismatch: the key belongs to another request.
    """
    words = rules.check_words(note, payment_token, terms_accepted)
    body = _body(cart_id, payment_method, expected_total, words, currency)
    with unit_of_work(session):
        if idempotency_key is not None:
            answer = idempotency.begin(session, scope=rules.SCOPE, key=idempotency_key, body=body)
            if answer is not None:
                return _repeated(session, answer)
        cart = _locked_cart(session, cart_id, actor)
        quoted = cart_queries.quoted(session, cart, language=language, currency=currency)
        buyer = rules.buyer(cart, quoted, language=language, actor=actor)
        if expected_total is not None and expected_total != quoted.quote.total:
            raise PriceChanged(total=quoted.quote.total)
        order, payment_id = _create(
            session, cart, quoted, buyer, payment_method, words, actor, placed_at, channel
        )
        carts.mark_ordered(session, cart_id=cart.id)
        if idempotency_key is not None:
            answer = {"order_id": order.id, "payment_id": payment_id, "status": order.state}
            idempotency.finish(session, scope=rules.SCOPE, key=idempotency_key, answer=answer)
        number = orders.assign_number(session, order=order)
        placed = PlacedOrder(order.id, number, order.token, order.total, payment_id, order.state)
    return placed


def _create(
    session: Session,
    cart: Cart,
    quoted: Any,
    buyer: orders.Buyer,
    method: str,
    note: str,
    actor: Actor,
    placed_at: datetime | None,
    channel: Channel,
) -> tuple[Order, int]:
    """The order with everything it needs but its number."""
    quote = quoted.quote
    wait = waits_for(method, settings.get(session, PaymentSettings))
    order = orders.create_from_quote(
        session,
        quote=quote,
        details=rules.details(quoted.contents.lines),
        buyer=buyer,
        payment_method=method,
        expires_in=wait,
        actor=actor,
        cart_id=cart.id,
        note=note,
        exchange_rate=regions.rate(session, quote.currency),
        is_confirmed=wait is None and bool(quote.total),
        placed_at=placed_at,
        channel=channel,
    )
    wanted = rules.pieces(quote)
    if order.state == "confirmed":
        inventory.sell(session, holder=order.holder, lines=wanted, actor=actor)
    else:
        inventory.reserve(session, holder=order.holder, lines=wanted, until=None)
    payment = payments.open_payment(session, order=order, method=method, amount=quote.total, actor=actor)
    codes = rules.used_coupons(cart.coupon_codes, quote)
    if codes:
        promotions.claim_coupons(
            session, codes=codes, holder=order.holder, email=buyer.email, user_id=buyer.user_id,
            currency=quote.currency,
        )  # fmt: skip
    orders.announce_placed(session, order=order, actor=actor)
    return order, payment.id


def _locked_cart(session: Session, cart_id: UUID, actor: Actor) -> Cart:
    """The open cart, locked: whoever comes second sees that it was ordered."""
    try:
        return carts.lock_open(session, public_id=cart_id, actor=actor)
    except NoSuchCart:
        raise CartNotFound() from None
    except CartClosed:
        ordered = select(Order.number, Order.token).join(Cart, Cart.id == Order.cart_id)
        ordered = ordered.where(Cart.public_id == cart_id).order_by(Order.id.desc()).limit(1)
        made = session.execute(ordered).first()
    raise AlreadyOrdered(number=made.number, token=made.token) if made else CartNotFound()


def _body(
    cart_id: UUID, method: str, expected: Money | None, note: str, currency: str
) -> dict[str, str | None]:
    return {
        "cart": str(cart_id), "method": method, "expected": str(expected) if expected else None, "note": note,
        "currency": currency,
    }  # fmt: skip


def _repeated(session: Session, answer: dict[str, Any]) -> PlacedOrder:
    """The first answer again: what the order is called and costs never changes."""
    order = session.get_one(Order, answer["order_id"])
    return PlacedOrder(
        order.id, str(order.number), order.token, order.total, answer["payment_id"], answer["status"],
        is_repeat=True,
    )  # fmt: skip
