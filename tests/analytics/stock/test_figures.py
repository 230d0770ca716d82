"""Figures of stock against amounts worked out by hand."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.errors import UnknownDimension
from app.analytics.rules import Period, Question
from app.analytics.stock.figures import METRICS
from app.catalog.models import Category, Product
from app.core.unit_of_work import unit_of_work
from app.inventory.queries import drifted_levels
from tests.analytics.stock.goods import ask, day, goods, move
from tests.counting import counted
from tests.inventory.shelves import Article


@pytest.fixture
def lamp(session: Session) -> Article:
    """100 came 40 days ago at 4.00; 10, 20 and 6 were sold, one came back; since 5 days it costs 5.00. 65 are left."""
    return goods(
        session, (40, "receive", 100), (20, "sale", -10), (10, "sale", -20), (3, "sale", -6), (2, "return", 1),
        costs={60: "4.00", 5: "5.00"},
    )  # fmt: skip


@pytest.fixture
def shop(session: Session, lamp: Article) -> dict[str, Article]:
    """The lamp, a chair without a cost, a vase that died, a mug that ran out, a pen that runs low."""
    return {
        "lamp": lamp,
        "chair": goods(session, (40, "receive", 10), price=None),
        "vase": goods(session, (150, "receive", 50), (120, "sale", -5), costs={200: "2.00"}),
        "mug": goods(session, (20, "receive", 5), (10, "sale", -5), costs={60: "1.00"}),
        "pen": goods(session, (5, "receive", 2), costs={60: "0.0150"}),
    }


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("stock_units", "65"), ("stock_value", "325.00"), ("stock_value_retail", "650.00"), ("stock_without_cost", "0"),
        # 65 left, 35 sold in 30 days: 65 / (35 / 30) = 55.7
        ("days_of_cover", "55.7"),
        # 10 x 4 + 20 x 4 + 6 x 5 - 1 x 5
        ("cost_of_sales", "145.00"),
        # ends of days: 9 x 400 + 10 x 360 + 5 x 280 + 2 x 350 + 1 x 320 + 3 x 325 = 10,595; 145 x 365 / 10,595
        ("turnover", "5.00"),
        # 35 of the 100 that were there 30 days ago
        ("sell_through", "35.0"),
        ("dead_stock_value", "0.00"), ("lost_days", "0"), ("low_stock", "0"), ("out_of_stock", "0"),
    ],
)  # fmt: skip
def test_one_article_by_hand(session: Session, lamp: Article, metric: str, expected: str) -> None:
    told = ask(session, metric)
    assert told.total == Decimal(expected)
    assert drifted_levels(session) == []


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("stock_units", "122"),
        # lamp 325, vase 90, pen 0.03; the chair is not known
        ("stock_value", "415.03"), ("stock_without_cost", "1"), ("dead_stock_value", "90.00"),
        # the mug: nothing from midnight to midnight on the nine whole days since it sold out
        ("lost_days", "9"), ("low_stock", "1"), ("out_of_stock", "1"),
    ],
)  # fmt: skip
def test_a_shop_by_hand(session: Session, shop: dict[str, Article], metric: str, expected: str) -> None:
    assert ask(session, metric).total == Decimal(expected)
    rows = {row.key: row.value for row in ask(session, metric, "variant").rows}
    assert sum(rows.values()) == Decimal(expected), "the rows add up"


def test_rows_are_named_and_the_largest_stand_first(session: Session, shop: dict[str, Article]) -> None:
    told = ask(session, "stock_value", "product", limit=2)
    assert [(row.label, row.value) for row in told.rows] == [
        (shop["lamp"].name, Decimal("325.00")), (shop["vase"].name, Decimal("90.00")),
    ]  # fmt: skip
    assert (told.total, told.currency) == (Decimal("415.03"), "EUR"), "the total counts all"
    assert ask(session, "stock_value", "variant").rows[0].label == shop["lamp"].sku
    assert ask(session, "stock_units", "warehouse").rows[0].label == "Main warehouse"
    assert [(row.key, row.label) for row in ask(session, "stock_units", "brand").rows] == [("_none", "–")]


def test_keys_are_those_of_addresses_as_in_all_figures(session: Session, shop: dict[str, Article]) -> None:
    told = ask(session, "stock_value").total
    keys = {by: [row.key for row in ask(session, "stock_value", by).rows] for by in ("product", "variant", "category", "brand", "seller", "warehouse")}  # fmt: skip
    assert session.get_one(Product, shop["lamp"].product_id).slug in keys["product"]
    assert shop["lamp"].sku in keys["variant"] and keys["warehouse"] == ["MAIN"]
    for by, found in keys.items():
        each = [ask(session, "stock_value", filters={by: (key,)}).total for key in found]
        assert sum(each) == told and ask(session, "stock_value", filters={by: tuple(found)}).total == told, by


def test_a_department_is_with_all_below_it(session: Session, shop: dict[str, Article]) -> None:
    told, (below,) = ask(session, "stock_value").total, session.scalars(select(Category)).all()
    with unit_of_work(session):
        above = Category(name="All", slug="all", path="all", lineage=[])
        session.add(above)
        session.flush()
        above.lineage = [above.id]
        below.parent_id, below.lineage = above.id, [above.id, below.id]
    assert ask(session, "stock_value", filters={"category": ("all",)}).total == told > 0
    assert ask(session, "stock_value", filters={"category": ("al",)}).total == 0
    assert [row.key for row in ask(session, "stock_value", "category").rows] == [below.path]


def test_value_over_time_is_that_of_each_days_end(session: Session, lamp: Article) -> None:
    told = {row.key: row.value for row in ask(session, "stock_value", "day").rows}
    assert len(told) == 30
    for ago, value in (
        (29, 400),
        (21, 400),
        (20, 360),
        (10, 280),
        (6, 280),
        (5, 350),
        (3, 320),
        (2, 325),
        (0, 325),
    ):
        assert told[day(session, ago).isoformat()] == value, ago
    months = ask(session, "stock_value", "month", days=70).rows
    assert months[-1].value == 325 and len(months) in (3, 4)
    past = Period(day(session, 50), day(session, 12))
    assert queries.ask(session, [Question("stock_value", past)])[0].total == 360
    assert ask(session, "stock_value", filters={"day": (day(session, 10).isoformat(),)}).total == 280


def test_a_day_ends_at_midnight_where_the_shop_is(session: Session) -> None:
    pot = goods(session, (5, "receive", 10), costs={60: "1.00"})
    move(session, pot, (2, "sale", -3), at=time(23, 59))
    move(session, pot, (1, "sale", -2), at=time(0, 0))
    told = {row.key: row.value for row in ask(session, "stock_units", "day", days=4).rows}
    assert [told[day(session, ago).isoformat()] for ago in (3, 2, 1, 0)] == [10, 7, 5, 5]


def test_nothing_at_all_is_nothing(session: Session) -> None:
    for metric in METRICS:
        told = ask(session, metric.code)
        assert (told.total, told.rows) == (0, ())


def test_all_figures_of_a_page_take_few_statements(
    session: Session, shop: dict[str, Article], engine: Any
) -> None:
    now = Period(day(session, 29), day(session, 0))
    asked = [
        Question(metric.code, period)
        for metric in METRICS
        for period in (now, now.before(), now.year_before())
    ]
    asked += [Question("stock_value", now, "day"), Question("turnover", now, "category")]
    queries.ask(session, asked)
    with counted(engine) as seen:
        queries.ask(session, asked)
    assert len(seen) <= 4, "\n".join(seen)


@pytest.mark.parametrize("key", ["", "x", "1; DROP TABLE inventory_stock", "-1", "9" * 40, "²", "\x00"])
def test_hostile_keys_match_nothing(session: Session, lamp: Article, key: str) -> None:
    for name in ("product", "variant", "category", "brand", "seller", "warehouse"):
        assert ask(session, "stock_units", filters={name: (key,)}).total == 0
    assert ask(session, "stock_units", filters={"day": (key,)}).total == 0


def test_a_period_ahead_is_today_and_dimensions_are_kept(session: Session, lamp: Article) -> None:
    ahead = Period(day(session, -10), day(session, -20))
    assert queries.ask(session, [Question("stock_units", ahead)])[0].total == 65
    with pytest.raises(UnknownDimension):
        ask(session, "turnover", "day")
