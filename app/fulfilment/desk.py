"""What the one order screen of the back office reads, gathered from orders, payments and parcels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.core import locks
from app.core.actor import SYSTEM, Actor
from app.core.admin import badge
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.customers.rules import format_address
from app.fulfilment import queries
from app.fulfilment.errors import ChangedMeanwhile
from app.fulfilment.models import Carrier
from app.orders import operations as steps
from app.orders import queries as orders
from app.orders.errors import OrderNotFound
from app.orders.models import History, Order
from app.orders.queries import Entry, OrderPage
from app.orders.states import REASON_LABELS, STATE_LABELS, CancelReason
from app.payments import queries as payments
from app.payments.models import LedgerTransaction, Payment

TITLES: dict[str, Any] = {
    "placed": _l("Order placed"), "confirmed": _l("Confirmed"), "paid": _l("Paid"), "packed": _l("Packed"),
    "parcel": _l("Parcel sent"), "shipped": _l("Shipped"), "parcel_delivered": _l("Parcel delivered"),
    "parcel_lost": _l("Parcel lost"), "parcel_number": _l("Tracking number noted"),
    "parcel_returned": _l("Parcel comes back"), "delivered": _l("Delivered"), "cancelled": _l("Cancelled"),
    "returned": _l("Returned"), "note": _l("Note"), "addresses": _l("Addresses changed"),
    "claimed": _l("Joined to a customer's account"), "payment_method": _l("Another way to pay"),
    "refund_requested": _l("Refund requested"), "refunded": _l("Refunded"), "refund_failed": _l("Refund failed"),
    "paid_late": _l("Money came after the end"), "overpaid": _l("Overpaid"),
}  # fmt: skip
PAYMENT_STATES: dict[str, Any] = {
    "created": _l("Open"), "pending": _l("Waiting"), "requires_action": _l("Customer has to act"),
    "authorised": _l("Authorised"), "captured": _l("Received"), "failed": _l("Failed"), "voided": _l("Closed"),
}  # fmt: skip
REFUND_STATES: dict[str, Any] = {
    "requested": _l("Requested"), "pending": _l("Under way"), "manual": _l("To be paid back by hand"),
    "done": _l("Paid back"), "failed": _l("Failed"),
}  # fmt: skip
STATE_TONES = {
    "pending": "wait", "confirmed": "good", "paid": "good", "packed": "busy", "shipped": "busy",
    "delivered": "good", "cancelled": "bad", "returned": "quiet",
}  # fmt: skip
MONEY_TONES = {
    "due": "wait", "partly_paid": "wait", "paid": "good", "overpaid": "bad", "partly_refunded": "quiet",
    "refunded": "quiet",
}  # fmt: skip
_TONES = {
    "captured": "good", "done": "good", "delivered": "good", "failed": "bad", "lost": "bad", "returned": "bad", "voided": "quiet",
    "shipped": "busy",
}  # fmt: skip
_BAD = {"cancelled", "refund_failed", "parcel_lost", "parcel_returned", "paid_late"}


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the timeline, in words."""

    at: datetime
    title: str
    text: str
    link: str
    actor: str
    is_public: bool
    tone: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that goes back. `can_finish`: a person must pay it back by hand and say so."""

    id: int
    state: str
    amount: Money
    reason: str
    at: datetime
    can_finish: bool

    @property
    def badge(self) -> Markup:
        """How far it is."""
        return badge(self.state, REFUND_STATES.get(self.state), _TONES.get(self.state, "wait"))


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One attempt to collect the money."""

    id: int
    label: str
    state: str
    amount: Money
    captured: Money
    refunded: Money
    reference: str
    failure: str
    at: datetime
    refunds: tuple[RefundRow, ...]

    @property
    def badge(self) -> Markup:
        """How far it is."""
        return badge(self.state, PAYMENT_STATES.get(self.state), _TONES.get(self.state, "wait"))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One side of a posting; positive is debit."""

    at: datetime
    memo: str
    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Desk:
    """One order with everything around it. `token` names what was seen: see `token_of`."""

    page: OrderPage
    token: str
    parcels: tuple[queries.Parcel, ...]
    carriers: tuple[Carrier, ...]
    payments: tuple[PaymentRow, ...]
    ledger: tuple[LedgerRow, ...]
    timeline: tuple[Happening, ...]
    refundable: Money
    shipping_lines: tuple[str, ...]
    billing_lines: tuple[str, ...]
    payment_label: str
    customer_orders: int
    reasons: tuple[tuple[str, str], ...]

    @property
    def state_badge(self) -> Markup:
        """The order's state."""
        return badge(self.page.state, STATE_LABELS[self.page.state], STATE_TONES[self.page.state])

    @property
    def money_badge(self) -> Markup:
        """How the money stands."""
        status = self.page.payment_status
        return badge(status.value, status.label, MONEY_TONES[status.value])

    def parcel_badge(self, parcel: queries.Parcel) -> Markup:
        """Where a parcel is."""
        return badge(parcel.state, queries.PARCEL_LABELS.get(parcel.state), _TONES.get(parcel.state, "wait"))

    @property
    def left(self) -> int:
        """Pieces that have not been shipped yet."""
        return sum(line.quantity - line.shipped for line in self.page.lines)

    @property
    def has_left(self) -> bool:
        """True when at least one piece has been shipped."""
        return any(line.shipped for line in self.page.lines)

    @property
    def is_offline(self) -> bool:
        """True when the money is seen by people: cash, or a transfer on the account."""
        return self.page.payment_method in ("cod", "bank_transfer")


def token_of(session: Session, order_id: int) -> str:
    """What an action was decided on: the last entry of the timeline and the state of the money.

    Raises:
        OrderNotFound: there is no such order.
    """
    last, order = session.execute(
        select(func.coalesce(func.max(History.id), 0), Order)
        .outerjoin(History, History.order_id == Order.id)
        .where(Order.id == order_id)
        .group_by(Order.id)
    ).one_or_none() or (0, None)
    if order is None:
        raise OrderNotFound()
    return f"{last}.{order.state}.{order.payment_status}"


@contextmanager
def worked_on(
    session: Session, order_id: int, *, step: str, seen: str | None, actor: Actor
) -> Iterator[Order]:
    """Lock an order for one action that was decided on as `seen` (`token_of`); None decides blindly.

    Raises:
        ChangedMeanwhile: somebody has worked on it since; an illegal step leaves its trace.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if seen is not None and seen != token_of(session, order_id):
            steps.note_if_illegal(session, order_id=order_id, step=step, actor=actor)
            raise ChangedMeanwhile()
        yield order


def desk(session: Session, order_id: int, language: str) -> Desk:
    """Read an order for staff, in a fixed number of statements.

    Raises:
        OrderNotFound: there is no such order.
    """
    token = token_of(session, order_id)  # first: what happens while the rest is read makes it stale
    page = orders.page_by_id(session, order_id)
    return Desk(
        page=page,
        token=token,
        parcels=queries.parcels(session, order_id),
        carriers=tuple(queries.carriers(session)),
        payments=tuple(_payment(row) for row in payments.of_order(session, order_id)),
        ledger=_ledger(session, order_id),
        timeline=tuple(_happening(entry) for entry in reversed(page.entries)),
        refundable=payments.refundable(session, order_id),
        shipping_lines=tuple(format_address(page.shipping_address, language)),
        billing_lines=tuple(format_address(page.billing_address, language)),
        payment_label=payments.method_label(page.payment_method),
        customer_orders=_orders_of(session, page),
        reasons=tuple((reason.value, str(REASON_LABELS[reason])) for reason in _REASONS),
    )


_REASONS = (
    CancelReason.CUSTOMER,
    CancelReason.OUT_OF_STOCK,
    CancelReason.PAYMENT_FAILED,
    CancelReason.FRAUD,
    CancelReason.STAFF,
)


def _orders_of(session: Session, page: OrderPage) -> int:
    """How many orders came from this address (ix_orders_order_email)."""
    query = select(func.count()).select_from(Order).where(Order.email_key == page.email.lower())
    return int(session.scalar(query) or 0)


def _payment(row: Payment) -> PaymentRow:
    def money(amount: Decimal) -> Money:
        return Money(amount, row.currency)

    refunds = tuple(
        RefundRow(r.id, r.state, r.money, r.reason, r.created_at, r.state == "manual") for r in row.refunds
    )
    return PaymentRow(
        row.id, payments.method_label(row.provider), row.state, row.due, money(row.captured), money(row.refunded),
        row.provider_ref or "", row.failure or "", row.created_at, refunds,
    )  # fmt: skip


def _ledger(session: Session, order_id: int) -> tuple[LedgerRow, ...]:
    query = (
        select(LedgerTransaction)
        .where(LedgerTransaction.order_id == order_id)
        .options(selectinload(LedgerTransaction.entries))
        .order_by(LedgerTransaction.id)
    )
    return tuple(
        LedgerRow(row.at, row.memo, entry.account, Money(entry.amount, entry.currency))
        for row in session.scalars(query)
        for entry in row.entries
    )


def _amount(data: dict[str, Any]) -> str:
    amount, currency = Decimal(data["amount"]), str(data.get("currency") or "")
    return format_currency(amount, currency, locale=get_locale() or "en")


def _happening(entry: Entry) -> Happening:
    data = entry.data
    title = str(TITLES.get(entry.kind) or entry.kind.replace("_", " ").capitalize())
    words = [str(data[key]) for key in ("text", "carrier", "tracking_number", "reason") if data.get(key)]
    if entry.kind == "cancelled" and data.get("reason") in set(CancelReason):
        words = [str(CancelReason(data["reason"]).label)]
    if data.get("amount"):
        words.append(_amount(data))
    if entry.kind == "payment_method":
        words = [payments.method_label(str(data.get("method", "")))]
    if entry.kind == "note" and entry.is_public:
        title = _("Note to the customer")
    actor = _("System") if entry.actor == SYSTEM.label else entry.actor or entry.actor_kind
    tone = "bad" if entry.kind in _BAD else "step" if entry.state else "quiet"
    return Happening(
        entry.at, title, " · ".join(words), str(data.get("url") or ""), actor, entry.is_public, tone
    )
