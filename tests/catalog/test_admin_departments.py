"""People read departments by their names and those above them, in their language; addresses stay in one column."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.catalog import operations
from app.core.actor import SYSTEM
from app.promotions import operations as promotions
from tests.catalog.conftest import Shop


def speaks(browser: Any, language: str) -> None:
    """Choose the language of the back office."""
    assert browser.post("/admin/language", data={"language": language, "next": "/admin/"}).status_code == 302


def read(browser: Any, address: str) -> str:
    """A page as it is read."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(answer.text)


def test_products_name_their_department(admin: Any, shop: Shop, make: Any) -> None:
    lamp = make("Lamp")
    for address in (
        "/admin/product/list/", f"/admin/product/show/{lamp.id}", f"/admin/product/edit/{lamp.id}",
        f"/admin/product/list/?category.rel_o_m={shop.laptops}",
    ):  # fmt: skip
        page = read(admin, address)
        assert "Technology / Laptops" in page, address
        assert "technology/laptops" not in page, address
    speaks(admin, "fr")
    assert "Technology / Portables" in read(admin, "/admin/product/list/")
    assert "Technology / Portables" in read(admin, f"/admin/product/show/{lamp.id}")


def test_a_filter_names_it(admin: Any, shop: Shop, make: Any) -> None:
    make("Lamp")
    page = read(admin, "/admin/product/list/")
    key = next(part for part in ("category.rel_o_m", "category.rel") if f"{part}" in page)
    chip = (
        read(admin, f"/admin/product/list/?{key}={shop.laptops}").split('class="chips"')[1].split("</ul>")[0]
    )
    assert "Technology / Laptops" in chip


def test_pickers_find_by_what_people_read(admin: Any, session: Session, shop: Shop) -> None:
    def found(words: str, screen: str = "product", column: str = "category") -> list[str]:
        rows = admin.get(f"/admin/{screen}/related/{column}", query_string={"q": words}).json["results"]
        return [row["label"] for row in rows]

    assert found("") == ["Fashion", "Technology", "Technology / Laptops"]
    assert found("laptop") == ["Technology / Laptops"]
    assert found("technology / l") == ["Technology / Laptops"]
    assert found("technology/laptops") == ["Technology / Laptops"]
    assert found("portab") == []
    speaks(admin, "fr")
    for screen, column in (("product", "category"), ("category", "parent_id"), ("promotion", "categories")):
        assert found("portab", screen, column) == ["Technology / Portables"], screen
    operations.update_category(
        session, category_id=shop.laptops, actor=SYSTEM, name="Notebooks", translations={}
    )
    assert found("notebooks") == ["Technology / Notebooks"]


def test_the_tree_is_read_in_ones_language(admin: Any, shop: Shop) -> None:
    speaks(admin, "fr")
    page = read(admin, "/admin/category/list/")
    assert '<span style="padding-inline-start:1.25rem">Portables</span>' in page
    assert '<span style="padding-inline-start:0.0rem">Technology</span>' in page
    shown = read(admin, f"/admin/category/show/{shop.laptops}")
    assert "Technology / Portables" in shown.split("<h1", 1)[1].split("</h1>")[0]
    form = read(admin, f"/admin/category/edit/{shop.laptops}")
    assert 'value="Technology"' in form


def test_the_tree_is_exported_without_marks(admin: Any, shop: Shop) -> None:
    lines = admin.get("/admin/category/export.csv").text.splitlines()
    assert any(line.startswith("Laptops,technology/laptops,") for line in lines), lines


def test_a_promotion_names_what_it_counts_for(admin: Any, session: Session, shop: Shop, make: Any) -> None:
    lamp = make("Lamp of brass")
    rule = promotions.set_rule(
        session,
        name="Ten",
        value=Decimal(10),
        category_ids=[shop.laptops],
        product_ids=[lamp.id],
        actor=SYSTEM,
    )
    speaks(admin, "fr")
    page = read(admin, f"/admin/promotion/show/{rule.id}")
    assert "Technology / Portables" in page
    assert "Lamp of brass" in page
    assert "Technology / Portables" in read(admin, f"/admin/promotion/edit/{rule.id}")
