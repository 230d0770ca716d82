"""Figures over REST are those of the dashboards: exact, described, for managers only; nonsense is a problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.analytics import queries
from app.analytics.rules import Question, period_of
from app.catalog.models import Variant
from app.orders.models import Order
from tests.analytics import making
from tests.api.shop import PASSWORD, PROBLEM, Shop

BASE = "/api/v1/admin/metrics"
DAYS = "from=2026-02-20&to=2026-05-31"
PERIOD = period_of("2026-02-20", "2026-05-31")


@pytest.fixture(scope="module")
def history(floor: Shop) -> Iterator[Shop]:
    """The small shop with a past."""
    with floor.app.app_context(), floor.maker() as session:
        articles = [
            (row.product_id, row.id) for row in session.execute(select(Variant.product_id, Variant.id))
        ]
        making.told(session, making.past(session, 31, orders=60, articles=articles))
    return floor


@pytest.fixture
def ask(client: Any, history: Shop) -> Any:
    """Asks as somebody; the manager when nobody is named."""

    def call(path: str = "", who: str = "manager", **headers: str) -> Any:
        return client.get(BASE + path, headers=history.headers(who) | headers)

    return call


def test_every_figure_is_listed_with_its_definition(ask: Any) -> None:
    answer = ask().get_json()
    assert answer["total"] == len(answer["items"]) == len(queries.metrics())
    gross = next(item for item in answer["items"] if item["metric"] == "gross")
    assert gross["unit"] == "money" and "VAT" in gross["definition"] and "country" in gross["dimensions"]


def test_the_same_numbers_as_everywhere(ask: Any, history: Shop) -> None:
    with history.maker() as session:
        orders = session.scalars(
            select(Order).where(Order.state != "cancelled", Order.currency == "EUR")
        ).all()
        expected = sum((order.total_gross for order in orders), Decimal(0))
        own = queries.ask(session, [Question("gross", PERIOD, "country", currency="EUR")])[0]
    answer = ask(f"/gross?{DAYS}&group_by=country&currency=EUR").get_json()
    assert (answer["metric"], answer["unit"], answer["currency"]) == ("gross", "money", "EUR")
    assert Decimal(answer["total"]) == expected == own.total
    assert [(r["key"], r["value"]) for r in answer["rows"]] == [(r.key, f"{r.value:f}") for r in own.rows]
    assert sum(Decimal(r["value"]) for r in answer["rows"]) == expected
    assert answer["timezone"] == "Europe/Brussels" and answer["as_of"]


def test_every_figure_answers_by_each_of_its_dimensions(ask: Any) -> None:
    for metric in queries.metrics():
        for name in ("", sorted(metric.dimensions)[0] if metric.dimensions else ""):
            answer = ask(f"/{metric.code}?{DAYS}&group_by={name}")
            assert answer.status_code == 200, (metric.code, name, answer.text)
            kinds = {type(row["value"]) for row in answer.get_json()["rows"]} | {
                type(answer.get_json()["total"])
            }
            assert kinds == ({int} if metric.unit == "count" else {str}), metric.code


TILE = re.compile(r'data-tile="([a-z_]+)".*?data-value="([^"]*)">([^<]*)<', re.DOTALL)


@pytest.mark.parametrize("page", ["", "sales", "finance", "customers", "inventory", "marketing"])
def test_page_file_and_rest_say_the_same_number(ask: Any, history: Shop, page: str) -> None:
    browser, address = history.app.test_client(), f"/admin/dashboards/{page}"
    browser.post("/admin/login/", data={"email": history.people["manager"], "password": PASSWORD})
    query = f"?period=own&{DAYS}&compare=none"
    shown = browser.get(f"{address}{query}")
    assert shown.status_code == 200, shown.text
    tiles = TILE.findall(shown.text)
    file = browser.get(f"{address.rstrip('/')}/export.csv{query}").data.decode("utf-8-sig")
    told = [row["Value"] for row in csv.DictReader(io.StringIO(file)) if not row["Key"] and not row["Row"]]
    assert len(told) == len(tiles) > 2
    for (code, value, words), cell in zip(tiles, told, strict=True):
        assert str(ask(f"/{code}?{DAYS}").get_json()["total"]) == value == cell, code
        assert Decimal(re.sub(r"[^0-9.-]", "", words)) == Decimal(value), (
            code,
            words,
            "the page rounds no further",
        )


def test_few_people_of_a_country_are_not_told(ask: Any, history: Shop) -> None:
    people: dict[tuple[str, str], set[str]] = {}
    with history.maker() as session:
        for row in session.scalars(select(Order).where(Order.state != "cancelled")):
            people.setdefault((row.country, row.channel), set()).add(row.email_key)
    sizes = {key: len(mine) for key, mine in people.items()}
    assert min(sizes.values()) < 5 <= max(sizes.values())
    for (country, channel), size in sizes.items():
        told = ask(f"/customers?{DAYS}&country={country}&channel={channel}&group_by=language").get_json()
        assert told["is_withheld"] == (size < 5), (country, channel, size)
        assert told["total"] == (0 if size < 5 else size) and (size >= 5 or told["rows"] == [])


def test_filters_limit_and_language(ask: Any) -> None:
    both = ask(f"/orders?{DAYS}&country=BE,NL").get_json()["total"]
    one, other = (ask(f"/orders?{DAYS}&country={code}").get_json()["total"] for code in ("BE", "NL"))
    assert both == one + other > 0
    assert ask(f"/orders?{DAYS}&country=BE&country=NL").get_json()["total"] == both
    assert len(ask(f"/gross?{DAYS}&group_by=product&limit=2").get_json()["rows"]) == 2
    labels = {row["label"] for row in ask(f"/gross?{DAYS}&group_by=country&lang=fr").get_json()["rows"]}
    assert "Belgique" in labels
    assert ask(f"/orders?{DAYS}&country=ZZ").get_json()["total"] == 0
    usual = ask("/orders").get_json()
    assert period_of(usual["from"], usual["to"]).days == 30


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/profit", 404, "metric"), ("/gross?from=2026-02-30&to=2026-03-01", 422, "from"), ("/gross?to=soon", 422, "to"),
        ("/gross?from=2026-03-02&to=2026-03-01", 422, "from"), ("/gross?from=1900-01-01&to=2026-01-01", 422, "from"),
        (f"/gross?{DAYS}&group_by=moon", 422, "group_by"), (f"/shipping?{DAYS}&group_by=product", 422, "group_by"),
        (f"/gross?{DAYS}&moon=full", 422, "moon"), (f"/gross?{DAYS}&currency=XQZ", 422, "currency"),
        (f"/gross?{DAYS}&limit=0", 422, "limit"), (f"/gross?{DAYS}&limit=x", 422, "limit"),
    ],
)  # fmt: skip
def test_nonsense_is_a_problem(ask: Any, path: str, status: int, field: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    assert field in answer.text


@pytest.mark.parametrize(
    ("who", "status"),
    [("", 401), ("customer", 403), ("support", 403), ("seller", 403), ("manager", 200), ("admin", 200)],
)
def test_who_may_ask(ask: Any, who: str, status: int) -> None:
    assert ask("", who).status_code == status
    assert ask(f"/gross?{DAYS}", who).status_code == status
