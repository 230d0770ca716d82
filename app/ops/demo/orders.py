"""A year of orders: placed, paid, sent and sometimes called off by the operations that real ones use.

Each order is made now, by its operations, and then dated back with everything that belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from app.analytics import operations as analytics
from app.cart import operations as carts
from app.cart.errors import CouponRefused
from app.cart.queries import quoted
from app.checkout.operations import place_order
from app.core import outbox
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.unit_of_work import unit_of_work
from app.customers.rules import validate_address
from app.fulfilment import operations as fulfilment
from app.inventory import operations as inventory
from app.inventory.queries import availability
from app.ops.demo import bulk, offers, people
from app.ops.demo.content.values import CustomerSpec
from app.ops.demo.doors import channel_of
from app.ops.demo.tastes import Tastes, liked
from app.ops.history.patience import patiently
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.states import CancelReason
from app.payments import operations as payments

METHODS = ("demo_card",) * 6 + ("bank_transfer",) * 2 + ("cod",) * 2
PER_CUSTOMER = 3
MOST_SINGLY = 500
"""More orders than these are written in bulk, after the first few by the operations that real ones use."""
FIRST = 150
MOST_USUAL = 4000
"""Enough for a year of figures, for suggestions to learn from and for forecasts to be judged on."""
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys in the demo."""

    user_id: int
    email: str
    language: str
    currency: str
    address: dict[str, str]


def usual(products: int) -> int:
    """How many orders a demo of this size has: a small shop a few, so that it opens at once."""
    return min(FIRST, products // 3) if products < 500 else min(MOST_USUAL, 4 * products)


def load(session: Session, count: int, *, customer_id: int, report: Report) -> None:
    """Bring the demo to `count` orders, spread over the past year with more of them lately."""
    there = session.scalar(select(func.count()).select_from(Order)) or 0
    if there >= count:
        return
    if count - there > MOST_SINGLY:
        load(session, max(there, FIRST), customer_id=customer_id, report=report)
        own = session() if isinstance(session, scoped_session) else session
        with patiently(own):
            bulk.load(own, max(there, FIRST), count, report=report)
            analytics.rebuild(own)
        return
    buyers = _buyers(session, count, customer_id)
    tastes = Tastes.of(liked(session))
    if not tastes.everything:
        return
    for number in range(there, count):
        dice = Random(f"order:{number}")
        age = timedelta(minutes=int(525_000 * (1 - (number + dice.random()) / count) ** 1.3) + 30)
        buyer = buyers[number % len(buyers)] if dice.random() < 0.9 else buyers[0]
        with outbox.quietly(session):
            _one(session, buyer, tastes, age, dice)
        session.expunge_all()
        if number % 20 == 19 or number == count - 1:
            report(number + 1, count)


def _buyers(session: Session, count: int, customer_id: int) -> list[Buyer]:
    home = validate_address(people.HOME).as_dict()
    found = [Buyer(customer_id, "customer@comptoir.example", "en", "EUR", home)]
    wanted = max(3, count // PER_CUSTOMER)
    for user_id, spec in people.customers_with_addresses(session, wanted, SYSTEM):
        found.append(_buyer(user_id, spec))
    return found


def _buyer(user_id: int, spec: CustomerSpec) -> Buyer:
    address = validate_address(people.address_of(spec)).as_dict()
    return Buyer(user_id, spec.email, spec.language, spec.currency, address)


def _one(session: Session, buyer: Buyer, tastes: Tastes, age: timedelta, dice: Random) -> None:
    actor = Actor("customer", buyer.user_id, buyer.email)
    basket = tastes.basket(buyer.email, dice.choice((1, 1, 2, 2, 3, 4)), dice)
    picked = {variant_id: dice.choice((1, 1, 1, 2)) for variant_id in basket}
    left = availability(session, picked)
    picked = {v: min(n, left[v].available) for v, n in picked.items() if left[v].available}
    if not picked:
        return
    cart = carts.create_cart(session, currency=buyer.currency, language=buyer.language, user_id=buyer.user_id)
    for variant_id, quantity in picked.items():
        carts.add_line(session, cart_id=cart.id, variant_id=variant_id, quantity=quantity, actor=actor)
    carts.set_addresses(
        session, cart_id=cart.id, email=buyer.email, shipping=buyer.address, billing=None, actor=actor
    )
    offered = quoted(session, cart, language=buyer.language, currency=buyer.currency).quote.methods
    code = dice.choice([rate.code for rate in offered]) if offered else None
    carts.set_shipping_method(session, cart_id=cart.id, code=code, actor=actor)
    method, placed_at = _way_to_pay(buyer, dice), utcnow() - age
    if typed := offers.code_of(dice):
        with suppress(CouponRefused):  # not for this bag; they buy all the same
            carts.apply_coupon(session, cart_id=cart.id, code=typed, actor=actor)
    try:
        placed = place_order(
            session, cart_id=cart.public_id, payment_method=method, expected_total=None,
            actor=actor, idempotency_key=None, language=buyer.language, currency=buyer.currency,
            placed_at=placed_at, channel=channel_of(f"lived:{cart.id}", placed_at, method),
        )  # fmt: skip
    except ShopError:  # what was drawn by lot cannot be had like that: too heavy, no cash there
        session.rollback()
        with unit_of_work(session):
            carts.mark_ordered(session, cart_id=cart.id)
        return
    _live_through(session, placed.order_id, placed.payment_id, age, dice)
    _date_back(session, placed.order_id, age)


def _way_to_pay(buyer: Buyer, dice: Random) -> str:
    return dice.choice(METHODS) if buyer.currency == "EUR" else "demo_card"


def _live_through(session: Session, order_id: int, payment_id: int, age: timedelta, dice: Random) -> None:
    """What happened to an order of this age: paid, packed, sent, delivered; or called off."""
    order = session.get_one(Order, order_id)
    if dice.random() < 0.05:
        orders.cancel_order(session, order_id=order_id, reason=CancelReason.CUSTOMER, actor=SYSTEM)
        return
    if order.payment_method == "demo_card":
        payments.start_payment(
            sessionmaker(session.get_bind(), expire_on_commit=False, info=dict(session.info)),
            payment_id=payment_id, return_url="", language=order.language,
        )  # fmt: skip
    elif order.payment_method == "bank_transfer" and age > timedelta(days=2):
        payments.record_manual_payment(
            session, order_id=order_id, amount=order.total, reference=f"demo:{order.number}", actor=SYSTEM
        )
    session.expire_all()
    if age > timedelta(days=1) and session.get_one(Order, order_id).state in ("paid", "confirmed"):
        carrier = dice.choice(("bpost", "postnl", "dhl"))
        number = f"3232{dice.randrange(10**11, 10**12)}"
        fulfilment.ship_order(
            session, order_id=order_id, carrier=carrier, tracking_number=number, actor=SYSTEM
        )
        if age > timedelta(days=4):
            fulfilment.mark_delivered(session, order_id=order_id, actor=SYSTEM)
            if order.payment_method == "cod":
                payments.record_manual_payment(
                    session, order_id=order_id, amount=order.total, reference="", actor=SYSTEM
                )
        if age > timedelta(days=12) and dice.random() < 0.04:
            _send_back(session, order_id)


def _send_back(session: Session, order_id: int) -> None:
    order = session.get_one(Order, order_id)
    orders.return_order(session, order_id=order_id, actor=SYSTEM)
    inventory.return_to_stock(session, holder=order.holder, reason="returned", actor=SYSTEM)
    if order.captured > Decimal(0):
        payments.request_refund(
            session, order_id=order_id, amount=order.captured_money, reason="returned", actor=SYSTEM,
            idempotency_key=f"demo:return:{order_id}",
        )  # fmt: skip


_MOVED = (
    "UPDATE orders_order SET paid_at = paid_at - :age WHERE id = :order",
    "UPDATE orders_history h SET at = h.at - :age + s.later FROM (SELECT id, max(CASE kind WHEN 'shipped'"
    " THEN interval '22 hours' WHEN 'delivered' THEN interval '70 hours' WHEN 'returned' THEN interval '9 days'"
    " ELSE interval '0' END) OVER (ORDER BY id) AS later FROM orders_history WHERE order_id = :order) s"
    " WHERE h.id = s.id",
    "UPDATE payments_payment SET created_at = created_at - :age WHERE order_id = :order",
    "UPDATE payments_ledger_transaction SET at = at - :age WHERE order_id = :order",
    "UPDATE payments_capture c SET at = c.at - :age FROM payments_payment p"
    " WHERE p.id = c.payment_id AND p.order_id = :order",
    "UPDATE payments_refund r SET created_at = r.created_at - :age, done_at = r.done_at - :age"
    " FROM payments_payment p WHERE p.id = r.payment_id AND p.order_id = :order",
    "UPDATE fulfilment_shipment SET shipped_at = shipped_at - :age + interval '22 hours',"
    " delivered_at = delivered_at - :age + interval '70 hours' WHERE order_id = :order",
    "UPDATE promotions_claim SET claimed_at = claimed_at - :age WHERE holder = 'order:' || CAST(:order AS text)",
    "UPDATE inventory_movement SET at = at - :age WHERE reference = 'order:' || CAST(:order AS text)",
)


def _date_back(session: Session, order_id: int, age: timedelta) -> None:
    """Move everything of an order into the past, its parcel a day and three days later: moments, never an amount."""
    with unit_of_work(session):
        for statement in _MOVED:
            session.execute(text(statement), {"age": age, "order": order_id})
