"""The test card: the token decides what happens, nothing leaves the shop."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from app.core.i18n import _l, localized_path
from app.core.money import Money
from app.payments.errors import ProviderUnavailable, WebhookRefused
from app.payments.providers.port import (
    Applied,
    Capability,
    LookUp,
    Notice,
    Outcome,
    Refunded,
    RefundRequest,
    StartPayment,
)  # fmt: skip

TOKENS: dict[str, Any] = {
    "tok_ok": _l("Paid at once"),
    "tok_3ds": _l("Asks for a confirmation first"),
    "tok_decline": _l("Declined by the bank"),
    "tok_insufficient": _l("Not enough money on the account"),
    "tok_unavailable": _l("The provider does not answer"),
}
DECLINES = {"tok_decline": "card_declined", "tok_insufficient": "insufficient_funds"}


class NotInProduction(RuntimeError):
    """Test money has no place in a real shop."""


class DemoCard:
    """Answers by token. A charge is remembered nowhere: its reference carries what was asked."""

    key: ClassVar[str] = "demo_card"
    label: ClassVar[Any] = _l("Test card")
    description: ClassVar[Any] = _l("A card for trying the shop out. No money moves.")
    tokens: ClassVar[Mapping[str, Any]] = TOKENS
    can: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.REFUND, Capability.WEBHOOK, Capability.CANCEL}
    )

    def __init__(self, *, environment: str, secret: str):
        if environment == "production":
            raise NotInProduction("demo_card is for tests and demonstrations only")
        self._secret = secret.encode()

    def start(self, request: StartPayment) -> Outcome:
        """Do what the token says; no token means `tok_ok`.

        Raises:
            ProviderUnavailable: for `tok_unavailable`.
        """
        reference = f"demo_{request.key}"
        match request.token or "tok_ok":
            case "tok_ok":
                return self.paid(request.key, request.amount)
            case "tok_3ds":
                page = localized_path(request.language, f"/payments/demo/{request.key}")
                return Outcome("requires_action", reference, redirect_url=page)
            case "tok_unavailable":
                raise ProviderUnavailable()
            case other:
                return Outcome("failed", reference, failure=DECLINES.get(other, "unknown_token"))

    def paid(self, key: str, amount: Money) -> Outcome:
        """The charge has gone through."""
        reference = f"demo_{key}"
        return Outcome(
            "captured",
            reference,
            amount,
            capture_reference=reference,
            method={"brand": "demo", "last4": "4242"},
        )

    def look_up(self, request: LookUp) -> Outcome:
        """Nothing is remembered here."""
        return Outcome("unknown", request.reference)

    def cancel(self, request: LookUp) -> Outcome:
        """A charge that was not answered yet cannot succeed any more."""
        return Outcome("voided", request.reference)

    def refund(self, request: RefundRequest) -> Refunded:
        """Goes back at once."""
        return Refunded("done", f"demo_re_{request.key}")

    def sign(self, body: bytes) -> str:
        """The signature a notice must carry in `Demo-Signature`."""
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Accept notices signed with the shop's own secret.

        Raises:
            WebhookRefused: when the signature or the form is wrong.
        """
        given = headers.get("Demo-Signature") or ""
        if not hmac.compare_digest(given.encode(), self.sign(body).encode()):
            raise WebhookRefused()
        try:
            content = json.loads(body)
            return Notice(str(content["id"]), str(content["type"]), content)
        except (ValueError, KeyError, TypeError) as wrong:
            raise WebhookRefused() from wrong

    def interpret(self, notice: Notice) -> Applied:
        """`charge.paid`, `charge.failed`, anything else means nothing."""
        key = str(notice.body.get("key", ""))
        reference = f"demo_{key}"
        if notice.kind == "charge.paid":
            taken = Money.of_minor(int(notice.body["amount"]), str(notice.body["currency"]))
            return Applied(key, reference, self.paid(key, taken))
        if notice.kind == "charge.failed":
            return Applied(key, reference, Outcome("failed", reference, failure="card_declined"))
        return Applied(key, reference)
