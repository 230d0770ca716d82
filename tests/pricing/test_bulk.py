"""Many prices changed by a percentage: shown before, done once, undone as far as nobody was faster."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Category
from app.core import caching, jobs
from app.core.actor import SYSTEM
from app.core.errors import InvalidFields
from app.events.pricing import PriceChanged
from app.pricing import checks, handlers, operations, queries
from app.pricing.errors import AlreadyUndone, NoSuchChange
from app.pricing.models import PriceChange, PriceChangeLine
from app.pricing.percent import PercentWish, changed_price
from tests.pricing.wares import D, money, product, variant_ids


@pytest.fixture
def abc(session: Session) -> list[int]:
    for sku, price in (("A", "10.00"), ("B", "12.90"), ("C", "0.05")):
        product(session, sku, price=price)
    return variant_ids(session, "A", "B", "C")


def prices(session: Session, ids: list[int]) -> list[str]:
    found = queries.prices_for(session, ids, "EUR")
    return [str(found[i].price.amount) for i in ids]


@pytest.mark.parametrize(
    ("amount", "compare", "wish", "after", "after_compare"),
    [
        ("12.90", None, {"percent": "5"}, "13.55", None),
        ("12.90", None, {"percent": "5", "rounding": "ending:0.99"}, "13.99", None),
        ("12.90", "15.00", {"percent": "-10"}, "11.61", "13.50"),
        ("12.90", None, {"percent": "-10", "as_sale": True}, "11.61", "12.90"),
        ("12.90", "15.00", {"percent": "-10", "as_sale": True}, "11.61", "15.00"),
        ("0.01", "0.02", {"percent": "-50", "rounding": "step:0.05"}, "0.05", None),
    ],
)  # fmt: skip
def test_what_a_price_becomes(
    amount: str, compare: str | None, wish: dict[str, Any], after: str, after_compare: str | None
) -> None:
    wanted = PercentWish(**{"currency": "EUR", **wish, "percent": D(wish["percent"])})
    got = changed_price(D(amount), None if compare is None else D(compare), wanted)
    assert got == (D(after), None if after_compare is None else D(after_compare))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"percent": "0"}, "percent"), ({"percent": "-91"}, "percent"), ({"percent": "NaN"}, "percent"),
        ({"percent": "5", "as_sale": True}, "percent"), ({"percent": "5", "currency": "???"}, "currency"),
        ({"percent": "5", "rounding": "step:0"}, "rounding"), ({"percent": "5", "rounding": "x"}, "rounding"),
    ],
)  # fmt: skip
def test_senseless_wishes(session: Session, wish: dict[str, Any], field: str) -> None:
    wanted = PercentWish(**{"currency": "EUR", **wish, "percent": D(wish["percent"])})
    for verb in (
        lambda: operations.preview_change(session, wish=wanted),
        lambda: operations.begin_change(session, run="x", wish=wanted, actor=SYSTEM),
    ):
        with pytest.raises(InvalidFields) as refused:
            verb()
        assert set(refused.value.errors) == {field}


def test_preview_changes_nothing(session: Session, abc: list[int]) -> None:
    look = operations.preview_change(session, wish=PercentWish(D(10), "EUR"))
    assert look.total == 3 and [(e.sku, str(e.after)) for e in look.examples][:2] == [
        ("A", "11.00"),
        ("B", "14.19"),
    ]
    assert prices(session, abc) == ["10.00", "12.90", "0.05"]


def test_scopes(session: Session, abc: list[int]) -> None:
    category = session.scalars(select(Category.id)).one()
    for scope, count in (
        ({"category_id": category}, 3), ({"category_id": 10**9}, 0), ({"brand_id": 1}, 0), ({"price_ids": ()}, 0),
    ):  # fmt: skip
        wish = PercentWish(D(10), "EUR", **scope)  # type: ignore[arg-type]
        assert operations.preview_change(session, wish=wish).total == count
        assert PercentWish.from_dict(wish.as_dict()) == wish or scope == {"price_ids": ()}


def test_an_interrupted_change_goes_on_where_it_stopped(session: Session, abc: list[int]) -> None:
    wish = PercentWish(D(10), "EUR")
    change = operations.begin_change(session, run="job:1", wish=wish, actor=SYSTEM)
    assert operations.apply_change(session, change_id=change.id, actor=SYSTEM, step=2) == 2
    assert operations.begin_change(session, run="job:1", wish=wish, actor=SYSTEM).id == change.id
    assert operations.apply_change(session, change_id=change.id, actor=SYSTEM, step=2) == 1
    assert operations.apply_change(session, change_id=change.id, actor=SYSTEM) == 0
    assert prices(session, abc) == ["11.00", "14.19", "0.06"]
    with pytest.raises(NoSuchChange):
        operations.apply_change(session, change_id=10**9, actor=SYSTEM)


def test_the_jobs_run_twice_and_undo(
    app: Any, session: Session, session_maker: Callable[[], Session], abc: list[int]
) -> None:
    wish = PercentWish(D(10), "EUR", as_sale=False).as_dict()
    job = jobs.start(session, "pricing.change_by_percent", wish=wish, user_id=None, label="ada@shop.example")
    jobs.run(session_maker, job)
    from app.pricing.jobs import change_by_percent

    again = SimpleNamespace(job_id=job, step=lambda *args: None)
    assert change_by_percent(again, wish=wish, user_id=None, label="x")["prices"] == 0
    assert prices(session, abc) == ["11.00", "14.19", "0.06"]
    change = session.scalars(select(PriceChange)).one()
    assert (change.prices, change.actor_label, change.what) == (3, "ada@shop.example", "10 % EUR")
    assert [str(row.after.amount) for row in queries.change_lines(session, change.id)] == [
        "11.00",
        "14.19",
        "0.06",
    ]
    operations.set_price(session, variant_id=abc[0], amount=money("20"), actor=SYSTEM)
    session.commit()
    undo = jobs.start(session, "pricing.undo_change", change_id=change.id, user_id=None, label="x")
    jobs.run(session_maker, undo)
    session.expire_all()
    assert session.get(jobs.JobRow, undo).result["prices"] == 2
    assert prices(session, abc) == ["20.00", "12.90", "0.05"]
    with pytest.raises(AlreadyUndone):
        operations.undo_change(session, change_id=change.id, actor=SYSTEM)
    assert operations.apply_change(session, change_id=change.id, actor=SYSTEM) == 0
    assert session.query(PriceChangeLine).count() == 3


def test_checks_find_what_is_wrong(session: Session) -> None:
    from sqlalchemy import text

    product(session, "A", publish=True)
    assert checks.published_have_prices(session) == checks.prices_fit_their_currency(session) == []
    session.execute(text("UPDATE pricing_price SET amount = 1.2345"))
    assert len(checks.prices_fit_their_currency(session)) == 1
    session.execute(text("DELETE FROM pricing_price"))
    assert checks.published_have_prices(session) == ["A is for sale without a price"]
    session.rollback()


def test_handler_purges_twice_in_a_row(session: Session) -> None:
    numbers = [caching.generation("pages")]
    for _ in range(2):
        handlers.forget_pages(session, PriceChanged((1,), (2,)))
        numbers.append(caching.generation("pages"))
    assert len(set(numbers)) == 3
