"""A thousand visitors walk through the real doors; the funnel is what plain Python counts in their log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.analytics.queries import ask
from app.analytics.rules import Period, Question
from app.analytics.visits import operations, queries
from app.core import rate_limits
from app.core.dispatch import sweep
from app.storefront import visits
from tests.analytics.visitors_log import AGENTS, FROM, Act, Person, counted, made_up
from tests.api.conftest import floor as floor
from tests.api.shop import GHENT, Shop

PEOPLE = 1_000
PERIOD = Period(date(2026, 9, 28), date(2026, 10, 31))
SHIPPING = {f"shipping.{name}": value for name, value in GHENT.items()}
HERE = "http://localhost"
pytestmark = pytest.mark.xdist_group("visits_replay")  # they walk once


class Walker:
    """Plays lines of the log: each visitor has cookies and a network of their own."""

    def __init__(self, shop: Shop, at: Callable[[datetime], None]):
        self.shop, self.at, self.clients = shop, at, dict[int, Any]()

    def plays(self, person: Person, act: Act) -> None:
        """Do what the line says, at its time."""
        self.at(act.at)
        client = self.clients.get(person.who) or self._comes(person)
        headers = {"User-Agent": AGENTS[person.agent], "Origin": HERE}
        if act.what == "page":
            said = {"path": act.path, "referrer": FROM.get(act.came_by, HERE), "language": "en"}
            assert client.post("/visits", data=json.dumps(said), headers=headers).status_code == 204
        elif act.what == "add":
            assert client.post("/cart/lines", data={"sku": act.path}, headers=headers).status_code == 303
        elif act.what == "checkout":
            assert client.get("/checkout", headers=headers).status_code == 200
        else:
            self._orders(client, headers)

    def _comes(self, person: Person) -> Any:
        client = self.clients[person.who] = self.shop.app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.{person.who // 250}.{person.who % 250}"
        client.post("/consent", data={"all": "yes" if person.agrees else "no"})
        return client

    def _orders(self, client: Any, headers: dict[str, str]) -> None:
        form = SHIPPING | {"email": "kim@example.org", "billing_same": "1"}
        page = client.post("/checkout", data=form | {"action": "address"}, headers=headers).text
        hidden = {
            name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
            for name in ("idempotency_key", "expected_total")
        }
        chosen = {"action": "place", "shipping_method": "standard", "payment_method": "bank_transfer"}
        answer = client.post("/checkout", data=form | hidden | chosen, headers=headers)
        assert answer.status_code == 303 and "/checkout/done/" in answer.headers["Location"], answer.text[
            :500
        ]


@pytest.fixture(scope="module")
def log() -> tuple[list[Person], list[Act]]:
    """The visitors and what they did."""
    return made_up(PEOPLE)


@pytest.fixture(scope="module")
def replayed(floor: Shop, log: tuple[list[Person], list[Act]]) -> Iterator[Shop]:
    """The shop after all of them have been there."""
    monkeypatch = pytest.MonkeyPatch()
    for number in range(1, 31):
        floor.stock(f"LAMP-{number:02d}", 900)
    now: list[datetime] = [datetime.now(UTC)]
    monkeypatch.setattr(visits, "utcnow", lambda: now[0])
    walker = Walker(floor, lambda moment: now.__setitem__(0, moment))
    persons, acts = log
    for act in acts:
        walker.plays(persons[act.who], act)
    with floor.app.app_context():
        while sweep(floor.maker):
            pass
    with floor.maker() as session:
        operations.store_views(session)
    monkeypatch.undo()
    rate_limits.forget()
    yield floor


def figure(shop: Shop, metric: str, **more: Any) -> Any:
    """The answer of the metric layer."""
    with shop.maker() as session:
        return ask(session, [Question(metric, PERIOD, **more)])[0]


def test_the_funnel_is_the_log(replayed: Shop, log: tuple[list[Person], list[Act]]) -> None:
    sums, _days, _ways = counted(*log)
    assert sums["order"] > 25 and sums["visit"] > 800, "the log has something of everything"
    with replayed.maker() as session:
        steps = {step.code: step.visits for step in queries.funnel(session, PERIOD)}
    assert steps == {code: sums[code] for code in ("visit", "product", "cart", "checkout", "order")}


def test_figures_are_the_log(replayed: Shop, log: tuple[list[Person], list[Act]]) -> None:
    sums, days, ways = counted(*log)
    for metric, name in (("visits", "visit"), ("visitors", "visitors"), ("page_views", "page_views"), ("product_views", "product_views")):  # fmt: skip
        assert figure(replayed, metric).total == sums[name], metric
    by_day = {row.key: row.value for row in figure(replayed, "visits", group_by="day").rows if row.value}
    assert by_day == days
    assert {row.key: row.value for row in figure(replayed, "visits", group_by="referrer").rows} == ways
    share = lambda part: (Decimal(100) * part / sums["visit"]).quantize(Decimal("0.1"), ROUND_HALF_UP)  # noqa: E731
    assert figure(replayed, "add_to_cart_rate").total == share(sums["with_addition"])
    assert figure(replayed, "checkout_rate").total == share(sums["with_checkout"])
    assert figure(replayed, "conversion").total == share(sums["order"])
    pages = figure(replayed, "page_views", group_by="page")
    assert sum(row.value for row in pages.rows) == pages.total == sums["page_views"]
    assert figure(replayed, "product_views", group_by="product").total == sums["product_views"]
    desktop = figure(replayed, "visits", filters={"device": ("desktop",)}).total
    assert 0 < desktop < sums["visit"]


def test_no_row_of_who_did_not_agree_and_robots_apart(
    replayed: Shop, log: tuple[list[Person], list[Act]]
) -> None:
    persons, _acts = log
    agreed = [person for person in persons if person.agrees and person.agent != "robot"]
    with replayed.maker() as session:
        numbers = session.scalar(text("SELECT count(DISTINCT visitor) FROM analytics_visit"))
        robots = session.scalar(text("SELECT count(DISTINCT visitor) FROM analytics_visit WHERE is_robot"))
        orders = session.scalar(text("SELECT count(*) FROM orders_order"))
        noted = session.scalar(text("SELECT count(*) FROM analytics_visit_event WHERE kind = 'order'"))
    assert numbers == len(agreed)
    assert robots == sum(person.is_fast for person in agreed)
    assert 0 < noted < orders, "orders of the others are orders, and nothing is known of how they came"


def test_days_stay_when_visits_go(replayed: Shop) -> None:
    metrics = ("visits", "page_views", "product_views", "conversion", "add_to_cart_rate")
    before = {metric: figure(replayed, metric).total for metric in metrics}
    weeks = figure(replayed, "visits", group_by="week").rows
    phones = figure(replayed, "visits", filters={"device": ("phone",)}).total
    with replayed.maker() as session:
        kept_days = (datetime.now(UTC) - datetime(2026, 10, 8, tzinfo=UTC)).days
        assert operations.forget_old(session, days=kept_days) > 250
        assert operations.forget_old(session, days=kept_days) == 0
        left = session.scalar(text("SELECT count(*) FROM analytics_visit"))
        assert left and left < before["visits"]
    assert {metric: figure(replayed, metric).total for metric in metrics} == before
    assert figure(replayed, "visits", group_by="week").rows == weeks
    assert figure(replayed, "visits", filters={"device": ("phone",)}).total == phones
