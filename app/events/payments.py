"""What happens to money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class WebhookReceived(Event):
    """A provider's notice was verified and written down; it still has to be applied."""

    webhook_id: int


@dataclass(frozen=True, slots=True)
class PaymentCaptured(Event):
    """Money has come in for a payment. Sent once per capture."""

    payment_id: int
    order_id: int
    capture_id: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentFailed(Event):
    """An attempt to pay was refused. `final` is true when the same attempt cannot be tried again."""

    payment_id: int
    order_id: int
    code: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class PaymentVoided(Event):
    """Nobody will pay this any more; the provider still has to be told to stop the charge."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class RefundRequested(Event):
    """Staff or a rule wants money to go back; the provider has not been asked yet."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class PaymentRefunded(Event):
    """Money has gone back to the customer. Sent once per refund."""

    payment_id: int
    order_id: int
    refund_id: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RefundFailed(Event):
    """The provider refused a refund; a person has to look."""

    refund_id: int
    order_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Overpaid(Event):
    """More money came in than the order costs."""

    order_id: int
    payment_id: int
    surplus: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PaidAfterExpiry(Event):
    """Money came in for an order that had been cancelled meanwhile; it is owed back."""

    order_id: int
    payment_id: int
    capture_id: int


@dataclass(frozen=True, slots=True)
class AmountMismatch(Event):
    """A provider took another amount or currency than it was asked to."""

    order_id: int
    payment_id: int
    expected: str
    taken: str
