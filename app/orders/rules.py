"""Pure rules of orders: numbers, the standing of the money, what a history adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.money import Money
from app.orders.states import ORDER, PaymentStatus

MAX_NOTE = 2000
ADDRESSES_OPEN = frozenset({"pending", "confirmed", "paid"})
"""States in which no label is printed yet."""
CUSTOMER_CANCELS = frozenset({"pending", "confirmed", "paid"})
"""States in which a buyer may still call it off; later it is a return."""
PAYMENT_SLOT = "orders.mail.payment"
"""Slot in the confirmation: `render(session, order_id, language, form)`, form is "html" or "text"."""
_ENDS = ("cancelled", "returned")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, and where goods and bill go. Addresses are complete and checked."""

    email: str
    language: str
    shipping_address: Mapping[str, Any]
    billing_address: Mapping[str, Any]
    user_id: int | None = None

    @property
    def country(self) -> str:
        """Where the goods go, as ISO code."""
        return str(self.shipping_address["country"])


@dataclass(frozen=True, slots=True)
class LineDetail:
    """What a line shows of its product besides the quote."""

    options: Mapping[str, Any]
    slug: str = ""
    image: Mapping[str, Any] | None = None


def order_number(year: int, count: int) -> str:
    """The business number: year and six digits, more if a year needs them ("2026-000123")."""
    return f"{year}-{count:06d}"


def payment_status(due: Money, captured: Money, refunded: Money) -> PaymentStatus:
    """How the money stands, from sums alone. `refunded` never exceeds `captured`.

    An order that costs nothing is paid. Figures: due 50, captured 50, refunded 20: partly refunded.
    """
    if refunded and refunded >= captured:
        return PaymentStatus.REFUNDED
    if refunded:
        return PaymentStatus.PARTLY_REFUNDED
    if captured > due:
        return PaymentStatus.OVERPAID
    if captured == due:
        return PaymentStatus.PAID
    return PaymentStatus.PARTLY_PAID if captured else PaymentStatus.DUE


def is_covered(due: Money, captured: Money) -> bool:
    """True when all the money is there."""
    return captured >= due


def milestones(state: str, reached: Sequence[str]) -> list[tuple[str, str]]:
    """The way of an order as (state, standing) for a buyer: what is done, what is now, what is ahead.

    `reached` are the states it has been in, oldest first. `confirmed` and `packed` are shown once
    they were; a cancelled order has nothing ahead. Standings: done, now, ahead, failed.
    """
    usual = ["pending", "paid", "packed", "shipped", "delivered"]
    if "confirmed" in reached:
        usual.insert(1, "confirmed")
        if "paid" not in reached:
            usual.remove("paid")
    if state in _ENDS:
        shown = [step for step in (*usual, *_ENDS) if step in reached]
        return [(step, "failed" if step == "cancelled" else "done") for step in shown]
    here = usual.index(state)
    standings = []
    for place, step in enumerate(usual):
        if step == "packed" and step not in reached and place < here:
            continue
        done = place < here or (step in reached and step != state) or state == "delivered"
        standings.append((step, "done" if done else "now" if place == here else "ahead"))
    return standings


def replay(entries: Iterable[tuple[str, str | None]]) -> str:
    """The state to which a history of (kind, state) entries leads, checked step by step.

    Raises:
        ValueError: when an entry claims a state that the table does not allow at that point.
    """
    state = ""
    for kind, new in entries:
        if new is None:
            continue
        allowed = (
            not state
            and new == ORDER.start
            or any(state in step.sources and new == step.target for step in ORDER.transitions.values())
        )
        if not allowed:
            raise ValueError(f"{kind} cannot lead from {state or 'nothing'} to {new}")
        state = new
    return state


def typed_number(text: str) -> str:
    """An order number as people type it: "#2026 123" and "2026-000123" are the same."""
    parts = [
        part for part in "".join(c if c.isascii() and c.isdigit() else " " for c in text[:40]).split() if part
    ]
    if len(parts) == 1 and len(parts[0]) == 10:
        parts = [parts[0][:4], parts[0][4:]]
    return f"{parts[0]}-{parts[1].zfill(6)}" if len(parts) == 2 else ""
