"""Numbers, money's standing, milestones and the replay of histories."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.core.state_machine import IllegalTransition
from app.orders import rules
from app.orders.states import ORDER, PaymentStatus


class Row:
    """Something with a state."""

    def __init__(self, state: str):
        self.state = state


def eur(cents: int) -> Money:
    return Money.of_minor(cents, "EUR")


def test_numbers_have_year_and_six_digits() -> None:
    assert rules.order_number(2026, 123) == "2026-000123"
    assert rules.order_number(2026, 1234567) == "2026-1234567"


@given(due=st.integers(0, 10**6), captured=st.integers(0, 10**6), part=st.integers(0, 100))
def test_payment_status_is_decided_by_sums_alone(due: int, captured: int, part: int) -> None:
    refunded = captured * part // 100
    found = rules.payment_status(eur(due), eur(captured), eur(refunded))
    if refunded:
        assert found is (PaymentStatus.REFUNDED if refunded == captured else PaymentStatus.PARTLY_REFUNDED)
    elif captured > due:
        assert found is PaymentStatus.OVERPAID
    elif captured == due:
        assert found is PaymentStatus.PAID
    else:
        assert found is (PaymentStatus.PARTLY_PAID if captured else PaymentStatus.DUE)
    assert rules.is_covered(eur(due), eur(captured)) == (captured >= due)


@given(st.lists(st.sampled_from(sorted(ORDER.transitions)), max_size=12))
def test_every_walk_through_the_table_replays_to_its_end(steps: list[str]) -> None:
    row, history = Row(ORDER.start), [("placed", ORDER.start)]
    for step in steps:
        before = row.state
        try:
            ORDER.transition(row, step)
        except IllegalTransition:
            assert row.state == before
            assert before not in ORDER.transitions[step].sources
        else:
            history += [("note", None), (step, row.state)]
    assert rules.replay(history) == row.state


@given(st.lists(st.sampled_from(sorted(ORDER.states)), min_size=1, max_size=6))
def test_a_history_that_jumps_is_refused(states: list[str]) -> None:
    legal = states[0] == ORDER.start and all(
        any(a in t.sources and b == t.target for t in ORDER.transitions.values())
        for a, b in zip(states, states[1:], strict=False)
    )
    entries = [("x", state) for state in states]
    if legal:
        assert rules.replay(entries) == states[-1]
    else:
        with pytest.raises(ValueError):
            rules.replay(entries)


@given(st.lists(st.sampled_from(sorted(ORDER.transitions)), max_size=12), st.booleans())
def test_milestones_show_every_walk(steps: list[str], paid_late: bool) -> None:
    row, reached = Row(ORDER.start), [ORDER.start]
    for step in steps:
        if ORDER.can(row, step):
            ORDER.transition(row, step)
            reached.append(row.state)
    if paid_late and "confirmed" in reached and "paid" not in reached:
        reached.append("paid")
    found = rules.milestones(row.state, reached)
    standings = dict(found)
    assert standings[ORDER.start] in ("done", "now")
    assert sum(s == "now" for s in standings.values()) == (
        0 if row.state in ("cancelled", "returned", "delivered") else 1
    )
    assert ("cancelled" in standings) == (row.state == "cancelled")
    assert standings[row.state] == {"cancelled": "failed", "returned": "done", "delivered": "done"}.get(
        row.state, "now"
    )
    assert all(standings[state] != "ahead" for state in reached)


def test_the_way_of_a_card_order_before_its_money() -> None:
    assert rules.milestones("pending", ["pending"]) == [
        ("pending", "now"), ("paid", "ahead"), ("packed", "ahead"), ("shipped", "ahead"), ("delivered", "ahead"),
    ]  # fmt: skip


def test_amounts_are_decimal() -> None:
    assert isinstance(eur(1).amount, Decimal)
