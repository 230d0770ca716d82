"""Cards that take long in a large shop: their frames come with the page, their figures by requests of their own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from dashboards import waiting
from dashboards.feature import PAGES
from tests.dashboards.test_boards import board as board
from tests.dashboards.test_screens import MOST_STATEMENTS, ROOT

STARTS = re.compile(r'<section class="card chart.*?</section>', re.DOTALL)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop of many orders: PostgreSQL's estimate of a table that was never looked at is -1."""
    monkeypatch.setattr(waiting, "LARGE_ORDERS", -1)


def cards(page: str) -> dict[str, str]:
    """The cards of a page by their code."""
    found = {re.search(r'data-chart="([^"]+)"', card)[1]: card for card in STARTS.findall(page)}  # type: ignore[index]
    assert found
    return found


def parts(page: str) -> set[str]:
    """Where the figures of frames are asked for."""
    return {html.unescape(url) for url in re.findall(r'data-later="([^"]+)"', page)}


@pytest.mark.parametrize("code", [page.code for page in PAGES])
@pytest.mark.parametrize("query", ["?period=12_months", "?period=12_months&f.country=BE"])
def test_a_page_and_its_parts_are_the_whole_page(
    admin: Any, sold: list[int], large: None, code: str, query: str
) -> None:
    whole = admin.get(f"{ROOT}/{code}{query}&whole=1").text
    page = admin.get(f"{ROOT}/{code}{query}").text
    assert not parts(whole) and list(cards(page)) == list(cards(whole)), "the same cards in the same places"
    here = {name: card for name, card in cards(page).items() if "data-later" not in card}
    for url in parts(page):
        answer = admin.get(url)
        assert answer.status_code == 200 and "<html" not in answer.text
        arrived = cards(answer.text)
        assert not here.keys() & arrived.keys()
        here |= arrived
    assert here == cards(whole)


def test_which_cards_wait_is_chosen_by_the_page(admin: Any, sold: list[int], large: None) -> None:
    page = admin.get(f"{ROOT}/customers").text
    late = {name for name, card in cards(page).items() if "data-later" in card}
    assert {"cohorts", "segments"} <= late and "trend" not in late
    assert parts(admin.get(f"{ROOT}/").text) == set(), "the overview comes at once"


def test_a_small_shop_waits_for_nothing(admin: Any, sold: list[int]) -> None:
    for page in PAGES:
        assert not parts(admin.get(f"{ROOT}/{page.code}").text)


def test_without_a_script_a_link_leads_to_all_figures(admin: Any, sold: list[int], large: None) -> None:
    page = admin.get(f"{ROOT}/customers?f.country=BE").text
    (link,) = set(re.findall(r'<noscript><p><a href="([^"]+)"', page))
    assert not parts(admin.get(html.unescape(link)).text)
    assert "f.country=BE" in html.unescape(link)


def test_files_hold_everything(admin: Any, sold: list[int], large: None) -> None:
    assert "Customer segments" in admin.get(f"{ROOT}/customers/export.csv").text
    card = admin.get(f"{ROOT}/customers/export.csv?chart=segments")
    assert card.status_code == 200 and "Customer segments" in card.text


@pytest.mark.parametrize("part", ["nothing", "' OR 1=1", "\x00", "x" * 5000])
def test_a_part_that_is_not_there(admin: Any, board: Any, part: str) -> None:
    for path in (f"{ROOT}/customers", f"{ROOT}/", f"/admin/board/show/{board.id}"):
        assert admin.get(path, query_string={"part": part}).status_code == 404


def test_a_part_is_as_closed_as_its_page(staff: Callable[..., Any], board: Any) -> None:
    seller = staff("Seller")
    assert seller.get(f"{ROOT}/customers?part=segments").status_code == 403
    assert seller.get(f"/admin/board/show/{board.id}?part=tile-1").status_code == 404
    page = seller.get(f"{ROOT}/sales?whole=1").text
    assert seller.get(f"{ROOT}/sales?part=refunded").status_code in (200, 404) and "refunds" in page


def test_a_seller_has_no_frame_that_nobody_fills(
    staff: Callable[..., Any], sold: list[int], large: None
) -> None:
    seller = staff("Seller")
    for code in ("sales", "inventory"):
        page = seller.get(f"{ROOT}/{code}").text
        assert list(cards(page)) == list(cards(seller.get(f"{ROOT}/{code}?whole=1").text))
        for url in parts(page):
            assert seller.get(url).status_code == 200


def test_the_charts_of_a_board_follow_it(admin: Any, board: Any, sold: list[int], large: None) -> None:
    url = f"/admin/board/show/{board.id}"
    page = admin.get(url).text
    assert len(parts(page)) == len(cards(page)) > 1, "each is asked for alone"
    whole = cards(admin.get(f"{url}?whole=1").text)
    arrived: dict[str, str] = {}
    for part in parts(page):
        arrived |= cards(admin.get(part).text)
    assert arrived == whole


def test_each_part_costs_a_bounded_number_of_statements(
    admin: Any, sold: list[int], large: None, statements: Callable[[], Any]
) -> None:
    for page in PAGES:
        url = f"{ROOT}/{page.code}?period=12_months"
        for address in [url, *parts(admin.get(url).text)]:
            with statements() as seen:
                assert admin.get(address).status_code == 200
            assert len(seen) <= MOST_STATEMENTS, address + "\n" + "\n".join(seen)
