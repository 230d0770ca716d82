"""What carriers tell: genuine or refused, once, in any order, before and after the parcel is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.core import realtime
from app.core.audit import AuditRow
from app.core.errors import Invalid
from app.core.unit_of_work import unit_of_work
from app.events.fulfilment import CarrierTold, ParcelLost, ParcelNews, ParcelReturned
from app.fulfilment import handlers, queries, reference
from app.fulfilment import operations as parcels
from app.fulfilment.errors import ShortSecret
from app.fulfilment.models import Carrier, CarrierEvent, Shipment
from app.notifications.staff.models import StaffNotice
from app.orders.errors import IllegalTransition
from app.orders.models import Order
from app.shipping.carriers.signing import HEADER, sign
from tests.fulfilment.test_operations import paid
from tests.orders.making import STAFF
from tests.orders.test_operations_steps import state_of

NUMBER = "323210742499"
SECRET = "a-long-secret-of-the-carrier"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def telling(session: Session) -> Iterator[None]:
    """bpost tells of its parcels in the shop's own format; afterwards it is as every shop starts with it."""
    reference.setup_data(session)
    bpost = session.scalars(select(Carrier).where(Carrier.code == "bpost")).one()
    held = {
        "name": bpost.name,
        "tracking_url": bpost.tracking_url,
        "position": bpost.position,
        "actor": STAFF,
    }
    parcels.save_carrier(session, carrier_id=bpost.id, notice_format="plain", **held)
    assert parcels.set_carrier_secret(session, carrier_id=bpost.id, secret=SECRET, actor=STAFF) == SECRET
    yield
    session.rollback()
    with unit_of_work(session):
        session.execute(update(Carrier).values(notice_format="", notice_secret=None))


def event(step: str, *, hours: int = 0, number: str = NUMBER, **more: Any) -> dict[str, Any]:
    at = (NOON + timedelta(hours=hours)).isoformat()
    return {"id": f"{number}-{step}-{hours}", "tracking_number": number, "status": step, "at": at} | more


def tell(
    app: Any, *events: dict[str, Any], carrier: str = "bpost", secret: str = SECRET, raw: bytes = b""
) -> Any:
    body = raw or json.dumps({"events": events}).encode()
    return app.test_client().post(
        f"/api/v1/webhooks/{carrier}", data=body, headers={HEADER: sign(secret, body)}
    )


def send(session: Session, made: Order, number: str = NUMBER, **more: Any) -> Shipment:
    return parcels.ship_order(
        session, order_id=made.id, carrier="bpost", tracking_number=number, actor=STAFF, **more
    )


def states(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = select(CarrierEvent.step, CarrierEvent.state).order_by(CarrierEvent.id)
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def bell(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    query = select(StaffNotice.topic, StaffNotice.cleared_at.is_(None)).order_by(StaffNotice.id)
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def test_the_carrier_tells_until_it_has_arrived(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    send(session, made)
    assert tell(app, event("moving", text="Sorted", place="Brussels", hours=1)).status_code == 200
    deliver()
    assert state_of(session, made.id) == "shipped"
    assert tell(app, event("delivered", hours=3), event("out", hours=2)).get_json() == {"received": True}
    deliver()
    session.expire_all()
    assert state_of(session, made.id) == "delivered"
    (parcel,) = queries.parcels(session, made.id)
    assert (parcel.state, parcel.delivered_at) == ("delivered", NOON + timedelta(hours=3))
    assert [(told.step, told.words, told.place) for told in parcel.events] == [
        ("delivered", "Delivered", ""), ("out", "Out for delivery", ""), ("moving", "Sorted", "Brussels"),
    ]  # fmt: skip
    page = app.test_client().get(f"/orders/{made.token}").text
    assert "Sorted" in page and "Brussels" in page and "Out for delivery" in page


def test_the_same_notice_twice_is_one(app: Any, session: Session, deliver: Callable[[], int]) -> None:
    made = paid(session)
    send(session, made)
    for _ in range(2):
        assert tell(app, event("delivered")).status_code == 200
        deliver()
    assert states(session) == [("delivered", "applied")]
    row = session.scalars(select(CarrierEvent)).one()
    for _ in range(2):
        handlers.apply_news(session, CarrierTold(row.id))
    assert len(queries.parcels(session, made.id)[0].events) == 1
    kinds = session.scalars(text("SELECT kind FROM orders_history WHERE kind = 'parcel_delivered'")).all()
    assert len(kinds) == 1


def test_late_news_never_undo_an_arrival(app: Any, session: Session, deliver: Callable[[], int]) -> None:
    made = paid(session)
    send(session, made)
    for told in (
        event("delivered", hours=5),
        event("out", hours=4),
        event("trouble", hours=1),
        event("lost", hours=2),
    ):
        tell(app, told)
        deliver()
    assert state_of(session, made.id) == "delivered"
    assert bell(session) == []
    assert {state for _step, state in states(session)} == {"applied"}


def test_bad_news_that_newer_news_overtook_move_nothing(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    send(session, made)
    for told in (event("moving", hours=5), event("lost", hours=1), event("trouble", hours=2)):
        tell(app, told)
        deliver()
    assert queries.parcels(session, made.id)[0].state == "shipped"
    assert ("parcel_trouble", True) not in bell(session)
    tell(app, event("trouble", hours=6, text="Address not found"))
    deliver()
    assert ("parcel_trouble", True) in bell(session)
    tell(app, event("delivered", hours=7))
    deliver()
    assert ("parcel_trouble", True) not in bell(session)


def test_a_parcel_that_comes_back_returns_the_order(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    send(session, made)
    tell(app, event("returned"))
    deliver()
    assert queries.parcels(session, made.id)[0].state == "returned"
    assert state_of(session, made.id) == "returned"
    with pytest.raises(IllegalTransition):
        parcels.mark_delivered(
            session, order_id=made.id, shipment_id=queries.parcels(session, made.id)[0].id, actor=STAFF
        )
    session.rollback()
    refused = session.scalars(
        select(AuditRow).where(AuditRow.action == "order.parcel_delivered.refused")
    ).one()
    assert (refused.before, refused.after) == ({"state": "returned"}, {"step": "deliver"})


def test_one_parcel_back_and_one_arrived_is_an_order_delivered(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session, 2)
    first, second = (line.id for line in made.lines)
    send(session, made, lines={first: 2})
    send(session, made, "323210742500", lines={second: 2})
    tell(app, event("returned"), event("delivered", number="323210742500"))
    deliver()
    assert state_of(session, made.id) == "delivered"


def test_a_lost_parcel_waits_for_a_person(app: Any, session: Session, deliver: Callable[[], int]) -> None:
    made = paid(session)
    send(session, made)
    tell(app, event("lost", text="Not found at the depot"))
    deliver()
    assert queries.parcels(session, made.id)[0].state == "lost" and state_of(session, made.id) == "shipped"
    assert ("parcel_trouble", True) in bell(session)


def test_news_before_the_parcel_find_it_when_it_is_sent(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    assert tell(app, event("delivered")).status_code == 200
    deliver()
    assert states(session) == [("delivered", "unmatched")]
    assert bell(session) == [("carrier_unmatched", True)]
    send(session, made)
    deliver()
    assert states(session) == [("delivered", "applied")]
    assert bell(session)[0] == ("carrier_unmatched", False)
    assert state_of(session, made.id) == "delivered"


def test_the_carrier_may_bring_the_number(app: Any, session: Session, deliver: Callable[[], int]) -> None:
    made = paid(session)
    send(session, made, "")
    assert made.state == "shipped" and queries.parcels(session, made.id)[0].url == ""
    tell(app, event("announced", order_number=made.number))
    deliver()
    session.expire_all()
    (parcel,) = queries.parcels(session, made.id)
    assert parcel.number == NUMBER and NUMBER in parcel.url and len(parcel.events) == 1


def test_people_may_bring_the_number_and_put_it_right(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    shipment = send(session, made, "323210742400")
    tell(app, event("out"))
    deliver()
    values = {"order_id": made.id, "shipment_id": shipment.id, "actor": STAFF}
    with pytest.raises(Invalid):
        parcels.set_tracking_number(session, tracking_number="<b>", **values)
    for _ in range(2):
        parcels.set_tracking_number(session, tracking_number="3232 1074 2499", **values)
    deliver()
    assert states(session) == [("out", "applied")]
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "order.parcel_number")).one()
    assert noted.before == {"tracking_number": "323210742400"}


def test_what_is_refused(app: Any, session: Session) -> None:
    body = json.dumps({"events": [event("out")]}).encode()
    plain = app.test_client().post("/api/v1/webhooks/bpost", data=body)
    assert plain.status_code == 400 and plain.get_json()["code"] == "webhook_refused"
    assert tell(app, event("out"), secret="another-secret-altogether").status_code == 400
    assert tell(app, raw=b"not json").status_code == 400
    assert tell(app, event("sold")).status_code == 400
    assert tell(app, event("out"), carrier="dhl").status_code == 404, "dhl tells nothing here"
    assert tell(app, event("out"), carrier="pigeon").status_code == 404
    assert tell(app, raw=b" " * 600_000).status_code == 413
    assert states(session) == []


def test_only_its_own_carrier_tells_of_a_parcel(
    app: Any, session: Session, deliver: Callable[[], int]
) -> None:
    made = paid(session)
    parcels.ship_order(session, order_id=made.id, carrier="dpd", tracking_number=NUMBER, actor=STAFF)
    tell(app, event("delivered"))
    deliver()
    assert states(session) == [("delivered", "unmatched")] and state_of(session, made.id) == "shipped"


def test_secrets_are_never_in_the_clear(session: Session) -> None:
    stored = session.scalar(text("SELECT notice_secret FROM fulfilment_carrier WHERE code = 'bpost'"))
    assert stored and SECRET not in stored
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "carrier.secret")).one()
    assert noted.before is None and noted.after is None
    bpost = session.scalars(select(Carrier).where(Carrier.code == "bpost")).one()
    made = parcels.set_carrier_secret(session, carrier_id=bpost.id, actor=STAFF)
    assert len(made) >= 32 and made != SECRET
    with pytest.raises(ShortSecret):
        parcels.set_carrier_secret(session, carrier_id=bpost.id, secret="short", actor=STAFF)


def test_open_pages_hear_of_it(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(realtime, "emit", lambda *args, **more: told.append(more["room"]))
    made = paid(session)
    shipment = send(session, made)
    for _ in range(2):
        handlers.live_parcel(session, ParcelNews(shipment.id, made.id))
        handlers.live_parcel(session, ParcelLost(shipment.id, made.id))
        handlers.live_parcel(session, ParcelReturned(shipment.id, made.id))
    assert told == [f"order:{made.token}"] * 6


def test_the_tracking_page(app: Any, session: Session, deliver: Callable[[], int]) -> None:
    made = paid(session)
    send(session, made)
    tell(app, event("out", place="Gent"))
    deliver()
    client = app.test_client()
    assert client.get("/track").status_code == 200
    found = client.get("/track?number=3232+1074+2499")
    assert found.status_code == 200 and "Out for delivery" in found.text and "Gent" in found.text
    assert made.number not in found.text and made.shipping_address["name"] not in found.text
    assert all(line.name not in found.text for line in made.lines)
    unknown = client.get("/track?number=000011112222")
    assert unknown.status_code == 404 and "no parcel with this number" in unknown.text
    assert 'value="000011112222"' in unknown.text
    wrong = client.get("/track?number=%3Cb%3E")
    assert wrong.status_code == 422 and "<b>" not in wrong.text
