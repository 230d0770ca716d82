"""How the delivery of a message proceeds."""

from __future__ import annotations

from app.core.state_machine import StateMachine, Transition

MESSAGE = StateMachine(
    "message",
    start="queued",
    transitions={
        "take": Transition({"queued", "sending"}, "sending"),
        "send": Transition({"sending"}, "sent", repeat="ignore"),
        "keep": Transition({"sending"}, "kept", repeat="ignore"),
        "postpone": Transition({"sending"}, "queued"),
        "fail": Transition({"sending"}, "failed"),
        "try_again": Transition({"failed", "kept"}, "queued"),
    },
)
"""`kept` is the end of a message while no mail server is set up: it stays in the outbox for admins."""
