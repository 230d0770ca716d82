"""Counts, deliveries, write-offs, thresholds, backorder limits, and many levels at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.core.actor import Actor
from app.core.audit import AuditRow
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import OutboxRow
from app.inventory import operations, queries
from app.inventory.errors import BadLevel, StockPromised, UnknownSku
from app.inventory.models import Alert, Stock, Warehouse
from tests.counting import counted
from tests.inventory.shelves import Article, assert_sound, level, put

ANNA = Actor("staff", None, "anna@example.com")
Make = Callable[..., Article]


def row_of(session: Session, goods: Article) -> Stock:
    return session.scalars(select(Stock).where(Stock.variant_id == goods.variant_id)).one()


def alerts(session: Session) -> list[tuple[int, bool]]:
    session.rollback()
    return [
        (a.available, a.cleared_at is not None) for a in session.scalars(select(Alert).order_by(Alert.id))
    ]


def test_a_count_is_a_movement_with_its_reason(session: Session, make: Make) -> None:
    lamp = make(stock=5)
    assert operations.set_on_hand(session, sku=lamp.sku, on_hand=3, reason="  counted \n", actor=ANNA) == 5
    newest = queries.history(session, lamp.sku)[0]
    assert (newest.kind, newest.quantity, newest.on_hand_after) == ("count", -2, 3)
    assert (newest.reason, newest.actor) == ("counted", "anna@example.com")
    audit = session.scalars(select(AuditRow).where(AuditRow.action == "stock.set")).one()
    assert (audit.before, audit.after) == ({"on_hand": 5}, {"on_hand": 3, "reason": "  counted \n"})


@pytest.mark.parametrize("wrong", [-1, 10**9 + 1, 1.5, "7", True, None])
def test_levels_are_whole_numbers(session: Session, make: Make, wrong: Any) -> None:
    lamp = make(stock=5)
    with pytest.raises(BadLevel):
        operations.set_on_hand(session, sku=lamp.sku, on_hand=wrong, reason="x", actor=ANNA)
    assert level(session, lamp) == (5, 0, 0)


@pytest.mark.parametrize("reason", ["", "   ", "a\x00b"])
def test_a_reason_is_needed(session: Session, make: Make, reason: str) -> None:
    lamp = make(stock=5)
    with pytest.raises(Invalid) as refused:
        operations.set_on_hand(session, sku=lamp.sku, on_hand=1, reason=reason, actor=ANNA)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("sku", ["NOPE", "a\x00", "x" * 300, ""])
def test_unknown_articles(session: Session, make: Make, sku: str) -> None:
    with pytest.raises(UnknownSku):
        operations.receive(session, sku=sku, quantity=1, actor=ANNA)


def test_nothing_that_is_promised_can_be_taken_away(session: Session, make: Make) -> None:
    lamp = make(stock=5)
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 4}, until=None)
    with pytest.raises(StockPromised):
        operations.set_on_hand(session, sku=lamp.sku, on_hand=3, reason="lost", actor=ANNA)
    with pytest.raises(StockPromised):
        operations.write_off(session, sku=lamp.sku, quantity=2, reason="broken", actor=ANNA)
    operations.write_off(session, sku=lamp.sku, quantity=1, reason="broken", actor=ANNA)
    assert level(session, lamp) == (4, 4, 0)
    assert_sound(session)


def test_a_limit_cannot_fall_below_what_waits(session: Session, make: Make) -> None:
    lamp = make(stock=0)
    operations.set_backorder(session, sku=lamp.sku, limit=5, expected=date(2030, 1, 1), actor=ANNA)
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 3}, until=None)
    with pytest.raises(StockPromised):
        operations.set_backorder(session, sku=lamp.sku, limit=2, expected=None, actor=ANNA)
    operations.set_backorder(session, sku=lamp.sku, limit=3, expected=None, actor=ANNA)


def test_one_alert_a_crossing_not_one_a_sale(session: Session, make: Make) -> None:
    lamp = make(stock=5)
    for n in range(4):
        operations.reserve(session, holder=f"order:{n}", lines={lamp.variant_id: 1}, until=None)
    assert alerts(session) == [(3, False)]
    operations.receive(session, sku=lamp.sku, quantity=10, actor=ANNA)
    assert alerts(session) == [(3, True)]
    operations.set_on_hand(session, sku=lamp.sku, on_hand=5, reason="count", actor=ANNA)
    assert alerts(session) == [(3, True), (1, False)]


def test_another_threshold_raises_and_clears(session: Session, make: Make) -> None:
    lamp = make(stock=10)
    operations.set_low_at(session, sku=lamp.sku, low_at=10, actor=ANNA)
    operations.set_low_at(session, sku=lamp.sku, low_at=12, actor=ANNA)
    assert alerts(session) == [(10, False)]
    operations.set_low_at(session, sku=lamp.sku, low_at=None, actor=ANNA)
    assert alerts(session) == [(10, True)]
    with pytest.raises(BadLevel):
        operations.set_low_at(session, sku=lamp.sku, low_at=-1, actor=ANNA)


def test_a_whole_row_changes_or_nothing(session: Session, make: Make) -> None:
    lamp = make(stock=5)
    values: dict[str, Any] = {
        "stock_id": row_of(session, lamp).id, "on_hand": 9, "low_at": 2, "backorder_limit": 4,
        "backorder_date": date(2030, 2, 3), "actor": ANNA,
    }  # fmt: skip
    with pytest.raises(Invalid):
        operations.set_level(session, reason="", **values)
    session.expire_all()
    assert (row_of(session, lamp).low_at, row_of(session, lamp).backorder_limit) == (None, 0)
    operations.set_level(session, reason="counted", **values)
    session.expire_all()
    row = row_of(session, lamp)
    assert (row.on_hand, row.low_at, row.backorder_limit, row.backorder_date) == (9, 2, 4, date(2030, 2, 3))
    assert row.available == 9
    before = len(queries.history(session, lamp.sku))
    operations.set_level(session, reason=None, **values)
    assert len(queries.history(session, lamp.sku)) == before, "nothing changed, nothing moved"
    with pytest.raises(NotFound):
        operations.set_level(session, reason="x", **(values | {"stock_id": 999_999}))


def test_thousands_of_levels_cost_a_handful_of_statements(session: Session, make: Make, engine: Any) -> None:
    few = [make(stock=None) for _ in range(3)]
    many = [make(stock=None) for _ in range(40)]

    def cost(goods: list[Article], quantity: int) -> int:
        wanted = {one.variant_id: quantity for one in goods}
        with counted(engine) as seen:
            changed = operations.set_on_hand_many(
                session, levels_by_variant=wanted, reason="count", actor=ANNA
            )
        assert changed == len(goods)
        return len(seen)

    cost([make(stock=None)], 9)  # settings are read now and kept for a while
    assert cost(many, 10) == cost(few, 10) <= 20, "handlers that run at once included"
    assert operations.set_on_hand_many(
        session, levels_by_variant={one.variant_id: 10 for one in many}, reason="count", actor=ANNA
    ) == 0  # fmt: skip
    assert_sound(session)


def test_a_great_count_does_not_tell_every_page(
    session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.inventory import levels

    monkeypatch.setattr(levels, "MANY", 2)
    goods = [make(stock=None) for _ in range(3)]
    operations.set_on_hand_many(
        session, levels_by_variant={one.variant_id: 4 for one in goods}, reason="count", actor=ANNA
    )
    kinds = session.scalars(select(OutboxRow.kind)).all()
    assert "inventory.StockChanged" not in kinds
    assert "inventory.AvailabilityChanged" in kinds


def test_parts_of_an_event_hold_a_thousand_ids() -> None:
    from app.inventory.levels import batched

    assert [len(part) for part in batched(range(2500))] == [1000, 1000, 500]
    assert batched([]) == []


def test_stock_is_a_part_of_a_product(session: Session, make: Make) -> None:
    lamp = make(stock=None)
    product = catalog.update_product  # the catalogue hands parts to whoever registered them
    from app.catalog.operations.parts import part_errors, write_parts

    assert callable(product)
    assert part_errors({"stock": {lamp.sku: -1}}).keys() == {f"stock.{lamp.sku}.on_hand"}
    assert part_errors({"stock": {lamp.sku: "12", "OTHER": None}}) == {}
    write_parts(session, {lamp.sku: lamp.variant_id}, {"stock": {lamp.sku: "12"}}, ANNA)
    assert level(session, lamp) == (12, 0, 0)
    write_parts(session, {lamp.sku: lamp.variant_id}, {"stock": {lamp.sku: None}}, ANNA)
    assert level(session, lamp) == (12, 0, 0)


def test_warehouses_refuse_what_makes_no_sense(session: Session, south: int) -> None:
    with pytest.raises(Conflict):
        operations.create_warehouse(session, code="South", name="Again", actor=ANNA)
    for code, name, priority in (
        ("", "x", 1),
        ("a b", "x", 1),
        ("OK", " ", 1),
        ("OK", "x", -1),
        ("OK", "x", True),
    ):
        with pytest.raises(Invalid):
            operations.create_warehouse(session, code=code, name=name, priority=priority, actor=ANNA)
    for country in ("1", "XX", "BEL", "Belgium", "B\x00"):
        with pytest.raises(Invalid) as refused:
            operations.create_warehouse(session, code="OK", name="x", country=country, actor=ANNA)
        assert refused.value.field == "country"
    for code, typed, kept in (("ONE", " be ", "BE"), ("TWO", "BR", "BR"), ("THREE", "", None)):
        made = operations.create_warehouse(session, code=code, name="x", country=typed, actor=ANNA)
        assert session.get_one(Warehouse, made).country == kept
    operations.update_warehouse(
        session, warehouse_id=south, name="Far south", priority=7, is_active=True, actor=ANNA
    )
    with pytest.raises(NotFound):
        operations.receive(session, sku="X", quantity=1, actor=ANNA, warehouse="NOWHERE")


def test_levels_of_an_article_in_each_warehouse(session: Session, make: Make, south: int) -> None:
    lamp = make(stock=2)
    put(session, lamp, 3, "SOUTH")
    found = [(row.warehouse, row.available) for row in queries.levels_of(session, lamp.sku)]
    assert found == [("SOUTH", 3), ("MAIN", 2)]
    with pytest.raises(UnknownSku):
        queries.levels_of(session, "NOPE")


def test_the_index_knows_what_can_be_bought(session: Session, make: Make) -> None:
    there, gone, later = make(stock=1), make(stock=0), make(stock=0)
    operations.set_backorder(session, sku=later.sku, limit=1, expected=None, actor=ANNA)
    ids = [there.product_id, gone.product_id, later.product_id]
    assert [queries.index_fields(session, ids)[i]["available"] for i in ids] == [True, False, True]
