"""People of spans of days, each counted at the first order in the span: nobody is put in a group.

Who ordered in a span is counted at the order whose earlier one, by the same customer, lies before it. Who returns is
counted at the first one in it that is not the first of all: the one after that, or one whose earlier one lies before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_

KNOWN = {
    "": ("previous_day", "is_second"),
    "country": ("previous_in_country", "is_second_in_country"),
    "language": ("previous_in_language", "is_second_in_language"),
}
"""Of which orders a fact knows the one before it: of all, of those to its country, of those in its language."""
STEPS = frozenset({"", "day", "week", "month"})
"""Groupings that put days together which follow one another."""


@dataclass(frozen=True, slots=True)
class Before:
    """The order of the same customer before one: its day, nothing where there is none; and whether it is the first of all."""

    day: Any
    is_first: Any


def before(orders: Any, name: str, key: Any, filters: Sequence[tuple[str, tuple[str, ...]]], currency: str | None) -> Before:  # fmt: skip
    """The order before, of those that match filters and have the same key of a grouping.

    Where facts do not know it, it is looked for among the orders that are read.
    """
    of = None if currency else _known(name, filters)
    if of is not None:
        return Before(*(orders[column] for column in KNOWN[of]))
    alike = () if name in STEPS else (key,)
    window: dict[str, Any] = {
        "partition_by": (orders.customer_id, *alike),
        "order_by": (orders.day, orders.is_first.desc()),
    }
    return Before(func.lag(orders.day).over(**window), func.lag(orders.is_first).over(**window))


def _known(name: str, filters: Sequence[tuple[str, tuple[str, ...]]]) -> str | None:
    if not filters:
        return "" if name in STEPS else name if name in KNOWN else None
    (only, keys), *others = filters
    is_one = name == only or (name in STEPS and len(keys) == 1)
    return only if only in KNOWN and is_one and not others else None


def counts(orders: Any, earlier: Before | None, begin: Any) -> dict[str, Any]:
    """What is counted of the people of spans of days that begin there, of some orders with their earlier ones."""
    told = {"orders": func.count(), "new": func.count().filter(orders.is_first)}
    if earlier is None:
        return told
    is_first_here = or_(earlier.day.is_(None), earlier.day < begin)
    returns = ~orders.is_first & or_(earlier.is_first, is_first_here)
    return told | {
        "customers": func.count().filter(is_first_here),
        "returning": func.count().filter(returns),
    }
