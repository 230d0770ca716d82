"""A step that the state does not allow: 409, nothing changes, and the audit log knows who tried what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditRow
from app.core.unit_of_work import unit_of_work
from app.fulfilment import operations as parcels
from app.fulfilment import reference
from app.fulfilment.models import Shipment
from app.orders import operations as orders
from app.orders.errors import IllegalTransition
from app.orders.models import Order
from tests.fulfilment.test_admin import act, made, seen, staff
from tests.orders.making import STAFF

__all__ = ["staff"]


@pytest.fixture
def own(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    with session_maker() as session:
        reference.setup_data(session)
        yield session


def refused(
    own: Session, order: Order
) -> list[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]:
    own.rollback()
    query = select(AuditRow).where(AuditRow.action.like("%.refused"), AuditRow.entity_id == str(order.id))
    return [
        (row.action, row.actor_label, row.before, row.after)
        for row in own.scalars(query.order_by(AuditRow.id))
    ]


def shipped(own: Session) -> Order:
    order = made(own, 1, paid=True)
    parcels.ship_order(own, order_id=order.id, carrier="own", tracking_number="", actor=STAFF)
    own.commit()
    return order


def test_the_customer_through_both_doors(app: Any, own: Session) -> None:
    order, client = shipped(own), app.test_client()
    told = client.post(f"/api/v1/orders/{order.number}/cancel?token={order.token}")
    assert told.status_code == 409 and told.mimetype == "application/problem+json"
    assert client.post(f"/orders/{order.token}/cancel").status_code == 303
    assert [row[0] for row in refused(own, order)] == ["order.cancel.refused"] * 2
    assert refused(own, order)[0][1:] == ("guest", {"state": "shipped"}, {"step": "cancel"})
    assert order.state == "shipped"


def test_the_desk_with_a_page_of_before_and_with_a_forged_one(own: Session, staff: Any) -> None:
    order = made(own, 1, paid=True)
    client = staff("Admin")
    stale = seen(client, order)
    orders.cancel_order(own, order_id=order.id, reason="staff", actor=STAFF)
    own.commit()
    assert act(client, order, "pack", seen=stale).status_code == 409
    assert act(client, order, "deliver").status_code == 409
    assert refused(own, order) == [
        ("order.pack.refused", "admin@desk.example", {"state": "cancelled"}, {"step": "pack"}),
        ("order.deliver.refused", "admin@desk.example", {"state": "cancelled"}, {"step": "deliver"}),
    ]


def test_a_page_of_before_on_which_the_step_would_be_allowed_is_no_attempt(own: Session, staff: Any) -> None:
    order = made(own, 1, paid=True)
    client = staff("Admin")
    stale = seen(client, order)
    orders.add_note(own, order_id=order.id, text="Called", actor=STAFF)
    own.commit()
    assert act(client, order, "pack", seen=stale).status_code == 409
    assert refused(own, order) == []


def test_inside_a_larger_unit_the_trace_stays_when_all_is_rolled_back(own: Session) -> None:
    order = shipped(own)
    with pytest.raises(IllegalTransition), unit_of_work(own):
        orders.add_note(own, order_id=order.id, text="Lost with the rest", actor=STAFF)
        orders.pack(own, order_id=order.id, actor=STAFF)
    assert [row[0] for row in refused(own, order)] == ["order.pack.refused"]


def test_parcels_too(own: Session) -> None:
    order = shipped(own)
    (parcel,) = own.scalars(select(Shipment).where(Shipment.order_id == order.id))
    parcels.mark_delivered(own, order_id=order.id, actor=STAFF)
    one = {"order_id": order.id, "shipment_id": parcel.id, "actor": STAFF}
    for attempt in (
        lambda: parcels.mark_delivered(own, **one),
        lambda: parcels.mark_lost(own, reason="gone", **one),
        lambda: parcels.mark_returned(own, **one),
    ):
        with pytest.raises(IllegalTransition):
            attempt()
    assert [(row[0], row[3]) for row in refused(own, order)] == [
        ("order.parcel_delivered.refused", {"step": "deliver"}), ("order.parcel_lost.refused", {"step": "lose"}),
        ("order.parcel_returned.refused", {"step": "return"}),
    ]  # fmt: skip
