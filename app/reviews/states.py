"""Which states a review can be in. Only approved ones are shown and counted."""

from __future__ import annotations

from typing import Any

from app.core.i18n import _l
from app.core.state_machine import StateMachine, Transition

REVIEW = StateMachine(
    "review",
    start="pending",
    transitions={
        "approve": Transition({"pending", "rejected"}, "approved", repeat="ignore"),
        "reject": Transition({"pending", "approved"}, "rejected", repeat="ignore"),
        "resubmit": Transition({"approved", "rejected"}, "pending", repeat="ignore"),
    },
)

STATE_LABELS: dict[str, Any] = {
    "pending": _l("Waits to be read"),
    "approved": _l("Shown in the shop"),
    "rejected": _l("Not shown"),
}
