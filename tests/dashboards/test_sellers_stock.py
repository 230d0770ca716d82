"""A seller's inventory page: own goods in every figure, list, file and link, whatever the address asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.stock import operations
from app.analytics.stock.operations import NewForecast, NewRun
from app.core.actor import SYSTEM
from dashboards import inventory
from dashboards.feature import PAGES
from tests.analytics.stock.goods import day, goods
from tests.inventory.shelves import Article

HERE = "/admin/dashboards/inventory"
TRIED = ["", "f.seller=%(other)s", "f.seller=%(me)s&f.seller=%(other)s", "f.product=%(product)s", "f.variant=%(variant)s",
         "f.seller=0&period=12_months&compare=year", "f.warehouse=1&f.seller=-nothing-"]  # fmt: skip


@pytest.fixture
def seller(staff: Callable[..., Any], other: int) -> Any:
    """Somebody who sells here; logged in last."""
    return staff("Seller")


@pytest.fixture
def other(staff: Callable[..., Any]) -> int:
    """Somebody else who does."""
    return int(staff("Seller", "other").user_id)


@pytest.fixture
def shelves(session: Session, seller: Any, other: int) -> dict[str, Article]:
    """Of each seller and of the shop itself: what runs out, what died, what is gone. Amounts tell whose it is."""
    made: dict[str, Article] = {}
    for whose, cost in (("mine", "4.00"), ("other", "1000.00"), ("shop", "7000.00")):
        made[f"{whose}-lamp"] = goods(
            session, (40, "receive", 60), (10, "sale", -40), costs={60: cost}, price=cost
        )
        made[f"{whose}-vase"] = goods(session, (150, "receive", 30), (120, "sale", -5), costs={200: cost})
        made[f"{whose}-gone"] = goods(session, (40, "receive", 10), (20, "sale", -10), costs={60: cost})
    owners = {"mine": seller.user_id, "other": other, "shop": None}
    for name, one in made.items():
        session.execute(
            text("UPDATE catalog_product SET seller_id = :s, name = :n, state = 'published' WHERE id = :id"),
            {"s": owners[name.split("-")[0]], "n": f"Thing of {name}", "id": one.product_id},
        )
    session.commit()
    forecasts = [
        NewForecast(one.variant_id, days, Decimal(2 * days), Decimal(0), Decimal(2 * days + 6), "smoothing")
        for name, one in made.items()
        for days in (7, 14, 28)
        if name.endswith("lamp")
    ]
    operations.publish(session, run=NewRun(1, "1", day(session, 1)), forecasts=forecasts, actor=SYSTEM)
    return made


def addresses(seller: Any, other: int, shelves: dict[str, Article]) -> list[str]:
    """What a curious seller types."""
    theirs = shelves["other-lamp"]
    given = {"me": seller.user_id, "other": other, "product": theirs.sku.lower(), "variant": theirs.sku}
    return [query % given for query in TRIED]


def foreign(shelves: dict[str, Article]) -> list[str]:
    """Names and SKUs of what is not the seller's."""
    return [word for name, one in shelves.items() if not name.startswith("mine") for word in (one.sku, f"Thing of {name}")]  # fmt: skip


def amounts(words: str) -> list[Decimal]:
    """Every amount of money in some words."""
    return [Decimal(found.replace(",", "")) for found in re.findall(r"(?<![\d.])\d[\d,]*\.\d\d(?!\d)", words)]


def test_the_page_is_his_alone(seller: Any, other: int, shelves: dict[str, Article]) -> None:
    page = seller.get(HERE)
    assert page.status_code == 200 and "could not be read" not in page.text
    # 20 lamps and 25 vases at 4.00; the vases did not sell for 120 days
    values = dict(re.findall(r'data-tile="([a-z_]+)".*?data-value="([^"]*)"', page.text, re.DOTALL))
    assert (values["stock_units"], values["stock_value"], values["dead_stock_value"]) == (
        "45",
        "180.00",
        "100.00",
    )
    assert (values["out_of_stock"], values["low_stock"]) == ("1", "0")
    for name in ("mine-lamp", "mine-vase"):
        assert shelves[name].sku in page.text, name
    for query in addresses(seller, other, shelves):
        told = seller.get(f"{HERE}?{query}").text
        assert not [word for word in foreign(shelves) if word in told and word not in query], query
        assert max(amounts(re.sub(r"<[^>]+>", " ", told)), default=Decimal(0)) < 1000, query


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_hold_his_goods_alone(seller: Any, other: int, shelves: dict[str, Article], kind: str) -> None:
    for query in addresses(seller, other, shelves):
        answer = seller.get(f"{HERE}/export.{kind}?{query}")
        assert answer.status_code == 200, query
        if kind == "csv":
            told = answer.text
        else:
            sheet = load_workbook(io.BytesIO(answer.data), read_only=True).active
            assert sheet is not None
            told = "\n".join(";".join(str(cell) for cell in row) for row in sheet.iter_rows(values_only=True))
        assert not [word for word in foreign(shelves) if word in told and word not in query], query
        assert max(amounts(told), default=Decimal(0)) < 1000, query
        if not query:
            assert shelves["mine-lamp"].sku in told and "180" in told


def test_a_click_leads_to_his_articles_and_no_further(
    seller: Any, staff: Callable[..., Any], shelves: dict[str, Article]
) -> None:
    page = seller.get(HERE).text
    assert "/admin/stock/" not in page and "/admin/cost/" not in page, "screens that he does not have"
    mine, theirs = shelves["mine-lamp"], shelves["other-lamp"]
    assert f'href="/admin/variant/show/{mine.variant_id}"' in page
    assert seller.get(f"/admin/variant/show/{mine.variant_id}").status_code == 200
    assert seller.get(f"/admin/variant/show/{theirs.variant_id}").status_code == 404
    for metric in ("stock_value", "low_stock", "turnover"):
        assert seller.get(f"/admin/dashboards/rows?metric={metric}").status_code == 404
    desk = staff().get(HERE).text
    assert "/admin/stock/show/" in desk and theirs.sku in desk, "the desk sees everybody's, on the shelf"


def test_boards_and_programs_keep_to_it_too(seller: Any, shelves: dict[str, Article]) -> None:
    assert seller.get("/api/v1/admin/metrics/stock_value").status_code in (401, 403)
    form = {"title": "Mine", "period": "30_days", "comparison": "none"}
    board = seller.post("/admin/board/add", data=form).headers["Location"].split("?")[0].rsplit("/", 1)[1]
    for by in ("", "product", "seller"):
        chart = "bars" if by else "number"
        tile = {
            "board": board,
            "metric": "stock_value",
            "dimension": by,
            "chart": chart,
            "row_limit": 10,
            "span": "1",
        }
        assert seller.post("/admin/boardtile/add", data=tile).status_code == 302, by
    page = seller.get(f"/admin/board/show/{board}").text
    assert "180.00" in page and not [word for word in foreign(shelves) if word in page]


def test_every_page_for_sellers_is_narrowed() -> None:
    open_to_sellers = {page.code for page in PAGES if "Seller" in page.roles}
    assert open_to_sellers == {"sales", "inventory"}, "a page let in needs a test like those above"
    assert inventory.PAGE.roles == ("Seller",)
