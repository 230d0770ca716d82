"""The orders behind a figure: they add up to it, lead to their order, and are only for who sees the figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dashboards import behind
from tests.dashboards.test_screens import ROOT
from tests.keeping import Beginnings
from tests.orders.making import articles, order, pay

ROWS = f"{ROOT}/rows"


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int], beginnings: Beginnings) -> list[int]:
    """Three paid orders: two of two articles, one of the second alone."""

    def made() -> list[int]:
        variants = articles(session)
        for chosen in (variants[:2], variants[:2], variants[1:2]):
            pay(session, order(session, chosen))
        deliver()
        return variants

    return beginnings.give(session, "dashboards.sold_in_three", made)


def amounts(page: str) -> list[Decimal]:
    """What the orders of a page count, last column."""
    rows = re.findall(r'<tr class="row".*?</tr>', page, re.DOTALL)
    return [Decimal(re.findall(r'number">[^0-9−-]*([0-9.,]+)', row)[-1].replace(",", "")) for row in rows]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("metric=gross", "139.15"),
        ("metric=gross&f.product=lamp-1", "48.40"),
        ("metric=gross&by=product&key=lamp-2", "72.60"),
        ("metric=orders&by=country&key=BE", "3"),
        ("metric=units&by=product&key=lamp-1", "4"),
        ("metric=gross&by=product&key=nothing", "0.00"),
    ],
)
def test_orders_add_up_to_the_figure(admin: Any, sold: list[int], query: str, total: str) -> None:
    answer = admin.get(f"{ROWS}?{query}")
    assert answer.status_code == 200
    shown = re.search(r"data-total>[^0-9]*([0-9.,]+)", answer.text)
    assert shown and Decimal(shown.group(1)) == Decimal(total)
    assert sum(amounts(answer.text), Decimal(0)) == Decimal(total)


def test_each_row_leads_to_its_order(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROWS}?metric=orders").text
    links = set(re.findall(r'href="(/admin/orders/show/\d+)"', page))
    assert len(links) == 3
    assert all(admin.get(link).status_code == 200 for link in links)


def test_every_link_of_a_page_to_rows_opens(admin: Any, sold: list[int]) -> None:
    for page in ("", "sales", "finance", "customers"):
        found = set(re.findall(rf'href="({ROWS}\?[^"]*)"', admin.get(f"{ROOT}/{page}").text))
        assert found
        for link in sorted(found)[:12]:
            assert admin.get(link.replace("&amp;", "&")).status_code == 200, link


def test_pages_go_on_where_the_last_one_ended(
    admin: Any, sold: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "AT_ONCE", 2)
    first = admin.get(f"{ROWS}?metric=gross").text
    following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', first)
    assert following and len(amounts(first)) == 2
    second = admin.get(following.group(1).replace("&amp;", "&")).text
    assert len(amounts(second)) == 1
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "query",
    ["", "metric=nothing", "metric=gross&by=nothing&key=1", "metric=gross&by=product", "metric=%00", "metric=gross&by=country&key=_other",
     "metric=gross&by=country&key=%00", "metric=" + "x" * 9_000],
)  # fmt: skip
def test_what_is_no_figure_is_not_there(admin: Any, query: str) -> None:
    assert admin.get(f"{ROWS}?{query}").status_code == 404


@pytest.mark.parametrize(
    "after", ["x", "%00", "2026-01-01.", "0001-01-01.1", "2026-01-01.99999999999999999999", "y" * 5_000]
)
def test_a_place_that_is_none_begins_anew(admin: Any, sold: list[int], after: str) -> None:
    assert admin.get(f"{ROWS}?metric=gross&after={after}").status_code == 200


def test_a_seller_sees_orders_of_his_goods_and_only_what_they_brought(
    staff: Callable[..., Any], session: Session, sold: list[int], deliver: Callable[[], int]
) -> None:
    seller = staff("Seller")
    session.execute(
        text("UPDATE catalog_product SET seller_id = :u WHERE id = (SELECT product_id FROM catalog_variant WHERE id = :v)"),
        {"u": seller.user_id, "v": sold[2]},
    )  # fmt: skip
    session.commit()
    pay(session, order(session, sold))
    deliver()
    page = seller.get(f"{ROWS}?metric=gross&f.seller=1").text
    assert amounts(page) == [Decimal("24.20")]
    assert "Total of the order" not in page
    assert seller.get(f"{ROWS}?metric=captured").status_code == 404


def test_a_row_that_is_not_chosen_leads_to_its_own_orders(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/sales?f.product=lamp-1").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'class="row-figure" href="([^"]*)"', page)]
    mine = [link for link in links if "metric=gross&by=product&key=lamp-2" in link]
    assert mine
    shown = re.search(r"data-total>[^0-9]*([0-9.,]+)", admin.get(mine[0]).text)
    assert shown and shown.group(1) == "72.60", "the chart keeps all its rows, and so do its links"
