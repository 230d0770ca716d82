"""The mail about a parcel, and open pages that hear of it; both as often as told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import realtime
from app.core.i18n import LANGUAGES
from app.events.fulfilment import ParcelDelivered, ParcelShipped
from app.fulfilment import handlers, messages, reference
from app.fulfilment import operations as parcels
from app.notifications.models import Message
from tests.orders import making
from tests.orders.making import STAFF


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_number_and_link_in_five_languages(session: Session, language: str) -> None:
    reference.setup_data(session)
    made = making.order(session, making.articles(session, 1), language=language)
    making.pay(session, made)
    sent = parcels.ship_order(
        session, order_id=made.id, carrier="dpd", tracking_number="05212345678901", actor=STAFF
    )
    event = ParcelShipped(shipment_id=sent.id, order_id=made.id)
    messages.send_shipped(session, event)
    messages.send_shipped(session, event)
    mail = session.scalars(select(Message)).one()
    url = f"https://tracking.dpd.de/status/{language}/parcel/05212345678901"
    assert mail.language == language
    for part in (mail.text, mail.html):
        assert url in part and "05212345678901" in part and "DPD" in part and "Korenlei 12" in part
    assert str(made.number) in mail.subject


def test_parts_say_that_they_are_parts(session: Session, deliver: Callable[[], int]) -> None:
    reference.setup_data(session)
    made = making.order(session, making.articles(session, 2))
    making.pay(session, made)
    first, _second = (line.id for line in made.lines)
    send = {"order_id": made.id, "carrier": "own", "tracking_number": "", "actor": STAFF}
    parcels.ship_order(session, lines={first: 1}, **send)
    deliver()
    parcels.ship_order(session, **send)
    deliver()
    mails = session.scalars(
        select(Message).where(Message.template == "parcel_shipped").order_by(Message.id)
    ).all()
    assert [m.subject for m in mails] == [
        f"A part of your order {made.number} is on its way", f"The rest of your order {made.number} is on its way",
    ]  # fmt: skip
    assert ["The rest follows" in m.text for m in mails] == [True, False]
    assert all("Follow the parcel" not in m.html for m in mails)


def test_pages_hear_twice_or_not_at_all(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        realtime, "emit", lambda ns, name, body, room=None: told.append((ns, name, body, room))
    )
    made = making.order(session, making.articles(session, 1))
    for order_id in (made.id, made.id, 999):
        handlers.live_parcel(session, ParcelShipped(shipment_id=1, order_id=order_id))
        handlers.live_parcel(session, ParcelDelivered(shipment_id=1, order_id=order_id))
    expected = (
        "/notifications",
        "order",
        {"number": made.number, "status": "pending"},
        f"order:{made.token}",
    )
    assert told == [expected] * 4
    messages.send_shipped(session, ParcelShipped(shipment_id=999, order_id=999))
    assert session.scalar(select(Message.id)) is None
