"""What Stripe remembers: PaymentIntents, charges, refunds, notices, and idempotency keys."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

CARDS: dict[str, str] = {
    "pm_card_visa": "ok",
    "pm_card_mastercard": "ok",
    "pm_card_authenticationRequired": "3ds",
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
}
"""Stripe's own names of test cards and what they do."""
MINIMUM = 50
Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """An error in Stripe's form."""

    def __init__(self, status: int, kind: str, code: str | None = None, **more: Any):
        super().__init__(code or kind)
        self.status = status
        self.body = {"error": {"type": kind, "message": f"refused: {code or kind}", **more}}
        if code:
            self.body["error"]["code"] = code


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


class Account:
    """One Stripe account in memory. Not thread-safe by itself: the server holds a lock around it."""

    def __init__(self, version: str = "2023-08-16", base: str = "http://localhost"):
        self.version, self.base = version, base
        self.intents: dict[str, dict[str, Any]] = {}
        self.charges: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.refund_status = "succeeded"
        self._keys: dict[str, tuple[str, Answer]] = {}

    # --- idempotency ------------------------------------------------------------------------------

    def once(self, key: str | None, path: str, params: dict[str, Any], work: Callable[[], Answer]) -> Answer:
        """Do it once per key: the same request gets the same answer, another one is refused.

        What is refused before anything happened (wrong parameters) is not remembered.
        """
        if not key:
            return work()
        mark = hashlib.sha256(json.dumps([path, params], sort_keys=True).encode()).hexdigest()
        if key in self._keys:
            known, answer = self._keys[key]
            if known != mark:
                raise Refused(400, "idempotency_error")
            return answer
        answer = work()
        self._keys[key] = (mark, answer)
        return answer

    # --- PaymentIntents ---------------------------------------------------------------------------

    def create_intent(self, params: dict[str, Any]) -> Answer:
        """Make a PaymentIntent."""
        if int(params.get("amount", 0)) < MINIMUM:
            raise Refused(400, "invalid_request_error", "amount_too_small", param="amount")
        name = _new_id("pi")
        self.intents[name] = {
            "id": name, "object": "payment_intent", "amount": int(params["amount"]), "amount_capturable": 0,
            "amount_details": {"tip": {}}, "amount_received": 0, "application": None,
            "application_fee_amount": None, "automatic_payment_methods": {"enabled": True},
            "canceled_at": None, "cancellation_reason": None, "capture_method": "automatic",
            "client_secret": f"{name}_secret_{secrets.token_hex(8)}", "confirmation_method": "automatic",
            "created": int(time.time()), "currency": params["currency"], "customer": None,
            "description": params.get("description"), "invoice": None, "last_payment_error": None,
            "latest_charge": None, "livemode": False, "metadata": params.get("metadata", {}),
            "next_action": None, "on_behalf_of": None, "payment_method": None,
            "payment_method_options": {}, "payment_method_types": ["card", "bancontact", "ideal"],
            "processing": None, "receipt_email": None, "review": None, "setup_future_usage": None,
            "shipping": None, "source": None, "statement_descriptor": None,
            "statement_descriptor_suffix": None, "status": "requires_payment_method",
            "transfer_data": None, "transfer_group": None,
        }  # fmt: skip
        self._notify("payment_intent.created", self.intents[name])
        return 200, dict(self.intents[name])

    def intent(self, name: str) -> dict[str, Any]:
        """One PaymentIntent."""
        if name not in self.intents:
            raise Refused(404, "invalid_request_error", "resource_missing", param="intent")
        return self.intents[name]

    def search(self, query: str) -> Answer:
        """PaymentIntents by metadata."""
        found = re.fullmatch(r"metadata\['(\w+)'\]:'([^']*)'", query)
        if not found:
            raise Refused(400, "invalid_request_error", param="query")
        rows = [i for i in self.intents.values() if i["metadata"].get(found[1]) == found[2]]
        return 200, {
            "object": "search_result", "url": "/v1/payment_intents/search", "has_more": False,
            "next_page": None, "data": [dict(row) for row in rows],
        }  # fmt: skip

    def confirm(self, name: str, params: dict[str, Any]) -> Answer:
        """Try to take the money with a payment method."""
        intent = self.intent(name)
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise Refused(
                400, "invalid_request_error", "payment_intent_unexpected_state", payment_intent=dict(intent)
            )
        card = params.get("payment_method", "")
        if card not in CARDS:
            raise Refused(404, "invalid_request_error", "resource_missing", param="payment_method")
        intent["payment_method"] = _new_id("pm")
        if CARDS[card] == "3ds":
            url = f"{self.base}/3ds/{name}"
            intent["status"] = "requires_action"
            intent["next_action"] = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": url, "return_url": params.get("return_url")},
            }
            self._notify("payment_intent.requires_action", intent)
            return 200, dict(intent)
        if CARDS[card] != "ok":
            return self._decline(intent, CARDS[card])
        self._succeed(intent)
        return 200, dict(intent)

    def authenticate(self, name: str, is_ok: bool) -> None:
        """What the customer does on the bank's page."""
        intent = self.intent(name)
        if intent["status"] != "requires_action":
            return
        intent["next_action"] = None
        if is_ok:
            self._succeed(intent)
        else:
            self._decline(intent, None, "payment_intent_authentication_failure")

    def cancel(self, name: str) -> Answer:
        """Cancel what has not succeeded."""
        intent = self.intent(name)
        if intent["status"] in ("succeeded", "canceled"):
            raise Refused(
                400, "invalid_request_error", "payment_intent_unexpected_state", payment_intent=dict(intent)
            )
        intent.update(status="canceled", canceled_at=int(time.time()), next_action=None)
        self._notify("payment_intent.canceled", intent)
        return 200, dict(intent)

    def _succeed(self, intent: dict[str, Any]) -> None:
        charge = self._charge(intent)
        intent.update(
            status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"],
            last_payment_error=None, next_action=None,
        )  # fmt: skip
        self._notify("charge.succeeded", charge)
        self._notify("payment_intent.succeeded", intent)

    def _decline(self, intent: dict[str, Any], reason: str | None, code: str = "card_declined") -> Answer:
        error: dict[str, Any] = {"type": "card_error", "code": code, "message": "Your card was declined."}
        if reason:
            error["decline_code"] = reason
        intent.update(status="requires_payment_method", last_payment_error=dict(error), next_action=None)
        self._notify("payment_intent.payment_failed", intent)
        return 402, {"error": {**error, "payment_intent": dict(intent)}}

    def _charge(self, intent: dict[str, Any]) -> dict[str, Any]:
        name = _new_id("ch")
        self.charges[name] = {
            "id": name, "object": "charge", "amount": intent["amount"], "amount_captured": intent["amount"],
            "amount_refunded": 0, "application": None, "application_fee": None,
            "application_fee_amount": None, "balance_transaction": _new_id("txn"),
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "calculated_statement_descriptor": None, "captured": True, "created": int(time.time()),
            "currency": intent["currency"], "customer": None, "description": None, "disputed": False,
            "failure_balance_transaction": None, "failure_code": None, "failure_message": None,
            "fraud_details": {}, "invoice": None, "livemode": False, "metadata": {}, "on_behalf_of": None,
            "outcome": None, "paid": True, "payment_intent": intent["id"], "payment_method": "pm_x",
            "payment_method_details": {
                "type": "card",
                "card": {
                    "brand": "visa", "last4": "4242", "country": "BE", "exp_month": 12, "exp_year": 2031,
                    "funding": "credit", "network": "visa", "fingerprint": "f", "checks": None,
                    "installments": None, "mandate": None, "three_d_secure": None, "wallet": None,
                },
            },
            "receipt_email": None, "receipt_number": None, "receipt_url": None, "refunded": False,
            "review": None, "shipping": None, "source_transfer": None, "statement_descriptor": None,
            "statement_descriptor_suffix": None, "status": "succeeded", "transfer_data": None,
            "transfer_group": None,
        }  # fmt: skip
        return self.charges[name]

    # --- refunds ----------------------------------------------------------------------------------

    def create_refund(self, params: dict[str, Any]) -> Answer:
        """Send money back, never more than was taken."""
        intent = self.intent(params.get("payment_intent", ""))
        charge = self.charges.get(intent["latest_charge"] or "")
        if charge is None:
            raise Refused(400, "invalid_request_error", "charge_not_found", param="payment_intent")
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if not 0 < amount <= left:
            code = "charge_already_refunded" if not left else None
            raise Refused(400, "invalid_request_error", code, param="amount")
        name = _new_id("re")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.refunds[name] = {
            "id": name, "object": "refund", "amount": amount, "balance_transaction": _new_id("txn"),
            "charge": charge["id"], "created": int(time.time()), "currency": intent["currency"],
            "metadata": params.get("metadata", {}), "payment_intent": intent["id"], "reason": None,
            "receipt_number": None, "source_transfer_reversal": None, "status": self.refund_status,
            "transfer_reversal": None,
        }  # fmt: skip
        self._notify("charge.refunded", charge)
        return 200, dict(self.refunds[name])

    def refund(self, name: str) -> dict[str, Any]:
        """One refund."""
        if name not in self.refunds:
            raise Refused(404, "invalid_request_error", "resource_missing", param="id")
        return self.refunds[name]

    def settle_refund(self, name: str, status: str) -> dict[str, Any]:
        """A pending refund comes to its end; returns the notice about it."""
        refund = self.refund(name)
        refund["status"] = status
        if status == "failed":
            refund["failure_reason"] = "lost_or_stolen_card"
        return self._notify("charge.refund.updated", refund)

    # --- notices ----------------------------------------------------------------------------------

    def _notify(self, kind: str, found: dict[str, Any]) -> dict[str, Any]:
        event = {
            "id": _new_id("evt"), "object": "event", "api_version": self.version, "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(found))}, "livemode": False, "pending_webhooks": 1,
            "request": None, "type": kind,
        }  # fmt: skip
        self.events.append(event)
        return event

    def last(self, kind: str) -> dict[str, Any]:
        """The latest notice of a kind."""
        return [event for event in self.events if event["type"] == kind][-1]


def signed(event: dict[str, Any], secret: str, *, at: float | None = None) -> tuple[dict[str, str], bytes]:
    """A notice as it is sent: headers and body, signed as Stripe does (t=…,v1=HMAC-SHA256)."""
    body = json.dumps(event, indent=2).encode()
    moment = int(time.time() if at is None else at)
    mark = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={moment},v1={mark}", "Content-Type": "application/json"}, body
