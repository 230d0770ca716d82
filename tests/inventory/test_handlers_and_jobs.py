"""What follows a change of stock, each handler and job run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import caching, realtime, settings
from app.core.actor import SYSTEM
from app.core.feature import collected
from app.core.outbox import OutboxRow
from app.events.inventory import AvailabilityChanged, StockChanged, StockLow
from app.identity import operations as identity
from app.inventory import handlers, jobs, messages, operations, queries
from app.inventory.models import Stock
from app.inventory.settings import InventorySettings
from app.notifications.models import Message
from tests.inventory.shelves import Article, level, pass_time, put

Make = Callable[..., Article]


def kept(owner: str = "pages") -> int | None:
    caching.forget_local()
    return caching.generation(owner)


def test_kept_pages_are_forgotten_when_something_sells_out(session: Session, make: Make) -> None:
    lamp = make(stock=2)
    before = kept()
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 1}, until=None)
    assert kept() == before, "still to be bought: pages stand"
    operations.reserve(session, holder="order:2", lines={lamp.variant_id: 1}, until=None)
    after = kept()
    assert after is not None and before is not None and after > before
    for _ in range(2):
        handlers.forget_pages(session, AvailabilityChanged((lamp.product_id,)))


def test_open_pages_hear_what_can_be_ordered_now(
    session: Session, make: Make, deliver: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(realtime, "emit", lambda *args, **more: told.append((*args, more["room"])))
    lamp = make(stock=4)
    deliver()
    told.clear()
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 3}, until=None)
    deliver()
    body = {"sku": lamp.sku, "available": 1, "state": "low"}
    assert told == [("/notifications", "stock", body, f"sku:{lamp.sku}")]
    for _ in range(2):
        handlers.tell_open_pages(session, StockChanged(lamp.variant_id, lamp.product_id, lamp.sku, 99))
    assert told[1:] == told[:1] * 2, "an old number in the event is not repeated"


@pytest.fixture
def manager(session: Session) -> str:
    user = identity.create_user(
        session, email="manager@example.com", first_name="M", last_name="M", roles=["Manager"], actor=SYSTEM
    )
    return str(user.email)


def mails(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = select(Message.recipient, Message.subject).where(Message.template == "low_stock")
    return [tuple(row) for row in session.execute(query.order_by(Message.id))]  # type: ignore[misc]


def test_managers_are_told_once_a_crossing(
    session: Session, make: Make, manager: str, deliver: Callable[[], int]
) -> None:
    lamp = make(stock=5)
    deliver()
    for n in range(3):
        operations.reserve(session, holder=f"order:{n}", lines={lamp.variant_id: 1}, until=None)
    deliver()
    assert mails(session) == [("manager@example.com", f"Running low: {lamp.name} (2 left)")]
    stock_id = session.scalars(select(Stock.id).where(Stock.variant_id == lamp.variant_id)).one()
    for _ in range(2):
        messages.low_stock(session, StockLow(stock_id, lamp.variant_id, lamp.sku, "MAIN", 3, 3))
    deliver()
    assert len(mails(session)) == 1
    body = session.scalars(select(Message)).first()
    assert body is not None and lamp.sku in body.text and lamp.sku in body.html
    assert f"/admin/stock/show/{stock_id}" in body.html


def test_nobody_is_told_when_goods_came_in_meanwhile(
    session: Session, make: Make, manager: str, deliver: Callable[[], int]
) -> None:
    lamp = make(stock=5)
    put(session, lamp, 1)
    put(session, lamp, 50)
    deliver()
    assert mails(session) == []


def test_named_addresses_replace_the_managers(session: Session, manager: str) -> None:
    assert queries.alert_addresses(session) == [manager]
    settings.change(session, InventorySettings, actor=SYSTEM, alert_emails=["b@example.com", "a@example.com"])
    try:
        assert queries.alert_addresses(session) == ["a@example.com", "b@example.com"]
    finally:
        settings.change(session, InventorySettings, actor=SYSTEM, alert_emails=[])


def test_expired_reservations_come_back_by_the_job(session: Session, make: Make) -> None:
    lamp = make(stock=3)
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 3}, until=timedelta(minutes=1))
    pass_time(session, "order:1")
    assert jobs.expire_reservations(None) == {"expired": 1}
    assert jobs.expire_reservations(None) == {"expired": 0}
    assert level(session, lamp) == (3, 0, 0)


def test_the_manifest_keeps_what_it_promises(session: Session, make: Make) -> None:
    mine = next(feature for feature in collected() if feature.name == "inventory")
    assert {schedule.job for schedule in mine.schedules} <= set(mine.jobs)
    make(stock=3)
    assert [check.find(session) for check in mine.checks] == [[], []]


def test_checks_find_what_somebody_changed_behind_the_stocks_back(session: Session, make: Make) -> None:
    from sqlalchemy import text

    lamp = make(stock=3)
    session.execute(
        text("UPDATE inventory_stock SET on_hand = 4, reserved = 1 WHERE variant_id = :v"),
        {"v": lamp.variant_id},
    )
    assert len(queries.drifted_levels(session)) == 1
    assert len(queries.drifted_reservations(session)) == 1
    session.rollback()


def test_outbox_rows_are_delivered(session: Session, make: Make, deliver: Callable[[], int]) -> None:
    make(stock=3)
    deliver()
    session.rollback()
    waiting = session.scalars(select(OutboxRow.handler).where(OutboxRow.done_at.is_(None))).all()
    assert waiting == []
