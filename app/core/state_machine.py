"""A transition table is data. The machine only permits and sets the field; operations do the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import lazy_gettext as _l

from app.core.errors import Conflict


class IllegalTransition(Conflict):
    """The thing is in a state from which this step does not lead anywhere."""

    code = "illegal_transition"
    message = _l("“%(event)s” is not possible while the state is “%(state)s”.")


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. With `repeat="ignore"` doing it again in the target state is a no-op."""

    sources: frozenset[str] | set[str]
    target: str
    repeat: Literal["refuse", "ignore"] = "refuse"


@dataclass(frozen=True)
class StateMachine:
    """Which states a thing can be in and which named steps lead from one to another."""

    name: str
    start: str
    transitions: Mapping[str, Transition]
    attribute: str = "state"
    states: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        found = {self.start}
        for step in self.transitions.values():
            found |= set(step.sources) | {step.target}
        object.__setattr__(self, "states", frozenset(found))

    def can(self, row: Any, event: str) -> bool:
        """True when the step is allowed now and would change something."""
        return getattr(row, self.attribute) in self.transitions[event].sources

    def transition(self, row: Any, event: str) -> bool:
        """Take a step. Returns False when it is an ignored repeat.

        Raises:
            IllegalTransition: when the table does not allow it.
        """
        step = self.transitions[event]
        state = getattr(row, self.attribute)
        if state in step.sources:
            setattr(row, self.attribute, step.target)
            return True
        if state == step.target and step.repeat == "ignore":
            return False
        raise IllegalTransition(event=event, state=state)

    def check_sql(self) -> str:
        """A CHECK constraint that lets no other state into the table."""
        allowed = ", ".join(f"'{state}'" for state in sorted(self.states))
        return f"{self.attribute} IN ({allowed})"
