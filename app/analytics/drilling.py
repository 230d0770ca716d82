"""The orders behind a figure, page by page. What they count adds up to the figure, or to the parts of a share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.analytics.errors import NothingBehind
from app.analytics.families import filtering
from app.analytics.families.dimensions import ARTICLE
from app.analytics.families.standing import rounded
from app.analytics.models import LineFact, MoveFact, OrderFact
from app.analytics.rules import Question
from app.orders.models import Order
from app.regions.queries import base_currency

PLACED: dict[str, str] = {
    "gross": "gross", "net": "net", "tax": "tax", "discounts": "discount", "shipping": "shipping", "orders": "one",
    "units": "units", "average_order_value": "gross", "units_per_order": "units", "net_sales": "net",
    "cancelled_orders": "one", "cancel_rate": "one", "tax_by_rate": "tax", "taxed_by_rate": "net", "due": "gross",
    "customers": "one", "new_customers": "one", "returning_customers": "one", "returning_share": "one",
    "orders_per_customer": "one", "lifetime_value": "gross",
}  # fmt: skip
"""What a figure counts of an order on the day it was placed."""
MOVED: dict[str, tuple[str, str, int]] = {
    "refunds": ("refund", "amount", 1), "refunded": ("refund", "amount", 1), "refund_rate": ("refund", "amount", 1),
    "captured": ("capture", "amount", 1), "net_sales": ("refund", "net", -1), "due": ("capture", "amount", -1),
}  # fmt: skip
"""What a figure counts of money on the day it moved: which, which amount, with which sign."""
CANCELLED = frozenset({"cancelled_orders", "cancel_rate"})
UNTIL = frozenset({"due", "lifetime_value"})
"""Figures about everything until the end of the period."""
FIRSTS = {"new_customers": True, "returning_customers": False, "returning_share": False}
AMOUNTS = frozenset({"gross", "net", "tax", "discount", "shipping", "amount"})


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order behind a figure: its gross and what the figure counts of it, in the currency of the page."""

    id: int
    number: str
    placed_at: datetime
    customer: str
    country: str
    gross: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of orders, the newest days first. `after` asks for the next one; None where there is none."""

    rows: tuple[OrderRow, ...]
    after: str | None
    currency: str


def has_rows(code: str) -> bool:
    """True for a figure that is made from orders."""
    return code in PLACED or code in MOVED


def rows_behind(session: Session, question: Question, *, after: str | None = None, limit: int = 50) -> Behind:
    """The orders that a figure is made from under the filters of a question (a group's key is one more filter).

    A page costs one statement; orders come by the day they were placed (index ix_analytics_order_day). An unreadable
    `after` begins anew.

    Raises:
        NothingBehind: the figure is not made from orders.
    """
    if not has_rows(question.metric):
        raise NothingBehind(metric=question.metric[:60])
    counted = _contributions(question)
    facts = OrderFact.__table__.c
    gross = facts.gross if question.currency else facts.base_gross
    company, name = (Order.shipping_address[key].astext for key in ("company", "name"))
    query = (
        select(
            facts.order_id, facts.number, facts.placed_at, facts.day, facts.country, gross.label("gross"),
            func.coalesce(func.nullif(company, ""), func.nullif(name, ""), Order.email).label("customer"),
            counted.c.value,
        )
        .join_from(counted, OrderFact.__table__, facts.order_id == counted.c.order_id)
        .join(Order, Order.id == facts.order_id)
        .order_by(facts.day.desc(), facts.order_id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    place = _place(after)
    if place is not None:
        query = query.where(tuple_(facts.day, facts.order_id) < place)
    found = session.execute(query).all()
    currency = question.currency or base_currency(session)
    rows = tuple(
        OrderRow(
            row.order_id, row.number or f"#{row.order_id}", row.placed_at, row.customer, row.country,
            rounded(row.gross, currency), Decimal(row.value),
        )
        for row in found[:limit]
    )  # fmt: skip
    last = found[limit - 1] if len(found) > limit else None
    return Behind(rows, f"{last.day.isoformat()}.{last.order_id}" if last else None, currency)


def _place(after: str | None) -> Any:
    day, _dot, number = (after or "").partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and len(day) == 10):
        return None
    try:
        return tuple_(literal(date.fromisoformat(day)), literal(int(number)))
    except ValueError:
        return None


def _contributions(question: Question) -> Any:
    """What each order counts: (order_id, value)."""
    code, parts = question.metric, []
    if code in PLACED:
        parts.append(_placed(question, PLACED[code]))
    if code in MOVED:
        parts.append(_moved(question, *MOVED[code]))
    if len(parts) == 1 and not parts[0][1]:
        return parts[0][0].subquery("counted")
    every = union_all(*(query for query, _many in parts)).subquery("parts")
    total = func.sum(every.c.value)
    return (
        select(every.c.order_id, total.label("value"))
        .group_by(every.c.order_id)
        .having(total != 0)
        .subquery("counted")
    )


def _conditions(columns: Any, question: Question) -> list[Any]:
    found = [columns.day <= question.period.end]
    if question.metric not in UNTIL:
        found.append(columns.day >= question.period.start)
    if question.currency:
        found.append(columns.currency == question.currency)
    return [*found, *(filtering.condition(columns, name, keys) for name, keys in question.filters.items())]


def _named(columns: Any, question: Question, name: str) -> Any:
    if name == "one":
        return literal(1)
    return columns[name if question.currency or name not in AMOUNTS else f"base_{name}"]


def _placed(question: Question, name: str) -> tuple[Select[Any], bool]:
    """Rows of orders, or of their lines where an article is asked for; whether an order may have several."""
    by_line = bool({question.group_by, *question.filters} & ARTICLE)
    table: Any = (LineFact if by_line else OrderFact).__table__
    columns = table.c
    value = _named(columns, question, name)
    conditions = [*_conditions(columns, question), columns.is_counted == (question.metric not in CANCELLED)]
    if question.metric in FIRSTS:
        conditions.append(columns.is_first == FIRSTS[question.metric])
    if not by_line:
        return select(columns.order_id, value.label("value")).where(*conditions), False
    if name == "one":
        conditions.append(columns.line_id != 0)
        value = case(
            (columns.line_id == func.min(columns.line_id).over(partition_by=columns.order_id), 1), else_=0
        )
    return select(columns.order_id, value.label("value")).where(*conditions), True


def _moved(question: Question, kind: str, name: str, sign: int) -> tuple[Select[Any], bool]:
    columns = MoveFact.__table__.c
    conditions = [*_conditions(columns, question), columns.kind == kind]
    if question.metric == "due":
        conditions.append(columns.is_counted)
    value = columns[name if question.currency else f"base_{name}"] * sign
    return select(columns.order_id, value.label("value")).where(*conditions), True
