"""The part that providers without a network share."""

from __future__ import annotations

from collections.abc import Mapping

from app.payments.errors import WebhookRefused
from app.payments.providers.port import Applied, LookUp, Notice, Outcome, Refunded, RefundRequest


class Offline:
    """Nobody is asked and nobody tells: staff record what happened."""

    def look_up(self, request: LookUp) -> Outcome:
        """Nobody knows more than our own books."""
        return Outcome("unknown", reference=request.reference)

    def cancel(self, request: LookUp) -> Outcome:
        """There is no charge that could still succeed."""
        return Outcome("voided", reference=request.reference)

    def refund(self, request: RefundRequest) -> Refunded:
        """A person has to pay it back."""
        return Refunded("manual")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """There is nobody who could send notices."""
        raise WebhookRefused()

    def interpret(self, notice: Notice) -> Applied:
        """There are no notices."""
        return Applied()
