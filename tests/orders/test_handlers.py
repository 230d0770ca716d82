"""Open pages hear of every step, in every process, as often as it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import realtime
from app.core.feature import collected
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.events.identity import EmailChanged, EmailVerified
from app.orders import handlers, jobs
from app.orders import operations as orders
from app.orders.models import History
from tests.orders import making
from tests.orders.making import STAFF
from tests.orders.test_queries import user

Told = list[tuple[str, str, dict[str, Any], str | list[str] | None]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What was emitted."""
    found: Told = []
    monkeypatch.setattr(
        realtime, "emit", lambda ns, name, body, room=None: found.append((ns, name, body, room))
    )
    return found


def test_every_step_reaches_open_pages(session: Session, deliver: Callable[[], int], told: Told) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    making.pay(session, made)
    orders.pack(session, order_id=made.id, actor=STAFF)
    orders.ship(session, order_id=made.id, actor=STAFF)
    orders.deliver(session, order_id=made.id, actor=STAFF)
    orders.return_order(session, order_id=made.id, actor=STAFF)
    deliver()
    mine = [entry for entry in told if entry[1] == "order"]
    assert len(mine) == 7  # six steps, and the invoice that is issued on the way
    expected = (
        "/notifications",
        "order",
        {"number": made.number, "status": "returned"},
        f"order:{made.token}",
    )
    assert set(map(str, mine)) == {str(expected)}


@pytest.mark.parametrize("kind", handlers.STEPS)
def test_twice_and_for_nothing(session: Session, told: Told, kind: type[Any]) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    extra = {
        events.OrderPlaced: {"placed_at": making.utcnow()}, events.OrderPaid: {"paid_at": making.utcnow()},
        events.OrderCancelled: {"reason": "staff"},
    }.get(kind, {})  # fmt: skip
    for order_id in (made.id, made.id, 999):
        handlers.live_order(session, kind(order_id=order_id, **extra))
    assert [entry[2]["status"] for entry in told] == ["pending", "pending"]


def test_ord_05_its_customer_hears_wherever_they_are(session: Session, told: Told) -> None:
    made = making.order(session, making.articles(session, 1))
    kim = user(session, "kim@example.org")
    with unit_of_work(session):
        made.user_id = kim
    orders.tell_pages(session, order_id=made.id)
    assert [entry[-1] for entry in told] == [[f"order:{made.token}", f"shop:{kim}"]], "in one message"


def test_every_event_of_orders_is_heard_by_pages() -> None:
    (mine,) = (f for f in collected() if f.name == "orders")
    heard = {h.event for h in mine.handlers if h.fn.__name__.startswith("live_")}
    assert heard == {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and kind.__module__ == events.__name__
    }


def test_without_sockets_nothing_breaks(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    orders.tell_pages(session, order_id=made.id)
    assert jobs.expire_unpaid(None) == {"expired": 0}


def test_a_proved_address_brings_its_orders_along(session: Session) -> None:
    made = making.order(session, making.articles(session, 1))
    kim = user(session, "KIM@example.org")
    for _ in range(2):
        handlers.claim_verified(session, EmailVerified(user_id=kim))
        handlers.claim_changed(session, EmailChanged(user_id=kim))
    session.refresh(made)
    assert made.user_id == kim
    claimed = session.scalars(select(History).where(History.kind == "claimed")).all()
    assert [(entry.is_public, entry.actor_user_id) for entry in claimed] == [(False, kim)]
