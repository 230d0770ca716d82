"""Stripe, through its official library. Card details go from the browser to Stripe, never through here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import stripe
import structlog

from app.core import outbound
from app.core.clock import utcnow
from app.core.i18n import _l, localized_path
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
from app.payments.providers.stripe.translation import applied_of, kept_of, outcome_of, refunded_of, to_units

log = structlog.get_logger("payments.stripe")
logging.getLogger("stripe").setLevel(logging.WARNING)
T = TypeVar("T")
API_VERSION = "2023-08-16"
"""Pinned to the version whose OpenAPI specification the tests check every call against."""
API_BASE = "https://api.stripe.com"
TIMEOUT = (3.0, 10.0)
"""Seconds to connect and to wait for an answer. The library's own retries are off: the reconciler repeats."""
TOLERANCE = 300
"""A notice may be so many seconds old, or our clock so many seconds behind."""
BREAK_AFTER, BREAK_SECONDS = 3, 10.0
"""After so many silences in a row nobody else has to wait for a while."""
_SILENCE = (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError)


class StripeProvider:
    """PaymentIntents with the methods the account offers, 3-D Secure by redirect or in Stripe's element."""

    key: ClassVar[str] = "stripe"
    label: ClassVar[Any] = _l("Card and local methods")
    description: ClassVar[Any] = _l("Visa, Mastercard, Bancontact, iDEAL and others, paid through Stripe.")
    can: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.ONLINE, Capability.REFUND, Capability.WEBHOOK, Capability.LOOK_UP, Capability.CANCEL}
    )

    def __init__(
        self, *, api_key: str, webhook_secret: str, api_base: str | None = None, publishable_key: str = ""
    ):
        base = (api_base or API_BASE).rstrip("/")
        address = urlsplit(base)
        self._host = address.hostname or ""
        self._port = address.port or (443 if address.scheme == "https" else 80)
        self._secret = webhook_secret
        self.publishable_key = publishable_key
        stripe.enable_telemetry = False
        self._client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": base},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )
        self._silences, self._closed_until = 0, 0.0

    # --- the verbs of the port -------------------------------------------------------------------

    def start(self, request: StartPayment) -> Outcome:
        """Make the PaymentIntent (once per payment), and confirm it where a payment method was given.

        Raises:
            ProviderUnavailable: Stripe does not answer; the payment may or may not exist there.
        """
        page = (
            localized_path(request.language, f"/payments/{request.key}/card") if self.publishable_key else ""
        )
        intents = self._client.v1.payment_intents
        if request.reference:
            intent = self._ask(lambda: intents.retrieve(request.reference))
        else:
            try:
                intent = self._ask(lambda: intents.create(_new(request), {"idempotency_key": request.key}))
            except stripe.InvalidRequestError as refused:
                return Outcome("failed", failure=refused.code or "refused")
        if not request.token or intent.status not in ("requires_payment_method", "requires_confirmation"):
            return outcome_of(intent.to_dict(), page)
        wanted: Any = {"payment_method": request.token, "expand": ["latest_charge"]}
        if request.return_url:
            wanted["return_url"] = request.return_url
        options: Any = {"idempotency_key": f"{request.key}-confirm-{request.attempt}"}
        try:
            return outcome_of(self._ask(lambda: intents.confirm(intent.id, wanted, options)).to_dict(), page)
        except stripe.CardError as declined:
            return Outcome(
                "failed", intent.id, failure=_decline(declined), client_secret=intent.client_secret
            )
        except stripe.InvalidRequestError as refused:
            if refused.code == "payment_intent_unexpected_state":  # somebody else was faster
                return outcome_of(self._ask(lambda: intents.retrieve(intent.id)).to_dict(), page)
            return Outcome("failed", intent.id, failure=refused.code or "refused")

    def look_up(self, request: LookUp) -> Outcome:
        """Ask by reference, or by our own key when the answer to the first call was lost.

        Raises:
            ProviderUnavailable: Stripe does not answer.
        """
        intent = self._find(request)
        return Outcome("unknown", request.reference) if intent is None else outcome_of(intent)

    def cancel(self, request: LookUp) -> Outcome:
        """Cancel the PaymentIntent; when it has succeeded meanwhile, say so.

        Raises:
            ProviderUnavailable: Stripe does not answer.
        """
        intent = self._find(request)
        if intent is None:
            return Outcome("voided", request.reference, is_final=True)
        if intent["status"] in ("succeeded", "canceled"):
            return outcome_of(intent)
        intents = self._client.v1.payment_intents
        try:
            return outcome_of(self._ask(lambda: intents.cancel(intent["id"])).to_dict())
        except stripe.InvalidRequestError:
            return outcome_of(self._ask(lambda: intents.retrieve(intent["id"])).to_dict())

    def refund(self, request: RefundRequest) -> Refunded:
        """Send money back once per key; a refund that was taken on before is only looked at.

        Raises:
            ProviderUnavailable: Stripe does not answer.
        """
        refunds = self._client.v1.refunds
        if request.refund_reference:
            return refunded_of(self._ask(lambda: refunds.retrieve(request.refund_reference)).to_dict())
        if not request.reference:
            return Refunded("failed", failure="no_charge")
        wanted: Any = {
            "payment_intent": request.reference,
            "amount": to_units(request.amount),
            "metadata": {"refund": request.key, "payment": request.payment_key},
        }
        try:
            made = self._ask(lambda: refunds.create(wanted, {"idempotency_key": request.key}))
        except stripe.InvalidRequestError as refused:
            return Refunded("failed", failure=refused.code or "refused")
        return refunded_of(made.to_dict())

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Accept what Stripe has signed with our secret within the last five minutes.

        Raises:
            WebhookRefused: forged, stale, from the future, or not a notice.
        """
        header = headers.get("Stripe-Signature") or ""
        if not self._secret:
            log.error("a notice came but STRIPE_WEBHOOK_SECRET is not set")
            raise WebhookRefused()
        try:
            text = body.decode("utf-8")
            stripe.WebhookSignature.verify_header(text, header, self._secret, TOLERANCE)
            signed_at = int(dict(p.split("=", 1) for p in header.split(",") if "=" in p)["t"])
            event = json.loads(text)
            kept = kept_of(event)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise WebhookRefused() from wrong
        if signed_at > utcnow().timestamp() + TOLERANCE:
            raise WebhookRefused()
        return Notice(str(event["id"]), str(event["type"]), kept)

    def interpret(self, notice: Notice) -> Applied:
        """Notices about PaymentIntents and refunds; all others mean nothing."""
        return applied_of(notice)

    # --- talking ----------------------------------------------------------------------------------

    def _find(self, request: LookUp) -> dict[str, Any] | None:
        intents = self._client.v1.payment_intents
        if request.reference:
            try:
                wanted: Any = {"expand": ["latest_charge"]}
                return self._ask(lambda: intents.retrieve(str(request.reference), wanted)).to_dict()
            except stripe.InvalidRequestError as refused:
                if refused.code == "resource_missing":
                    return None
                raise ProviderUnavailable() from refused
        query = f"metadata['payment']:'{request.key}'"
        found = self._ask(lambda: intents.search({"query": query, "limit": 10})).data
        ranked = sorted((i.to_dict() for i in found), key=lambda i: i["status"] != "succeeded")
        return ranked[0] if ranked else None

    def _ask(self, call: Callable[[], T]) -> T:
        """One request: through the gate, with a breaker, faults turned into the port's own."""
        if time.monotonic() < self._closed_until:
            raise ProviderUnavailable()
        outbound.allow("stripe", self._host, self._port)
        try:
            answer = call()
        except (*_SILENCE, stripe.AuthenticationError, stripe.PermissionError) as silent:
            self._note_silence(silent)
            raise ProviderUnavailable() from silent
        except (stripe.CardError, stripe.InvalidRequestError):
            self._silences = 0
            raise
        except stripe.StripeError as broken:
            self._note_silence(broken)
            raise ProviderUnavailable() from broken
        self._silences = 0
        return answer

    def _note_silence(self, why: stripe.StripeError) -> None:
        log.warning("stripe did not answer", kind=type(why).__name__, code=why.code, request=why.request_id)
        if isinstance(why, stripe.IdempotencyError):
            return
        self._silences += 1
        if self._silences >= BREAK_AFTER:
            self._closed_until = time.monotonic() + BREAK_SECONDS


def _new(request: StartPayment) -> Any:
    """The parameters of a new PaymentIntent: the same for every attempt, so that the key fits."""
    return {
        "amount": to_units(request.amount),
        "currency": request.amount.currency.lower(),
        "automatic_payment_methods": {"enabled": True},
        "description": request.order_number,
        "metadata": {"payment": request.key, "order": request.order_number},
    }


def _decline(declined: stripe.CardError) -> str:
    error = declined.error
    return str(getattr(error, "decline_code", None) or declined.code or "card_declined")
