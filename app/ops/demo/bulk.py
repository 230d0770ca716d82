"""A demo of very many orders: drawn by lot like the small one, written by the writer of histories.

The same number of orders in the same shop on the same day gives the same orders. Taxes and shipping are those of the
shop's own rules; every order is over, or as far as its age says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.outbox import quietly
from app.core.unit_of_work import unit_of_work
from app.customers import operations as customers
from app.customers.rules import validate_address
from app.fulfilment.models import Carrier
from app.identity import operations as identity
from app.identity.operations import NewCustomer
from app.ops.demo import people
from app.ops.demo.bulk_days import Calendar
from app.ops.demo.bulk_goods import Place, Shelf
from app.ops.demo.content.people import customers as invented
from app.ops.demo.content.values import CustomerSpec
from app.ops.demo.doors import channel_of
from app.ops.history.writing import TakenBack, Writer
from app.orders.operations import PastOrder
from app.orders.states import CancelReason

BATCH = 5000
MOST_CUSTOMERS = 150_000
PER_CUSTOMER = 6
METHODS = ("demo_card",) * 6 + ("bank_transfer",) * 2 + ("cod",) * 2
PIECES = (1, 1, 1, 2)
LINES = (1, 1, 2, 2, 3, 3, 4)
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who buys: an account, or a guest's address."""

    user_id: int | None
    email: str
    place: Place
    address: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an order: called off, sent back whole, one line of it sent back, or nothing of the kind."""

    cancelled_after: timedelta | None = None
    returned_after: timedelta | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of an order's life that are over by now; None for the others."""

    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None


def days_of(count: int) -> int:
    """Over how many days so many orders are spread: a year, two for very many."""
    return 365 if count < 100_000 else 730


def load(session: Session, there: int, count: int, *, report: Report) -> None:
    """Bring the demo from `there` to `count` orders, batch by batch; what is written stays when it is interrupted."""
    now = utcnow()
    calendar = Calendar((now - timedelta(days=days_of(count))).date(), days_of(count))
    shelf = Shelf(session, now.date())
    if not shelf.tastes.everything:
        return
    crowd = _crowd(session, calendar, count)
    writer = Writer(session, carriers=_carriers(session))
    for start in range(there, count, BATCH):
        end = min(start + BATCH, count)
        drawn = [_draw(number, count, calendar, shelf, crowd, now) for number in range(start, end)]
        batch = sorted((pair for pair in drawn if pair is not None), key=lambda pair: pair[0].placed_at)
        with quietly(session), unit_of_work(session):
            ids = writer.orders([order for order, _ in batch])
            backs = [_back(i, order, fate, now) for i, (order, fate) in zip(ids, batch, strict=True)]
            writer.back([back for back in backs if back is not None])
        session.expunge_all()
        report(end, count)
    writer.finish()


def _carriers(session: Session) -> tuple[tuple[str, str], ...]:
    wanted = (
        select(Carrier.code, Carrier.name)
        .where(Carrier.code.in_(("bpost", "postnl", "dhl")))
        .order_by(Carrier.code)
    )
    return tuple((code, name) for code, name in session.execute(wanted)) or (("", ""),)


def _crowd(session: Session, calendar: Calendar, count: int) -> list[Person]:
    """The customers, in the order in which they came to the shop; accounts that are missing are made."""
    wanted = max(3, min(MOST_CUSTOMERS, count // PER_CUSTOMER))
    specs = list(invented(wanted))
    found: list[Person] = []
    for start in range(0, wanted, BATCH):
        part = specs[start : start + BATCH]
        new = [_account(spec, calendar, start + n, wanted) for n, spec in enumerate(part)]
        with unit_of_work(session):
            ids = identity.create_customers(session, new, actor=SYSTEM)
            customers.ensure_profiles(session, user_ids=sorted(ids.values()))
            people.tell_ages(session, ids)
        found += [_person(spec, ids[spec.email]) for spec in part]
    return found


def _account(spec: CustomerSpec, calendar: Calendar, number: int, wanted: int) -> NewCustomer:
    since = calendar.moment(number, wanted, Random(f"since:{number}"))
    return NewCustomer(
        spec.email, spec.first_name, spec.last_name, spec.language, spec.currency, since, since
    )


def _person(spec: CustomerSpec, user_id: int | None) -> Person:
    address = validate_address(people.address_of(spec)).as_dict()
    place = Place(spec.country, spec.postcode, spec.currency, spec.language)
    return Person(user_id, spec.email, place, json.dumps(address))


def _draw(
    number: int, count: int, calendar: Calendar, shelf: Shelf, crowd: list[Person], now: datetime
) -> tuple[PastOrder, Fate] | None:
    """One order and its fate; None where what was drawn cannot be sent like that."""
    dice = Random(f"order:{number}")
    who = _buyer(number, count, crowd, dice)
    basket = shelf.tastes.basket(who.email, dice.choice(LINES), dice)
    picked = {variant_id: dice.choice(PIECES) for variant_id in basket}
    lines = tuple(shelf.line(variant_id, quantity, who.place) for variant_id, quantity in picked.items())
    ways = shelf.shipping(lines, who.place)
    if not ways:  # too heavy together
        lines = lines[:1]
        ways = shelf.shipping(lines, who.place)
    if not ways:
        return None
    placed = calendar.moment(number, count, dice)
    method = dice.choice(METHODS) if who.place.currency == "EUR" else "demo_card"
    fate = _fate(dice)
    times = _times(method, placed, fate, dice, now)
    order = PastOrder(
        email=who.email, user_id=who.user_id, language=who.place.language, currency=who.place.currency,
        exchange_rate=shelf.rates[who.place.currency], address=who.address, country=who.place.country,
        payment_method=method, shipping=dice.choice(ways), lines=lines, placed_at=placed,
        is_confirmed=method == "cod", cancel_reason=CancelReason.CUSTOMER.value if times.cancelled_at else None,
        paid_at=times.paid_at, shipped_at=times.shipped_at, delivered_at=times.delivered_at, cancelled_at=times.cancelled_at,
        channel=channel_of(f"past:{number}", placed, method),
    )  # fmt: skip
    return order, fate


def _buyer(number: int, count: int, crowd: list[Person], dice: Random) -> Person:
    """Who buys: of those who know the shop by then, old friends more often; one in seven is a guest."""
    known = max(1, len(crowd) * (number + 1) // count)
    who = crowd[int(known * dice.random() ** 1.3)]
    if dice.random() < 0.14:
        return Person(None, f"guest{number}@customers.example", who.place, who.address)
    return who


def _fate(dice: Random) -> Fate:
    drawn = dice.random()
    if drawn < 0.03:
        return Fate(cancelled_after=timedelta(minutes=dice.randrange(5, 600)))
    if drawn < 0.075:
        return Fate(
            returned_after=timedelta(days=dice.randrange(5, 14), minutes=dice.randrange(600)),
            is_whole=drawn < 0.06,
        )
    return Fate()


def _times(method: str, placed: datetime, fate: Fate, dice: Random, now: datetime) -> Times:
    """When an order was paid, sent, delivered or called off, as far as that is over."""
    sent = placed + timedelta(hours=dice.randrange(4, 40))
    arrived = sent + timedelta(hours=dice.randrange(20, 90))
    paid = placed + timedelta(seconds=dice.randrange(20, 200))
    if method == "bank_transfer":
        slow = placed + timedelta(hours=dice.randrange(2, 60))
        paid = slow if slow < now else paid  # nothing of the past waits for money
        sent, arrived = max(sent, paid + timedelta(hours=3)), max(arrived, paid + timedelta(hours=30))
    elif method == "cod":
        paid = arrived
    if fate.cancelled_after is not None:
        off = min(placed + fate.cancelled_after, now)
        return Times(paid_at=paid if paid < off and method != "cod" else None, cancelled_at=off)
    return Times(*(at if at < now else None for at in (paid, sent, arrived)))


def _back(order_id: int, order: PastOrder, fate: Fate, now: datetime) -> TakenBack | None:
    """What came back of an order: the money of one that was called off, or goods and money."""
    total = order.shipping.gross + sum((line.gross for line in order.lines), Decimal(0))
    if order.cancelled_at is not None:
        if order.paid_at is None:
            return None
        return TakenBack(order_id, order.cancelled_at, "past:cancelled", "cancelled: customer", total)
    if fate.returned_after is None or order.delivered_at is None or order.paid_at is None:
        return None
    at = order.delivered_at + fate.returned_after
    if at >= now:
        return None
    lines = order.lines if fate.is_whole else order.lines[:1]
    pieces = {line.variant_id: line.quantity for line in lines}
    is_whole = len(lines) == len(order.lines)
    amount = total if is_whole else sum((line.gross for line in lines), Decimal(0))
    return TakenBack(order_id, at, "past:returned", "returned", amount, pieces, is_whole)
