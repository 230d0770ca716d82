"""Parcels: parts and wholes, refusals, arrival, loss."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.audit import AuditRow
from app.core.errors import Invalid, NotFound
from app.fulfilment import operations as parcels
from app.fulfilment import queries, reference
from app.fulfilment.errors import (
    BadTemplate,
    BadTrackingNumber,
    NothingUnderWay,
    ParcelNotFound,
    UnknownCarrier,
)
from app.fulfilment.models import Carrier, Shipment
from app.orders import checks
from app.orders import operations as orders
from app.orders.errors import IllegalTransition, NotThatMany, PartlyShipped
from app.orders.models import Order, OrderLine
from tests.orders import making
from tests.orders.making import STAFF
from tests.orders.test_operations_steps import kinds, state_of


def paid(session: Session, count: int = 1, quantity: int = 2) -> Order:
    """A paid order of `count` lines."""
    reference.setup_data(session)
    made = making.order(session, making.articles(session, count), quantity=quantity)
    making.pay(session, made)
    return made


def send(session: Session, made: Order, lines: dict[int, int] | None = None, **changes: Any) -> Shipment:
    values = {"carrier": "bpost", "tracking_number": "3232 1074 2499"} | changes
    return parcels.ship_order(session, order_id=made.id, lines=lines, actor=STAFF, **values)


def test_one_parcel_ships_the_order(session: Session) -> None:
    made = paid(session, 2)
    shipment = send(session, made)
    assert made.state == "shipped"
    assert shipment.tracking_number == "323210742499"
    assert shipment.tracking_url.endswith("itemCode=323210742499&postalCode=9000&lang=en")
    (parcel,) = queries.parcels(session, made.id)
    assert parcel.contents_text == ", ".join(f"2 × {line.name}" for line in made.lines)
    assert queries.miscounted_lines(session) == checks.wrong_histories(session) == []
    with pytest.raises(IllegalTransition):
        send(session, made)
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "order.ship.refused")).one()
    assert noted.before == {"state": "shipped"}


def test_parts_ship_the_order_with_the_last(session: Session) -> None:
    made = paid(session, 2)
    first, second = (line.id for line in made.lines)
    send(session, made, {first: 1, second: 0})
    assert made.state == "paid"
    assert "orders.OrderShipped" not in kinds(session)
    with pytest.raises(PartlyShipped):
        orders.cancel_order(session, order_id=made.id, reason="staff", actor=STAFF)
    send(session, made, {second: 2}, carrier="own", tracking_number="")
    assert made.state == "paid"
    send(session, made)
    assert made.state == "shipped"
    assert [p.contents_text[0] for p in queries.parcels(session, made.id)] == ["1", "2", "1"]
    assert [p.url == "" for p in queries.parcels(session, made.id)] == [False, True, False]
    assert kinds(session).count("orders.OrderShipped") == 1


def test_refusals_leave_everything_as_it_was(session: Session) -> None:
    made = paid(session, 1)
    (line,) = (line.id for line in made.lines)
    for refusal, values in [
        (UnknownCarrier, {"carrier": "pigeon"}), (UnknownCarrier, {"carrier": ""}),
        (BadTrackingNumber, {"tracking_number": ""}), (BadTrackingNumber, {"tracking_number": "<b>"}),
        (NotThatMany, {"lines": {line: 3}}), (NotThatMany, {"lines": {line: 0}}), (NotThatMany, {"lines": {0: 1}}),
        (NotThatMany, {"lines": {line: -1}}),
    ]:  # fmt: skip
        with pytest.raises(refusal):
            send(session, made, **values)
    with pytest.raises(NotFound):
        parcels.ship_order(session, order_id=999, carrier="own", tracking_number="", actor=STAFF)
    assert state_of(session, made.id) == "paid"
    assert session.scalar(text("SELECT sum(shipped) FROM orders_line")) == 0
    assert queries.parcels(session, made.id) == ()


def test_an_unpaid_order_is_not_shipped(session: Session) -> None:
    reference.setup_data(session)
    made = making.order(session, making.articles(session, 1))
    with pytest.raises(IllegalTransition):
        send(session, made)
    assert session.scalar(select(Shipment.id)) is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6))
def test_never_more_than_ordered_and_shipped_with_the_last(
    session: Session, wishes: list[tuple[int, int]]
) -> None:
    made = paid(session, 2, quantity=3)
    ids = [line.id for line in made.lines]
    left = dict.fromkeys(ids, 3)
    for wish in wishes:
        lines = dict(zip(ids, wish, strict=True))
        possible = any(wish) and all(n <= left[i] for i, n in lines.items())
        try:
            send(session, made, lines)
            assert possible
            left = {i: left[i] - n for i, n in lines.items()}
        except (NotThatMany, IllegalTransition):
            assert not possible
        assert (state_of(session, made.id) == "shipped") == (not any(left.values()))
    assert queries.miscounted_lines(session) == []
    shipped = session.execute(select(OrderLine.id, OrderLine.shipped).where(OrderLine.id.in_(ids)))
    assert dict(tuple(row) for row in shipped) == {i: 3 - n for i, n in left.items()}


def test_an_order_is_delivered_with_its_last_parcel(session: Session) -> None:
    made = paid(session, 2)
    first, second = (line.id for line in made.lines)
    with pytest.raises(NothingUnderWay):
        parcels.mark_delivered(session, order_id=made.id, actor=STAFF)
    one = send(session, made, {first: 2})
    assert parcels.mark_delivered(session, order_id=made.id, shipment_id=one.id, actor=STAFF) is False
    two = send(session, made, {second: 2})
    with pytest.raises(IllegalTransition):
        parcels.mark_delivered(session, order_id=made.id, shipment_id=one.id, actor=STAFF)
    with pytest.raises(ParcelNotFound):
        parcels.mark_delivered(session, order_id=made.id, shipment_id=two.id + 1, actor=STAFF)
    assert parcels.mark_delivered(session, order_id=made.id, actor=STAFF) is True
    assert (made.state, two.state) == ("delivered", "delivered")
    assert kinds(session).count("orders.OrderDelivered") == 1
    assert checks.wrong_histories(session) == []


def test_a_lost_parcel_does_not_arrive(session: Session) -> None:
    made = paid(session, 2)
    first, _second = (line.id for line in made.lines)
    one, two = send(session, made, {first: 2}), send(session, made)
    for bad in ("", " ", "x" * 501):
        with pytest.raises(Invalid):
            parcels.mark_lost(session, order_id=made.id, shipment_id=one.id, reason=bad, actor=STAFF)
    parcels.mark_lost(session, order_id=made.id, shipment_id=one.id, reason="van burned", actor=STAFF)
    with pytest.raises(IllegalTransition):
        parcels.mark_lost(session, order_id=made.id, shipment_id=one.id, reason="again", actor=STAFF)
    with pytest.raises(ParcelNotFound):
        parcels.mark_lost(session, order_id=made.id, shipment_id=0, reason="x", actor=STAFF)
    assert made.state == "shipped"
    assert parcels.mark_delivered(session, order_id=made.id, shipment_id=two.id, actor=STAFF) is True


def test_carriers_are_data(session: Session) -> None:
    reference.setup_data(session)
    reference.setup_data(session)
    assert [c.code for c in queries.carriers(session)] == [code for code, _n, _u in reference.CARRIERS]
    with pytest.raises(BadTemplate):
        parcels.save_carrier(session, code="gls", name="GLS", tracking_url="http://x", actor=STAFF)
    made = parcels.save_carrier(
        session, code="GLS", name="GLS", tracking_url="https://gls.example/{number}", actor=STAFF
    )
    assert made.code == "gls"
    parcels.save_carrier(
        session, carrier_id=made.id, name="GLS", tracking_url="", is_active=False, actor=STAFF
    )
    assert "gls" not in [c.code for c in queries.carriers(session)]
    assert session.scalar(select(Carrier.tracking_url).where(Carrier.code == "gls")) == ""


def test_the_check_sees_a_planted_lie(session: Session) -> None:
    made = paid(session, 1)
    send(session, made)
    session.execute(text("UPDATE orders_line SET shipped = 1"))
    session.commit()
    assert queries.miscounted_lines(session) == [f"order line {made.lines[0].id}: 1 shipped, parcels hold 2"]
