"""Orders of any amount, a provider that counts, and what tests look at afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import GUEST, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.outbox import OutboxRow
from app.core.unit_of_work import unit_of_work
from app.inventory import operations as inventory
from app.notifications.models import Message
from app.orders import operations as orders
from app.orders.models import Order
from app.payments import checks, operations
from app.payments.errors import ProviderUnavailable, WebhookRefused
from app.payments.models import Capture, LedgerEntry, LedgerTransaction, Payment, Refund
from app.payments.providers.port import (
    Applied,
    Capability,
    LookUp,
    Notice,
    Outcome,
    Refunded,
    RefundRequest,
    StartPayment,
)
from tests.orders import making

STAFF = Actor("staff", label="ada@shop.example")


def money(amount: str | Decimal, currency: str = "EUR") -> Money:
    """An amount."""
    return Money(Decimal(amount), currency)


def order(
    session: Session,
    total: str | Decimal = "50.00",
    *,
    method: str = "demo_card",
    currency: str = "EUR",
    language: str = "en",
    stock: int = 1000,
    expires_in: timedelta | None = timedelta(hours=1),
) -> Order:
    """A pending order that costs exactly this much, with one article held and its number."""
    with unit_of_work(session):
        variant = making.articles(session, 1, stock)[0]
        gross = Decimal(total)
        made = Order(
            token=uuid.uuid4().hex, state="pending", payment_method=method, email="kim@example.org",
            language=language, currency=currency, shipping_address=making.GHENT,
            billing_address=making.GHENT, country="BE", shipping_method="standard", shipping_name="Standard",
            shipping_net=0, shipping_tax=0, shipping_gross=0, shipping_rate=21, discount=0,
            total_net=gross, total_tax=0, total_gross=gross, captured=Decimal(0), refunded=Decimal(0),
            placed_at=utcnow(), expires_at=None if expires_in is None else utcnow() + expires_in,
        )  # fmt: skip
        session.add(made)
        session.flush()
        inventory.reserve(session, holder=made.holder, lines={variant: 1}, until=None)
        orders.assign_number(session, order=made)
    return made


def opened(session: Session, made: Order, method: str | None = None) -> Payment:
    """An open payment for the whole of an order."""
    return operations.open_payment(
        session, order=made, method=method or made.payment_method, amount=made.total, actor=GUEST
    )


def start(session_maker: Any, payment: Payment, token: str | None = None) -> Outcome:
    """Ask for the money, as a door does."""
    return operations.start_payment(
        session_maker,
        payment_id=payment.id,
        return_url="https://shop.example/back",
        language="en",
        token=token,
    )


def paid(session: Session, session_maker: Any, total: str = "50.00") -> tuple[Order, Payment]:
    """An order that was paid with the test card."""
    made = order(session, total)
    payment = opened(session, made)
    start(session_maker, payment)
    session.expire_all()
    return made, payment


def captured(payment: Payment, amount: Money | None = None, mark: str | None = None) -> Outcome:
    """What a provider says when it took the money."""
    reference = f"ref-{payment.id}"
    return Outcome("captured", reference, amount or payment.due, mark or f"{reference}-money")


def count(session: Session, model: type[Any], *conditions: Any) -> int:
    """How many rows there are."""
    return int(session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0)


def events(session: Session, kind: str) -> int:
    """How often something was announced (rows of the first handler; 0 where nobody listens)."""
    return count(session, OutboxRow, OutboxRow.kind == f"payments.{kind}")


def mails(session: Session, template: str) -> list[Message]:
    """The mails written with a template."""
    return list(session.scalars(select(Message).where(Message.template == template).order_by(Message.id)))


def wrong(session: Session) -> list[str]:
    """Whatever the invariants of the money find."""
    session.expire_all()
    return [
        *checks.orders_differ(session), *checks.payments_differ(session),
        *checks.books_differ(session), *checks.paid_without_money(session),
    ]  # fmt: skip


def booked(session: Session, account: str, currency: str = "EUR") -> Decimal:
    """The balance of a ledger account."""
    query = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(
        LedgerEntry.account == account, LedgerEntry.currency == currency
    )
    return Decimal(session.scalar(query) or 0)


class CountingProvider:
    """Remembers charges by key, as a real provider does, and fails where a test wants it to.

    `fail` holds places: "start.before", "start.after", "refund.before", "refund.after", "look_up",
    "cancel". Before: nothing has happened there; after: it has, but the answer is lost.
    """

    key: ClassVar[str] = "counting"
    label: ClassVar[Any] = "Counting"
    description: ClassVar[Any] = "Counts."
    can: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.ONLINE, Capability.REFUND, Capability.WEBHOOK, Capability.LOOK_UP, Capability.CANCEL}
    )

    def __init__(self) -> None:
        self.charges: dict[str, Money] = {}
        self.refunds: dict[str, Money] = {}
        self.cancelled: set[str] = set()
        self.fail: list[str] = []
        self.calls: list[str] = []

    def _maybe(self, place: str) -> None:
        self.calls.append(place)
        if place in self.fail:
            self.fail.remove(place)
            raise ProviderUnavailable()

    def _paid(self, key: str) -> Outcome:
        return Outcome("captured", f"c_{key}", self.charges[key], f"c_{key}")

    def start(self, request: StartPayment) -> Outcome:
        self._maybe("start.before")
        if request.key in self.cancelled:
            return Outcome("voided", f"c_{request.key}", is_final=True)
        self.charges.setdefault(request.key, request.amount)
        self._maybe("start.after")
        return self._paid(request.key)

    def look_up(self, request: LookUp) -> Outcome:
        self._maybe("look_up")
        return self._paid(request.key) if request.key in self.charges else Outcome("unknown")

    def cancel(self, request: LookUp) -> Outcome:
        self._maybe("cancel")
        if request.key in self.charges:
            return self._paid(request.key)
        self.cancelled.add(request.key)
        return Outcome("voided", request.reference, is_final=True)

    def refund(self, request: RefundRequest) -> Refunded:
        self._maybe("refund.before")
        self.refunds.setdefault(request.key, request.amount)
        self._maybe("refund.after")
        return Refunded("done", f"r_{request.key}")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        raise WebhookRefused()

    def interpret(self, notice: Notice) -> Applied:
        return Applied()


__all__ = ["Capture", "LedgerTransaction", "Refund"]
