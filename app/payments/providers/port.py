"""What a payment provider must be able to do, and the values that go in and out.

A provider is stateless: it translates between these values and its own protocol, and raises only
`PaymentDeclined`, `ProviderUnavailable` and `WebhookRefused`. It never sees the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from app.core.money import Money

Standing = Literal["pending", "requires_action", "authorised", "captured", "failed", "voided", "unknown"]


class Capability(StrEnum):
    """What a provider can do; declared, never probed."""

    ONLINE = "online"
    """Talks to somebody over the network while the customer waits."""
    OFFLINE = "offline"
    """Money is moved by people: refunds are paid back by hand and then confirmed."""
    AFTER_DELIVERY = "after_delivery"
    """The order is confirmed at once; its money comes with or after the goods."""
    REFUND = "refund"
    WEBHOOK = "webhook"
    LOOK_UP = "look_up"
    """Can be asked how a charge stands."""
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class StartPayment:
    """Ask for money. `key` is the payment's public id: the same key never charges twice."""

    key: str
    amount: Money
    order_number: str
    email: str
    language: str
    return_url: str = ""
    token: str | None = None
    reference: str | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a charge stands. `taken` is what the provider says it took, when it took something.

    `capture_reference` is the provider's mark of the money itself: it counts once.
    """

    standing: Standing
    reference: str | None = None
    taken: Money | None = None
    capture_reference: str | None = None
    redirect_url: str | None = None
    client_secret: str | None = None
    failure: str | None = None
    is_final: bool = False
    method: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask how a charge stands, by the provider's reference or, if its answer was lost, by our key."""

    key: str
    reference: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Send money back. `key` is the refund's public id: the same key never refunds twice.

    `refund_reference` is set when the provider took the refund on before and is only asked again.
    """

    key: str
    payment_key: str
    reference: str | None
    amount: Money
    refund_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """How a refund stands. Notices also say which one it is: our own `key` if we asked for it, and `amount`."""

    standing: Literal["done", "pending", "manual", "failed"]
    reference: str | None = None
    failure: str | None = None
    key: str | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A verified notice, as it is written down before anything is done with it."""

    event_id: str
    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a notice means: about which charge, and how it stands now.

    `outcome` None: nothing to do. `refunds` maps refund references to how they stand.
    """

    key: str | None = None
    reference: str | None = None
    outcome: Outcome | None = None
    refunds: Mapping[str, Refunded] = field(default_factory=dict)


@runtime_checkable
class PaymentProvider(Protocol):
    """One way to pay."""

    key: ClassVar[str]
    can: ClassVar[frozenset[Capability]]
    label: ClassVar[Any]
    """Its name for people, translated."""
    description: ClassVar[Any]
    """One sentence that says what happens, translated."""

    def start(self, request: StartPayment) -> Outcome:
        """Begin to collect the money."""
        ...

    def look_up(self, request: LookUp) -> Outcome:
        """Say how a charge stands; `unknown` when there is none."""
        ...

    def cancel(self, request: LookUp) -> Outcome:
        """Make sure a charge cannot succeed any more; says `captured` when it was too late."""
        ...

    def refund(self, request: RefundRequest) -> Refunded:
        """Send money back."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify a notice. Raises WebhookRefused when it is forged or stale."""
        ...

    def interpret(self, notice: Notice) -> Applied:
        """Say what a verified notice means."""
        ...
