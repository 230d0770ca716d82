"""Which order a cancellation of the table Online Retail takes back: the file does not say.

The same customer, the same article, not later, and enough of it and its money left: of those the latest one, one with
exactly these pieces first. What matches nothing was sold before the file begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ops.history.lines import CENT, Line
from app.ops.history.people import email_of

# ix_orders_order_email, ix_orders_line_order_id, ix_inventory_reservation_holder
_SOLD = text(
    """SELECT o.id, o.email, o.placed_at, o.currency, s.variant_id, r.quantity, r.quantity - r.returned AS left
         FROM orders_order o JOIN inventory_reservation r ON r.holder = 'order:' || o.id AND r.state = 'claimed'
         JOIN inventory_stock s ON s.id = r.stock_id
        WHERE o.email_key = ANY(CAST(:emails AS text[])) AND o.currency = 'GBP' ORDER BY o.placed_at DESC, o.id DESC"""
)
_MONEY = text(
    """SELECT o.id, o.email, o.placed_at, o.captured - o.refunded AS money FROM orders_order o
        WHERE o.email_key = ANY(CAST(:emails AS text[])) AND o.currency = 'GBP' AND o.captured > o.refunded
        ORDER BY o.placed_at DESC, o.id DESC"""
)


@dataclass(slots=True)
class Open:
    """What is left of an order: its money, and pieces by article."""

    placed_at: datetime
    money: Decimal
    left: dict[int, int] = field(default_factory=dict)
    sold: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when all goods are back."""
        return bool(self.left) and not any(self.left.values())


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a cancelled line that belongs to one order."""

    order_id: int
    quantity: int
    amount: Decimal


@dataclass
class Book:
    """What the customers of some cancellations have bought and can bring back."""

    orders: dict[str, dict[int, Open]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, session: Session, lines: Sequence[Line]) -> Book:
        """Read it once for many lines."""
        found = cls()
        emails = {"emails": sorted({email_of(line) for line in lines})}
        for row in session.execute(_MONEY, emails):
            found.orders[row.email][row.id] = Open(row.placed_at, row.money)
        for row in session.execute(_SOLD, emails):
            order = found.orders[row.email].get(row.id)
            if order is not None:
                order.left[row.variant_id] = order.left.get(row.variant_id, 0) + row.left
                order.sold[row.variant_id] = order.sold.get(row.variant_id, 0) + row.quantity
        return found

    def open(self, line: Line, order_id: int) -> Open:
        """What is left of an order."""
        return self.orders[email_of(line)][order_id]

    def match(self, line: Line, variant_id: int, is_goods: bool) -> tuple[list[Part], int]:
        """The orders a cancelled line takes back, and how many pieces are left over."""
        mine = {i: o for i, o in self.orders.get(email_of(line), {}).items() if o.placed_at <= line.at}
        if not is_goods:
            return self._money_only(line, mine)
        wanted = abs(line.quantity)
        able = {i: o for i, o in mine.items() if o.left.get(variant_id, 0) > 0}
        whole = [i for i, o in able.items() if o.left[variant_id] >= wanted and o.money >= -line.amount]
        exact = [i for i in whole if able[i].sold[variant_id] == wanted]
        order = [*exact[:1], *whole[:1]][:1] or list(able)
        parts: list[Part] = []
        for order_id in order:
            part = self._take(order_id, able[order_id], variant_id, line, wanted)
            if part is not None:
                parts.append(part)
                wanted -= part.quantity
            if not wanted:
                break
        return parts, wanted

    def _take(self, order_id: int, order: Open, variant_id: int, line: Line, wanted: int) -> Part | None:
        each = abs(line.price)
        pieces = min(wanted, order.left[variant_id], int(order.money / each) if each else wanted)
        if pieces <= 0:
            return None
        amount = (pieces * each).quantize(CENT)
        if amount > order.money:
            return None
        order.left[variant_id] -= pieces
        order.money -= amount
        return Part(order_id, pieces, amount)

    def _money_only(self, line: Line, mine: dict[int, Open]) -> tuple[list[Part], int]:
        """Fees and discounts move no goods: the latest order with enough money left bears them."""
        for order_id, order in mine.items():
            if order.money >= -line.amount:
                order.money += line.amount
                return [Part(order_id, 0, -line.amount)], 0
        return [], abs(line.quantity)
