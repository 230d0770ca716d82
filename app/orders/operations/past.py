"""Writes orders of the past, many at once: what was over before the shop knew of it.

Nothing is announced and nobody is told. What must hold of an order holds of these: totals are the sum of lines and
shipping, VAT by rate adds up, the timeline replays to the state, numbers of the shop's own series have no gaps.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import series
from app.core.copying import copy_rows, new_ids
from app.core.unit_of_work import unit_of_work
from app.orders import rules
from app.orders.states import Channel

ZERO = Decimal(0)
LABEL = "history"
"""Who wrote the timeline of such an order."""


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line as it was bought; amounts are in the order's currency, `net + tax = gross`; options and image are JSON."""

    product_id: int
    variant_id: int
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    tax_class: str
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    options: str = "{}"
    slug: str = ""
    image: str | None = None
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class PastShipping:
    """What sending cost."""

    code: str
    name: str
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A whole order as it went. Moments that never came are None; `paid_at` means all of the total came in.

    `number` None takes the next one of the shop's series of that year. `address` is JSON and stands for both.
    `is_confirmed` is true where the goods went before the money came.
    """

    email: str
    user_id: int | None
    language: str
    currency: str
    exchange_rate: Decimal
    address: str
    country: str
    payment_method: str
    shipping: PastShipping
    lines: tuple[PastLine, ...]
    placed_at: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    is_confirmed: bool = False
    prices_include_tax: bool = True
    number: str | None = None
    note: str = ""
    channel: Channel = Channel.IMPORT


@dataclass(frozen=True, slots=True)
class PastReturn:
    """An order of which everything came back."""

    order_id: int
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


_ORDER = (
    "id", "number", "token", "state", "payment_method", "user_id", "email", "language", "currency", "exchange_rate",
    "prices_include_tax", "shipping_address", "billing_address", "country", "shipping_method", "shipping_name",
    "shipping_net", "shipping_tax", "shipping_gross", "shipping_rate", "discount", "taxes", "total_net", "total_tax",
    "total_gross", "captured", "note", "cancel_reason", "placed_at", "paid_at",
    "channel",
)  # fmt: skip
_LINE = (
    "order_id", "position", "product_id", "variant_id", "sku", "name", "options", "slug", "image", "quantity", "shipped",
    "weight_g", "unit_price", "discount", "tax_class", "tax_rate", "net", "tax", "gross",
)  # fmt: skip
_STEP = ("order_id", "at", "kind", "state", "data", "actor_kind", "actor_label")


def write_past_orders(session: Session, orders: Sequence[PastOrder]) -> list[int]:
    """Write whole orders with their lines and timelines, and give them their numbers.

    Returns the ids, in order. Their money and goods are written by `payments.operations.write_past_payments` and
    `inventory.operations.write_past_sales` in the same unit.

    Raises:
        ValueError: for an order without lines, or one whose moments are in no possible order.
    """
    if not orders:
        return []
    with unit_of_work(session):
        ids = new_ids(session, "orders_order", len(orders))
        numbers = _numbers(session, orders)
        pairs = list(zip(ids, orders, strict=True))
        timelines = [(i, _timeline(order)) for i, order in pairs]
        states = {i: next(state for _, state, _ in reversed(steps) if state) for i, steps in timelines}
        copy_rows(
            session, "orders_order", _ORDER,
            (_order_row(i, number, states[i], order) for (i, order), number in zip(pairs, numbers, strict=True)),
        )  # fmt: skip
        copy_rows(session, "orders_line", _LINE, (row for i, order in pairs for row in _line_rows(i, order)))
        steps = (
            (i, at, kind, state, "{}", "system", LABEL) for i, line in timelines for kind, state, at in line
        )
        copy_rows(session, "orders_history", _STEP, steps)
    return ids


def _numbers(session: Session, orders: Sequence[PastOrder]) -> list[str]:
    """Own numbers where they have one; else those of the series, in the order of placing."""
    found: dict[int, str] = {n: order.number for n, order in enumerate(orders) if order.number is not None}
    years: dict[int, list[int]] = defaultdict(list)
    for n, order in enumerate(orders):
        if order.number is None:
            years[order.placed_at.year].append(n)
    for year, members in sorted(years.items()):
        members.sort(key=lambda n: orders[n].placed_at)
        taken = series.take_many(session, "order", year, len(members))
        found |= {n: rules.order_number(year, count) for n, count in zip(members, taken, strict=True)}
    return [found[n] for n in range(len(orders))]


def _timeline(order: PastOrder) -> list[tuple[str, str | None, datetime]]:
    """The entries of an order's timeline; the order of the moments is checked against the machine."""
    steps: list[tuple[str, str | None, datetime]] = [("placed", "pending", order.placed_at)]
    if order.is_confirmed:
        steps.append(("confirmed", "confirmed", order.placed_at))
    later = [
        ("paid", "paid", order.paid_at), ("shipped", "shipped", order.shipped_at),
        ("delivered", "delivered", order.delivered_at), ("cancelled", "cancelled", order.cancelled_at),
    ]  # fmt: skip
    rest = [(kind, state, at) for kind, state, at in later if at is not None]
    rest.sort(key=lambda step: step[2])
    gone = False
    for kind, state, at in rest:
        gone = gone or kind == "shipped"
        steps.append((kind, None if kind == "paid" and gone else state, at))
    _possible(tuple((kind, state) for kind, state, _ in steps))
    return steps


@lru_cache(maxsize=256)
def _possible(steps: tuple[tuple[str, str | None], ...]) -> str:
    return rules.replay(steps)


def _order_row(order_id: int, number: str, state: str, order: PastOrder) -> tuple[Any, ...]:
    if not order.lines:
        raise ValueError(f"order {number} has no lines")
    ship = order.shipping
    bands: dict[Decimal, list[Decimal]] = {}
    for rate, net, tax in (
        *((x.tax_rate, x.net, x.tax) for x in order.lines),
        (ship.rate, ship.net, ship.tax),
    ):
        band = bands.setdefault(rate, [ZERO, ZERO])
        band[0] += net
        band[1] += tax
    net, tax = sum((b[0] for b in bands.values()), ZERO), sum((b[1] for b in bands.values()), ZERO)
    taxes = [
        {"rate": f"{rate.normalize():f}", "net": str(n), "tax": str(t), "gross": str(n + t)}
        for rate, (n, t) in sorted(bands.items(), reverse=True)
    ]
    return (
        order_id, number, secrets.token_urlsafe(24), state, order.payment_method, order.user_id, order.email,
        order.language, order.currency, order.exchange_rate, order.prices_include_tax, order.address, order.address,
        order.country, ship.code, ship.name, ship.net, ship.tax, ship.gross, ship.rate, ZERO, json.dumps(taxes),
        net, tax, net + tax, ZERO if order.paid_at is None else net + tax, order.note, order.cancel_reason,
        order.placed_at, order.paid_at, order.channel.value,
    )  # fmt: skip


def _line_rows(order_id: int, order: PastOrder) -> list[tuple[Any, ...]]:
    has_left = order.shipped_at is not None
    return [
        (
            order_id, n, x.product_id, x.variant_id, x.sku, x.name, x.options, x.slug, x.image, x.quantity,
            x.quantity if has_left else 0, x.weight_g, x.unit_price, ZERO, x.tax_class, x.tax_rate, x.net, x.tax, x.gross,
        )
        for n, x in enumerate(order.lines, 1)
    ]  # fmt: skip


_RETURNED = text(
    """WITH back AS (
           SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:moments AS timestamptz[])) AS b(id, at)
       ), changed AS (
           UPDATE orders_order o SET state = 'returned' FROM back b
            WHERE o.id = b.id AND o.state IN ('shipped', 'delivered') RETURNING o.id, b.at
       )
       INSERT INTO orders_history (order_id, at, kind, state, actor_kind, actor_label)
       SELECT id, at, 'returned', 'returned', 'system', :label FROM changed ORDER BY id RETURNING order_id"""
)


def return_past_orders(session: Session, returns: Sequence[PastReturn]) -> list[int]:
    """Note orders of which everything came back; returns those that were not noted before.

    One that never left stays as it is.
    """
    if not returns:
        return []
    values = {"ids": [r.order_id for r in returns], "moments": [r.at for r in returns], "label": LABEL}
    with unit_of_work(session):
        return list(session.scalars(_RETURNED, values))
