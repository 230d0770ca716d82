"""Every step of an order: state, timeline, audit, one event, stock."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.audit import AuditRow
from app.core.errors import NotFound
from app.core.outbox import OutboxRow
from app.orders import checks
from app.orders import operations as orders
from app.orders.errors import IllegalTransition, NoteTooLong, NotThatMany
from app.orders.models import History, Order
from app.orders.states import ORDER, CancelReason
from tests.orders import making
from tests.orders.making import STAFF, stock_of

VERBS = {
    "confirm": lambda s, i: orders.confirm(s, order_id=i, actor=STAFF),
    "pack": lambda s, i: orders.pack(s, order_id=i, actor=STAFF),
    "ship": lambda s, i: orders.ship(s, order_id=i, actor=STAFF),
    "deliver": lambda s, i: orders.deliver(s, order_id=i, actor=STAFF),
    "cancel": lambda s, i: orders.cancel_order(s, order_id=i, reason="staff", actor=STAFF),
    "return": lambda s, i: orders.return_order(s, order_id=i, actor=STAFF),
}


def state_of(session: Session, order_id: int) -> str:
    return str(session.scalar(text("SELECT state FROM orders_order WHERE id = :i"), {"i": order_id}))


def kinds(session: Session) -> list[str]:
    """Kinds of order events announced so far, each once whatever the number of handlers."""
    rows = session.scalars(
        select(OutboxRow.kind).where(OutboxRow.kind.like("orders.%")).order_by(OutboxRow.id)
    )
    found: list[str] = []
    for kind in rows:
        if kind not in found:
            found.append(kind)
    return found


def test_confirming_sells_the_goods_and_stops_the_clock(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=5)
    made = making.order(session, [lamp], method="cod")
    assert stock_of(session, lamp) == (5, 2)
    orders.confirm(session, order_id=made.id, actor=STAFF)
    assert (made.state, made.expires_at) == ("confirmed", None)
    assert stock_of(session, lamp) == (3, 0)
    assert "orders.OrderConfirmed" in kinds(session)


def test_a_paid_order_goes_all_the_way(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    assert making.pay(session, made)
    for verb in ("pack", "ship", "deliver", "return"):
        VERBS[verb](session, made.id)
    assert made.state == "returned"
    timeline = session.execute(select(History.kind, History.state).order_by(History.id)).all()
    assert [tuple(row) for row in timeline] == [
        ("placed", "pending"), ("paid", "paid"), ("packed", "packed"), ("shipped", "shipped"),
        ("delivered", "delivered"), ("returned", "returned"),
    ]  # fmt: skip
    assert kinds(session) == [
        "orders.OrderPlaced", "orders.OrderPaid", "orders.OrderPacked", "orders.OrderShipped",
        "orders.OrderDelivered", "orders.OrderReturned",
    ]  # fmt: skip
    assert checks.wrong_histories(session) == []


@pytest.mark.parametrize("verb", ["pack", "ship", "deliver", "return"])
def test_an_unpaid_order_stays_and_the_attempt_is_noted(session: Session, verb: str) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    before = (
        session.scalar(select(History.id).order_by(History.id.desc()).limit(1)),
        stock_of(session, lamp),
    )
    with pytest.raises(IllegalTransition):
        VERBS[verb](session, made.id)
    assert state_of(session, made.id) == "pending"
    after = (session.scalar(select(History.id).order_by(History.id.desc()).limit(1)), stock_of(session, lamp))
    assert before == after
    noted = session.scalars(select(AuditRow)).one()
    assert (noted.action, noted.entity_id, noted.before) == (
        f"order.{verb}.refused", str(made.id), {"state": "pending"},
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*sorted(VERBS), "pay"]), min_size=1, max_size=7))
def test_no_step_outside_the_table_and_history_leads_to_the_state(session: Session, steps: list[str]) -> None:
    lamp = (
        session.scalar(text("SELECT min(id) FROM catalog_variant")) or making.articles(session, 1, 10_000)[0]
    )
    on_hand = stock_of(session, lamp)
    made = making.order(session, [lamp], quantity=1)
    for step in steps:
        before = state_of(session, made.id)
        allowed = before in ORDER.transitions[step].sources
        if step == "pay":
            making.pay(session, made)
            if not allowed or made.paid_at is None:
                allowed = state_of(session, made.id) != before
        else:
            try:
                VERBS[step](session, made.id)
                assert allowed, f"{step} from {before}"
            except IllegalTransition:
                assert not allowed, f"{step} from {before}"
        target = ORDER.transitions[step].target if allowed else before
        assert state_of(session, made.id) == target
    assert checks.wrong_histories(session) == []
    sold = 0 if made.state == "cancelled" else 1
    held = 1 if made.state == "pending" else 0
    assert stock_of(session, lamp) == (on_hand[0] - sold + held, on_hand[1] + held)


def test_the_history_check_sees_a_planted_lie(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    first, second = making.order(session, [lamp]), making.order(session, [lamp])
    assert checks.wrong_histories(session) == []
    session.execute(text("UPDATE orders_order SET state = 'shipped' WHERE id = :i"), {"i": first.id})
    session.execute(
        text(
            "INSERT INTO orders_history (order_id, kind, state, actor_kind) VALUES (:i, 'x', 'delivered', 'staff')"
        ),
        {"i": second.id},
    )
    session.commit()
    found = checks.wrong_histories(session)
    assert found == [
        f"order {first.number}: is shipped, its history says pending",
        f"order {second.number}: x cannot lead from pending to delivered",
    ]


def test_notes_are_for_staff_unless_public(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    orders.add_note(session, order_id=made.id, text="  Ring twice ", actor=STAFF)
    entry = session.scalars(select(History).where(History.kind == "note")).one()
    assert (entry.data, entry.is_public, entry.actor_label) == ({"text": "Ring twice"}, False, STAFF.label)
    for bad in ("", "  ", "x" * 2001):
        with pytest.raises(NoteTooLong):
            orders.add_note(session, order_id=made.id, text=bad, actor=STAFF)


def test_no_more_pieces_leave_than_were_ordered(session: Session) -> None:
    lamps = making.articles(session, 2)
    made = making.order(session, lamps)
    first, second = (line.id for line in made.lines)
    assert orders.take_from_lines(session, order_id=made.id, pieces={first: 2}) is False
    for bad in ({}, {first: 1}, {second: 0}, {second: 3}, {-1: 1}, {second: -1}):
        with pytest.raises(NotThatMany):
            orders.take_from_lines(session, order_id=made.id, pieces=bad)
    assert orders.take_from_lines(session, order_id=made.id, pieces={second: 2}) is True


def test_steps_on_nothing(session: Session) -> None:
    for verb in VERBS.values():
        with pytest.raises(NotFound):
            verb(session, 999)
    assert session.scalar(select(Order.id)) is None
    assert CancelReason("staff").label
