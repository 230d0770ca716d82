"""The pages: who sees them, what they show, and what happens to addresses that nobody should send."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.rules import Question
from app.core.clock import utcnow
from dashboards.feature import PAGES
from tests.counting import counted
from tests.orders.making import order, pay

ROOT = "/admin/dashboards"
ADDRESSES = [f"{ROOT}/{page.code}" for page in PAGES]
OURS = [f"{ROOT}/{code}" for code in ("", "sales", "customers", "finance")]
"""Pages whose figures come from orders; the others have tests of their own."""
MOST_STATEMENTS = 15


def tile(page: str, code: str) -> str:
    """The figure of a tile, as a program reads it."""
    found = re.search(rf'data-tile="{code}".*?data-value="([^"]*)"', page, re.DOTALL)
    assert found, f"no tile {code}"
    return found.group(1)


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_open_without_any_order(admin: Any, address: str) -> None:
    answer = admin.get(address)
    assert answer.status_code == 200
    assert "could not be read" not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_show_what_was_sold(admin: Any, sold: list[int], address: str) -> None:
    answer = admin.get(address)
    assert answer.status_code == 200
    assert "could not be read" not in answer.text


def test_a_tile_is_the_figure_of_the_metric_layer(admin: Any, session: Session, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/sales").text
    assert (tile(page, "gross"), tile(page, "orders"), tile(page, "units")) == ("108.90", "2", "8")
    assert "€108.90" in page


@pytest.mark.parametrize(
    ("role", "seen"),
    [("Admin", ADDRESSES), ("Manager", ADDRESSES), ("Support", []), ("Seller", None)],
)
def test_who_sees_which_page(staff: Callable[..., Any], role: str, seen: list[str] | None) -> None:
    if seen is None:
        seen = [f"{ROOT}/{page.code}" for page in PAGES if role in page.roles]
        assert f"{ROOT}/sales" in seen
    browser = staff(role)
    for address in ADDRESSES:
        assert browser.get(address).status_code == (200 if address in seen else 403), address
    menu = browser.get("/admin/").text
    for address in ADDRESSES:
        assert (f'href="{address}"' in menu) == (address in seen), address


def test_a_stranger_is_led_to_the_door(client: Any) -> None:
    assert "/admin/login" in client.get(f"{ROOT}/sales").headers["Location"]


def test_a_seller_sees_what_is_his(
    staff: Callable[..., Any], session: Session, sold: list[int], deliver: Callable[[], int]
) -> None:
    seller = staff("Seller")
    assert tile(seller.get(f"{ROOT}/sales").text, "gross") == "0.00"
    session.execute(
        text("UPDATE catalog_product SET seller_id = :u WHERE id = (SELECT product_id FROM catalog_variant WHERE id = :v)"),
        {"u": seller.user_id, "v": sold[0]},
    )  # fmt: skip
    session.commit()
    pay(session, order(session, sold[:2]))
    deliver()
    for tried in ("", "?f.seller=1", "?f.seller=-nothing-&f.seller=2"):
        page = seller.get(f"{ROOT}/sales{tried}").text
        assert tile(page, "gross") == "24.20", tried
        assert 'data-chart="promotion_discounts-by-promotion"' not in page, (
            "a figure that cannot be narrowed is left out"
        )
    file = seller.get(f"{ROOT}/sales/export.csv?f.seller=1").text
    assert "24.20" in file and "133.10" not in file


def test_who_is_let_in_with_own_goods_only_is_told(
    staff: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, sold: list[int]
) -> None:
    """As somebody of a role of the shop's own, let in under Security: narrowed like a seller."""
    desk = staff("Manager")
    assert "Only figures of your own goods." not in desk.get(f"{ROOT}/sales").text
    monkeypatch.setattr("dashboards.screen.seller_here", lambda: str(desk.user_id))
    assert "Only figures of your own goods." in desk.get(f"{ROOT}/sales").text
    assert "No figure of this page can be told for your goods alone." in desk.get(f"{ROOT}/finance").text


HOSTILE = [
    "period=own&from=0001-01-01&to=0001-01-02", "period=own&from=9999-12-30&to=9999-12-31", "period=own&from=&to=",
    "period=own&from=2026-13-45&to=x", "period=" + "x" * 10_000, "from=%00&to=%00", "compare=%00", "currency=%F0%9F%92%A9",
    "f.product=%00", "f.product=" + "y" * 10_000, "f.seller=99999999999999999999", "f.tax_rate=NaN", "f.tax_rate=1e999999",
    "f.hour=-1&f.weekday=77", "f.country=BE&f.country=BE&f.country=%27%3B--", "f.nothing=1", "f.=1", "f.day=2026-01-01",
    "f.category=%ED%A0%80", "period=own&from=2000-01-01&to=2009-12-31&compare=year", "f.product=_shipping&f.brand=_none",
    "&".join(f"f.product=p{n}" for n in range(300)), "chart=%00", "period=12_months&period=today",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_no_address_breaks_a_page(admin: Any, sold: list[int], query: str) -> None:
    for address in (f"{ROOT}/sales", f"{ROOT}/finance", f"{ROOT}/customers"):
        answer = admin.get(f"{address}?{query}")
        assert answer.status_code == 200, query[:80]
        assert "could not be read" not in answer.text, query[:80]
    assert admin.get(f"{ROOT}/sales/export.csv?{query}").status_code in (200, 404)


def test_what_is_wrong_is_said_beside_its_field(admin: Any) -> None:
    page = admin.get(f"{ROOT}/sales?period=own&from=2026-02-30&to=2026-03-01&currency=XXX&f.shoe=43").text
    for field in ("from", "currency"):
        assert f'id="asked-{field}-error"' in page
    assert "“2026-02-30” is not a date." in page and 'name="to" value="2026-03-01"' in page, (
        "what was typed stays"
    )
    assert "A filter that does not exist was left out." in page


@pytest.mark.parametrize(
    ("query", "most"),
    [("", MOST_STATEMENTS), ("?f.country=BE&compare=year", MOST_STATEMENTS), ("?f.product=lamp-1&f.country=BE&currency=EUR", MOST_STATEMENTS)],
)  # fmt: skip
@pytest.mark.parametrize("address", OURS)
def test_a_page_needs_few_statements(
    admin: Any, sold: list[int], statements: Callable[[], Any], address: str, query: str, most: int
) -> None:
    admin.get(address)
    with statements() as seen:
        assert admin.get(address + query).status_code == 200
    reads = [s for s in seen if not s.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(reads) <= most, "\n".join(s.split("\n")[0][:150] for s in reads)


@pytest.fixture
def came(session: Session, sold: list[int]) -> None:
    """In this period and in the one before: two visits (one with a product), a bag left behind, two searches.
    A day further back is kept as a sum; a sum of a day whose visits are still there does not count."""
    for days in (3, 33):
        at = {"at": utcnow() - timedelta(days=days), "variant": sold[0]}
        for words in CAME:
            session.execute(text(words), at)
    session.commit()


CAME = (
    """INSERT INTO analytics_visit (id, visitor, agreed_to, started_at, last_at, language, device, page_views, product_views)
       SELECT gen_random_uuid(), gen_random_uuid(), '1a', :at, :at, 'en', device, 2, of_products
         FROM (VALUES ('phone', 1), ('desktop', 0)) AS made (device, of_products)""",
    """INSERT INTO analytics_visit_event (visit_id, at, kind, page, product_id)
       SELECT id, :at, 'page', 'home', NULL FROM analytics_visit WHERE started_at = :at UNION ALL
       SELECT id, :at, 'page', CASE product_views WHEN 1 THEN 'product' ELSE 'search' END,
              CASE product_views WHEN 1 THEN (SELECT product_id FROM catalog_variant WHERE id = :variant) END
         FROM analytics_visit WHERE started_at = :at""",
    """INSERT INTO analytics_visit_day VALUES (CAST(:at AS date) - 20, 'en', 'tablet', 'site', 3, 3, 5, 1, 1, 0, 0, 0, 0)""",
    """WITH bag AS (INSERT INTO cart_cart (created_at, updated_at) VALUES (:at, :at) RETURNING id)
       INSERT INTO cart_line (cart_id, variant_id, quantity, seen_price, seen_currency)
       SELECT id, :variant, 2, 12.10, 'EUR' FROM bag""",
    """INSERT INTO search_query_count VALUES (:at, 'en', 'lamp', 5, 30), (:at, 'en', 'sofa', 2, 0)""",
)


@pytest.mark.parametrize(
    ("query", "most"),
    [("", MOST_STATEMENTS), ("?f.device=phone&compare=year", MOST_STATEMENTS), ("?f.product=lamp-1&f.language=en&currency=EUR", MOST_STATEMENTS)],
)  # fmt: skip
def test_the_page_of_visits_needs_few_statements(
    admin: Any, came: None, statements: Callable[[], Any], query: str, most: int
) -> None:
    address = f"{ROOT}/marketing"
    page = admin.get(address).text
    numbers = {code: tile(page, code) for code in ("visits", "page_views", "abandoned_cart_value", "searches_without_results")}  # fmt: skip
    assert numbers == {"visits": "2", "page_views": "4", "abandoned_cart_value": "24.20", "searches_without_results": "2"}  # fmt: skip
    assert tile(admin.get(f"{address}?period=90_days").text, "visits") == "7", (
        "with a day that is kept as a sum"
    )
    for words in ("Lamp 1", "Home page", "Computer", "sofa", "/admin/cart/show/"):
        assert words in page, words
    with statements() as seen:
        answer = admin.get(address + query)
    assert answer.status_code == 200 and "could not be read" not in answer.text
    reads = [s for s in seen if not s.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(reads) <= most, "\n".join(s.split("\n")[0][:150] for s in reads)


def test_a_broken_figure_stays_alone(admin: Any, sold: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    real = queries.ask

    def ask(session: Any, questions: list[Question], **more: Any) -> Any:
        if any(question.metric == "discounts" for question in questions):
            raise RuntimeError("the figure is broken")
        return real(session, questions, **more)

    monkeypatch.setattr(queries, "ask", ask)
    page = admin.get(f"{ROOT}/sales").text
    assert "could not be read" in page
    assert tile(page, "gross") == "108.90"


def test_a_filter_is_a_chip_that_narrows_and_goes_away(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/sales?f.product=lamp-1").text
    assert tile(page, "gross") == "48.40"
    assert "Product: <strong>Lamp 1</strong>" in page
    assert f'href="{ROOT}/sales" data-turn' in page
    assert "Not filtered by Product." in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("f.country=NL", "<strong>Pays-Bas</strong>"), ("f.language=de", "<strong>allemand</strong>"), ("f.weekday=1", "<strong>lundi</strong>"),
        ("f.hour=07", "<strong>07:00</strong>"), ("f.age_band=18_24", "<strong>18"),
        ("f.tax_rate=21", "<strong>21 %</strong>"), ("f.weekday=9", "<strong>9</strong>"), ("f.country=%27%22", "<strong>&#39;&#34;</strong>"),
    ],
)  # fmt: skip
def test_a_filter_is_named_without_asking_for_figures(
    admin: Any, engine: Any, sold: list[int], given: str, words: str
) -> None:
    admin.post("/admin/language", data={"language": "fr", "next": "/admin/"})
    address = f"{ROOT}/marketing"  # shows none of these dimensions
    with counted(engine) as plain:
        admin.get(address)
    with counted(engine) as narrowed:
        page = admin.get(f"{address}?{given}").text
    assert words in page
    assert len(narrowed) <= len(plain), "\n".join(narrowed)


def test_no_style_and_no_script_outside_the_policy(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/sales").text
    assert "style=" not in page and "<style" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("nonce=" in script or 'type="application/json"' in script for script in scripts)


def test_no_web_process_loads_plotly() -> None:
    import subprocess
    import sys

    code = "import sys, app.wsgi; print([m for m in ('plotly', 'pandas', 'numpy', 'openpyxl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]"), done.stdout
