"""What carriers tell: verified and written down at once, put into the parcel's story afterwards, once.

Events may come twice, in any order, and before the parcel is known: a parcel moves by its own state
machine only, so that a late "on its way" never undoes an arrival, and bad news that newer news has
overtaken moves nothing. Lock order: order, event, parcel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import Actor
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.fulfilment import CarrierTold, ParcelNews
from app.events.notifications import StaffMattersOver, StaffToldOf
from app.fulfilment.errors import NewsRefused, NoSuchSender
from app.fulfilment.models import Carrier, CarrierEvent, Shipment
from app.fulfilment.operations import parcels
from app.fulfilment.states import EVENT, SHIPMENT
from app.orders.models import Order
from app.shipping.carriers import news_format
from app.shipping.carriers.port import UnreadableNews
from app.shipping.carriers.signing import HEADER, is_genuine

UNMATCHED, TROUBLE = "carrier_unmatched", "parcel_trouble"
BAD_NEWS = ("returned", "lost", "trouble")


def receive_news(session: Session, *, carrier: str, headers: Mapping[str, str], body: bytes) -> int:
    """Verify a carrier's notice and write its events down; returns how many are new.

    They are put into their parcels' stories after the commit. Sent again, nothing is new.

    Raises:
        NoSuchSender: no such carrier tells anything here.
        NewsRefused: forged, or not what this carrier sends. Nothing is kept.
    """
    row = session.scalar(select(Carrier).where(Carrier.code == carrier))
    if row is None or not row.tells:
        raise NoSuchSender()
    told = news_format(row.notice_format)
    if told is None or not is_genuine(row.notice_secret or "", body, headers.get(HEADER, "")):
        raise NewsRefused()
    try:
        events = told.read(body)
    except UnreadableNews as wrong:
        raise NewsRefused() from wrong
    if not events:
        return 0
    values = [
        {
            "carrier": carrier, "event_id": event.event_id, "tracking_number": event.tracking_number,
            "order_number": event.order_number, "step": event.step, "code": event.code, "text": event.text,
            "place": event.place, "at": event.at,
        }
        for event in events
    ]  # fmt: skip
    with unit_of_work(session):
        made = insert(CarrierEvent).values(values).on_conflict_do_nothing()
        new = list(session.scalars(made.returning(CarrierEvent.id)))
        publish(session, *(CarrierTold(carrier_event_id=event_id) for event_id in sorted(new)))
    return len(new)


def apply_news(session: Session, *, event_id: int) -> str:
    """Put one event into its parcel's story and move the parcel; returns the event's state. Repeatable.

    An event of a number that nobody here knows is parked for a person; it is read again as soon as a
    parcel gets that number.
    """
    with unit_of_work(session):
        event = session.get_one(CarrierEvent, event_id)
        found = _find(session, event) if event.state != "applied" else None
        if found is None:
            return _park(session, event_id)
        order_id, shipment_id = found
        locks.row(session, Order, order_id)
        event = locks.row(session, CarrierEvent, event_id)
        was_parked = event.state == "unmatched"
        if not EVENT.transition(event, "apply"):
            return event.state
        parcel = locks.row(session, Shipment, shipment_id)
        event.shipment_id, event.note = parcel.id, ""
        session.flush()
        if not parcel.tracking_number:
            parcels.set_tracking_number(
                session, order_id=order_id, shipment_id=parcel.id, tracking_number=event.tracking_number,
                actor=_actor(parcel),
            )  # fmt: skip
        _move(session, event, parcel)
        publish(session, ParcelNews(shipment_id=parcel.id, order_id=order_id))
        if was_parked:
            publish(session, StaffMattersOver(UNMATCHED, (f"{event.carrier}:{event.tracking_number}",)))
        return event.state


def _actor(parcel: Shipment) -> Actor:
    return Actor("system", label=parcel.carrier)


def _find(session: Session, event: CarrierEvent) -> tuple[int, int] | None:
    """The order and the parcel an event speaks of: by number (the newest), else by our own reference.

    By reference only where it can be one parcel: the order's only one of this carrier without a number.
    """
    mine = select(Shipment.order_id, Shipment.id).where(Shipment.carrier_code == event.carrier)
    by_number = mine.where(Shipment.tracking_number == event.tracking_number)
    found = session.execute(by_number.order_by(Shipment.id.desc()).limit(1)).first()
    if found is None and event.order_number:
        nameless = mine.join(Order, Order.id == Shipment.order_id).where(
            Order.number == event.order_number, Shipment.tracking_number == ""
        )
        several = session.execute(nameless.limit(2)).all()
        found = several[0] if len(several) == 1 else None
    return (found[0], found[1]) if found else None


def _park(session: Session, event_id: int) -> str:
    event = locks.row(session, CarrierEvent, event_id)
    if event.state == "received":
        EVENT.transition(event, "park")
        facts = {"carrier": event.carrier, "number": event.tracking_number}
        publish(
            session,
            StaffToldOf(
                topic=UNMATCHED, subject=f"{event.carrier}:{event.tracking_number}", screen="CarrierEventView",
                url=f"/admin/carrierevent/list/?q={event.tracking_number}", facts=facts,
            ),
        )  # fmt: skip
    return event.state


def _is_newest(session: Session, event: CarrierEvent) -> bool:
    """True unless the carrier has told something of a later time (ix_fulfilment_carrier_event_shipment)."""
    later = select(CarrierEvent.id).where(
        CarrierEvent.shipment_id == event.shipment_id, CarrierEvent.at > event.at
    )
    return session.scalar(later.limit(1)) is None


def _had_trouble(session: Session, shipment_id: int) -> bool:
    """True when the carrier has told bad news of this parcel, so that the bell may have rung."""
    bad = select(CarrierEvent.id).where(
        CarrierEvent.shipment_id == shipment_id, CarrierEvent.step.in_(BAD_NEWS)
    )
    return session.scalar(bad.limit(1)) is not None


def _move(session: Session, event: CarrierEvent, parcel: Shipment) -> None:
    """Move the parcel as far as its state machine allows; what does not fit is kept as told, nothing more."""
    where: dict[str, Any] = {"order_id": parcel.order_id, "shipment_id": parcel.id, "actor": _actor(parcel)}
    if event.step == "delivered" and SHIPMENT.can(parcel, "deliver"):
        parcels.mark_delivered(session, at=event.at, **where)
        if _had_trouble(session, parcel.id):
            publish(session, StaffMattersOver(TROUBLE, (f"parcel:{parcel.id}",)))
    elif event.step in BAD_NEWS and parcel.state == "shipped" and _is_newest(session, event):
        if event.step == "returned":
            parcels.mark_returned(session, **where)
        elif event.step == "lost":
            parcels.mark_lost(session, reason=event.text or event.code or event.step, **where)
        facts = {"carrier": parcel.carrier, "number": event.tracking_number, "text": event.text or event.code}
        publish(
            session,
            StaffToldOf(
                topic=TROUBLE, subject=f"parcel:{parcel.id}", screen="OrderView",
                url=f"/admin/orders/show/{parcel.order_id}", facts=facts,
            ),
        )  # fmt: skip
