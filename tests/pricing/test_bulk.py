"""Many prices changed by a percentage: shown before, done once, undone as far as nobody was faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.catalog.models import Category
from app.core import caching, jobs
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import InvalidFields
from app.events.pricing import PriceChanged
from app.pricing import checks, handlers, operations, queries
from app.pricing.errors import AlreadyUndone, NoSuchChange
from app.pricing.models import Price, PriceChange, PriceChangeLine
from app.pricing.percent import PercentWish, changed_price, unfit
from tests.pricing.desk import Desk
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


MANY = 5_000


def many(session: Session) -> None:
    """Five thousand products with a price each, three of which cannot be raised: free, without a price, one cent."""
    product(session, "T", price="10.00")
    session.execute(
        text(
            """WITH made AS (
                 INSERT INTO catalog_product (name, slug, type_id, category_id)
                 SELECT 'P' || n, 'p-' || n, type_id, category_id
                   FROM catalog_product, generate_series(1, :count) n WHERE slug NOT LIKE 'p-%' RETURNING id, slug
               ), articles AS (
                 INSERT INTO catalog_variant (product_id, sku, option_key)
                 SELECT id, upper(slug), '' FROM made RETURNING id, sku
               ) INSERT INTO pricing_price (variant_id, currency, amount)
                 SELECT id, 'EUR', CASE sku WHEN 'P-1' THEN 0 WHEN 'P-2' THEN 0.01 ELSE 20 END FROM articles WHERE sku <> 'P-3'"""
        ),
        {"count": MANY - 1},
    )
    session.commit()


def gives_back(
    desk: Desk, session: Session, session_maker: Any, change_id: int, before: dict[int, Any]
) -> None:
    """Undo a change from its page: every price is as it was, and the undoing has one record too."""
    records = session.scalar(select(func.count(AuditRow.id)))
    desk.post(f"/admin/pricechange/action/undo/{change_id}")
    undo = session.scalars(select(jobs.JobRow).where(jobs.JobRow.name == "pricing.undo_change")).one()
    jobs.run(session_maker, undo.id)
    session.expire_all()
    assert dict(session.execute(select(Price.variant_id, Price.amount)).all()) == before
    last = session.scalars(select(AuditRow).order_by(AuditRow.id).offset(records)).all()
    assert [row.action for row in last] == ["prices.undo"]


def test_five_thousand_products_in_one_job_with_one_record_and_undo(
    app: Any, session: Session, session_maker: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Select all, raise by 3 %: refused with what is wrong, confirmed, one job, one audit record, undone on its page."""
    many(session)
    desk = Desk(app, session)
    started = time.process_time()
    form = {"action": "change_prices", "_all": "1", "_query": "", "_filled": "1", "percent": "3", "rounding": "none", "currency": "EUR"}  # fmt: skip
    before = dict(session.execute(select(Price.variant_id, Price.amount)).all())
    records = session.scalar(select(func.count(AuditRow.id)))
    said = desk.refused("/admin/product/action_post", "leave_out", **form)
    assert "3 articles cannot be changed: P-1 costs nothing; P-2 would stay as it is" in said
    session.rollback()
    assert dict(session.execute(select(Price.variant_id, Price.amount)).all()) == before, (
        "nothing was changed"
    )
    assert session.scalar(select(func.count(jobs.JobRow.id))) == 0
    look = desk.browser.post(
        "/admin/product/action_post", data=form | {"only_look": "1"}, follow_redirects=True
    )
    assert "4997 prices would change" in look.text and "P-1 costs nothing" in look.text
    answer = desk.post("/admin/product/action_post", **form | {"leave_out": "1"})
    job = session.scalars(select(jobs.JobRow)).one()
    assert answer.headers["Location"] == f"/admin/job/show/{job.id}"
    steps: list[tuple[int, int]] = []
    real = jobs.Progress.step
    monkeypatch.setattr(
        jobs.Progress,
        "step",
        lambda self, done, total=None: steps.append((done, total)) or real(self, done, total),
    )
    jobs.run(session_maker, job.id)
    session.expire_all()
    assert steps == [(n, 4997) for n in (0, 1000, 2000, 3000, 4000, 4997)], "progress is shown"
    after = dict(session.execute(select(Price.variant_id, Price.amount)).all())
    assert (
        sum(after[key] == D("20.60") for key in before) == 4996
        and sum(after[k] == before[k] for k in before) == 2
    )
    audited = session.scalars(select(AuditRow).order_by(AuditRow.id).offset(records)).all()
    assert [(row.action, row.entity) for row in audited] == [("prices.change", "pricing_change")], (
        "one record for the batch"
    )
    assert (
        audited[0].after | {"prices": 4997, "left_out": 3, "products_chosen": MANY, "percent": "3"}
        == audited[0].after
    )
    change = session.get_one(PriceChange, int(audited[0].entity_id))
    listed = desk.browser.get(f"/admin/pricechange/lines/{change.id}").text.strip().splitlines()
    assert len(listed) == 4998 and "P-4,20.00,20.60,EUR" in listed, (
        "the list of what changed hangs on the record"
    )
    page = desk.get(f"/admin/job/show/{job.id}")
    assert "3 articles were left out. P-1 costs nothing" in page and "4997 prices were changed." in page
    assert f"/admin/pricechange/action/undo/{change.id}" in desk.browser.get(f"/admin/job/show/{job.id}").text
    gives_back(desk, session, session_maker, change.id, before)
    assert "This change was undone." in desk.get(f"/admin/job/show/{job.id}")
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("amount", "percent", "rounding", "reason"),
    [
        (None, "3", "none", "no_price"), ("0", "3", "none", "free"), ("0.01", "-90", "none", "to_nothing"),
        ("99999999999999", "10", "none", "too_much"), ("0.01", "3", "none", "as_before"), ("1.00", "3", "step:0.50", "as_before"),
        ("1.00", "3", "none", None), ("1.00", "-90", "none", None),
    ],
)  # fmt: skip
def test_which_prices_cannot_be_changed(
    amount: str | None, percent: str, rounding: str, reason: str | None
) -> None:
    wish = PercentWish(D(percent), "EUR", rounding=rounding)
    assert unfit(None if amount is None else D(amount), wish) == reason


def test_chosen_products_only(app: Any, session: Session) -> None:
    chosen = product(session, "A")
    product(session, "B")
    desk = Desk(app, session)
    form = {
        "action": "change_prices",
        "rowid": str(chosen.id),
        "_filled": "1",
        "percent": "10",
        "currency": "eur",
    }
    assert desk.post("/admin/product/action_post", **form).status_code == 302
    job = session.scalars(select(jobs.JobRow)).one()
    assert job.arguments["wish"]["product_ids"] == [chosen.id]
    assert operations.preview_change(session, wish=PercentWish.from_dict(job.arguments["wish"])).total == 1
    assert PercentWish.from_dict(PercentWish(D(1), "EUR", product_ids=()).as_dict()).product_ids == ()
    assert desk.refused("/admin/product/action_post", "currency", **form | {"currency": "???"})
    assert desk.refused("/admin/product/action_post", "percent", **form | {"currency": "EUR", "percent": "0"})
