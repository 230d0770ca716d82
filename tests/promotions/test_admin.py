"""The screens of promotions, VAT, shipping and regions: cheap lists, refusals beside their field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.catalog.models import Category, Product
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.promotions import operations
from app.promotions.models import Coupon, Rule
from app.regions import reference as regions
from app.regions.models import Country, Currency, ExchangeRate
from app.shipping.models import Method, Zone
from app.tax import reference as tax
from app.tax.models import TaxRate
from tests.counting import counted
from tests.pricing.desk import MOST_STATEMENTS, Desk
from tests.pricing.wares import D, product

LISTS = (
    "coupon", "promotion", "couponuse", "taxrate", "shippingzone", "shippingmethod", "country", "currency", "exchangerate",
)  # fmt: skip


@pytest.fixture
def desk(app: Any, session: Session) -> Desk:
    return Desk(app, session)


@pytest.fixture
def restored(session: Session) -> Iterator[None]:
    """Put reference data back that a screen has changed."""
    yield
    session.rollback()
    with unit_of_work(session):
        session.execute(delete(TaxRate))
        session.execute(delete(Method).where(Method.code == "test"))
        session.execute(delete(Zone).where(Zone.code == "test"))
        session.execute(delete(ExchangeRate))
        session.execute(update(Country).values(is_enabled=Country.code.in_(regions.SERVED)))
        session.execute(update(Currency).values(is_enabled=Currency.code.in_(regions.ENABLED)))
    tax.setup_data(session)
    regions.setup_data(session)


def test_lists_are_cheap(desk: Desk, session: Session, engine: Any) -> None:
    for number in range(15):
        operations.set_coupon(session, code=f"C{number}", value=D(5), actor=SYSTEM)
        operations.set_rule(session, name=f"Rule {number}", value=D(5), actor=SYSTEM)
        operations.claim_coupons(
            session,
            codes=[f"C{number}"],
            holder=f"order:{number}",
            email="a@b.example",
            user_id=None,
            currency="EUR",
        )
    session.commit()
    for entity in LISTS:
        desk.get(f"/admin/{entity}/list/")
        with counted(engine) as seen:
            desk.get(f"/admin/{entity}/list/")
        assert len(seen) <= MOST_STATEMENTS, "\n".join([entity, *seen])


def test_coupon(desk: Desk, session: Session) -> None:
    desk.get("/admin/coupon/add")
    good = {"code": "spring", "kind": "percent", "value": "10", "minimum": "", "is_active": "1"}
    assert "100" in desk.refused("/admin/coupon/add", "value", **good | {"value": "101"})
    assert desk.refused("/admin/coupon/add", "currency", **good | {"kind": "fixed"})
    assert desk.refused("/admin/coupon/add", "limit_total", **good | {"limit_total": "0"})
    assert desk.post("/admin/coupon/add", **good).status_code == 302
    coupon = session.scalars(select(Coupon)).one()
    assert (coupon.code, coupon.minimum, coupon.is_active) == ("SPRING", 0, True)
    assert desk.refused("/admin/coupon/add", "code", **good)
    desk.get(f"/admin/coupon/show/{coupon.id}")
    desk.get(f"/admin/coupon/edit/{coupon.id}")
    assert (
        desk.post(f"/admin/coupon/edit/{coupon.id}", **good | {"value": "12", "limit_total": "3"}).status_code
        == 302
    )
    session.expire_all()
    assert (coupon.value, coupon.limit_total) == (12, 3)
    assert desk.post(f"/admin/coupon/delete/{coupon.id}").status_code == 302
    session.expire_all()
    assert session.scalars(select(Coupon)).all() == []


def test_promotion_with_categories_by_name(desk: Desk, session: Session) -> None:
    made = product(session, "A")
    category, name = session.execute(select(Category.id, Category.name)).one()
    desk.get("/admin/promotion/add")
    found = desk.browser.get("/admin/promotion/related/categories?q=lam").json["results"]
    assert [str(row.get("id", row.get("value"))) for row in found] == [str(category)] and name == "Lamps"
    assert desk.browser.get("/admin/promotion/related/value?q=lam").status_code == 404
    good = {
        "name": "Lamps", "scope": "line", "kind": "percent", "value": "10", "minimum_quantity": "1", "priority": "5",
        "categories": [str(category)], "products": [str(made.id)], "is_active": "1", "is_stackable": "1",
    }  # fmt: skip
    assert desk.refused("/admin/promotion/add", "value", **good | {"value": "0"})
    assert desk.refused("/admin/promotion/add", "categories", **good | {"categories": ["999999999"]})
    desk.accepted("/admin/promotion/add", **good)
    rule = session.scalars(select(Rule)).one()
    assert (rule.category_ids, rule.product_ids, rule.priority) == ([category], [made.id], 5)
    assert "Lamps" in desk.get(f"/admin/promotion/edit/{rule.id}")
    desk.get(f"/admin/promotion/show/{rule.id}")
    assert session.get(Product, made.id)


def test_tax_rate(desk: Desk, session: Session, restored: None) -> None:
    desk.get("/admin/taxrate/add")
    good = {
        "country": "LT",
        "tax_class": "reduced",
        "rate": "9",
        "valid_from": "2020-01-01",
        "valid_until": "",
    }
    assert desk.refused("/admin/taxrate/add", "rate", **good | {"rate": "100"})
    assert desk.refused("/admin/taxrate/add", "country", **good | {"country": "ZZ"})
    assert desk.post("/admin/taxrate/add", **good).status_code == 302
    assert "Another rate" in desk.refused("/admin/taxrate/add", "valid_from", **good)
    row = session.scalars(select(TaxRate).where(TaxRate.country == "LT", TaxRate.rate == 9)).one()
    desk.get(f"/admin/taxrate/show/{row.id}")
    assert (
        desk.post(f"/admin/taxrate/edit/{row.id}", **good | {"valid_until": "2030-12-31"}).status_code == 302
    )
    assert desk.post(f"/admin/taxrate/delete/{row.id}").status_code == 302
    home = session.scalars(
        select(TaxRate.id).where(TaxRate.country == "BE", TaxRate.tax_class == "standard")
    ).one()
    answer = desk.browser.post(f"/admin/taxrate/delete/{home}", follow_redirects=True)
    assert "needs a standard rate" in answer.text


def test_shipping(desk: Desk, session: Session, restored: None) -> None:
    zone = {"code": "test", "name": "Test", "countries": "LU\nBE", "postcode_prefixes": ""}
    assert desk.refused("/admin/shippingzone/add", "countries", **zone | {"countries": "Luxembourg"})
    assert desk.post("/admin/shippingzone/add", **zone).status_code == 302
    made = session.scalars(select(Zone).where(Zone.code == "test")).one()
    assert made.countries == ["BE", "LU"]
    good = {
        "code": "test", "name": "Test", "zone": str(made.id), "kind": "standard", "price": "3.5", "is_active": "1",
        "days_min": "1", "days_max": "2",
    }  # fmt: skip
    assert desk.refused("/admin/shippingmethod/add", "days_max", **good | {"days_max": "0"})
    assert desk.refused("/admin/shippingmethod/add", "zone", **good | {"zone": ""})
    assert desk.refused("/admin/shippingmethod/add", "translations", **good | {"translations": '{"xx": 1}'})
    for _ in range(2):
        assert desk.post("/admin/shippingmethod/add", **good).status_code == 302
    rows = session.scalars(select(Method).where(Method.code == "test")).all()
    assert "Overlaps with a row above" in desk.get(f"/admin/shippingzone/show/{made.id}")
    desk.get(f"/admin/shippingmethod/edit/{rows[0].id}")
    tried = desk.get("/admin/shippingmethod/preview?country=be&weight_g=500&value=20")
    assert "Wins: test: BE, 500 g" in tried and "an older row of the same position and price wins" in tried
    refused = desk.browser.post(f"/admin/shippingzone/delete/{made.id}", follow_redirects=True)
    assert "Methods still belong" in refused.text


def test_regions(desk: Desk, session: Session, restored: None) -> None:
    assert desk.post("/admin/country/edit/US", is_enabled="").status_code == 302
    assert session.get(Country, "US").is_enabled is False  # type: ignore[union-attr]
    assert desk.refused("/admin/currency/edit/EUR", "is_enabled", position="0")
    assert desk.post("/admin/currency/edit/GBP", position="20", is_enabled="1").status_code == 302
    assert desk.refused("/admin/exchangerate/add", "rate", currency="USD", rate="0")
    assert desk.post("/admin/exchangerate/add", currency="USD", rate="1.5").status_code == 302
    row = session.scalars(select(ExchangeRate).where(ExchangeRate.manual)).one()
    assert desk.post(f"/admin/exchangerate/delete/{row.id}").status_code == 302
    assert "Old exchange rates" in desk.get("/admin/")
