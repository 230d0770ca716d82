"""Dated rates: checked, never overlapping, never without one at home; counted at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core import caching
from app.core.actor import SYSTEM
from app.core.errors import InvalidFields, NotFound
from app.core.unit_of_work import unit_of_work
from app.events.tax import TaxRatesChanged
from app.tax import checks, handlers, operations, reference
from app.tax.errors import LastHomeRate, OverlappingRates
from app.tax.models import TaxRate
from app.tax.queries import load_tax_table
from tests.pricing.wares import D, line, money, quoted


@pytest.fixture(autouse=True)
def restored(session: Session) -> Iterator[None]:
    """Rates are reference data: put them back after each test."""
    yield
    session.rollback()
    with unit_of_work(session):
        session.execute(delete(TaxRate))
    reference.setup_data(session)


def put(session: Session, **values: Any) -> TaxRate:
    given = {"country": "LT", "tax_class": "reduced", "rate": D(9), "valid_from": date(2020, 1, 1)} | values
    return operations.set_rate(session, actor=SYSTEM, **given)


def test_a_new_rate_counts_at_once(session: Session) -> None:
    on = date(2026, 1, 5)
    assert load_tax_table(session).rate("LT", "reduced", on) == 21
    made = put(session)
    assert load_tax_table(session).rate("LT", "reduced", on) == 9
    put(session, rate_id=made.id, valid_until=date(2025, 12, 31))
    put(session, rate=D(5), valid_from=date(2026, 1, 1))
    assert load_tax_table(session).rate("LT", "reduced", on) == 5
    assert load_tax_table(session).rate("LT", "reduced", date(2025, 12, 31)) == 9
    operations.remove_rate(session, rate_id=made.id, actor=SYSTEM)
    assert load_tax_table(session).rate("LT", "reduced", date(2025, 12, 31)) == 21
    with pytest.raises(NotFound):
        operations.remove_rate(session, rate_id=made.id, actor=SYSTEM)


@pytest.mark.parametrize(
    ("start", "end"),
    [((2019, 1, 1), None), ((2019, 1, 1), (2020, 1, 1)), ((2024, 12, 31), (2024, 12, 31)), ((2021, 1, 1), (2022, 1, 1))],
)  # fmt: skip
def test_overlaps_are_refused(
    session: Session, start: tuple[int, int, int], end: tuple[int, int, int] | None
) -> None:
    put(session, valid_until=date(2024, 12, 31))
    with pytest.raises(OverlappingRates):
        put(session, valid_from=date(*start), valid_until=date(*end) if end else None)
    put(session, valid_from=date(2025, 1, 1))
    assert checks.rates_never_overlap(session) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"country": "ZZ"}, "country"), ({"country": "lithuania"}, "country"), ({"tax_class": "luxury"}, "tax_class"),
        ({"rate": D(100)}, "rate"), ({"rate": D(-1)}, "rate"), ({"rate": D("1.2345")}, "rate"),
        ({"rate": D("NaN")}, "rate"), ({"valid_until": date(2019, 12, 31)}, "valid_until"), ({"rate": None}, "rate"),
        ({"valid_from": None}, "valid_from"), ({"country": None}, "country"),
    ],
)  # fmt: skip
def test_wrong_rates_are_refused_by_field(session: Session, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        put(session, **values)
    assert set(refused.value.errors) == {field}


def test_the_home_country_keeps_a_rate(session: Session) -> None:
    row = session.scalars(
        select(TaxRate).where(TaxRate.country == "BE", TaxRate.tax_class == "standard")
    ).one()
    with pytest.raises(LastHomeRate):
        operations.remove_rate(session, rate_id=row.id, actor=SYSTEM)
    with pytest.raises(LastHomeRate):
        put(
            session,
            rate_id=row.id,
            country="BE",
            tax_class="standard",
            rate=D(21),
            valid_until=date(2030, 1, 1),
        )
    assert checks.members_have_a_rate(session) == []


def test_a_fresh_shop_is_filled_once(session: Session) -> None:
    count = session.scalar(select(func.count(TaxRate.id)))
    reference.setup_data(session)
    assert (
        session.scalar(select(func.count(TaxRate.id)))
        == count
        == len(reference.STANDARD) + len(reference.OTHERS)
    )
    quote = quoted(line(money(121)), taxes=load_tax_table(session), country="EE", shipping_method=None)
    assert quote.tax == money("23.42")  # 24 % since 2025-07-01
    session.execute(delete(TaxRate).where(TaxRate.country == "LU"))
    caching.purge("tax")
    assert checks.members_have_a_rate(session) == ["LU has no standard VAT rate today"]


def test_handler_purges_twice_in_a_row(session: Session) -> None:
    numbers = [caching.generation("pages")]
    for _ in range(2):
        handlers.forget_pages(session, TaxRatesChanged(("BE",)))
        numbers.append(caching.generation("pages"))
    assert len(set(numbers)) == 3
