"""Promise, take, give back, expire, return: one buyer at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.errors import Invalid
from app.core.outbox import OutboxRow
from app.inventory import operations, queries
from app.inventory.errors import OutOfStock, ReservationGone
from tests.inventory.shelves import Article, assert_sound, level, pass_time, put, states

HALF_HOUR = timedelta(minutes=30)
Make = Callable[..., Article]


def hold(session: Session, holder: str, *wanted: tuple[Article, int]) -> None:
    lines = {goods.variant_id: quantity for goods, quantity in wanted}
    operations.reserve(session, holder=holder, lines=lines, until=HALF_HOUR)


def test_reserved_goods_stay_on_the_shelf_until_they_are_claimed(session: Session, make: Make) -> None:
    lamp = make(stock=10)
    hold(session, "order:1", (lamp, 4))
    assert level(session, lamp) == (10, 4, 0)
    assert queries.availability(session, [lamp.variant_id])[lamp.variant_id].available == 6
    operations.claim(session, holder="order:1")
    assert level(session, lamp) == (6, 0, 0)
    operations.claim(session, holder="order:1")
    assert level(session, lamp) == (6, 0, 0), "claiming twice takes once"
    assert_sound(session)


def test_all_lines_or_none(session: Session, make: Make) -> None:
    lamp, chair = make(stock=10), make(stock=1)
    with pytest.raises(OutOfStock) as refused:
        hold(session, "order:1", (lamp, 2), (chair, 2))
    assert refused.value.params["left"] == 1
    assert (refused.value.params["sku"], refused.value.params["name"]) == (chair.sku, chair.name)
    assert level(session, lamp) == (10, 0, 0)
    assert states(session, "order:1") == []


@pytest.mark.parametrize("quantity", [0, -1, 10**10, True])
def test_quantities_that_make_no_sense(session: Session, make: Make, quantity: int) -> None:
    lamp = make()
    with pytest.raises(Invalid):
        hold(session, "order:1", (lamp, quantity))


def test_what_was_sold_out_says_so(session: Session, make: Make) -> None:
    lamp = make(stock=0)
    with pytest.raises(OutOfStock) as refused:
        hold(session, "order:1", (lamp, 1))
    assert "sold out" in refused.value.text
    assert lamp.name in refused.value.text


def test_given_back_goods_can_be_sold_again_and_never_claimed(session: Session, make: Make) -> None:
    lamp = make(stock=3)
    hold(session, "order:1", (lamp, 3))
    operations.release(session, holder="order:1")
    operations.release(session, holder="order:1")
    assert level(session, lamp) == (3, 0, 0)
    with pytest.raises(ReservationGone):
        operations.claim(session, holder="order:1")
    hold(session, "order:2", (lamp, 3))
    assert_sound(session)


def test_time_runs_out_by_the_clock_of_the_database(session: Session, make: Make) -> None:
    lamp = make(stock=3)
    hold(session, "order:1", (lamp, 2))
    hold(session, "order:2", (lamp, 1))
    assert operations.expire_reservations(session) == ()
    pass_time(session, "order:1")
    assert operations.expire_reservations(session) == ("order:1",)
    assert operations.expire_reservations(session) == ()
    assert level(session, lamp) == (3, 1, 0)
    with pytest.raises(ReservationGone):
        operations.extend_reservation(session, holder="order:1", until=HALF_HOUR)
    assert_sound(session)


def test_a_payment_that_is_being_made_keeps_the_goods(session: Session, make: Make) -> None:
    lamp = make(stock=1)
    hold(session, "order:1", (lamp, 1))
    pass_time(session, "order:1")
    operations.extend_reservation(session, holder="order:1", until=HALF_HOUR)
    assert operations.expire_reservations(session) == ()
    operations.extend_reservation(session, holder="order:1", until=None)
    operations.claim(session, holder="order:1")
    assert level(session, lamp) == (0, 0, 0)


def test_an_expiry_is_announced_with_its_holders(
    session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    from app.inventory.operations import reservations

    monkeypatch.setattr(reservations, "publish", lambda _session, *events: told.extend(events))
    lamp = make(stock=2)
    hold(session, "order:1", (lamp, 1))
    pass_time(session, "order:1")
    operations.expire_reservations(session)
    assert [event.holders for event in told] == [("order:1",)]  # type: ignore[attr-defined]


def test_returns_come_back_once_and_only_what_went_out(session: Session, make: Make) -> None:
    lamp, chair = make(stock=5), make(stock=5)
    hold(session, "order:1", (lamp, 3), (chair, 1))
    operations.claim(session, holder="order:1")
    operations.return_to_stock(session, holder="order:1", lines={lamp.variant_id: 2}, reason="too dark")
    assert level(session, lamp) == (4, 0, 0)
    with pytest.raises(Invalid):
        operations.return_to_stock(session, holder="order:1", lines={lamp.variant_id: 2})
    operations.return_to_stock(session, holder="order:1")
    operations.return_to_stock(session, holder="order:1")
    assert (level(session, lamp), level(session, chair)) == ((5, 0, 0), (5, 0, 0))
    assert_sound(session)


def test_two_warehouses_give_in_their_order(session: Session, make: Make, south: int) -> None:
    lamp = make(stock=5)
    put(session, lamp, 2, "SOUTH")
    hold(session, "order:1", (lamp, 4))
    rows = {row.warehouse: (row.on_hand, row.reserved) for row in queries.levels_of(session, lamp.sku)}
    assert rows == {"MAIN": (5, 2), "SOUTH": (2, 2)}
    operations.release(session, holder="order:1")
    assert_sound(session)


def test_a_closed_warehouse_promises_nothing(session: Session, make: Make, south: int) -> None:
    lamp = make(stock=0)
    put(session, lamp, 5, "SOUTH")
    operations.update_warehouse(
        session, warehouse_id=south, name="South", priority=90, is_active=False, actor=SYSTEM
    )
    with pytest.raises(OutOfStock):
        hold(session, "order:1", (lamp, 1))


def test_incoming_goods_go_to_the_oldest_backorder_first(session: Session, make: Make) -> None:
    lamp = make(stock=1)
    operations.set_backorder(session, sku=lamp.sku, limit=10, expected=date(2030, 5, 1), actor=SYSTEM)
    found = queries.availability(session, [lamp.variant_id])[lamp.variant_id]
    assert (found.available, found.backorder, found.sellable) == (1, 10, 11)
    hold(session, "order:1", (lamp, 3))
    operations.claim(session, holder="order:1")
    hold(session, "order:2", (lamp, 2))
    assert level(session, lamp) == (0, 4, 4), "one sold, two owed, two held"
    found = queries.availability(session, [lamp.variant_id])[lamp.variant_id]
    assert (found.state, found.ships_from, found.backorder) == ("backorder", date(2030, 5, 1), 6)
    operations.receive(session, sku=lamp.sku, quantity=3, actor=SYSTEM)
    assert states(session, "order:1") == [(1, "claimed", False), (2, "claimed", False)]
    assert states(session, "order:2") == [(1, "held", True), (1, "held", False)]
    assert_sound(session)


def test_cancelled_goods_go_to_who_waits(session: Session, make: Make) -> None:
    lamp = make(stock=2)
    operations.set_backorder(session, sku=lamp.sku, limit=5, expected=None, actor=SYSTEM)
    hold(session, "order:1", (lamp, 2))
    hold(session, "order:2", (lamp, 2))
    operations.claim(session, holder="order:2")
    operations.release(session, holder="order:1")
    assert states(session, "order:2") == [(2, "claimed", False)]
    assert level(session, lamp) == (0, 0, 0)
    assert_sound(session)


def test_only_a_committed_change_is_announced(session: Session, make: Make) -> None:
    lamp, chair = make(stock=1), make(stock=0)
    before = session.scalars(select(OutboxRow.id)).all()
    with pytest.raises(OutOfStock):
        hold(session, "order:1", (lamp, 1), (chair, 1))
    assert session.scalars(select(OutboxRow.id)).all() == before
