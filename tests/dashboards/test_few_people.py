"""ANA-03: the page of customers tells nothing of fewer than five people of a country, and nobody's age."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.dashboards.test_behind import ROWS
from tests.dashboards.test_screens import ROOT, tile

FEW = "Fewer than five customers match the filters; so few are not told apart."


def test_a_filter_to_few_people_of_a_country_tells_nothing(admin: Any, sold: list[int]) -> None:
    usual = admin.get(f"{ROOT}/customers").text
    assert tile(usual, "customers") == "1" and "New customers by age" in usual
    page = admin.get(f"{ROOT}/customers?f.country=BE").text
    for code in ("customers", "new_customers", "lifetime_value", "returning_share"):
        assert tile(page, code) == "", code
    assert page.count(FEW) > 6, "each tile and chart says why"
    assert tile(admin.get(f"{ROOT}/sales?f.country=BE").text, "orders") == "2", "orders are bookkeeping"


def test_the_file_says_no_more_than_the_page(admin: Any, sold: list[int]) -> None:
    file = admin.get(f"{ROOT}/customers/export.csv?f.country=BE").data.decode("utf-8-sig")
    told = [
        row for row in csv.DictReader(io.StringIO(file)) if row["Figure"] in ("Customers", "New customers")
    ]
    assert told and all(row["Value"] == "" for row in told)


def test_no_link_leads_from_an_age_to_orders(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/customers?f.age_band=25_34").text
    assert "metric=new_customers" not in page.replace("boardtile/add?metric=new_customers", "")
    for query in ("by=age_band&key=25_34", "f.age_band=25_34"):
        assert admin.get(f"{ROWS}?metric=new_customers&{query}").status_code == 404
