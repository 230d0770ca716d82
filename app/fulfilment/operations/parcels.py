"""Sends parcels, notes their numbers, arrival, loss and return. Lock order: the order, then its parcels by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.fulfilment import (
    CarrierTold,
    ParcelDelivered,
    ParcelLost,
    ParcelNews,
    ParcelReturned,
    ParcelShipped,
)
from app.fulfilment import rules
from app.fulfilment.errors import NothingUnderWay, ParcelNotFound, UnknownCarrier
from app.fulfilment.models import Carrier, CarrierEvent, Shipment, ShipmentLine
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

    `carrier` is a carrier's code; one that tells of its parcels may tell their number later. With its
    last piece the order is shipped (`OrderShipped`).

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
        has_number = bool(tracking_number.strip()) or bool(found.tracking_url) and not found.tells
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
        carrier_code=carrier.code,
        tracking_number=number,
        tracking_url=_page_of(order, carrier, number),
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
    _read_again(session, carrier.code, number)
    return shipment


def _page_of(order: Order, carrier: Carrier, number: str) -> str:
    postcode = str(order.shipping_address.get("postcode", ""))
    return rules.tracking_url(carrier.tracking_url, number=number, postcode=postcode, language=order.language)


def _read_again(session: Session, carrier_code: str, number: str) -> None:
    """What the carrier told of this number before anybody knew it finds its parcel now."""
    if not number:
        return
    waiting = select(CarrierEvent.id).where(
        CarrierEvent.tracking_number == number, CarrierEvent.carrier == carrier_code,
        CarrierEvent.state != "applied",
    )  # fmt: skip
    found = session.scalars(waiting.order_by(CarrierEvent.at, CarrierEvent.id))
    publish(session, *(CarrierTold(carrier_event_id=event_id) for event_id in found))


@contextmanager
def _parcel_of(
    session: Session, order_id: int, shipment_id: int, step: str, actor: Actor
) -> Iterator[tuple[Order, list[Shipment], Shipment]]:
    """Lock an order, its parcels, and give the one that is meant; an illegal step leaves its trace.

    Raises:
        ParcelNotFound: no such parcel of this order.
    """
    with _audited(session, actor, step, order_id), unit_of_work(session):
        order = locks.row(session, Order, order_id)
        parcels = _parcels(session, order_id)
        parcel = next((p for p in parcels if p.id == shipment_id), None)
        if parcel is None:
            raise ParcelNotFound()
        yield order, parcels, parcel


def _audited(session: Session, actor: Actor, step: str, order_id: int) -> Any:
    return audit.refusals(
        session, actor=actor, action=f"order.parcel_{step}", entity="orders_order", entity_id=order_id
    )


def set_tracking_number(
    session: Session, *, order_id: int, shipment_id: int, tracking_number: str, actor: Actor
) -> None:
    """Give a parcel its number, or put it right; what its carrier told of that number belongs to it now.

    Raises:
        ParcelNotFound: no such parcel of this order.
        BadTrackingNumber: it is none.
        UnknownCarrier: the carrier of this parcel is gone.
    """
    number = rules.tracking_number(tracking_number)
    with _parcel_of(session, order_id, shipment_id, "number", actor) as (order, _all, parcel):
        if parcel.tracking_number == number:
            return
        carrier = session.scalar(select(Carrier).where(Carrier.code == parcel.carrier_code))
        if carrier is None:
            raise UnknownCarrier()
        before, url = parcel.tracking_number, _page_of(order, carrier, number)
        parcel.tracking_number, parcel.tracking_url = number, url
        session.flush()
        orders.remember(
            session, order_id=order_id, kind="parcel_number", actor=actor, is_public=True, carrier=parcel.carrier,
            tracking_number=number, url=url,
        )  # fmt: skip
        audit.record(
            session, actor=actor, action="order.parcel_number", entity="orders_order", entity_id=order_id,
            before={"tracking_number": before}, after={"shipment": parcel.id, "tracking_number": number},
        )  # fmt: skip
        _read_again(session, parcel.carrier_code, number)
        publish(session, ParcelNews(shipment_id=parcel.id, order_id=order_id))


def mark_delivered(
    session: Session, *, order_id: int, actor: Actor, shipment_id: int | None = None, at: datetime | None = None
) -> bool:  # fmt: skip
    """Note that a parcel, or every parcel that is on its way, has arrived: now, or when a carrier says.

    When everything was shipped and nothing is under way any more the order is delivered: True.

    Raises:
        ParcelNotFound: no such parcel of this order.
        NothingUnderWay: no parcel is on its way.
        IllegalTransition: this parcel has arrived before, or is lost; noted in the audit log.
    """
    with _audited(session, actor, "delivered", order_id), unit_of_work(session):
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
            parcel.delivered_at = at or utcnow()
            orders.remember(
                session, order_id=order_id, kind="parcel_delivered", actor=actor, carrier=parcel.carrier,
                tracking_number=parcel.tracking_number,
            )  # fmt: skip
        session.flush()
        publish(session, *(ParcelDelivered(shipment_id=p.id, order_id=order_id) for p in chosen))
        return _arrived(session, order, parcels, actor)


def deliver_order(
    session: Session, *, order_id: int, actor: Actor, shipment_id: int | None = None
) -> None:  # fmt: skip
    """Note one parcel, or all of an order, as arrived.

    An order that another program shipped has no parcels of ours: it is delivered as it stands.

    Raises:
        ParcelNotFound, NothingUnderWay, IllegalTransition: as in `mark_delivered`.
    """
    own = select(Shipment.id).where(Shipment.order_id == order_id).limit(1)
    if shipment_id is not None or session.scalar(own) is not None:
        mark_delivered(session, order_id=order_id, shipment_id=shipment_id, actor=actor)
    else:
        orders.deliver(session, order_id=order_id, actor=actor)


def mark_lost(session: Session, *, order_id: int, shipment_id: int, reason: str, actor: Actor) -> None:
    """Note that the carrier has lost a parcel. Sending anew or paying back are decisions of their own.

    Raises:
        ParcelNotFound: no such parcel of this order.
        IllegalTransition: unless it is on its way; noted in the audit log.
    """
    words = reason.strip()
    if not 1 <= len(words) <= 500:
        raise Invalid(field="reason")
    with _parcel_of(session, order_id, shipment_id, "lost", actor) as (order, parcels, parcel):
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


def mark_returned(session: Session, *, order_id: int, shipment_id: int, actor: Actor) -> None:
    """Note that the carrier brings a parcel back: refused, not collected, wrong address.

    An order of which nothing else is under way and nothing arrived is returned. Putting goods back on
    the shelf and paying back are decisions of their own.

    Raises:
        ParcelNotFound: no such parcel of this order.
        IllegalTransition: unless it is on its way; noted in the audit log.
    """
    with _parcel_of(session, order_id, shipment_id, "returned", actor) as (order, parcels, parcel):
        SHIPMENT.transition(parcel, "return")
        session.flush()
        orders.remember(
            session, order_id=order_id, kind="parcel_returned", actor=actor, is_public=True, carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
        )  # fmt: skip
        audit.record(
            session, actor=actor, action="order.parcel_returned", entity="orders_order", entity_id=order_id,
            after={"shipment": parcel.id},
        )  # fmt: skip
        publish(session, ParcelReturned(shipment_id=parcel.id, order_id=order_id))
        _arrived(session, order, parcels, actor)


def _parcels(session: Session, order_id: int) -> list[Shipment]:
    query = select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _arrived(session: Session, order: Order, parcels: list[Shipment], actor: Actor) -> bool:
    """Deliver the order once nothing is under way and something has arrived; return it if all came back."""
    states = {parcel.state for parcel in parcels}
    if order.state != "shipped" or "shipped" in states:
        return False
    if states == {"returned"}:
        orders.return_order(session, order_id=order.id, actor=actor)
    if "delivered" not in states:
        return False
    orders.deliver(session, order_id=order.id, actor=actor)
    return True
