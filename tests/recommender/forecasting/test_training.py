"""A training reads the shop's orders, publishes all its forecasts or none, and can be killed and run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.analytics.stock import operations, queries
from app.analytics.stock.models import Forecast, ForecastRun
from app.analytics.stock.operations import NewForecast, NewRun
from app.core import jobs
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order, OrderLine
from recommender.forecasting import backtest, dataset
from recommender.forecasting.jobs import TRAIN
from recommender.forecasting.models import NAIVE
from tests.analytics.stock.goods import move
from tests.inventory.shelves import Article, article

DAYS = 110
NIL = Decimal(0)
NO_JOB = 0
"""Jobs are counted from one, through all tests of a process: a forecast of this one is never of a job that a test runs."""


def ordered(session: Session, goods: Article, pieces: dict[int, int], *, state: str = "delivered") -> None:
    """Orders of an article: pieces by the days ago on which they were placed."""
    plain: dict[str, Any] = {
        "payment_method": "cod", "email": "kim@example.org", "language": "en", "currency": "EUR", "shipping_address": {},
        "billing_address": {}, "country": "BE", "shipping_method": "s", "shipping_name": "S", "shipping_net": NIL,
        "shipping_tax": NIL, "shipping_gross": NIL, "shipping_rate": NIL, "discount": NIL, "total_net": NIL,
        "total_tax": NIL, "total_gross": NIL, "state": state,
    }  # fmt: skip
    line: dict[str, Any] = {
        "position": 1, "product_id": goods.product_id, "variant_id": goods.variant_id, "sku": goods.sku, "name": "x",
        "unit_price": NIL, "discount": NIL, "tax_class": "standard", "tax_rate": NIL, "net": NIL, "tax": NIL, "gross": NIL,
    }  # fmt: skip
    zone, today = queries.zone(session), queries.today(session)
    with unit_of_work(session):
        for ago, quantity in pieces.items():
            at = datetime.combine(today - timedelta(days=ago), time(12), zone)
            token = f"{goods.sku}-{state}-{ago}"
            made = session.scalar(
                insert(Order).values(**plain, token=token, placed_at=at).returning(Order.id)
            )
            session.execute(insert(OrderLine).values(**line, order_id=made, quantity=quantity))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models that need no training."""
    kept = {name: backtest.MODELS[name] for name in (NAIVE, "smoothing", "intermittent")}
    monkeypatch.setattr(backtest, "MODELS", kept)


@pytest.fixture
def goods(session: Session) -> list[Article]:
    """Three articles that sold for a while."""
    made = [article(session, stock=50) for _n in range(3)]
    for number, one in enumerate(made):
        ordered(session, one, {ago: 1 + (ago * (7 + number) + ago // 5) % 6 for ago in range(1, DAYS + 1)})
    return made


@pytest.fixture
def run(app: Any, session_maker: Callable[[], Session]) -> Iterator[Callable[[int], None]]:
    """Run a job as a worker does."""
    with app.app_context():
        yield lambda job_id: jobs.run(session_maker, job_id)


def current(session: Session) -> ForecastRun | None:
    session.rollback()
    session.expire_all()
    return queries.current_run(session)


def served(session: Session) -> int:
    """How many forecasts are in use, all of one run."""
    session.rollback()
    runs = session.scalars(select(Forecast.run_id)).all()
    assert len(set(runs)) <= 1
    return len(runs)


def test_a_training_publishes_what_it_proved(
    session: Session, goods: list[Article], quick: None, run: Any
) -> None:
    job_id = jobs.start(session, TRAIN)
    run(job_id)
    made = current(session)
    assert made is not None and (made.state, made.articles, made.job_id) == ("published", 3, job_id)
    assert made.known_until == queries.today(session) - timedelta(days=1)
    assert made.wape is not None and made.naive_wape is not None and made.wape <= made.naive_wape
    rows = session.scalars(select(Forecast).where(Forecast.variant_id == goods[0].variant_id)).all()
    horizon = made.figures["horizon_days"]
    assert {row.horizon_days for row in rows} == {days for days in (7, 14, 28) if days <= horizon}
    for row in rows:
        assert row.low <= row.mean <= row.high
        assert abs(row.mean / row.horizon_days - Decimal("3.5")) < 1, "it sells 3.5 a day"
    job = session.get_one(JobRow, job_id)
    assert job.state == "done" and job.result is not None and job.result["published"] == 3


def test_a_job_that_runs_twice_publishes_once(
    session: Session, goods: list[Article], quick: None, app: Any
) -> None:
    from recommender.forecasting import training

    told: list[str] = []
    for _twice in range(2):
        training.train(session, job_id=7, progress=lambda done, total, words: told.append(words))
    assert len(session.scalars(select(ForecastRun)).all()) == 1
    assert any(NAIVE in words for words in told), "it reports before each model, more often than a minute"


def test_a_killed_training_is_retried_and_the_old_forecast_serves(
    session: Session, goods: list[Article], quick: None, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(jobs.start(session, TRAIN))
    old, before = current(session), served(session)
    assert old is not None and before > 0
    second = jobs.start(session, TRAIN)
    insert_ = operations._INSERT
    with monkeypatch.context() as broken:
        # the process dies while it writes: after the old run was taken down and the new one begun
        broken.setattr(operations, "_INSERT", text("SELECT 1 / (CASE WHEN :run > 0 THEN 0 ELSE 1 END)"))
        run(second)
    assert session.get_one(JobRow, second).state == "failed"
    assert current(session).id == old.id and served(session) == before  # type: ignore[union-attr]
    assert operations._INSERT is insert_

    def killed(*_all: Any) -> Any:
        raise KeyboardInterrupt

    third = jobs.start(session, TRAIN)
    with monkeypatch.context() as broken:
        broken.setattr(backtest, "classes_of", killed)
        with pytest.raises(KeyboardInterrupt):
            run(third)
    assert current(session).id == old.id and served(session) == before  # type: ignore[union-attr]
    session.execute(
        text("UPDATE core_job SET heartbeat_at = now() - interval '2 minutes' WHERE state = 'running'")
    )
    session.commit()
    assert jobs.requeue_lost(session) == 1
    run(third)
    new = current(session)
    assert new is not None and (new.job_id, served(session)) == (third, before)


def test_what_cannot_be_proved_is_kept_with_its_reason(session: Session, quick: None, run: Any) -> None:
    run(jobs.start(session, TRAIN))
    empty = session.scalars(select(ForecastRun)).one()
    assert (empty.state, empty.is_current) == ("refused", False) and "ordered" in empty.reason
    one = article(session, stock=9)
    ordered(session, one, dict.fromkeys(range(1, 30), 1))
    forecast = NewForecast(one.variant_id, 7, Decimal(7), Decimal(3), Decimal(11), NAIVE)
    serving = operations.publish(
        session, run=NewRun(NO_JOB, "1", queries.today(session)), forecasts=[forecast], actor=SYSTEM
    )
    run(jobs.start(session, TRAIN))
    newest = session.scalars(select(ForecastRun).order_by(ForecastRun.id.desc())).first()
    assert newest is not None and newest.state == "refused" and "77 are needed" in newest.reason
    assert current(session).id == serving and served(session) == 1  # type: ignore[union-attr]


def test_a_cancelled_training_changes_nothing(
    session: Session, goods: list[Article], quick: None, run: Any
) -> None:
    job_id = jobs.start(session, TRAIN)
    session.execute(text("UPDATE core_job SET cancel_requested = true"))
    session.commit()
    run(job_id)
    session.rollback()
    assert session.get_one(JobRow, job_id).state == "cancelled"
    assert current(session) is None


def test_demand_is_what_was_ordered_and_not_cancelled(session: Session) -> None:
    lamp = article(session, stock=None)
    ordered(session, lamp, {10: 4, 3: 2, 0: 9})
    ordered(session, lamp, {5: 7}, state="cancelled")
    found = dataset.load(session)
    assert found is not None and found.keys == (str(lamp.variant_id),)
    assert found.sold[0].tolist() == [4, 0, 0, 0, 0, 0, 0, 2, 0, 0], "until yesterday"
    assert found.known.all()


def test_days_without_goods_are_not_known(session: Session) -> None:
    lamp = article(session, stock=0)
    move(session, lamp, (12, "receive", 4), (10, "sale", -4), (4, "receive", 5))
    ordered(session, lamp, {10: 4, 3: 1})
    found = dataset.load(session)
    assert found is not None
    # ten days ago it sold out; nine to five days ago there was nothing; four days ago goods came
    assert found.known[0].tolist() == [True, *[False] * 5, True, True, True, True]
    session.execute(text("UPDATE inventory_stock SET backorder_limit = 5"))
    session.commit()
    again = dataset.load(session)
    assert again is not None and again.known.all(), "what may be sold without goods is never out of stock"


def test_publishing_is_all_or_nothing_by_constraint(session: Session) -> None:
    lamp = article(session, stock=1)
    run = NewRun(1, "1", queries.today(session))
    wrong = NewForecast(lamp.variant_id, 7, Decimal(1), Decimal(2), Decimal(3), NAIVE)
    with pytest.raises(Exception, match="interval"):
        operations.publish(session, run=run, forecasts=[wrong], actor=SYSTEM)
    assert current(session) is None and served(session) == 0
