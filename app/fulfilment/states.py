"""Which states a parcel can be in, and what a carrier tells of it."""

from __future__ import annotations

from app.core.state_machine import StateMachine, Transition

SHIPMENT = StateMachine(
    "shipment",
    start="shipped",
    transitions={
        "deliver": Transition({"shipped"}, "delivered"),
        "lose": Transition({"shipped"}, "lost"),
        "return": Transition({"shipped"}, "returned"),
    },
)

EVENT = StateMachine(
    "carrier event",
    start="received",
    transitions={
        "apply": Transition({"received", "unmatched"}, "applied", repeat="ignore"),
        "park": Transition({"received"}, "unmatched", repeat="ignore"),
    },
)
"""What a carrier told: waits to be read, belongs to no parcel yet, or is in a parcel's story."""
