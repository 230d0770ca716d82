"""The inventory page: the figures of stock, what runs out, what to order; who sees it, and what it costs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.stock import operations, queries
from app.analytics.stock.operations import NewForecast, NewRun
from app.catalog.models import Product
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from dashboards.inventory import OUT
from tests.analytics.stock.goods import day, goods
from tests.inventory.shelves import Article, article
from tests.pricing.desk import words

HERE = "/admin/dashboards/inventory"
MOST_STATEMENTS = 15


@pytest.fixture
def shop(session: Session) -> dict[str, Article]:
    """A lamp that runs out, a vase that died, a chair that lasts; forecasts for the lamp and the chair."""
    made = {
        "lamp": goods(session, (40, "receive", 60), (10, "sale", -40), costs={60: "4.00"}),
        "vase": goods(session, (150, "receive", 50), (120, "sale", -5), costs={200: "2.00"}),
        "chair": goods(session, (40, "receive", 500), (9, "sale", -20), costs={60: "1.00"}),
    }
    forecasts = [
        NewForecast(
            made[name].variant_id,
            days,
            Decimal(pace * days),
            Decimal(0),
            Decimal(pace * days + 6),
            "smoothing",
        )
        for name, pace in (("lamp", 2), ("chair", 1))
        for days in (7, 14, 28)
    ]
    operations.publish(session, run=NewRun(1, "1", day(session, 1)), forecasts=forecasts, actor=SYSTEM)
    return made


def card(browser: Any, chart: str, kind: str = "csv", query: str = "") -> list[dict[str, str]]:
    """The rows of one card, from its file."""
    answer = browser.get(f"{HERE}/export.{kind}?chart={chart}{query}")
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_what_to_order_by_hand(session: Session, shop: dict[str, Article]) -> None:
    told = {one.sku: one for one in queries.to_order(session, queries.current_run(session))}
    lamp, chair = told[shop["lamp"].sku], told[shop["chair"].sku]
    # 20 left at 2 a day: ten days. Delivery 7 days + 6 for safety = 20: order for 21 days + safety, 42 + 6 - 20
    assert (lamp.free, lamp.proposal.days_left, lamp.proposal.quantity, lamp.amount) == (
        20,
        10,
        28,
        Decimal(112),
    )
    assert lamp.proposal.runs_out == day(session, -10)
    assert (chair.proposal.quantity, chair.proposal.days_left, chair.free) == (0, None, 480)
    assert shop["vase"].sku not in told, "nothing is forecast for it"
    session.execute(
        text("UPDATE inventory_stock SET reserved = 5 WHERE variant_id = :v"), {"v": shop["lamp"].variant_id}
    )
    session.commit()
    assert (
        next(
            a for a in queries.to_order(session, queries.current_run(session)) if a.sku == lamp.sku
        ).proposal.quantity
        == 33
    ), "less what is promised"
    session.execute(text("UPDATE inventory_stock SET reserved = 0"))
    session.commit()


def test_the_page_has_its_figures_and_lists(admin: Any, session: Session, shop: dict[str, Article]) -> None:
    page = admin.get(HERE)
    assert page.status_code == 200
    said = words(page.text)
    lamp, vase = shop["lamp"], shop["vase"]
    for part in (
        "Stock value",
        "Pieces in stock",
        "Days of cover",
        "Stock turnover",
        "Dead stock",
        "To order now",
        "Runs out next",
    ):
        assert part in said, part
    assert lamp.sku in said and vase.sku in said
    stock = session.scalar(
        text("SELECT id FROM inventory_stock WHERE variant_id = :v"), {"v": lamp.variant_id}
    )
    assert f'href="/admin/stock/show/{stock}"' in page.text
    # 20 x 4 + 45 x 2 + 480 x 1
    assert "650.00" in said and "90.00" in said


def test_out_of_stock_leads_to_as_many_rows_as_it_counts(admin: Any, session: Session) -> None:
    left, gone, hidden = article(session, stock=5), article(session, stock=0), article(session, stock=0)
    with unit_of_work(session):
        session.get_one(Product, hidden.product_id).state = "draft"
    page = admin.get(HERE).text
    told = re.search(r'data-tile="out_of_stock".*?data-value="([^"]*)"', page, re.DOTALL)
    assert told is not None and told[1] == "1"
    assert f'href="{OUT}"' in page
    shown = admin.get(OUT).text
    assert [one.sku in shown for one in (left, gone, hidden)] == [False, True, False]


def test_the_reorder_list_is_a_file_too(admin: Any, shop: dict[str, Article]) -> None:
    rows = card(admin, "reorder")
    assert {row["Key"] for row in rows} == {shop["lamp"].sku}
    assert {row["Column"]: row["Value"] for row in rows}["To order"] == "28"
    assert admin.get(f"{HERE}/export.xlsx?chart=reorder").status_code == 200
    assert {row["Key"] for row in card(admin, "dead")} == {str(shop["vase"].variant_id)}
    cover = {row["Key"]: row["Value"] for row in card(admin, "cover") if row["Column"] == "Articles"}
    assert cover == {"7": "0", "14": "0", "30": "1", "60": "0", "90": "0", "longer": "1", "none": "1"}


def test_few_statements(admin: Any, shop: dict[str, Article], statements: Callable[[], Any]) -> None:
    admin.get(HERE)
    with statements() as seen:
        assert admin.get(HERE).status_code == 200
    assert len(seen) <= MOST_STATEMENTS, "\n".join(" ".join(s.split())[:150] for s in seen)


def test_an_empty_shop_says_so(admin: Any) -> None:
    said = words(admin.get(HERE).text)
    assert "There is no forecast yet" in said and "No dead stock." in said


@pytest.mark.parametrize(
    ("role", "status"), [("Manager", 200), ("Admin", 200), ("Seller", 200), ("Support", 403)]
)
def test_who_sees_it(staff: Callable[..., Any], role: str, status: int) -> None:
    answer = staff(role).get(HERE)
    assert answer.status_code == status or (status == 403 and answer.status_code in (302, 404))


@pytest.mark.parametrize(
    "query",
    [
        "f.warehouse=1%3B%20DROP%20TABLE%20x", "f.product=%00", "f.category=99999999999999999999999", "f.brand=-1",
        "period=own&from=0001-01-01&to=9999-12-31", "period=own&from=2999-01-01&to=2999-02-01", "currency=XXX",
        "f.variant=1&f.variant=2&compare=year", "f.day=2026-01-01", "period=12_months", "f.nothing=1",
    ],
)  # fmt: skip
def test_hostile_addresses(admin: Any, shop: dict[str, Article], query: str) -> None:
    assert admin.get(f"{HERE}?{query}").status_code == 200
    assert admin.get(f"{HERE}/export.csv?{query}").status_code == 200


def test_a_filter_narrows_lists_and_figures_alike(
    admin: Any, session: Session, shop: dict[str, Article]
) -> None:
    only = f"&f.product={session.get_one(Product, shop['chair'].product_id).slug}"
    assert card(admin, "reorder", query=only) == [] and card(admin, "dead", query=only) == []
    assert [row["Value"] for row in card(admin, "stock_value-by-category", query=only)][:1] == ["480.00"]
