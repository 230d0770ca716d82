"""The orders or invoices behind a figure, page by page. What they count adds up to the figure, or to the parts of a share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select, true, tuple_, union_all
from sqlalchemy.orm import Session

from app.analytics.errors import NothingBehind
from app.analytics.families import filtering, invoices, spreading
from app.analytics.families.dimensions import ARTICLE, TIME
from app.analytics.families.standing import rounded
from app.analytics.models import LineFact, MoveFact, OrderFact
from app.analytics.rules import Question
from app.core.money import exponent
from app.invoicing.models import Invoice
from app.orders.models import Order
from app.regions.queries import base_currency

PLACED: dict[str, str] = {
    "gross": "gross", "net": "net", "tax": "tax", "discounts": "discount", "shipping": "shipping", "orders": "one",
    "units": "units", "average_order_value": "gross", "units_per_order": "units", "net_sales": "net",
    "cancelled_orders": "one", "cancel_rate": "one", "tax_by_rate": "tax", "taxed_by_rate": "net", "due": "gross",
    "customers": "one", "new_customers": "one", "returning_customers": "one", "returning_share": "one",
    "orders_per_customer": "one", "lifetime_value": "gross", "promotion_discounts": "discount",
}  # fmt: skip
"""What a figure counts of an order on the day it was placed."""
MOVED: dict[str, tuple[str, str, int]] = {
    "refunds": ("refund", "amount", 1), "refunded": ("refund", "amount", 1), "refund_rate": ("refund", "amount", 1),
    "captured": ("capture", "amount", 1), "net_sales": ("refund", "net", -1), "due": ("capture", "amount", -1),
}  # fmt: skip
"""What a figure counts of money on the day it moved: which, which amount, with which sign."""
SPREAD = {"refunds": ("refunds", "refunded"), "promotion_discounts": ("discounts", "discount")}
"""Figures that are spread over lines or promotions: what of `families.spreading` tells them."""
CANCELLED = frozenset({"cancelled_orders", "cancel_rate"})
UNTIL = frozenset({"due", "lifetime_value"})
"""Figures about everything until the end of the period."""
FIRSTS = {"new_customers": True, "returning_customers": False, "returning_share": False}
AMOUNTS = frozenset({"gross", "net", "tax", "discount", "shipping", "amount"})


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order behind a figure: its gross and what the figure counts of it, in the currency of the page.

    `kind` "invoice" is an invoice or credit note instead, with its own number and day.
    """

    id: int
    number: str
    placed_at: datetime
    customer: str
    country: str
    gross: Decimal
    value: Decimal
    kind: str = "order"


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of orders, the newest days first. `after` asks for the next one; None where there is none."""

    rows: tuple[OrderRow, ...]
    after: str | None
    currency: str


def has_rows(code: str, asked: Iterable[str] = ()) -> bool:
    """True for a figure that is made from orders or invoices; nobody reads off single orders how old a customer is."""
    known = code in PLACED or code in MOVED or code in invoices.AMOUNTS
    return known and "age_band" not in asked


def rows_behind(session: Session, question: Question, *, after: str | None = None, limit: int = 50) -> Behind:
    """The orders that a figure is made from under the filters of a question (a group's key is one more filter).

    Orders come by the day they were placed, the newest first: a page walks down the index ix_analytics_order_day or
    ix_analytics_line_day from where the one before ended. A page costs one statement, the last ones of a figure of
    money that moved one more. An unreadable `after` begins anew.

    Raises:
        NothingBehind: the figure is not made from orders, or they would tell how old somebody is.
    """
    if not has_rows(question.metric, question.filters):
        raise NothingBehind(metric=question.metric[:60])
    place, currency = _place(after), question.currency or base_currency(session)
    of_invoices = question.metric in invoices.AMOUNTS
    found: list[Any] = []
    for counted in [None] if of_invoices else _contributions(question, place, limit + 1, exponent(currency)):
        query = (
            _documents(question, place, limit + 1, exponent(currency))
            if of_invoices
            else _page(question, counted, limit + 1 - len(found))
        )
        found += session.execute(query).all()
        if len(found) > limit:
            break
    rows = tuple(
        OrderRow(
            row.order_id, row.number or f"#{row.order_id}", row.placed_at, row.customer, row.country,
            rounded(row.gross, currency), Decimal(row.value), "invoice" if of_invoices else "order",
        )
        for row in found[:limit]
    )  # fmt: skip
    last = found[limit - 1] if len(found) > limit else None
    return Behind(rows, f"{last.day.isoformat()}.{last.order_id}" if last else None, currency)


def _page(question: Question, counted: Any, limit: int) -> Select[Any]:
    """Orders with what they count, as a page shows them."""
    facts = OrderFact.__table__.c
    gross = facts.gross if question.currency else facts.base_gross
    company, name = (Order.shipping_address[key].astext for key in ("company", "name"))
    return (
        select(
            facts.order_id, facts.number, facts.placed_at, facts.day, facts.country, gross.label("gross"),
            func.coalesce(func.nullif(company, ""), func.nullif(name, ""), Order.email).label("customer"),
            counted.c.value,
        )
        .join_from(counted, OrderFact.__table__, facts.order_id == counted.c.order_id)
        .join(Order, Order.id == facts.order_id)
        .order_by(facts.day.desc(), facts.order_id.desc())
        .limit(limit)
    )  # fmt: skip


def _documents(question: Question, place: Any, limit: int, places: int) -> Select[Any]:
    """Invoices and credit notes, the newest first (index ix_invoicing_invoice_issued)."""
    rows = invoices.documents(question.period, question.currency, places).c
    value = rows[invoices.AMOUNTS[question.metric]]
    query = select(
        rows.id.label("order_id"), Invoice.number, Invoice.issued_at.label("placed_at"), rows.day,
        Invoice.buyer["country"].astext.label("country"), rows.gross, Invoice.buyer_name.label("customer"),
        value.label("value"),
    ).join(Invoice, Invoice.id == rows.id)  # fmt: skip
    conditions = [filtering.condition(rows, name, keys) for name, keys in question.filters.items()]
    if place is not None:
        conditions.append(tuple_(rows.day, rows.id) < place)
    return query.where(*conditions, value != 0).order_by(rows.day.desc(), rows.id.desc()).limit(limit)


def _place(after: str | None) -> Any:
    day, _dot, number = (after or "").partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and len(day) == 10):
        return None
    try:
        return tuple_(literal(date.fromisoformat(day)), literal(int(number)))
    except ValueError:
        return None


def _contributions(question: Question, place: Any, limit: int, places: int) -> list[Any]:
    """What each order counts, the newest orders only: (order_id, value), one after the other until a page is full."""
    code = question.metric
    spread = SPREAD.get(code)
    if spread and {question.group_by, *question.filters} & (ARTICLE | {"promotion"}):
        return [_newest(_spread(question, *spread, places), place, limit)]
    if code not in MOVED:
        if {question.group_by, *question.filters} & ARTICLE:
            return [_lines(question, PLACED[code], place, limit)]
        return [_orders(question, PLACED[code], place, limit)]
    if code not in PLACED and MOVED[code][0] == "refund":
        return [_newest(_moved(question), place, limit)]
    # an order of the period is told by itself; money of the period may belong to orders placed before or after it
    start = None if code in UNTIL else question.period.start
    orders = OrderFact.__table__.c
    late = _newest(_moved(question).where(orders.day > question.period.end), place, limit)
    within = _within(question, place, limit)
    both = union_all(select(late), select(within)).subquery("counted")
    if start is None:
        return [both]
    return [both, _newest(_moved(question).where(orders.day < start), place, limit)]


def _newest(query: Select[Any], place: Any, limit: int) -> Any:
    """The first rows of a query that has one row an order (`day`, `order_id`, `value`) and comes by day."""
    orders = OrderFact.__table__.c
    if place is not None:
        query = query.where(tuple_(orders.day, orders.order_id) < place)
    return query.order_by(orders.day.desc(), orders.order_id.desc()).limit(limit).subquery()


def _conditions(columns: Any, question: Question) -> list[Any]:
    days = [columns.day <= question.period.end]
    if question.metric not in UNTIL:
        days.append(columns.day >= question.period.start)
    return [*days, *filtering.conditions(columns, question.filters.items(), question.currency)]


def _named(columns: Any, question: Question, name: str) -> Any:
    if name == "one":
        return literal(1)
    return columns[name if question.currency or name not in AMOUNTS else f"base_{name}"]


def _orders(question: Question, name: str, place: Any, limit: int) -> Any:
    """Orders placed in the period."""
    orders = OrderFact.__table__.c
    query = select(orders.order_id, _named(orders, question, name).label("value"))
    return _newest(query.where(*_placed(orders, question)), place, limit)


def _placed(columns: Any, question: Question) -> list[Any]:
    found = [*_conditions(columns, question), columns.is_counted == (question.metric not in CANCELLED)]
    if question.metric in FIRSTS:
        found.append(columns.is_first == FIRSTS[question.metric])
    return found


def _lines(question: Question, name: str, place: Any, limit: int) -> Any:
    """Orders by what their lines of an article, department or rate count."""
    lines = LineFact.__table__.c
    conditions = _placed(lines, question)
    if name == "one":
        conditions.append(lines.line_id != 0)
        value: Any = literal(1)
    else:
        value = func.sum(_named(lines, question, name))
    if place is not None:
        conditions.append(tuple_(lines.day, lines.order_id) < place)
    query = (
        select(lines.order_id, value.label("value")).where(*conditions).group_by(lines.day, lines.order_id)
    )
    return query.having(value != 0).order_by(lines.day.desc(), lines.order_id.desc()).limit(limit).subquery()


def _moved(question: Question) -> Select[Any]:
    """Orders by the money that moved in the period, whenever they were placed."""
    total, conditions = _moves(question)
    moves, orders = MoveFact.__table__, OrderFact.__table__.c
    return (
        select(orders.order_id, total.label("value"))
        .join_from(OrderFact.__table__, moves, moves.c.order_id == orders.order_id)
        .where(*conditions)
        .group_by(orders.order_id)
        .having(total != 0)
    )


def _spread(question: Question, source: str, name: str, places: int) -> Select[Any]:
    """Orders by the part of what moved or was taken off that fell to some lines or promotions."""
    prefix, period = "" if question.currency else "base_", question.period
    rows = spreading.SOURCES[source](period.start, period.end, prefix=prefix, places=places)
    orders, total = OrderFact.__table__.c, func.sum(rows.c[name])
    return (
        select(orders.order_id, total.label("value"))
        .join_from(OrderFact.__table__, rows, rows.c.order_id == orders.order_id)
        .where(*_conditions(rows.c, question))
        .group_by(orders.order_id)
        .having(total != 0)
    )


def _moves(question: Question) -> tuple[Any, list[Any]]:
    """What the money that moved in the period adds up to, and which it is."""
    kind, name, sign = MOVED[question.metric]
    moves = MoveFact.__table__.c
    conditions = [*_conditions(moves, question), moves.kind == kind]
    if question.metric == "due":
        conditions.append(moves.is_counted)
    return func.sum(_named(moves, question, name)) * sign, conditions


def _within(question: Question, place: Any, limit: int) -> Any:
    """Orders placed in the period by what they count themselves and the money that moved for them."""
    orders, moves = OrderFact.__table__.c, MoveFact.__table__.c
    own: Any = literal(0)
    if question.metric in PLACED:
        own = case(
            (and_(*_placed(orders, question)), _named(orders, question, PLACED[question.metric])), else_=0
        )
    total, conditions = _moves(question)
    moved = (
        select(total.label("value")).where(*conditions, moves.order_id == orders.order_id).lateral("moved")
    )
    value = own + func.coalesce(moved.c.value, 0)
    # an order may have been placed at another time of day or week than its money moved
    lasting = {name: keys for name, keys in question.filters.items() if name not in TIME}
    query = (
        select(orders.order_id, value.label("value"))
        .select_from(OrderFact.__table__.outerjoin(moved, true()))
        .where(*_conditions(orders, dataclasses.replace(question, filters=lasting)), value != 0)
    )
    return _newest(query, place, limit)
