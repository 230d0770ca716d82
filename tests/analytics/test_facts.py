"""Facts follow their orders: twice, in any order, at once in parallel processes, and made anew they are the same."""

from __future__ import annotations

import random
import runpy
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.analytics import checks, handlers, jobs, operations, queries
from app.analytics.feature import HEARD
from app.analytics.models import OrderFact, State
from app.analytics.rules import Period, Question
from app.analytics.settings import AnalyticsSettings
from app.core import settings
from app.core.actor import SYSTEM
from app.core.feature import collected
from app.core.jobs import JobRow
from app.core.money import exponent
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.orders import operations as orders
from app.orders.models import Order
from app.orders.states import CancelReason
from tests.analytics import making, oracle
from tests.checkout.test_races import at_once
from tests.orders import making as orders_making

PROCESSES, EACH = 4, 12
MIGRATION = Path(__file__).parents[2] / "migrations/versions/20261124_channels.py"


class Silent:
    """Progress that nobody watches."""

    def step(self, *_said: Any) -> None:
        """Say nothing."""


def total(session: Session, metric: str, start: date, end: date, **more: Any) -> Decimal:
    """What a figure says."""
    return queries.ask(session, [Question(metric, Period(start, end), **more)])[0].total


def test_a_bought_and_cancelled_order_by_its_events(session: Session, deliver: Callable[[], int]) -> None:
    (lamp,) = orders_making.articles(session, 1)
    first = orders_making.order(session, [lamp])
    second = orders_making.order(session, [lamp], discount="2.00")
    deliver()
    today = queries.today(session)
    assert total(session, "gross", today, today) == first.total_gross + second.total_gross
    assert total(session, "orders", today, today, filters={"customer_kind": ("new",)}) == 1
    assert total(session, "discounts", today, today) == Decimal("2.00")
    orders.cancel_order(session, order_id=first.id, reason=CancelReason.STAFF, actor=orders_making.STAFF)
    deliver()
    assert total(session, "gross", today, today) == second.total_gross
    assert total(session, "cancelled_orders", today, today) == 1
    assert total(session, "cancel_rate", today, today) == 50
    # the second order has become the first one of its customer
    assert total(session, "orders", today, today, filters={"customer_kind": ("new",)}) == 1
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []


def test_twice_and_for_nothing(session: Session) -> None:
    made = making.past(session, 3, orders=25)
    making.told(session, made)
    before = making.rollups(session)
    for kind in HEARD:
        event = object.__new__(kind)
        object.__setattr__(event, "order_id", made[0])
        handlers.record_order(session, event)
    for order_id in (*reversed(made), 10**9):
        handlers.record_order(session, events.OrderConfirmed(order_id))
    assert making.rollups(session) == before
    assert operations.record_order(session, order_id=10**9) is False


def test_any_order_gives_the_same(session: Session) -> None:
    made = making.past(session, 4, orders=60)
    making.told(session, made)
    straight = making.rollups(session)
    with unit_of_work(session):
        for table in straight:
            session.execute(text(f"DELETE FROM {table}"))
    shuffled = made.copy()
    random.Random(1).shuffle(shuffled)
    making.told(session, shuffled)
    # customers keep their numbers: their table was not emptied
    assert making.rollups(session) == straight
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []


def test_a_corrected_country_reaches_the_orders_after_it(session: Session) -> None:
    made = making.past(session, 14, orders=60)
    making.told(session, made)
    most = session.execute(
        select(Order.email, func.min(Order.id)).group_by(Order.email).order_by(func.count().desc()).limit(1)
    ).one()
    with unit_of_work(session):
        session.execute(update(Order).where(Order.id == most[1]).values(country="LU", language="nl"))
    assert checks.wrong_facts(session)
    making.told(session, [most[1]])
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []


def test_every_event_of_orders_and_their_money_is_heard() -> None:
    (mine,) = (feature for feature in collected() if feature.name == "analytics")
    heard = {h.event for h in mine.handlers if h.fn is handlers.record_order}
    told = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and kind.__module__ == events.__name__
    }
    assert told <= heard


def test_parallel_processes_lose_nothing(app: Any, session: Session, migrated_url: str) -> None:
    """Orders of the same days and customers, recorded at once by several processes, add up."""
    making_rng = random.Random(9)
    with unit_of_work(session):
        articles = making.catalogue(session)
        at = datetime(2026, 3, 3, 10, tzinfo=UTC)
        made = [
            making.order(
                session, making_rng, articles, at, currency="EUR", country="BE", email=f"b{n % 3}@example.org"
            )
            for n in range(EACH)
        ]
    known, made = made[:3], made[3:]
    making.told(session, known)  # their customers are there: nobody waits for another to write them down

    def work(own: Session) -> int:
        for order_id in made:
            operations.record_order(own, order_id=order_id)
        return len(made)

    answers = at_once(app, migrated_url, [work] * PROCESSES)
    assert answers == [("done", EACH - 3)] * PROCESSES
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []
    sold = sum(
        (o.total_gross for o in session.scalars(select(Order).where(Order.state != "cancelled"))), Decimal(0)
    )
    assert total(session, "gross", date(2026, 3, 3), date(2026, 3, 3)) == sold > 0


def test_half_past_eleven_in_london_is_tomorrow_in_brussels(session: Session) -> None:
    rng = random.Random(2)
    with unit_of_work(session):
        articles = making.catalogue(session)
        late = making.order(session, rng, articles, datetime(2026, 1, 31, 23, 30, tzinfo=UTC), state="paid")
    making.told(session, [late])
    january, february = date(2026, 1, 31), date(2026, 2, 1)
    assert total(session, "orders", january, january) == 0
    assert total(session, "orders", february, february) == 1
    (given,) = queries.ask(session, [Question("orders", Period(february, february), "hour")])
    assert {row.key: int(row.value) for row in given.rows if row.value} == {"00": 1}
    assert given.timezone == "Europe/Brussels"


def test_made_anew_is_what_was_kept(session: Session) -> None:
    making.told(session, making.past(session, 6, orders=80))
    kept = making.rollups(session)
    assert operations.rebuild(session) == 80
    assert making.rollups(session) == kept
    with unit_of_work(session):
        for table in kept:
            session.execute(text(f"DELETE FROM {table}"))
    said: list[Any] = []
    operations.rebuild(session, report=lambda *words: said.append(words))
    assert making.rollups(session) == kept
    assert said[0][0] == 0 and len(said) > 4 and all(done < total for done, total, _day in said)
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []
    assert jobs.rebuild(Silent()) == {"orders": 80}
    assert making.rollups(session) == kept


def test_past_sales_stay_in_the_department_they_were_made_in(session: Session) -> None:
    making.told(session, making.past(session, 8, orders=30))
    before = making.rollups(session)["analytics_article_day"]
    with unit_of_work(session):
        session.execute(
            text(
                "UPDATE catalog_product SET category_id = (SELECT min(id) FROM catalog_category), brand_id = NULL"
            )
        )
    operations.rebuild(session)
    assert making.rollups(session)["analytics_article_day"] == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE analytics_day SET gross = gross + 0.01 WHERE ctid = (SELECT ctid FROM analytics_day LIMIT 1)",
        "DELETE FROM analytics_article_day WHERE ctid = (SELECT ctid FROM analytics_article_day LIMIT 1)",
        "UPDATE analytics_month SET refunded_net = refunded_net - 0.01 WHERE ctid = (SELECT ctid FROM analytics_month LIMIT 1)",
        "DELETE FROM analytics_article_month WHERE ctid = (SELECT ctid FROM analytics_article_month LIMIT 1)",
        "UPDATE analytics_article_month SET day = '2020-02-01' WHERE ctid = (SELECT ctid FROM analytics_article_month LIMIT 1)",
        "UPDATE analytics_order SET net = net + 0.01, tax = tax - 0.01 WHERE order_id = (SELECT min(order_id) FROM analytics_order)",
        "UPDATE analytics_line SET base_net = base_net + 0.01 WHERE line_id = 0",
        "DELETE FROM analytics_order WHERE order_id = (SELECT max(order_id) FROM analytics_order)",
        "UPDATE analytics_move SET amount = amount - 0.01 WHERE kind = 'capture'",
        "UPDATE analytics_back SET amount = amount + 0.01",
        "UPDATE analytics_order SET previous_day = day - 1 WHERE is_second",
        "UPDATE analytics_order SET is_like_previous = NOT is_like_previous",
        "UPDATE analytics_order SET customer_since = customer_since - 1",
        "UPDATE analytics_line SET customer_id = customer_id + 1 WHERE line_id = 0",
        "INSERT INTO analytics_order SELECT (a).* FROM (SELECT jsonb_populate_record(o, '{\"order_id\": 99999999}') AS a FROM analytics_order o LIMIT 1) x",
    ],
)
def test_a_planted_difference_is_found(session: Session, damage: str) -> None:
    making.told(session, making.past(session, 7, orders=20))
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []
    with unit_of_work(session):
        session.execute(text(damage))
    assert checks.wrong_facts(session) + checks.wrong_sums(session)
    operations.rebuild(session)
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []


def test_commands_make_anew_and_check(app: Any, session: Session) -> None:
    making.past(session, 10, orders=10)
    runner = app.test_cli_runner()
    assert "10 orders" in runner.invoke(args=["analytics", "rebuild"]).output
    assert runner.invoke(args=["analytics", "check"]).exit_code == 0
    with unit_of_work(session):
        session.execute(text("UPDATE analytics_day SET orders = orders + 1"))
    checked = runner.invoke(args=["analytics", "check"])
    assert checked.exit_code == 1 and "analytics_day" in checked.output


def test_the_clock_starts_what_is_needed_once(session: Session) -> None:
    assert jobs.keep(Silent()) == {"started": False}  # no orders, nothing to do
    making.past(session, 12, orders=5)
    assert jobs.keep(Silent()) == {"started": True}
    assert jobs.keep(Silent()) == {"started": False}  # it waits in the queue already
    session.execute(delete(JobRow))
    session.commit()
    operations.rebuild(session)
    assert jobs.keep(Silent()) == {"started": False}


def test_another_time_zone_makes_figures_anew(session: Session) -> None:
    making.told(session, making.past(session, 13, orders=40))
    operations.rebuild(session)
    settings.change(session, AnalyticsSettings, actor=SYSTEM, timezone="Pacific/Auckland")
    assert queries.timezone(session).key == "Europe/Brussels"  # until they are made anew
    assert queries.needs_rebuild(session)
    operations.rebuild(session)
    assert not queries.needs_rebuild(session)
    assert queries.timezone(session).key == "Pacific/Auckland"
    wrong = session.scalars(
        select(OrderFact.number).where(text("day <> (placed_at AT TIME ZONE 'Pacific/Auckland')::date"))
    )
    assert list(wrong) == []
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []
    assert AnalyticsSettings("Europe/Brussels").problems() == {}
    assert set(AnalyticsSettings("Mars/Olympus").problems()) == {"timezone"}


def test_an_erased_buyer_stays_counted_and_unnamed(session: Session) -> None:
    made = making.past(session, 14, orders=40)
    making.told(session, made)
    before = making.rollups(session)
    names = session.scalar(text("SELECT count(*) FROM analytics_customer WHERE key LIKE '%@%'"))
    assert names == 0
    with unit_of_work(session):
        session.execute(
            update(Order).values(email="erased-" + Order.email, shipping_address={}, user_id=None)
        )
    making.told(session, made)
    assert making.rollups(session) == before
    operations.rebuild(session)
    assert making.rollups(session) == before


def test_without_any_fact_there_are_zeros(session: Session) -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 3))
    asked = [
        Question(m.code, period) for m in queries.metrics() if m.family in ("sales", "finance", "customers")
    ]
    assert {figures.total for figures in queries.ask(session, asked)} == {Decimal(0)}
    assert session.get(State, 1) is None
    assert checks.wrong_facts(session) + checks.wrong_sums(session) == []
    assert exponent("EUR") == 2


def test_an_order_counts_once_a_product_however_many_lines_it_has(session: Session) -> None:
    rng, articles = random.Random(8), making.catalogue(session)
    with unit_of_work(session):
        made = [making.order(session, rng, [articles[0]] * 4) for _ in range(12)]
        made += [making.order(session, rng, articles) for _ in range(12)]
    making.told(session, made)
    lines = oracle.read(session)["lines"]
    good = lines[lines.counted.astype(bool) & (lines["product"] != "_shipping")]
    expected = good.groupby("product").order_id.nunique().to_dict()
    assert expected["thing-0"] < len(good[good["product"] == "thing-0"]), "some have it on several lines"
    question = Question("orders", Period(date(2026, 1, 1), date(2026, 12, 31)), "product")
    told = queries.ask(session, [question])[0]
    assert {row.key: int(row.value) for row in told.rows} == expected
    assert told.total == good.order_id.nunique(), "an order of two products is one order"
    kept = making.rollups(session)
    session.execute(text("UPDATE analytics_article_day SET orders = 0"))
    session.execute(text("UPDATE analytics_article_month SET orders = 0"))
    step = runpy.run_path(str(MIGRATION))
    session.execute(text(step["FILL_DAYS"]))
    session.execute(text(step["FILL_MONTHS"]))
    assert making.rollups(session) == kept, "the migration counts as a change of an order does"
    session.rollback()
