"""What a reader needs beside the figures: a legend where two lines are drawn, and links that lead somewhere."""

from __future__ import annotations

import html
import re
from typing import Any

from sqlalchemy.orm import Session

from dashboards.feature import PAGES

ROOT = "/admin/dashboards"


def chart(page: str, code: str) -> str:
    """The card of a chart."""
    found = re.search(rf'<section[^>]*data-chart="{code}".*?</section>', page, re.DOTALL)
    assert found, f"no chart {code}"
    return html.unescape(found.group(0))


def test_two_lines_have_a_legend(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/sales").text
    codes = re.findall(r'<section[^>]*data-chart="([^"]+)"', page)
    trend = next(chart(page, code) for code in codes if "Gross sales over time" in chart(page, code))
    legend = re.search(r"data-legend>(.*?)</p>", trend)
    assert legend is not None
    assert re.sub(r"<[^>]+>", " ", legend[1]).split() == ["Gross", "sales", "Before"]
    assert not any(
        "data-legend" in chart(page, code) for code in codes if 'data-kind="bars"' in chart(page, code)
    )
    assert "data-legend" not in admin.get(f"{ROOT}/sales?compare=none").text


def test_nobody_came_is_said_and_not_drawn(admin: Any, session: Session) -> None:
    funnel = chart(admin.get(f"{ROOT}/marketing").text, "funnel")
    assert "Nothing in these days." in funnel
    assert "data-plot" not in funnel


def test_every_tile_leads_to_a_page_that_is_there(admin: Any, sold: list[int]) -> None:
    for page in PAGES:
        shown = admin.get(f"{ROOT}/{page.code}").text
        links = re.findall(r'class="dash-tile-label"[^>]*><a href="([^"]+)"', shown)
        assert links, page.code
        for link in links:
            assert admin.get(html.unescape(link)).status_code == 200, (page.code, link)
