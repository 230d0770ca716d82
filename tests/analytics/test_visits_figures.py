"""What was left in bags and what was looked for; the behaviour page shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.analytics.queries import ask
from app.analytics.rules import Period, Question
from app.analytics.visits import queries
from app.core import rate_limits
from tests.api.conftest import floor as floor
from tests.api.shop import Shop

TODAY = datetime.now(UTC).date()
PERIOD = Period(TODAY - timedelta(days=10), TODAY + timedelta(days=1))


@pytest.fixture(scope="module")
def left(floor: Shop) -> Shop:
    """Three bags: one of two lamps left for two days, one just filled, one emptied again; a week of searches."""
    for quantity, sku in ((2, "LAMP-01"), (1, "LAMP-02"), (1, "LAMP-03")):
        client = floor.app.test_client()
        assert client.post("/cart/lines", data={"sku": sku, "quantity": str(quantity)}).status_code == 303
    with floor.maker() as session:
        session.execute(
            text(
                "UPDATE cart_cart SET updated_at = now() - interval '2 days' WHERE id IN (SELECT cart_id FROM cart_line WHERE sku IN ('LAMP-01', 'LAMP-03'))"
            )
        )
        session.execute(text("UPDATE cart_line SET removed_at = now() WHERE sku = 'LAMP-03'"))
        rows = [("lamp", 5, 30), ("lampp", 2, 0), ("sofa", 1, 0)]
        for query, times, hits in rows:
            session.execute(
                text("INSERT INTO search_query_count VALUES (:day, 'en', :q, :t, :h)"),
                {"day": TODAY, "q": query, "t": times, "h": hits},
            )
        session.commit()
    return floor


def total(shop: Shop, metric: str, **more: Any) -> Any:
    with shop.maker() as session:
        return ask(session, [Question(metric, PERIOD, **more)])[0]


def test_only_what_was_left_counts_and_at_the_price_shown(left: Shop) -> None:
    assert total(left, "abandoned_carts").total == 1
    worth = total(left, "abandoned_cart_value")
    assert (worth.total, worth.currency) == (Decimal("19.80"), "EUR")
    assert total(left, "abandoned_cart_value", currency="USD").total == 0
    with left.maker() as session:
        found = queries.left_bags(session, PERIOD)
    (bag,) = found.bags
    assert (bag.pieces, bag.value, bag.days, bag.who, found.currency) == (2, Decimal("19.80"), 2, "", "EUR")


def test_searches_are_those_of_everybody(left: Shop) -> None:
    assert total(left, "searches").total == 8
    nothing = total(left, "searches_without_results", group_by="query")
    assert [(row.key, row.value) for row in nothing.rows] == [("lampp", 2), ("sofa", 1)]
    assert nothing.total == 3
    assert total(left, "searches", filters={"query": ("sofa",)}).total == 1


def test_a_quiet_period_is_nothing_everywhere(left: Shop) -> None:
    quiet = Period(date(2019, 1, 1), date(2019, 1, 7))
    with left.maker() as session:
        from app.analytics.visits.figures import METRICS

        for metric in METRICS:
            for by in ("", *sorted(metric.dimensions)):
                (answer,) = ask(session, [Question(metric.code, quiet, by)])
                assert answer.total == 0 and not any(row.value for row in answer.rows), (metric.code, by)
        steps = queries.funnel(session, quiet)
    assert [step.visits for step in steps] == [0] * 5


def test_the_page_shows_it_and_leads_to_the_bag(left: Shop) -> None:
    from app.core.actor import SYSTEM
    from app.identity import operations as identity

    with left.maker() as session:
        identity.create_staff(
            session, email="boss@desk.example", password="a-long-demo-password-7", roles=("Admin",),
            first_name="B", last_name="D", actor=SYSTEM,
        )  # fmt: skip
        session.commit()
    client = left.app.test_client()
    rate_limits.forget()
    client.post("/admin/login/", data={"email": "boss@desk.example", "password": "a-long-demo-password-7"})
    page = client.get("/admin/dashboards/marketing")
    assert page.status_code == 200
    for words in ("From visit to order", "Bags left behind", "lampp", "19.80", "/admin/cart/show/"):
        assert words in page.text, words
    assert client.get("/admin/dashboards/marketing?f.device=phone&period=7_days").status_code == 200
