"""The screens of stock: lists are cheap, levels change with a reason, what is written is not rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analytics import queries as figures
from app.analytics.rules import Period, Question
from app.catalog.models import Product
from app.core import slots
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.inventory import operations, queries
from app.inventory.admin import low_stock_tile
from app.inventory.models import Alert, Movement, Reservation, Stock, Warehouse
from tests.counting import counted
from tests.inventory.shelves import Article, level, put
from tests.pricing.desk import Desk

Make = Callable[..., Article]


@pytest.fixture
def desk(app: Any, session: Session) -> Desk:
    return Desk(app, session)


def row_id(session: Session, goods: Article) -> int:
    return session.scalars(select(Stock.id).where(Stock.variant_id == goods.variant_id)).one()


def form(**more: Any) -> dict[str, str]:
    return {"on_hand": "10", "reason": "", "low_at": "", "backorder_limit": "0", "backorder_date": ""} | more


def test_the_list_of_levels(desk: Desk, session: Session, make: Make, engine: Any) -> None:
    goods = [make(stock=20 + n) for n in range(28)]
    session.rollback()
    desk.get("/admin/stock/list/")
    with counted(engine) as seen:
        page = desk.get("/admin/stock/list/")
    assert len(seen) <= 12, "\n".join(seen)
    assert goods[0].sku in page and goods[0].name in page and "Main warehouse" in page
    found = desk.get(f"/admin/stock/list/?q={goods[3].name.replace(' ', '+')}")
    assert goods[3].sku in found
    found = desk.get(f"/admin/stock/list/?q={goods[27].sku.lower()}")
    assert goods[27].sku in found and goods[1].sku not in found.split()


def test_filters_for_what_is_low_and_what_is_out(desk: Desk, session: Session, make: Make) -> None:
    plenty, low, out, own = make(stock=50), make(stock=3), make(stock=0), make(stock=9)
    operations.set_low_at(session, sku=own.sku, low_at=9, actor=SYSTEM)
    for query, expected in (
        ("available.low=1", {low, own}), ("available.eq=0", {out}), ("available.out=1", {out}), ("available.ge=9", {plenty, own}),
        ("low_at.eq=9", {own}), (f"variant.sku.eq={low.sku}", {low}),
    ):  # fmt: skip
        shown = desk.get(f"/admin/stock/list/?{query}").split()
        assert {goods for goods in (plenty, low, out, own) if goods.sku in shown} == expected, query
    assert desk.browser.get("/admin/stock/list/?available.eq=x'--").status_code == 200


def test_a_level_changes_by_form_with_its_reason(desk: Desk, session: Session, make: Make) -> None:
    lamp = make(stock=10)
    operations.reserve(session, holder="order:1", lines={lamp.variant_id: 4}, until=None)
    address = f"/admin/stock/edit/{row_id(session, lamp)}"
    desk.get(address)
    assert "why" in desk.refused(address, "reason", **form(on_hand="12"))
    assert "promised" in desk.refused(address, "on_hand", **form(on_hand="3", reason="lost"))
    assert desk.refused(address, "on_hand", **form(on_hand="-1", reason="x"))
    assert desk.refused(address, "low_at", **form(low_at="-1"))
    assert desk.refused(address, "backorder_date", **form(backorder_date="soon"))
    assert level(session, lamp) == (10, 4, 0)
    answer = desk.post(
        address,
        **form(on_hand="12", reason="counted", low_at="5", backorder_limit="7", backorder_date="2030-01-02"),
    )
    assert answer.status_code == 302
    assert level(session, lamp) == (12, 4, 0)
    newest = queries.history(session, lamp.sku)[0]
    assert (newest.reason, newest.actor) == ("counted", "admin@desk.example")
    shown = desk.get(f"/admin/stock/show/{row_id(session, lamp)}")
    assert "counted" in shown and "+2" in shown and "Count" in shown


def test_a_new_article_is_counted_for_the_first_time(desk: Desk, session: Session, make: Make) -> None:
    lamp = make(stock=None)
    assert session.scalars(select(Stock).where(Stock.variant_id == lamp.variant_id)).all() == []
    place = session.scalars(select(Warehouse.id).order_by(Warehouse.priority)).first()
    typed = {"variant": str(lamp.variant_id), "warehouse": str(place), "on_hand": "12"}
    assert desk.refused("/admin/stock/add", "reason", **typed, reason="")
    assert desk.post("/admin/stock/add", **typed, reason="first delivery").status_code == 302
    assert level(session, lamp) == (12, 0, 0)


def test_deliveries_and_write_offs(desk: Desk, session: Session, make: Make) -> None:
    lamp = make(stock=5)
    at = f"/admin/stock/action/receive/{row_id(session, lamp)}"
    desk.get(at)
    assert desk.post(at, quantity="7", reason="note 4711", _filled="1").status_code == 302
    assert level(session, lamp) == (12, 0, 0)
    off = f"/admin/stock/action/write_off/{row_id(session, lamp)}"
    assert desk.post(off, quantity="99", reason="flood", _filled="1").status_code in (200, 422)
    assert level(session, lamp) == (12, 0, 0)
    assert desk.post(off, quantity="2", reason="flood", _filled="1").status_code == 302
    assert level(session, lamp) == (10, 0, 0)


def test_what_happened_is_only_read(desk: Desk, session: Session, make: Make) -> None:
    lamp = make(stock=5)
    operations.reserve(session, holder="order:17", lines={lamp.variant_id: 4}, until=timedelta(hours=1))
    for entity, model, words in (
        ("movement", Movement, lamp.sku), ("reservation", Reservation, "order:17"), ("stockalert", Alert, lamp.sku),
    ):  # fmt: skip
        key = session.scalars(select(model.id)).first()
        assert words in desk.get(f"/admin/{entity}/list/")
        assert words in desk.get(f"/admin/{entity}/show/{key}")
        for route in ("add", f"edit/{key}", f"delete/{key}"):
            assert desk.post(f"/admin/{entity}/{route}").status_code in (404, 405)
    assert desk.post(f"/admin/stock/delete/{row_id(session, lamp)}").status_code in (404, 405)
    assert "order:17" in desk.get("/admin/reservation/list/?q=order:17&state.eq=held")
    assert lamp.sku in desk.get("/admin/stockalert/list/?cleared_at.empty=1")


def test_warehouses(desk: Desk, session: Session, south: int) -> None:
    assert "South" in desk.get("/admin/warehouse/list/")
    base = {"code": "south", "name": "Again", "country": "BE", "priority": "5"}
    assert "already used" in desk.refused("/admin/warehouse/add", "code", **base)
    assert desk.refused("/admin/warehouse/add", "code", **base | {"code": "a b"})
    assert "no such country" in desk.refused(
        "/admin/warehouse/add", "country", **base | {"code": "N", "country": "1"}
    )
    answer = desk.post(f"/admin/warehouse/edit/{south}", name="Far south", priority="7")
    assert answer.status_code == 302
    session.expire_all()
    row = session.get_one(Warehouse, south)
    assert (row.name, row.priority, row.is_active, row.code) == ("Far south", 7, False, "SOUTH")


@pytest.mark.parametrize(
    ("role", "sees", "changes"), [("Manager", 200, 200), ("Support", 200, 302), ("Seller", 302, 302)]
)
def test_who_may_do_what(app: Any, session: Session, make: Make, role: str, sees: int, changes: int) -> None:
    lamp = make(stock=5)
    key = row_id(session, lamp)
    browser = Desk(app, session, role).browser
    assert (browser.get("/admin/stock/list/").status_code in (200,)) is (sees == 200)
    assert (browser.get(f"/admin/stock/edit/{key}").status_code == 200) is (changes == 200)
    browser.post(f"/admin/stock/edit/{key}", data=form(on_hand="99", reason="mine"))
    assert (level(session, lamp)[0] == 99) is (changes == 200)


def test_the_first_page_says_how_much_runs_low(session: Session, make: Make) -> None:
    lamp = make(stock=5)
    assert (low_stock_tile(session).value, low_stock_tile(session).tone) == (0, "good")
    put(session, lamp, 1)
    assert (low_stock_tile(session).value, low_stock_tile(session).tone) == (1, "wait")
    assert slots.is_filled("admin.home")


def test_first_page_dashboard_and_list_count_the_same(
    desk: Desk, session: Session, make: Make, south: int
) -> None:
    low, out, own, hidden = make(stock=3), make(stock=0), make(stock=9), make(stock=2)
    make(stock=50)
    operations.set_low_at(session, sku=own.sku, low_at=9, actor=SYSTEM)
    operations.set_on_hand(
        session, sku=own.sku, on_hand=1, reason="Here too", actor=SYSTEM, warehouse="SOUTH"
    )
    operations.update_warehouse(
        session, warehouse_id=south, name="South", priority=5, is_active=False, actor=SYSTEM
    )
    with unit_of_work(session):
        session.get_one(Product, hidden.product_id).state = "draft"
    day = figures.today(session)
    told = figures.ask(session, [Question("low_stock", Period(day, day))], language="en")
    tile = low_stock_tile(session)
    assert tile.value == told[0].total == 2
    shown = desk.get(str(tile.url)).split()
    assert [goods.sku in shown for goods in (low, own, out, hidden)] == [True, True, False, False]
