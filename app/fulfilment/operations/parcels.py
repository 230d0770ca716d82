"""Sends parcels and notes their arrival. Lock order: the order, then its parcels by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.outbox import publish
from app.core.state_machine import IllegalTransition
from app.core.unit_of_work import unit_of_work
from app.events.fulfilment import ParcelDelivered, ParcelLost, ParcelShipped
from app.fulfilment import rules
from app.fulfilment.errors import NothingUnderWay, ParcelNotFound, UnknownCarrier
from app.fulfilment.models import Carrier, Shipment, ShipmentLine
from app.fulfilment.states import SHIPMENT
from app.orders import operations as orders
from app.orders.models import Order, OrderLine
from app.orders.states import ORDER


def ship_order(
    session: Session,
    *,
    order_id: int,
    carrier: str,
    tracking_number: str,
    actor: Actor,
    lines: Mapping[int, int] | None = None,
) -> Shipment:
    """Send a parcel: `lines` maps ids of order lines to pieces, None sends all that is left.

    `carrier` is a carrier's code. With its last piece the order is shipped (`OrderShipped`).

    Raises:
        IllegalTransition: the order is not confirmed, paid or packed; noted in the audit log.
        UnknownCarrier, BadTrackingNumber: what a parcel needs is missing.
        NotThatMany: more pieces than are left of a line.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if not ORDER.can(order, "ship"):
            orders.ship(session, order_id=order_id, actor=actor)  # refuses, and leaves its trace
        found = session.scalar(select(Carrier).where(Carrier.code == carrier, Carrier.is_active))
        if found is None:
            raise UnknownCarrier()
        has_number = bool(found.tracking_url or tracking_number.strip())
        number = rules.tracking_number(tracking_number) if has_number else ""
        pieces = _left(session, order_id) if lines is None else {k: n for k, n in lines.items() if n}
        is_last = orders.take_from_lines(session, order_id=order_id, pieces=pieces)
        shipment = _write(session, order, found, number, pieces, actor)
        data = {"carrier": shipment.carrier, "tracking_number": number, "url": shipment.tracking_url}
        if is_last:
            orders.ship(session, order_id=order_id, actor=actor, **data)
        else:
            _remember_part(session, order_id, {**data, "pieces": sum(pieces.values())}, actor)
        publish(session, ParcelShipped(shipment_id=shipment.id, order_id=order_id))
    return shipment


def _remember_part(session: Session, order_id: int, data: Mapping[str, Any], actor: Actor) -> None:
    """A parcel that leaves others to follow is in the timeline, but moves the order nowhere."""
    orders.remember(session, order_id=order_id, kind="parcel", actor=actor, is_public=True, **data)
    audit.record(
        session, actor=actor, action="order.parcel", entity="orders_order", entity_id=order_id, after=data
    )


def _left(session: Session, order_id: int) -> dict[int, int]:
    query = select(OrderLine).where(OrderLine.order_id == order_id)
    return {line.id: line.left for line in session.scalars(query) if line.left}


def _write(
    session: Session, order: Order, carrier: Carrier, number: str, pieces: Mapping[int, int], actor: Actor
) -> Shipment:
    shipment = Shipment(
        order_id=order.id,
        carrier=carrier.name,
        tracking_number=number,
        tracking_url=rules.tracking_url(
            carrier.tracking_url,
            number=number,
            postcode=str(order.shipping_address.get("postcode", "")),
            language=order.language,
        ),
        shipped_at=utcnow(),
        actor_label=actor.label,
    )
    session.add(shipment)
    session.flush()
    rows = [
        {"shipment_id": shipment.id, "order_line_id": line_id, "quantity": quantity}
        for line_id, quantity in sorted(pieces.items())
    ]
    session.execute(insert(ShipmentLine), rows)
    return shipment


def mark_delivered(session: Session, *, order_id: int, actor: Actor, shipment_id: int | None = None) -> bool:
    """Note that a parcel, or every parcel that is on its way, has arrived.

    When everything was shipped and nothing is under way any more the order is delivered: True.

    Raises:
        ParcelNotFound: no such parcel of this order.
        NothingUnderWay: no parcel is on its way.
        IllegalTransition: this parcel has arrived before, or is lost.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        parcels = _parcels(session, order_id)
        chosen = [p for p in parcels if p.state == "shipped"]
        if shipment_id is not None:
            chosen = [p for p in parcels if p.id == shipment_id]
            if not chosen:
                raise ParcelNotFound()
        if not chosen:
            raise NothingUnderWay()
        for parcel in chosen:
            SHIPMENT.transition(parcel, "deliver")
            parcel.delivered_at = utcnow()
            orders.remember(
                session, order_id=order_id, kind="parcel_delivered", actor=actor, carrier=parcel.carrier,
                tracking_number=parcel.tracking_number,
            )  # fmt: skip
        session.flush()
        publish(session, *(ParcelDelivered(shipment_id=p.id, order_id=order_id) for p in chosen))
        return _arrived(session, order, parcels, actor)


def mark_lost(session: Session, *, order_id: int, shipment_id: int, reason: str, actor: Actor) -> None:
    """Note that the carrier has lost a parcel. Sending anew or paying back are decisions of their own.

    Raises:
        ParcelNotFound: no such parcel of this order.
        IllegalTransition: unless it is on its way.
    """
    words = reason.strip()
    if not 1 <= len(words) <= 500:
        raise Invalid(field="reason")
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        parcels = _parcels(session, order_id)
        parcel = next((p for p in parcels if p.id == shipment_id), None)
        if parcel is None:
            raise ParcelNotFound()
        if not SHIPMENT.can(parcel, "lose"):
            raise IllegalTransition(event="lose", state=parcel.state)
        SHIPMENT.transition(parcel, "lose")
        session.flush()
        orders.remember(
            session, order_id=order_id, kind="parcel_lost", actor=actor, is_public=False, carrier=parcel.carrier,
            tracking_number=parcel.tracking_number, reason=words,
        )  # fmt: skip
        audit.record(
            session, actor=actor, action="order.parcel_lost", entity="orders_order", entity_id=order_id,
            after={"shipment": parcel.id, "reason": words},
        )  # fmt: skip
        publish(session, ParcelLost(shipment_id=parcel.id, order_id=order_id))
        _arrived(session, order, parcels, actor)


def _parcels(session: Session, order_id: int) -> list[Shipment]:
    query = select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _arrived(session: Session, order: Order, parcels: list[Shipment], actor: Actor) -> bool:
    """Deliver the order once nothing is under way and something has arrived."""
    states = {parcel.state for parcel in parcels}
    if order.state != "shipped" or "shipped" in states or "delivered" not in states:
        return False
    orders.deliver(session, order_id=order.id, actor=actor)
    return True
