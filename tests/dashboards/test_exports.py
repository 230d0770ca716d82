"""Files hold what the screen shows, say what it was made with, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.families.dimensions import SHIPPING
from tests.dashboards.test_screens import ROOT, tile
from tests.keeping import Beginnings
from tests.orders.making import articles, order, pay


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int], beginnings: Beginnings) -> list[int]:
    """Two paid orders of two articles; one is called like a formula."""

    def made() -> list[int]:
        variants = articles(session)
        session.execute(
            text("UPDATE catalog_product SET name = '=HYPERLINK(\"http://evil\")' WHERE id = (SELECT product_id FROM catalog_variant WHERE id = :v)"),
            {"v": variants[0]},
        )  # fmt: skip
        session.commit()
        for _time in range(2):
            pay(session, order(session, variants[:2]))
        deliver()
        return variants

    return beginnings.give(session, "dashboards.sold_with_a_formula", made)


def lines(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV file by their headings."""
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_page_as_csv_is_the_page(admin: Any, sold: list[int]) -> None:
    query = "?f.country=BE&period=7_days"
    page = admin.get(f"{ROOT}/sales{query}").text
    found = lines(admin.get(f"{ROOT}/sales/export.csv{query}"))
    by_figure = {row["Figure"]: row for row in found if not row["Key"]}
    for code, title in (("gross", "Gross sales"), ("orders", "Orders"), ("units", "Pieces sold")):
        assert Decimal(by_figure[title]["Value"]) == Decimal(tile(page, code))
    assert by_figure["Gross sales"]["Unit"] == "EUR"
    assert by_figure["Gross sales"]["Filters"] == "Country: Belgium"
    assert all(row["First day"] and row["Last day"] and row["As of"] for row in found)

    def amounts(figure: str) -> dict[str, Decimal]:
        rows = [row for row in found if row["Figure"] == figure and row["Column"] == "Gross sales"]
        return {row["Key"]: Decimal(row["Value"]) for row in rows}

    sellers, departments = amounts("Best sellers"), amounts("Gross sales by department")
    assert sum(departments.values()) == Decimal(tile(page, "gross"))
    assert departments[SHIPPING] > 0 and SHIPPING not in sellers, "shipping is sold, and no article"
    assert sum(sellers.values()) == Decimal(tile(page, "gross")) - departments[SHIPPING]


def test_one_card_alone_and_its_name(admin: Any, sold: list[int]) -> None:
    answer = admin.get(
        f"{ROOT}/sales/export.csv?chart=best-sellers&f.country=BE&currency=EUR&period=own&from=2026-01-01&to=2026-12-31"
    )
    assert {row["Figure"] for row in lines(answer)} <= {"Best sellers"}
    name = answer.headers["Content-Disposition"]
    assert name == 'attachment; filename="sales-best-sellers_2026-01-01_2026-12-31_EUR_country-BE.csv"'
    assert admin.get(f"{ROOT}/sales/export.csv?chart=nothing").status_code == 404
    assert admin.get(f"{ROOT}/sales/export.pdf").status_code == 404


def test_no_cell_is_a_formula(admin: Any, sold: list[int]) -> None:
    cells = [cell for row in lines(admin.get(f"{ROOT}/sales/export.csv")) for cell in row.values()]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_xlsx_says_the_same_as_csv(admin: Any, sold: list[int]) -> None:
    from openpyxl import load_workbook

    answer = admin.get(f"{ROOT}/sales/export.xlsx?chart=best-sellers")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = lines(admin.get(f"{ROOT}/sales/export.csv?chart=best-sellers"))
    assert rows[0] == list(found[0])
    assert [Decimal(str(row[4])) for row in rows[1:]] == [Decimal(row["Value"]) for row in found]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_names_of_files_are_safe(admin: Any, sold: list[int]) -> None:
    name = admin.get(f"{ROOT}/sales/export.csv?f.product=%22;%0A../../x&f.country=%3Cb%3E").headers[
        "Content-Disposition"
    ]
    assert name.count('"') == 2 and "/" not in name and "\n" not in name and "<" not in name


def test_a_figure_that_broke_is_not_in_the_file(
    admin: Any, sold: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.analytics import queries

    real = queries.ask

    def ask(session: Any, questions: Any, **more: Any) -> Any:
        if any(question.metric == "refunds" for question in questions):
            raise RuntimeError("the figure is broken")
        return real(session, questions, **more)

    monkeypatch.setattr(queries, "ask", ask)
    found = lines(admin.get(f"{ROOT}/sales/export.csv"))
    assert {row["Figure"] for row in found} >= {"Gross sales"}
    assert "Refunds" not in {row["Figure"] for row in found}
