"""Today on the first page: by role, against the same day last week, each figure leading to its dashboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import operations, queries
from dashboards import home
from tests.orders.making import articles, order, pay
from tests.pricing.desk import words

HOME = "/admin/"


def figures(page: str) -> dict[str, str]:
    """The figures of the card, in words."""
    found = re.findall(r'data-today="([a-z_]+)">(.*?)</li>', page, re.DOTALL)
    return {code: words(inside) for code, inside in found}


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int]) -> list[int]:
    """Two orders of today and one of the same day last week, 48.40 of goods and 6.05 of shipping each."""
    variants = articles(session)
    made = [order(session, variants[:2]) for _time in range(3)]
    for placed in made:
        pay(session, placed)
    session.execute(
        text("UPDATE orders_order SET placed_at = placed_at - interval '7 days' WHERE id = :o"),
        {"o": made[0].id},
    )
    session.commit()
    deliver()
    operations.record_order(session, order_id=made[0].id)
    return variants


def test_a_manager_sees_the_shop(staff: Callable[..., Any], sold: list[int]) -> None:
    page = staff("Manager").get(HOME).text
    told = figures(page)
    assert list(told) == ["gross", "orders", "units", "new_customers"]
    assert "€108.90" in told["gross"] and "+100%" in told["gross"] and "from €54.45" in told["gross"]
    assert "Orders 2" in told["orders"]
    for link in ("sales?period=today", "customers?period=today"):
        assert f'href="/admin/dashboards/{link}"' in page, link


def test_a_seller_sees_own_goods(staff: Callable[..., Any], session: Session, sold: list[int]) -> None:
    seller = staff("Seller")
    told = figures(seller.get(HOME).text)
    assert list(told) == ["gross", "orders", "units", "out_of_stock"]
    assert "€0.00" in told["gross"] and "108.90" not in " ".join(told.values())
    assert "now" in told["out_of_stock"], "what has no past is not compared"


def test_support_sees_no_figures(staff: Callable[..., Any], sold: list[int]) -> None:
    assert figures(staff("Support").get(HOME).text) == {}


def test_a_broken_figure_closes_no_page(admin: Any, sold: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("the figures are broken")

    monkeypatch.setattr(queries, "ask", broken)
    page = admin.get(HOME)
    assert page.status_code == 200 and figures(page.text) == {}


def test_the_card_costs_few_statements(
    admin: Any, session: Session, sold: list[int], statements: Callable[[], Any], app: Any
) -> None:
    admin.get(HOME)
    with statements() as seen:
        admin.get(HOME)
    mine = [one for one in seen if "analytics_" in one]
    assert len(mine) <= 8, "\n".join(one[:100] for one in mine)
    assert home.WEEK.days == 7
