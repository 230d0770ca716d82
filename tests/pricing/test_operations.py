"""Prices are set one by one or in thousands, checked, noted, announced, and found again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import InvalidFields
from app.core.outbox import OutboxRow
from app.pricing import operations, queries
from app.pricing.errors import BadPrice, ComparePriceTooLow, NoSuchVariant, PriceNeeded
from app.pricing.operations import NewPrice
from app.regions.errors import UnknownCurrency
from tests.pricing.wares import D, money, product, variant_ids


def test_price_list_wins_over_conversion(session: Session) -> None:
    product(session, "A", price="10.00")
    (a,) = variant_ids(session, "A")
    converted = queries.prices_for(session, [a], "USD")[a]
    assert (converted.price, converted.converted) == (money("11.25", "USD"), True)  # 11.252, to 0.05
    operations.set_price(session, variant_id=a, amount=money("9.99", "USD"), actor=SYSTEM)
    listed = queries.prices_for(session, [a], "USD")[a]
    assert (listed.price, listed.converted) == (money("9.99", "USD"), False)
    assert queries.prices_for(session, [a], "EUR")[a].price == money("10.00")
    operations.remove_price(session, variant_id=a, currency="USD", actor=SYSTEM)
    assert queries.prices_for(session, [a], "USD")[a].converted


def test_currency_without_rate_and_variant_without_price_are_left_out(session: Session) -> None:
    product(session, "A", price=None)
    product(session, "B")
    a, b = variant_ids(session, "A", "B")
    assert set(queries.prices_for(session, [a, b, 987654321], "EUR")) == {b}
    assert queries.prices_for(session, [a, b], "BHD") == {}
    assert queries.prices_for(session, [], "EUR") == {}


def test_crossed_out_price_is_kept_and_converted(session: Session) -> None:
    product(session, "A")
    (a,) = variant_ids(session, "A")
    operations.set_price(session, variant_id=a, amount=money("8"), compare_at=money("10"), actor=SYSTEM)
    assert queries.prices_for(session, [a], "EUR")[a].compare_at == money("10")
    assert queries.prices_for(session, [a], "GBP")[a].compare_at == money("8.50", "GBP")
    operations.set_price(session, variant_id=a, amount=money("0.01"), compare_at=money("0.02"), actor=SYSTEM)
    assert queries.prices_for(session, [a], "GBP")[a].compare_at is None  # both are 0.05


def test_refusals_change_nothing(session: Session) -> None:
    product(session, "A", publish=True)
    (a,) = variant_ids(session, "A")
    for new, wrong in (
        (NewPrice(a, "EUR", D("-1")), BadPrice), (NewPrice(a, "EUR", D("1.001")), BadPrice),
        (NewPrice(a, "JPY", D("1.5")), BadPrice), (NewPrice(a, "EUR", D("NaN")), BadPrice),
        (NewPrice(a, "EUR", D(5), D(5)), ComparePriceTooLow), (NewPrice(a, "XXZ", D(5)), UnknownCurrency),
        (NewPrice(10**12, "EUR", D(5)), NoSuchVariant), (NewPrice(a, "EUR", None), PriceNeeded),
    ):  # fmt: skip
        with pytest.raises(wrong):
            operations.set_prices(session, prices=[NewPrice(a, "GBP", D(7)), new], actor=SYSTEM)
    assert queries.prices_for(session, [a], "GBP")[a].converted
    assert queries.prices_for(session, [a], "EUR")[a].price == money("12.90")


def test_same_price_again_announces_nothing(session: Session) -> None:
    product(session, "A")
    (a,) = variant_ids(session, "A")

    def count() -> tuple[int | None, int | None]:
        events = select(func.count()).where(OutboxRow.kind == "pricing.PriceChanged")
        return session.scalar(events), session.scalar(select(func.count(AuditRow.id)))

    before = count()
    assert operations.set_prices(session, prices=[NewPrice(a, "EUR", D("12.90"))], actor=SYSTEM) == 0
    assert count() == before
    assert operations.set_prices(session, prices=[NewPrice(a, "EUR", D("13"))], actor=SYSTEM) == 1
    note = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert note.before == {"amount": "12.9000", "compare_at": None} and note.after["amount"] == "13"


def test_many_in_one_go_are_one_announcement_and_one_note(session: Session) -> None:
    skus = [f"BULK-{n}" for n in range(60)]
    for sku in skus:
        product(session, sku, price=None)
    ids = variant_ids(session, *skus)
    new = [NewPrice(i, "EUR", D(n + 1)) for n, i in enumerate(ids)]
    assert operations.set_prices(session, prices=new, actor=SYSTEM) == 60
    assert queries.prices_for(session, ids, "EUR")[ids[59]].price == money(60)
    told = select(OutboxRow.body).where(OutboxRow.handler == "app.pricing.handlers.forget_pages")
    events = session.scalars(told).all()
    assert len(events) == 1 and len(events[0]["variant_ids"]) == 60
    notes = session.scalars(select(AuditRow.after).where(AuditRow.action == "prices.set")).all()
    assert [note["prices"] for note in notes] == [60]


def test_products_bring_their_prices(session: Session) -> None:
    made = product(session, "A", price="12.90")
    (a,) = variant_ids(session, "A")
    parts = {"prices": {"A": {"EUR": 10, "USD": "14.50", "compare_at": {"EUR": "15.90"}}}}
    catalog.update_product(session, product_id=made.id, parts=parts, actor=SYSTEM)
    found = queries.prices_for(session, [a], "EUR")[a]
    assert (found.price, found.compare_at) == (money(10), money("15.90"))
    assert queries.prices_for(session, [a], "USD")[a].price == money("14.50", "USD")
    catalog.update_product(session, product_id=made.id, parts={"prices": {"A": {"USD": None}}}, actor=SYSTEM)
    assert queries.prices_for(session, [a], "USD")[a].converted


@pytest.mark.parametrize(
    ("prices", "field"),
    [
        ({"EUR": "abc"}, "prices.A.EUR"), ({"EUR": "-1"}, "prices.A.EUR"), ({"EUR": "1.999"}, "prices.A.EUR"),
        ({"EUR": True}, "prices.A.EUR"), ({"ZZZ": "1"}, "prices.A.ZZZ"), ("12", "prices.A"),
        ({"EUR": "5", "compare_at": {"EUR": "4"}}, "prices.A.compare_at.EUR"),
        ({"EUR": "5", "compare_at": {"USD": "9"}}, "prices.A.compare_at"),
        ({"EUR": "5", "compare_at": 7}, "prices.A.compare_at"),
    ],
)  # fmt: skip
def test_wrong_prices_are_named_by_sku(session: Session, prices: object, field: str) -> None:
    made = product(session, "A")
    with pytest.raises(InvalidFields) as refused:
        catalog.update_product(session, product_id=made.id, parts={"prices": {"A": prices}}, actor=SYSTEM)
    assert field in refused.value.errors


def test_nothing_is_published_without_a_price(session: Session) -> None:
    with pytest.raises(InvalidFields) as refused:
        product(session, "A", price=None, publish=True)
    assert "A" in str(refused.value.errors["prices"])


def test_search_knows_prices(session: Session) -> None:
    made = product(session, "A", price="10")
    (a,) = variant_ids(session, "A")
    operations.set_price(session, variant_id=a, amount=money(8), compare_at=money(10), actor=SYSTEM)
    assert queries.index_fields(session, [made.id, 10**9]) == {
        made.id: {"price": D("8.0000"), "price_max": D("8.0000"), "on_sale": True}
    }
