"""State machines: only the table's steps, repeats as it says, and nothing else in the database."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.state_machine import IllegalTransition, StateMachine, Transition
from app.orders.states import ORDER

LAMP = StateMachine(
    "lamp",
    start="off",
    transitions={
        "switch_on": Transition({"off"}, "on", repeat="ignore"),
        "switch_off": Transition({"on"}, "off"),
        "break_it": Transition({"on", "off"}, "broken"),
    },
)


def test_a_step_of_the_table_is_taken() -> None:
    lamp = SimpleNamespace(state="off")
    assert LAMP.can(lamp, "switch_on") and LAMP.transition(lamp, "switch_on") and lamp.state == "on"
    assert not LAMP.can(lamp, "switch_on") and not LAMP.transition(lamp, "switch_on")
    assert LAMP.transition(lamp, "switch_off") and lamp.state == "off"


def test_any_other_step_is_a_conflict_and_changes_nothing() -> None:
    lamp = SimpleNamespace(state="off")
    with pytest.raises(IllegalTransition) as refused:
        LAMP.transition(lamp, "switch_off")
    assert refused.value.status == 409 and lamp.state == "off"


def test_the_database_knows_the_states() -> None:
    assert LAMP.check_sql() == "state IN ('broken', 'off', 'on')"


@given(st.lists(st.sampled_from(sorted(ORDER.transitions)), max_size=12))
def test_ord_02_no_walk_leaves_the_table(steps: list[str]) -> None:
    order = SimpleNamespace(state=ORDER.start)
    for step in steps:
        before, allowed = order.state, ORDER.can(order, step)
        try:
            moved = ORDER.transition(order, step)
        except IllegalTransition:
            moved = False
        assert moved == allowed
        assert order.state == (ORDER.transitions[step].target if allowed else before)
