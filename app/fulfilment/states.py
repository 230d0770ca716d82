"""Which states a parcel can be in."""

from __future__ import annotations

from app.core.state_machine import StateMachine, Transition

SHIPMENT = StateMachine(
    "shipment",
    start="shipped",
    transitions={
        "deliver": Transition({"shipped"}, "delivered"),
        "lose": Transition({"shipped"}, "lost"),
    },
)
