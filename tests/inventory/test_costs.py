"""What articles cost: from a day on, said by people who may, kept with its history; unknown is not zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.clock import today
from app.inventory import operations
from app.inventory.errors import BadCost, CostDayTaken
from app.inventory.models import Cost, Stock
from app.inventory.operations.costs import cost_of
from tests.inventory.shelves import Article
from tests.pricing.desk import Desk

Make = Callable[..., Article]


def costs(session: Session, goods: Article) -> list[tuple[date, Decimal]]:
    session.rollback()
    query = select(Cost.valid_from, Cost.amount).where(Cost.variant_id == goods.variant_id)
    return [tuple(row) for row in session.execute(query.order_by(Cost.valid_from))]  # type: ignore[misc]


def audits(session: Session) -> list[str]:
    session.rollback()
    rows = session.scalars(select(AuditRow).where(AuditRow.entity == "inventory_cost").order_by(AuditRow.id))
    return [row.action for row in rows]


def test_a_cost_holds_from_its_day_on(session: Session, make: Make) -> None:
    lamp, now = make(), today()
    for ago, amount in ((30, "4.00"), (5, "5.1250")):
        day = now - timedelta(days=ago)
        operations.set_costs(
            session, amounts={lamp.variant_id: Decimal(amount)}, valid_from=day, actor=SYSTEM
        )
    found = [cost_of(session, lamp.variant_id, now - timedelta(days=ago)) for ago in (31, 30, 6, 5, 0)]
    assert found == [None, Decimal(4), Decimal(4), Decimal("5.1250"), Decimal("5.1250")]
    assert session.scalars(select(Stock).where(Stock.variant_id == lamp.variant_id)).one().cost == Decimal(
        "5.1250"
    )
    assert audits(session) == ["cost.create", "cost.create"]


def test_saying_it_again_changes_nothing_and_many_get_one_record(session: Session, make: Make) -> None:
    goods = [make() for _n in range(60)]
    amounts = {one.variant_id: Decimal(3) for one in goods}
    assert operations.set_costs(session, amounts=amounts, actor=SYSTEM) == 60
    assert operations.set_costs(session, amounts=amounts, actor=SYSTEM) == 0
    assert audits(session) == ["cost.set_many"]
    assert (
        operations.set_costs(session, amounts=amounts | {goods[0].variant_id: Decimal(4)}, actor=SYSTEM) == 1
    )
    assert operations.set_costs(session, amounts={}, actor=SYSTEM) == 0


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000", "0.00001", "NaN", "Infinity"])
def test_what_is_no_cost_is_refused(session: Session, make: Make, amount: str) -> None:
    lamp = make()
    with pytest.raises(BadCost):
        operations.set_costs(session, amounts={lamp.variant_id: Decimal(amount)}, actor=SYSTEM)
    assert costs(session, lamp) == [] and audits(session) == []


def test_the_database_refuses_it_too(session: Session, make: Make) -> None:
    session.add(Cost(variant_id=make().variant_id, valid_from=today(), amount=Decimal(-1), currency="EUR"))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_correcting_and_taking_back(session: Session, make: Make) -> None:
    lamp, now = make(), today()
    first = operations.add_cost(
        session, variant_id=lamp.variant_id, amount=Decimal(4), valid_from=now - timedelta(9), actor=SYSTEM
    )
    second = operations.add_cost(
        session, variant_id=lamp.variant_id, amount=Decimal(5), valid_from=None, actor=SYSTEM
    )
    with pytest.raises(CostDayTaken):
        operations.change_cost(
            session, cost_id=second.id, amount=Decimal(6), valid_from=now - timedelta(9), actor=SYSTEM
        )
    operations.change_cost(
        session, cost_id=second.id, amount=Decimal(6), valid_from=now - timedelta(1), actor=SYSTEM
    )
    assert costs(session, lamp) == [(now - timedelta(9), Decimal(4)), (now - timedelta(1), Decimal(6))]
    operations.remove_cost(session, cost_id=second.id, actor=SYSTEM)
    assert cost_of(session, lamp.variant_id, now) == 4
    operations.remove_cost(session, cost_id=first.id, actor=SYSTEM)
    assert cost_of(session, lamp.variant_id, now) is None
    assert audits(session) == ["cost.create", "cost.create", "cost.update", "cost.delete", "cost.delete"]


def test_the_stock_screen_says_what_a_piece_costs(app: Any, session: Session, make: Make) -> None:
    desk, lamp = Desk(app, session), make(stock=10)
    stock_id = session.scalars(select(Stock.id).where(Stock.variant_id == lamp.variant_id)).one()
    address = f"/admin/stock/edit/{stock_id}"
    plain = {"on_hand": "10", "reason": "", "low_at": "", "backorder_limit": "0", "backorder_date": ""}
    for wrong in ("-1", "much", "1.23456", "9" * 30):
        assert desk.refused(address, "cost", **plain, cost=wrong)
    assert costs(session, lamp) == []
    desk.accepted(address, **plain, cost="4.5")
    desk.accepted(address, **plain, cost="")
    desk.accepted(address, **plain, cost="4.50")
    assert costs(session, lamp) == [(today(), Decimal("4.5"))]
    assert audits(session) == ["cost.create"]
    assert 'value="4.50"' in desk.browser.get(address).text
    assert "4.5" in desk.get("/admin/stock/list/")


def test_the_screen_of_costs_and_its_door(app: Any, session: Session, make: Make) -> None:
    desk, lamp = Desk(app, session), make()
    desk.accepted("/admin/cost/add", variant=str(lamp.variant_id), amount="2.50", valid_from="2026-01-01")
    assert costs(session, lamp) == [(date(2026, 1, 1), Decimal("2.5"))]
    row = session.scalars(select(Cost)).one()
    assert "2.50" in desk.get("/admin/cost/list/") and lamp.sku in desk.get(f"/admin/cost/list/?q={lamp.sku}")
    assert desk.refused(f"/admin/cost/edit/{row.id}", "amount", amount="-2", valid_from="2026-01-01")
    desk.accepted(f"/admin/cost/edit/{row.id}", amount="2.75", valid_from="2026-01-01")
    assert "2.75" in desk.get(f"/admin/cost/show/{row.id}"), "with its history"
    table = desk.browser.get("/admin/cost/export.csv")
    assert table.status_code == 200 and lamp.sku in table.text and "2.75" in table.text
    assert "cost" in desk.browser.get("/admin/stock/export.csv").text.splitlines()[0].casefold()


def test_costs_come_in_by_table(app: Any, session: Session, make: Make) -> None:
    from app.core.admin.imports.declaring import screens

    with app.test_request_context():
        assert {"cost", "stock"} <= set(screens())


@pytest.mark.parametrize(("role", "allowed"), [("Manager", True), ("Seller", False), ("Support", False)])
def test_who_may_say_what_something_costs(
    app: Any, session: Session, make: Make, role: str, allowed: bool
) -> None:
    lamp, desk = make(), Desk(app, session, role)
    desk.post("/admin/cost/add", variant=str(lamp.variant_id), amount="2.50", valid_from="2026-01-01")
    assert bool(costs(session, lamp)) is allowed
