"""The life of a product."""

from __future__ import annotations

from app.core.state_machine import StateMachine, Transition

PRODUCT = StateMachine(
    "product",
    start="draft",
    transitions={
        "publish": Transition({"draft", "archived"}, "published", repeat="ignore"),
        "withdraw": Transition({"published"}, "draft", repeat="ignore"),
        "archive": Transition({"draft", "published"}, "archived", repeat="ignore"),
    },
)
