"""Which states a ticket can be in. A closed one stays closed: what comes then is a new ticket."""

from __future__ import annotations

from typing import Any

from app.core.i18n import _l
from app.core.state_machine import StateMachine, Transition

TICKET = StateMachine(
    "ticket",
    start="new",
    transitions={
        "open": Transition({"new", "waiting", "solved"}, "open", repeat="ignore"),
        "wait": Transition({"new", "open"}, "waiting", repeat="ignore"),
        "solve": Transition({"new", "open", "waiting"}, "solved", repeat="ignore"),
        "close": Transition({"new", "open", "waiting", "solved"}, "closed", repeat="ignore"),
    },
)
STEP_TO = {"open": "open", "waiting": "wait", "solved": "solve", "closed": "close"}
"""The step that leads to a state."""
AT_WORK = ("new", "open", "waiting")
"""States in which the shop still owes a solution."""

STATE_LABELS: dict[str, Any] = {
    "new": _l("New"),
    "open": _l("Open"),
    "waiting": _l("Waits for the customer"),
    "solved": _l("Solved"),
    "closed": _l("Closed"),
}
PRIORITIES = ("urgent", "high", "normal", "low")
PRIORITY_LABELS: dict[str, Any] = {
    "urgent": _l("Urgent"),
    "high": _l("High"),
    "normal": _l("Normal"),
    "low": _l("Low"),
}
CHANNELS = ("web", "mail", "chat", "api", "phone")
CHANNEL_LABELS: dict[str, Any] = {
    "web": _l("Contact form"),
    "mail": _l("E-mail"),
    "chat": _l("Chat"),
    "api": _l("Program"),
    "phone": _l("Phone"),
}
AUTHORS = ("customer", "agent", "note", "system")
