"""Whatever the desk and the customer do in whatever order, a ticket's state, pause and times fit together."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.errors import ShopError
from app.support.tickets import operations
from app.support.tickets.states import PRIORITIES, STEP_TO, TICKET
from tests.support import making


class TicketMachine(RuleBasedStateMachine):
    """One ticket and a book of what its state must be."""

    session: Session

    @initialize()
    def open_it(self) -> None:
        self.ticket = making.ticket(self.session)
        self.state, self.messages = "new", 1

    @rule(state=st.sampled_from(sorted(TICKET.states)))
    def move(self, state: str) -> None:
        """The table alone decides; a refusal changes nothing."""
        step = TICKET.transitions.get(STEP_TO.get(state, ""))
        allowed = state == self.state or (step is not None and self.state in step.sources)
        try:
            operations.move(self.session, ticket_id=self.ticket.id, state=state, actor=SYSTEM)
            assert allowed
            self.state = state
        except ShopError:
            assert not allowed

    @rule()
    def customer_writes(self) -> None:
        """Opens what waited or was solved; a closed one takes nothing."""
        try:
            operations.reply(self.session, ticket_id=self.ticket.id, body="Hello?", actor=Actor("guest"))
            assert self.state != "closed"
            self.messages += 1
            self.state = "open" if self.state in ("waiting", "solved") else self.state
        except ShopError:
            assert self.state == "closed"

    @rule(then=st.sampled_from(["waiting", "solved", "open"]))
    def desk_answers(self, then: str) -> None:
        """Leads where it says, if the table allows it; else not a word is kept."""
        allowed = then == self.state or self.state in TICKET.transitions[STEP_TO[then]].sources
        try:
            operations.answer(self.session, ticket_id=self.ticket.id, body="Yes.", actor=SYSTEM, then=then)
            assert self.state != "closed" and allowed
            self.state, self.messages = then, self.messages + 1
        except ShopError:
            assert self.state == "closed" or not allowed

    @rule(priority=st.sampled_from(PRIORITIES))
    def prioritise(self, priority: str) -> None:
        """Promises move, states do not."""
        try:
            operations.prioritise(self.session, ticket_id=self.ticket.id, priority=priority, actor=SYSTEM)
        except ShopError:
            assert self.state == "closed"

    @invariant()
    def all_fits(self) -> None:
        if not hasattr(self, "ticket"):
            return
        self.session.refresh(self.ticket)
        assert self.ticket.state == self.state
        assert (self.ticket.paused_at is not None) == (self.state == "waiting")
        assert (self.ticket.closed_at is not None) == (self.state == "closed")
        assert self.state != "solved" or self.ticket.solved_at is not None
        assert self.ticket.created_at < self.ticket.first_due <= self.ticket.solve_due
        assert len(self.ticket.messages) == self.messages


def test_any_order_of_steps(session: Session) -> None:
    machine: Any = type("Ready", (TicketMachine,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
