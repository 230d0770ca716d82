"""Seen lately and side by side: by the address alone, with whatever stands in it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api.shop import Shop


def names(page: Any) -> list[str]:
    return re.findall(r'data-compared="([^"]+)"', page.text)


def test_products_stand_side_by_side_and_go_by_a_link(floor: Shop) -> None:
    page = floor.app.test_client().get("/compare?p=lamp-01&p=coat&p=lamp-01")
    assert page.status_code == 200 and names(page) == ["lamp-01", "coat"]
    for words in ("Power", "Colour", "Red, Blue", "Lumen", "60", "9.90"):
        assert words in page.text, words
    assert 'href="/compare?p=coat"' in page.text and 'content="noindex' in page.text
    assert "Put another one beside" in page.text and "p=lamp-01&amp;p=coat&amp;p=lamp-" in page.text


def test_numbers_are_in_the_readers_format(floor: Shop) -> None:
    floor.product("Night light", specifications={"watts": "7.5"})
    client = floor.app.test_client()
    for root, words in (
        ("", "7.5 W"),
        ("/fr", "7,5 W"),
        ("/nl", "7,5 W"),
        ("/de", "7,5 W"),
        ("/es", "7,5 W"),
    ):
        for path in (f"{root}/p/night-light", f"{root}/compare?p=night-light"):
            assert f"<td>{words}</td>" in client.get(path).text, path


def test_no_more_than_four_and_nothing_unknown(floor: Shop) -> None:
    client = floor.app.test_client()
    many = "&".join(f"p=lamp-{n:02d}" for n in range(1, 8))
    assert len(names(client.get(f"/compare?{many}"))) == 4
    assert names(client.get("/compare?p=nowhere&p=gone-lamp&p=draft-lamp&p=lamp-02")) == ["lamp-02"]


@pytest.mark.parametrize("query", ["", "p=", "p=%00", "p=../x", "p=" + "a" * 5_000, "p=%F0%9F%92%A1", "q=1"])
def test_any_address_is_a_page(floor: Shop, query: str) -> None:
    client = floor.app.test_client()
    page = client.get(f"/compare?{query}")
    assert page.status_code == 200 and "Nothing to compare yet" in page.text
    assert client.get(f"/fragments/seen?{query}").text.strip() == ""


def test_cards_come_in_the_order_of_the_address(floor: Shop) -> None:
    client = floor.app.test_client()
    part = client.get("/fragments/seen?p=lamp-03&p=gone-lamp&p=lamp-01&p=lamp-03")
    assert re.findall(r'href="/p/([^"]+)"', part.text) == ["lamp-03", "lamp-01"]
    assert "<html" not in part.text and "Set-Cookie" not in part.headers
    assert 'href="/fr/p/lampe-03"' in client.get("/fr/fragments/seen?p=lampe-03").text


def test_eight_cards_need_few_statements(floor: Shop) -> None:
    client = floor.app.test_client()
    address = "/fragments/seen?" + "&".join(f"p=lamp-{n:02d}" for n in range(1, 9))
    client.get(address)
    with floor.statements() as seen:
        assert client.get(address).text.count("card-name") == 8
    assert len(seen) <= 6, seen


def test_the_product_page_leads_there_without_a_script(floor: Shop) -> None:
    page = floor.app.test_client().get("/p/lamp-01").text
    assert 'href="/compare?p=lamp-01"' in page and 'data-seen="lamp-01"' in page


def test_more_than_four_are_cut_and_it_is_said(floor: Shop) -> None:
    client = floor.app.test_client()
    address = "/compare?" + "&".join(f"p=lamp-{n:02d}" for n in range(1, 6))
    page = client.get(address)
    assert len(names(page)) == 4 and "the others were left out" in page.text
    assert "the others were left out" not in client.get("/compare?p=lamp-01&p=lamp-02").text


@pytest.mark.parametrize(
    "path", ["/", "/c/home/lamps", "/search?q=lamp", "/p/lamp-01", "/fr/c/maison/lampes"]
)
def test_cards_can_be_ticked_into_a_form_that_needs_no_script(floor: Shop, path: str) -> None:
    page = floor.app.test_client().get(path)
    assert page.status_code == 200
    root = "/fr" if path.startswith("/fr") else ""
    assert page.text.count(f'id="compare" action="{root}/compare" method="get"') == 1
    ticks = re.findall(r'name="p" value="([^"]+)" form="compare"', page.text)
    slugs = re.findall(rf'card-name"><a href="{root}/p/([^"]+)"', page.text)
    assert ticks == slugs and len(ticks) >= 8
    assert " checked" not in "".join(re.findall(r'<input type="checkbox" name="p"[^>]*>', page.text))


def test_pages_with_ticks_are_kept_for_everybody(floor: Shop) -> None:
    pages = [floor.browser(who).get("/c/home/lamps?kept=1") for who in ("", "customer")]
    first, second = (re.sub(r'(nonce|name="csrf_token" value)="[^"]+"', "", page.text) for page in pages)
    assert first == second
