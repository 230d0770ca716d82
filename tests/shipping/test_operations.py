"""Zones and methods are checked, kept, and forgotten by caches; a fresh shop can ship everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import caching
from app.core.actor import SYSTEM
from app.core.errors import InvalidFields, NotFound
from app.core.unit_of_work import unit_of_work
from app.events.shipping import ShippingMethodsChanged
from app.promotions.queries import load_promotions
from app.shipping import checks, handlers, operations, reference
from app.shipping.errors import SameCode, ZoneInUse
from app.shipping.models import Method, Zone
from app.shipping.queries import load_shipping_table
from app.shipping.rules import Parcel, rates
from app.tax.queries import load_tax_table
from tests.counting import counted
from tests.pricing.wares import D, money


@pytest.fixture
def mine(session: Session) -> Iterator[Zone]:
    """A zone of this test's own, gone afterwards (zones are reference data)."""
    zone = operations.set_zone(session, code="test", name="Test", countries=["LU"], actor=SYSTEM)
    yield zone
    session.rollback()
    with unit_of_work(session):
        session.execute(delete(Method).where(Method.zone_id.in_(_test_zones(session))))
        session.execute(delete(Zone).where(Zone.code.like("test%")))


def _test_zones(session: Session) -> list[int]:
    return [zone.id for zone in session.query(Zone).filter(Zone.code.like("test%"))]


def _method(session: Session, zone: Zone, **values: Any) -> Method:
    given = {"code": "test", "name": "Test", "zone_id": zone.id, "price": D("3.50")} | values
    return operations.set_method(session, actor=SYSTEM, **given)


def test_a_new_method_counts_at_once(session: Session, mine: Zone) -> None:
    parcel = Parcel(100, money(10), "LU")
    before = {rate.code for rate in rates(load_shipping_table(session), parcel)}
    made = _method(session, mine, translations={"fr": {"name": "Essai"}})
    found = {rate.code: rate for rate in rates(load_shipping_table(session), parcel, "fr")}
    assert before | {"test"} == set(found) and found["test"].name == "Essai"
    operations.set_method(session, method_id=made.id, is_active=False, actor=SYSTEM)
    assert "test" not in {rate.code for rate in rates(load_shipping_table(session), parcel)}
    operations.remove_method(session, method_id=made.id, actor=SYSTEM)
    with pytest.raises(NotFound):
        operations.remove_method(session, method_id=made.id, actor=SYSTEM)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": D("-1")}, "price"), ({"price": None}, "price"), ({"price": D("1.001")}, "price"),
        ({"max_weight": 0}, "max_weight"), ({"min_weight": -1}, "min_weight"), ({"max_value": D(0)}, "max_value"),
        ({"days_min": 5, "days_max": 4}, "days_max"), ({"kind": "rocket"}, "kind"), ({"code": "A B"}, "code"),
        ({"zone_id": 10**9}, "zone_id"), ({"name": " "}, "name"), ({"translations": {"xx": {}}}, "translations"),
        ({"translations": []}, "translations"), ({"free_over": D("NaN")}, "free_over"),
        ({"position": 10**9}, "position"),
    ],
)  # fmt: skip
def test_wrong_methods_are_refused_by_field(
    session: Session, mine: Zone, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        _method(session, mine, **values)
    assert set(refused.value.errors) == {field}


def test_zones_are_checked(session: Session, mine: Zone) -> None:
    for values, field in (
        ({"countries": ["ZZ"]}, "countries"), ({"countries": []}, "countries"), ({"code": "Ä"}, "code"),
        ({"name": ""}, "name"), ({"postcode_prefixes": ["1" * 13]}, "postcode_prefixes"),
    ):  # fmt: skip
        given: dict[str, Any] = {"code": "test2", "name": "T", "countries": ["*"]} | values
        with pytest.raises(InvalidFields) as refused:
            operations.set_zone(session, actor=SYSTEM, **given)
        assert set(refused.value.errors) == {field}
    with pytest.raises(SameCode):
        operations.set_zone(session, code="be", name="B", countries=["BE"], zone_id=mine.id, actor=SYSTEM)
    _method(session, mine)
    with pytest.raises(ZoneInUse):
        operations.remove_zone(session, zone_id=mine.id, actor=SYSTEM)


def test_a_fresh_shop_reaches_every_country(session: Session) -> None:
    assert checks.served_countries_have_a_method(session) == []
    table = load_shipping_table(session)
    kinds = {
        country: {r.kind for r in rates(table, Parcel(800, money(20), country))}
        for country in ("BE", "IT", "US")
    }
    assert kinds == {"BE": {"standard", "express"}, "IT": {"standard", "express"}, "US": {"international"}}
    assert all(set(m.names) == {"fr", "nl", "de", "es"} for m in table.methods)
    count = session.query(Method).count()
    reference.setup_data(session)
    assert session.query(Method).count() == count
    assert rates(table, Parcel(4_999, money(49), "BE"))[0].price == money(Decimal("4.95"))


def test_a_warm_quote_costs_no_statement(session: Session, engine: Any) -> None:
    def load() -> None:
        load_tax_table(session), load_shipping_table(session), load_promotions(session, [])

    load()
    with counted(engine) as seen:
        load()
    assert seen == []


def test_handler_purges_twice_in_a_row(session: Session) -> None:
    news = ShippingMethodsChanged(("standard",))
    numbers = [caching.generation("pages")]
    for _ in range(2):
        handlers.forget_pages(session, news)
        numbers.append(caching.generation("pages"))
    assert numbers == sorted(set(numbers))  # type: ignore[type-var]
