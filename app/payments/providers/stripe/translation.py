"""Between Stripe's objects and the values of the port. Pure: no network, no database."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.core.money import Money
from app.payments.providers.port import Applied, Notice, Outcome, Refunded

ZERO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""Stripe's own list. ISK and UGX are not on it: Stripe still wants two decimals there."""
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
REFUND_STANDING: dict[str, Any] = {
    "succeeded": "done", "pending": "pending", "requires_action": "pending",
    "failed": "failed", "canceled": "failed",
}  # fmt: skip
KEPT = {
    "id", "object", "amount", "amount_received", "amount_refunded", "cancellation_reason", "charge", "created",
    "currency", "failure_reason", "last_payment_error", "latest_charge", "metadata", "payment_intent", "status",
}  # fmt: skip
"""What is written down of an object in a notice: no address, no mail, no card details."""
PAYMENT_NOTICES = frozenset(
    f"payment_intent.{end}"
    for end in ("succeeded", "payment_failed", "canceled", "processing", "requires_action",
                "amount_capturable_updated")
)  # fmt: skip
REFUND_NOTICES = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})


def decimals(currency: str) -> int:
    """How many decimals Stripe counts in this currency."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_units(amount: Money) -> int:
    """An amount in Stripe's smallest units."""
    return int(amount.amount.scaleb(decimals(amount.currency)))


def from_units(units: int, currency: str) -> Money:
    """An amount of Stripe's smallest units as money."""
    code = currency.upper()
    return Money(Decimal(units).scaleb(-decimals(code)), code)


def _id(value: Any) -> str | None:
    """The id of an object that may be expanded."""
    return value.get("id") if isinstance(value, Mapping) else value


def outcome_of(intent: Mapping[str, Any], page: str = "") -> Outcome:
    """How a PaymentIntent stands. `page` is where the customer enters a payment method."""
    reference, status = intent["id"], intent.get("status")
    secret = intent.get("client_secret")
    if status == "succeeded":
        return Outcome(
            "captured",
            reference,
            taken=from_units(intent["amount_received"], intent["currency"]),
            capture_reference=reference,
            method=_method(intent),
        )
    if status == "requires_action":
        redirect = ((intent.get("next_action") or {}).get("redirect_to_url") or {}).get("url")
        return Outcome(
            "requires_action", reference, redirect_url=redirect or page or None, client_secret=secret
        )
    if status == "requires_capture":
        return Outcome("authorised", reference)
    if status == "processing":
        return Outcome("pending", reference)
    if status == "canceled":
        return Outcome("voided", reference, failure=intent.get("cancellation_reason"), is_final=True)
    wrong = intent.get("last_payment_error") or {}
    if wrong:
        return Outcome(
            "failed", reference, client_secret=secret, failure=wrong.get("decline_code") or wrong.get("code")
        )
    return Outcome("requires_action", reference, redirect_url=page or None, client_secret=secret)


def _method(intent: Mapping[str, Any]) -> dict[str, Any]:
    """Brand and last four digits, when the charge was sent along."""
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, Mapping) else None
    if not details:
        return {}
    card = details.get("card") or {}
    return {"type": details.get("type"), "brand": card.get("brand"), "last4": card.get("last4")}


def refunded_of(refund: Mapping[str, Any]) -> Refunded:
    """How a Stripe refund stands, and which of ours it is."""
    return Refunded(
        REFUND_STANDING.get(str(refund.get("status")), "pending"),
        refund["id"],
        failure=refund.get("failure_reason"),
        key=(refund.get("metadata") or {}).get("refund"),
        amount=from_units(refund["amount"], refund["currency"]),
    )


def kept_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a notice that is written down."""
    found = event["data"]["object"]
    kept = {name: value for name, value in found.items() if name in KEPT}
    if isinstance(kept.get("last_payment_error"), Mapping):
        kept["last_payment_error"] = {
            name: kept["last_payment_error"].get(name) for name in ("code", "decline_code", "type")
        }
    for name in ("latest_charge", "payment_intent", "charge"):
        if name in kept:
            kept[name] = _id(kept[name])
    return {"id": event["id"], "type": event["type"], "created": event.get("created"), "object": kept}


def applied_of(notice: Notice) -> Applied:
    """What a notice means for a payment and its refunds."""
    found = notice.body.get("object") or {}
    if notice.kind in PAYMENT_NOTICES:
        key = (found.get("metadata") or {}).get("payment")
        return Applied(key, found["id"], outcome_of(found))
    if notice.kind in REFUND_NOTICES:
        answer = refunded_of(found)
        return Applied(
            (found.get("metadata") or {}).get("payment"), _id(found.get("payment_intent")),
            refunds={str(answer.reference): answer},
        )  # fmt: skip
    return Applied()
