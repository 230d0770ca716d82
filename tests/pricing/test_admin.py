"""The screens of prices: lists are cheap, forms refuse beside the field, bulk changes go to a job."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Variant
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from app.identity.models import User
from app.pricing import operations
from app.pricing.models import Price, PriceChange
from app.pricing.percent import PercentWish
from tests.counting import counted
from tests.pricing.desk import MOST_STATEMENTS, Desk
from tests.pricing.wares import D, product, variant_ids


@pytest.fixture
def desk(app: Any, session: Session) -> Desk:
    return Desk(app, session)


def test_price_list(desk: Desk, session: Session, engine: Any) -> None:
    for number in range(30):
        product(session, f"LAMP-{number}")
    desk.get("/admin/price/list/")
    with counted(engine) as seen:
        page = desk.get("/admin/price/list/")
    assert len(seen) <= MOST_STATEMENTS, "\n".join(seen)
    assert "LAMP-29" in page and "12.90" in page
    assert "LAMP-7" in desk.get("/admin/price/list/?q=LAMP-7") and "LAMP-8" not in desk.get(
        "/admin/price/list/?q=LAMP-7"
    )


def test_price_form(desk: Desk, session: Session) -> None:
    product(session, "A")
    (a,) = variant_ids(session, "A")
    desk.get("/admin/price/add")
    good = {"variant": str(a), "currency": "USD", "amount": "14.5", "compare_at": "20"}
    assert "higher" in desk.refused("/admin/price/add", "compare_at", **good | {"compare_at": "3"})
    assert desk.refused("/admin/price/add", "currency", **good | {"currency": "XXZ"})
    assert desk.refused("/admin/price/add", "amount", **good | {"amount": "14.555"})
    assert desk.refused("/admin/price/add", "variant", **good | {"variant": ""})
    assert desk.post("/admin/price/add", **good).status_code == 302
    row = session.scalars(select(Price).where(Price.currency == "USD")).one()
    key = row.id
    desk.get(f"/admin/price/show/{key}")
    desk.get(f"/admin/price/edit/{key}")
    assert desk.post(f"/admin/price/edit/{key}", amount="15", compare_at="").status_code == 302
    session.expire_all()
    assert (row.amount, row.compare_at) == (D(15), None)
    assert desk.post(f"/admin/price/delete/{key}").status_code == 302
    session.expire_all()
    assert session.get(Price, key) is None


def test_change_by_percent(desk: Desk, session: Session) -> None:
    product(session, "A")
    product(session, "B", price="20")
    ids = [str(i) for i in session.scalars(select(Price.id))]
    form = {"action": "change_percent", "rowid": ids, "_filled": "1", "percent": "10", "rounding": "none"}
    look = desk.browser.post(
        "/admin/price/action_post", data=form | {"only_look": "1"}, follow_redirects=True
    )
    assert (
        "2 prices would change" in look.text
        and "14.19" in look.text
        and not session.scalars(select(JobRow)).all()
    )
    assert desk.refused("/admin/price/action_post", "percent", **form | {"percent": "0"})
    assert desk.post("/admin/price/action_post", **form).status_code == 302
    session.rollback()
    job = session.scalars(select(JobRow)).one()
    assert job.name == "pricing.change_by_percent" and job.arguments["wish"]["percent"] == "10"
    assert sorted(job.arguments["wish"]["price_ids"]) == sorted(int(i) for i in ids)


def test_bulk_changes(desk: Desk, session: Session, engine: Any) -> None:
    product(session, "A")
    change = operations.begin_change(session, run="x", wish=PercentWish(D(10), "EUR"), actor=SYSTEM)
    operations.apply_change(session, change_id=change.id, actor=SYSTEM)
    desk.get("/admin/pricechange/list/")
    with counted(engine) as seen:
        assert "10 % EUR" in desk.get("/admin/pricechange/list/")
    assert len(seen) <= MOST_STATEMENTS
    assert "14.19" in desk.get(f"/admin/pricechange/show/{change.id}")
    assert desk.post(f"/admin/pricechange/action/undo/{change.id}").status_code == 302
    assert session.scalars(select(JobRow.name)).all() == ["pricing.undo_change"]
    assert session.get(PriceChange, change.id)


def test_usr_10_a_seller_sees_prices_of_own_articles_only(app: Any, session: Session) -> None:
    seller = Desk(app, session, "Seller")
    mine, other = product(session, "MINE"), product(session, "OTHER")
    mine.seller_id = session.scalar(select(User.id).where(User.email == "seller@desk.example"))
    session.commit()
    price = dict(
        session.execute(select(Variant.sku, Price.id).join(Variant, Variant.id == Price.variant_id)).all()
    )
    page = seller.get("/admin/price/list/")
    assert "MINE" in page and "OTHER" not in page
    assert seller.browser.get(f"/admin/price/show/{price['MINE']}").status_code == 200
    assert seller.browser.get(f"/admin/price/show/{price['OTHER']}").status_code == 404
    changes = {}
    for name, chosen in (("own", ["MINE"]), ("all", ["MINE", "OTHER"])):
        wish = PercentWish(D(10), "EUR", price_ids=tuple(price[sku] for sku in chosen))
        change = operations.begin_change(session, run=name, wish=wish, actor=SYSTEM)
        operations.apply_change(session, change_id=change.id, actor=SYSTEM)
        changes[name] = change.id
    for door in ("show", "lines"):
        seen = [seller.browser.get(f"/admin/pricechange/{door}/{pk}").status_code for pk in changes.values()]
        assert seen == [200, 404], door
    assert other.seller_id is None
