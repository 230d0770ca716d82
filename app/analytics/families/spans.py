"""People of spans of days, each counted at the first order in the span: nobody is put in a group.

Who ordered in a span is counted at the order whose earlier one, by the same customer, lies before it. Who returns is
counted at the first one in it that is not the first of all: the one after that, or one whose earlier one lies before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, true, tuple_

from app.analytics.families import filtering
from app.analytics.models import OrderFact

ALIKE = frozenset({"country", "language", "currency", "channel"})
"""In what an order is like the one before it, where its fact says so (`is_like_previous`): in most cases it is."""
STEPS = frozenset({"", "day", "week", "month"})
"""Groupings that put days together which follow one another."""


@dataclass(frozen=True, slots=True)
class Before:
    """The order of the same customer before one: its day, nothing where there is none; and whether it is the first of all."""

    day: Any
    is_first: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """Where some of the orders are read, which, and for each grouping the order before each of them."""

    source: Any
    only: Sequence[Any]
    before: dict[str, Before]


def readings(
    facts: Any, names: Iterable[str], filters: Sequence[filtering.Filter], currency: str | None
) -> list[Reading]:
    """How orders are read with the one before each, of those that match filters and have the same key of a grouping.

    Everybody's order before is known to the fact; under what most orders are alike in it is so where the one before is
    like it, and for the few others (index ix_analytics_order_unlike) it is looked up. Else it is looked for among all
    orders that are read.
    """
    orders = facts.c
    narrow = filtering.narrowed_by(dict(filters), currency)
    asked = {name: narrow | ({name} - STEPS) for name in names}
    known = Before(orders.previous_day, orders.is_second)
    if not any(asked.values()):
        return [Reading(facts, (), dict.fromkeys(asked, known))]
    if not set().union(*asked.values()) <= ALIKE:
        among = {name: _among_those_read(orders, name) if dims else known for name, dims in asked.items()}
        return [Reading(facts, (), among)]
    source, found = facts, dict[frozenset[str], Any]()
    for name, dims in asked.items():
        keys = frozenset({name} - STEPS)
        if dims and keys not in found:
            found[keys] = _looked_up(orders, keys, filters, currency).lateral()
            source = source.outerjoin(found[keys], true())
    looked_up = {
        name: Before(*found[frozenset({name} - STEPS)].c) if dims else known for name, dims in asked.items()
    }
    return [
        Reading(facts, (orders.is_like_previous,), dict.fromkeys(asked, known)),
        Reading(source, (~orders.is_like_previous,), looked_up),
    ]


def _looked_up(
    orders: Any, keys: Iterable[str], filters: Sequence[filtering.Filter], currency: str | None
) -> Select[Any]:
    """The order before one (index ix_analytics_order_customer)."""
    fact = OrderFact.__table__.alias("earlier")
    return (
        select(fact.c.day, fact.c.is_first)
        .where(
            fact.c.customer_id == orders.customer_id,
            fact.c.is_counted,
            fact.c.day <= orders.day,
            tuple_(fact.c.placed_at, fact.c.order_id) < tuple_(orders.placed_at, orders.order_id),
            *filtering.conditions(fact.c, filters, currency),
            *(fact.c[key] == orders[key] for key in keys),
        )
        .order_by(fact.c.day.desc(), fact.c.placed_at.desc(), fact.c.order_id.desc())
        .limit(1)
    )


def _among_those_read(orders: Any, name: str) -> Before:
    alike = (filtering.dimension(orders, key) for key in {name} - STEPS)
    window: dict[str, Any] = {
        "partition_by": (orders.customer_id, *alike),
        "order_by": (orders.day, orders.is_first.desc()),
    }
    return Before(func.lag(orders.day).over(**window), func.lag(orders.is_first).over(**window))


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
