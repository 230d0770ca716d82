"""Which states an order can be in. The payment's standing is another thing: see `rules.payment_status`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from app.core.i18n import _l
from app.core.state_machine import StateMachine, Transition

ORDER = StateMachine(
    "order",
    start="pending",
    transitions={
        "confirm": Transition({"pending"}, "confirmed"),
        "pay": Transition({"pending", "confirmed"}, "paid"),
        "pack": Transition({"confirmed", "paid"}, "packed"),
        "ship": Transition({"confirmed", "paid", "packed"}, "shipped"),
        "deliver": Transition({"shipped"}, "delivered"),
        "cancel": Transition({"pending", "confirmed", "paid", "packed"}, "cancelled"),
        "return": Transition({"shipped", "delivered"}, "returned"),
    },
)
"""`pending` waits for money. Only `confirmed` (money comes later) and `paid` orders are packed."""

STATE_LABELS: dict[str, Any] = {
    "pending": _l("Awaiting payment"),
    "confirmed": _l("Confirmed"),
    "paid": _l("Paid"),
    "packed": _l("Packed"),
    "shipped": _l("Shipped"),
    "delivered": _l("Delivered"),
    "cancelled": _l("Cancelled"),
    "returned": _l("Returned"),
}

OPEN_STATES = ("pending", "confirmed", "paid", "packed", "shipped")
"""States in which something still has to happen."""


class Channel(StrEnum):
    """The door an order came in by; the one that places it says which."""

    WEB = "web"
    """Bought in the shop."""
    API = "api"
    """Ordered by a program through the REST interface, for the customer whose cart it was."""
    MARKETPLACE = "marketplace"
    """Taken over from a marketplace by a program of the shop."""
    PHONE = "phone"
    """Placed by staff for a customer, on the telephone or at the counter."""
    IMPORT = "import"
    """An order of the past, taken over from elsewhere."""

    @property
    def label(self) -> Any:
        """What people read."""
        return CHANNEL_LABELS[self]

    @classmethod
    def check_sql(cls) -> str:
        """The condition that keeps the column to these."""
        return f"channel IN ({', '.join(repr(channel.value) for channel in cls)})"


CHANNEL_LABELS: dict[Channel, Any] = {
    Channel.WEB: _l("Shop"),
    Channel.API: _l("REST interface"),
    Channel.MARKETPLACE: _l("Marketplace"),
    Channel.PHONE: _l("Telephone"),
    Channel.IMPORT: _l("Import"),
}


class CancelReason(StrEnum):
    """Why an order was cancelled."""

    CUSTOMER = "customer"
    STAFF = "staff"
    EXPIRED = "expired"
    PAYMENT_FAILED = "payment_failed"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"

    @property
    def label(self) -> Any:
        """What people read."""
        return REASON_LABELS[self]


REASON_LABELS: dict[CancelReason, Any] = {
    CancelReason.CUSTOMER: _l("At the customer's request"),
    CancelReason.STAFF: _l("By the shop"),
    CancelReason.EXPIRED: _l("Not paid in time"),
    CancelReason.PAYMENT_FAILED: _l("The payment failed"),
    CancelReason.OUT_OF_STOCK: _l("Not in stock"),
    CancelReason.FRAUD: _l("Suspected fraud"),
}


class PaymentStatus(StrEnum):
    """How an order's money stands, derived from captures and refunds; never stored by hand."""

    DUE = "due"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"

    @property
    def label(self) -> Any:
        """What people read."""
        return PAYMENT_LABELS[self]


PAYMENT_LABELS: dict[PaymentStatus, Any] = {
    PaymentStatus.DUE: _l("Unpaid"),
    PaymentStatus.PARTLY_PAID: _l("Partly paid"),
    PaymentStatus.PAID: _l("Paid"),
    PaymentStatus.OVERPAID: _l("Overpaid"),
    PaymentStatus.PARTLY_REFUNDED: _l("Partly refunded"),
    PaymentStatus.REFUNDED: _l("Refunded"),
}
