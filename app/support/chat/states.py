"""Which states a conversation can be in. Closed ones take no message; the next question begins a new one."""

from __future__ import annotations

from typing import Any

from app.core.i18n import _l
from app.core.state_machine import StateMachine, Transition

CONVERSATION = StateMachine(
    "conversation",
    start="open",
    transitions={
        "ask": Transition({"open", "snoozed"}, "waiting", repeat="ignore"),
        "answer": Transition({"waiting", "snoozed"}, "open", repeat="ignore"),
        "snooze": Transition({"open", "waiting"}, "snoozed", repeat="ignore"),
        "wake": Transition({"snoozed"}, "waiting"),
        "close": Transition({"open", "waiting", "snoozed"}, "closed", repeat="ignore"),
        "reopen": Transition({"closed"}, "open"),
    },
)

STATE_LABELS: dict[str, Any] = {
    "open": _l("Answered"),
    "waiting": _l("Waits for an answer"),
    "snoozed": _l("Snoozed"),
    "closed": _l("Closed"),
}
