"""Which states a payment, a refund and a provider's notice can be in."""

from __future__ import annotations

from app.core.state_machine import StateMachine, Transition

PAYMENT = StateMachine(
    "payment",
    start="created",
    transitions={
        "start": Transition({"created", "pending", "requires_action", "failed"}, "pending", repeat="ignore"),
        "require_action": Transition({"created", "pending", "failed"}, "requires_action", repeat="ignore"),
        "authorise": Transition(
            {"created", "pending", "requires_action", "failed"}, "authorised", repeat="ignore"
        ),
        "capture": Transition(
            {"created", "pending", "requires_action", "authorised", "failed", "voided"},
            "captured",
            repeat="ignore",
        ),
        "fail": Transition(
            {"created", "pending", "requires_action", "authorised"}, "failed", repeat="ignore"
        ),
        "void": Transition(
            {"created", "pending", "requires_action", "authorised", "failed"}, "voided", repeat="ignore"
        ),
    },
)
"""Money that came is money that came: `capture` is allowed from `failed` and `voided` too."""

OPEN_STATES = ("created", "pending", "requires_action", "authorised", "failed")
"""States in which money may still come in; the reconciler asks the provider about them."""

REFUND = StateMachine(
    "refund",
    start="requested",
    transitions={
        "send": Transition({"requested"}, "pending"),
        "hand_over": Transition({"requested", "pending"}, "manual", repeat="ignore"),
        "finish": Transition({"requested", "pending", "manual"}, "done", repeat="ignore"),
        "fail": Transition({"requested", "pending", "manual"}, "failed", repeat="ignore"),
    },
)
"""`manual`: a person must pay it back (bank transfer, cash) and then says so."""

WEBHOOK = StateMachine(
    "webhook",
    start="received",
    transitions={
        "apply": Transition({"received", "unmatched"}, "applied", repeat="ignore"),
        "ignore": Transition({"received"}, "ignored", repeat="ignore"),
        "park": Transition({"received"}, "unmatched", repeat="ignore"),
    },
)
