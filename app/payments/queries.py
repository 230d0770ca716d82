"""The reads of payments: ways to pay, an order's payments, transfer instructions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.core import settings
from app.core.money import Money
from app.orders.models import Order
from app.payments import registry, rules
from app.payments.models import Capture, LedgerEntry, LedgerTransaction, Payment, Refund, Webhook
from app.payments.providers.port import Capability
from app.payments.settings import PaymentSettings
from app.payments.states import OPEN_STATES
from app.regions.queries import rate


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A way to pay that is offered for an order; words in the reader's language."""

    key: str
    label: str
    description: str
    is_online: bool = True
    tokens: tuple[tuple[str, str], ...] = ()
    """Test tokens with what they do, where the provider has some (the demo card)."""


@dataclass(frozen=True, slots=True)
class TransferInstructions:
    """What a customer needs for a bank transfer. `epc` is the text of the EPC069-12 QR code."""

    beneficiary: str
    iban: str
    bic: str
    amount: Money
    communication: str
    epc: str


def methods(session: Session, *, total: Money, country: str, currency: str) -> list[MethodChoice]:
    """The ways in which this much may be paid for an order to this country, in the order of offer."""
    mine, units = settings.get(session, PaymentSettings), rate(session, currency)
    return [
        MethodChoice(
            key=provider.key,
            label=str(provider.label),
            description=str(provider.description),
            is_online=Capability.OFFLINE not in provider.can,
            tokens=tuple((key, str(words)) for key, words in getattr(provider, "tokens", {}).items()),
        )
        for provider in registry.providers()
        if rules.is_allowed(provider.key, total, units, country, mine)
    ]


def method_label(key: str) -> str:
    """The name of a way to pay for people; its key when it is not set up any more."""
    for provider in registry.providers():
        if provider.key == key:
            return str(provider.label)
    return key


def of_order(session: Session, order_id: int) -> list[Payment]:
    """The payments of an order with their refunds, oldest first: two statements."""
    query = (
        select(Payment)
        .where(Payment.order_id == order_id)
        .options(selectinload(Payment.refunds))
        .order_by(Payment.id)
    )
    return list(session.scalars(query))


def by_public_id(session: Session, public_id: object) -> Payment | None:
    """The payment with this unguessable id, its order with it."""
    query = select(Payment).where(Payment.public_id == public_id).options(selectinload(Payment.order))
    return session.scalar(query)


def by_communication(session: Session, text: str) -> Payment | None:
    """The transfer payment with this structured communication, in any usual spelling."""
    number = rules.parse_communication(text)
    if number is None:
        return None
    return session.scalar(
        select(Payment).where(
            Payment.provider == "bank_transfer",
            Payment.provider_ref == rules.structured_communication(number),
        )
    )


def capture_of(session: Session, provider: str, reference: str) -> Capture | None:
    """The money that came in with this mark of the provider (uq_payments_capture_provider_reference)."""
    return session.scalar(select(Capture).where(Capture.provider == provider, Capture.reference == reference))


def capture_known(session: Session, provider: str, reference: str) -> bool:
    """True when money with this mark of the provider was counted before."""
    return capture_of(session, provider, reference) is not None


def last_capture(session: Session, payment_id: int) -> Capture | None:
    """The latest money of a payment."""
    query = select(Capture).where(Capture.payment_id == payment_id)
    return session.scalar(query.order_by(Capture.id.desc()).limit(1))


def refundable(session: Session, order_id: int) -> Money:
    """How much of an order's money can still go back."""
    row = session.execute(
        select(
            Order.currency,
            func.coalesce(func.sum(Payment.captured - Payment.refunded - Payment.refund_reserved), 0),
        )
        .outerjoin(Payment, Payment.order_id == Order.id)
        .where(Order.id == order_id)
        .group_by(Order.currency)
    ).one()
    return Money(row[1], row[0])


def transfer_instructions(session: Session, order_id: int) -> TransferInstructions | None:
    """How to pay an order by bank transfer; None where it is not paid that way, or not any more."""
    payment = session.scalar(
        select(Payment)
        .where(
            Payment.order_id == order_id,
            Payment.provider == "bank_transfer",
            Payment.state.in_(OPEN_STATES),
            Payment.provider_ref.is_not(None),
        )
        .order_by(Payment.id.desc())
        .limit(1)
    )
    if payment is None or payment.provider_ref is None:
        return None
    mine = settings.get(session, PaymentSettings)
    amount = Money(payment.amount - payment.captured, payment.currency)
    return TransferInstructions(
        beneficiary=mine.bank_beneficiary,
        iban=mine.bank_iban,
        bic=mine.bank_bic,
        amount=amount,
        communication=payment.provider_ref,
        epc=rules.epc_payload(
            mine.bank_beneficiary, mine.bank_iban, mine.bank_bic, amount, payment.provider_ref
        ),
    )


def open_manual_refunds(session: Session) -> int:
    """How many refunds wait for a person to pay them back."""
    return int(session.scalar(select(func.count(Refund.id)).where(Refund.state == "manual")) or 0)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a payment, for the back office. `amount` None where none moved."""

    at: datetime
    kind: str
    text: str
    amount: Money | None = None


def history_of(session: Session, payment_id: int) -> list[Happened]:
    """What came in, went back, was told and was booked for a payment, oldest first: four statements."""
    found = [
        Happened(c.at, "capture", c.reference, Money(c.amount, c.currency))
        for c in session.scalars(select(Capture).where(Capture.payment_id == payment_id))
    ]
    found += [
        Happened(r.done_at or r.created_at, f"refund_{r.state}", r.reason, r.money)
        for r in session.scalars(select(Refund).where(Refund.payment_id == payment_id))
    ]
    found += [
        Happened(w.received_at, "notice", f"{w.kind} ({w.state})")
        for w in session.scalars(select(Webhook).where(Webhook.payment_id == payment_id))
    ]
    booked = select(LedgerTransaction, LedgerEntry).join(
        LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id
    )
    for transaction, entry in session.execute(booked.where(LedgerTransaction.payment_id == payment_id)):
        amount = Money(entry.amount, entry.currency)
        found.append(Happened(transaction.at, "booked", f"{transaction.source} → {entry.account}", amount))
    return sorted(found, key=lambda h: h.at)
