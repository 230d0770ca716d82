"""Home, categories, search, product: what they show, where they lead, what they cost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.api.shop import Shop


@pytest.fixture
def client(floor: Shop) -> Any:
    return floor.app.test_client()


def names(page: Any) -> list[str]:
    """The products of a page's grid, in order."""
    return re.findall(r'href="/p/([a-z0-9-]+)"', page.text)


def unique(page: Any) -> list[str]:
    return list(dict.fromkeys(names(page)))


def markup(page: Any) -> dict[str, Any]:
    return dict(
        json.loads(re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page.text, re.S)[0])
    )


def test_home(client: Any) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "Maison Lumen" in page.text
    assert 'href="/c/home"' in page.text and len(unique(page)) >= 8
    assert markup(page)["@type"] == "WebSite"
    assert '<link rel="canonical" href="http://localhost:8000/">' in page.text


def test_a_category_lists_filters_and_counts(client: Any) -> None:
    page = client.get("/c/home/lamps")
    assert page.status_code == 200 and len(unique(page)) == 24
    assert "draft-lamp" not in page.text and "gone-lamp" not in page.text
    assert "Power" in page.text and "page=2" in page.text
    second = client.get("/c/home/lamps?page=2")
    assert len(unique(second)) == 9 and not set(unique(page)) & set(unique(second))
    assert unique(client.get("/c/home/lamps?page=99")) == unique(second), "beyond the end is the last page"
    assert len(unique(client.get("/c/home/lamps?watts=40"))) == 15
    assert unique(client.get("/c/home/lamps?colour=red")) == ["coat"]
    assert unique(client.get("/c/home/lamps?colour=pink")) == []


@pytest.mark.parametrize(("sort", "first"), [("price", "lamp-"), ("-price", "lamp-"), ("name", "coat")])
def test_sorts(client: Any, sort: str, first: str) -> None:
    assert unique(client.get(f"/c/home/lamps?sort={sort}"))[0].startswith(first)
    assert unique(client.get("/c/home/lamps?sort=nonsense")) == unique(client.get("/c/home/lamps"))


@pytest.mark.parametrize(
    ("query", "count"),
    [("price_min=100", 7), ("price_max=9,90", 8), ("price_min=24&price_max=24.00", 8), ("price_min=9999", 0)],
)
def test_price_bounds(client: Any, query: str, count: int) -> None:
    page = client.get(f"/c/home/lamps?{query}")
    assert (page.status_code, len(unique(page))) == (200, count)


@pytest.mark.parametrize(
    "query", ["price_min=cheap", "price_min=50&price_max=10", "price_max=NaN", "price_max=-1"]
)
def test_a_wrong_price_is_said_and_kept(client: Any, query: str) -> None:
    page = client.get(f"/c/home/lamps?{query}")
    assert page.status_code == 200 and len(unique(page)) == 24, "the list without it"
    assert 'role="alert"' in page.text
    assert f'value="{query.rpartition("=")[2]}"' in page.text


def test_old_addresses_lead_to_the_present_one(client: Any) -> None:
    moved = client.get("/c/home/lights?sort=price&watts=40")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/c/home/lamps?sort=price&watts=40")
    french = client.get("/fr/c/home/lights")
    assert french.status_code == 301 and french.headers["Location"].startswith("/fr/c/")
    for path in ("/c/nothing", "/c/home/nothing", "/c/home/lamps/x"):
        page = client.get(path)
        assert page.status_code == 404 and 'content="noindex' in page.text


def test_a_product(client: Any) -> None:
    page = client.get("/p/coat")
    assert page.status_code == 200 and "Coat" in page.text and "€80.00" in page.text
    data = markup(page)
    assert (data["@type"], data["sku"], data["offers"]["price"]) == ("Product", "COAT-RED", "80.00")
    assert data["offers"]["availability"].endswith("/InStock") and data["brand"]["name"] == "Lumen"
    assert '<link rel="canonical" href="http://localhost:8000/p/coat">' in page.text
    assert "option.colour" in page.text or "colour=blue" in page.text


@pytest.mark.parametrize("query", ["option.colour=blue", "colour=blue", "sku=COAT-BLUE"])
def test_options_choose_the_variant(client: Any, query: str) -> None:
    page = client.get(f"/p/coat?{query}")
    assert markup(page)["sku"] == "COAT-BLUE"
    assert '<link rel="canonical" href="http://localhost:8000/p/coat">' in page.text


def test_what_cannot_be_bought_says_so(client: Any) -> None:
    for path in ("/p/sold-out-lamp", "/p/coat?colour=green"):
        page = client.get(path)
        assert page.status_code == 200 and "Sold out" in page.text
        assert markup(page)["offers"]["availability"].endswith("/OutOfStock")
    assert "Only 1 left" in client.get("/p/rare-lamp").text
    assert client.get("/p/coat?colour=pink").status_code == 200


def test_products_that_are_not_there(client: Any, floor: Shop) -> None:
    assert client.get("/p/nothing").status_code == 404
    assert client.get("/p/gone-lamp").status_code == 410
    assert client.get("/p/draft-lamp").status_code == 404


def test_drafts_are_seen_by_staff_alone(floor: Shop) -> None:
    path = "/p/draft-lamp?preview=1"
    assert floor.browser().get(path).status_code == 404
    assert floor.browser("customer").get(path).status_code == 404
    staff = floor.app.test_client()
    staff.post("/admin/login/", data={"email": floor.people["admin"], "password": "correct horse battery"})
    seen = staff.get(path)
    assert seen.status_code == 200 and "Draft lamp" in seen.text
    assert staff.get("/p/draft-lamp").status_code == 404, "not without asking for it"
    assert floor.browser().get(path).status_code == 404, "and it was not kept for others"


def test_search(client: Any) -> None:
    found = client.get("/search?q=coat")
    assert unique(found) == ["coat"] and 'content="noindex' in found.text
    assert len(unique(client.get("/search?q=lamp&watts=60"))) == 15
    nothing = client.get("/search?q=xylophone")
    assert nothing.status_code == 200 and "xylophone" in nothing.text and "/c/home" in nothing.text
    assert len(unique(client.get("/search"))) == 24


def test_suggestions(client: Any) -> None:
    body = client.get("/search/suggest?q=lam").json
    assert set(body) >= {"products", "categories", "queries", "count"} and 0 < len(body["products"]) <= 5
    assert {"name", "url", "image", "price"} <= set(body["products"][0])
    assert {"name": "Lamps", "url": "/c/home/lamps"} in body["categories"]
    assert (
        client.get("/search/suggest").json["count"] == 0 == client.get("/search/suggest?q=%20").json["count"]
    )
    assert client.get("/fr/search/suggest?q=lamp").json["products"][0]["url"].startswith("/fr/p/")


def test_languages(client: Any) -> None:
    page = client.get("/fr/p/lampe-01")
    assert page.status_code == 200 and '<html lang="fr"' in page.text and "Lampe 01" in page.text
    assert '<link rel="canonical" href="http://localhost:8000/fr/p/lampe-01">' in page.text
    alternates = dict(re.findall(r'hreflang="([a-z-]+)" href="([^"]+)"', page.text))
    assert alternates["fr"].endswith("/fr/p/lampe-01") and alternates["en"].endswith("/p/lamp-01")
    assert {"en", "fr", "nl", "de", "es"} <= set(alternates)
    moved = client.get("/fr/p/lamp-01")
    assert moved.status_code in (200, 301)
    assert client.get("/en/").status_code == 404 and client.get("/xx/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/fr/", "/nl/c/home", "/de/search?q=lamp", "/es/cart", "/fr/pages/delivery", "/fr"]
)
def test_prefixes_keep_their_language(client: Any, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    language = path[1:3]
    assert f'<html lang="{language}"' in page.text
    assert f'href="/{language}/' in page.text


def test_sitemap_and_robots(client: Any) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.content_type.startswith("application/xml") and answer.text.startswith("<?xml")
    for shown in ("/p/coat<", "/c/home/lamps<", "/fr/p/lampe-01"):
        assert shown in answer.text or shown.replace("<", '"') in answer.text
    assert "draft-lamp" not in answer.text and "gone-lamp" not in answer.text
    robots = client.get("/robots.txt")
    assert (
        "Disallow: /checkout" in robots.text and "Sitemap: http://localhost:8000/sitemap.xml" in robots.text
    )
    assert client.get("/favicon.ico").status_code == 302


@pytest.mark.parametrize("slug", ["delivery", "returns", "terms", "privacy", "contact"])
def test_plain_pages(client: Any, slug: str) -> None:
    assert client.get(f"/pages/{slug}").status_code == 200
    assert client.get(f"/pages/{slug}x").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 10), ("/c/home/lamps?watts=40", 8), ("/c/home/lamps?page=2", 8), ("/p/coat?n=1", 8), ("/search?q=coat&n=1", 9),
     ("/search/suggest?q=lamp", 8), ("/sitemap.xml", 8)],
)  # fmt: skip
def test_what_pages_cost(client: Any, floor: Shop, path: str, most: int) -> None:
    """SQL of a page that nobody kept; menu, settings and currencies are in memory as in a running shop."""
    client.get("/pages/terms")
    for other in ("/search?q=coat&warm=1", "/c/home?warm=1", "/p/lamp-05?warm=1"):
        assert floor.app.test_client().get(other).status_code == 200
    with floor.statements() as seen:
        assert client.get(f"{path}{'&' if '?' in path else '?'}cold={most}").status_code == 200
    assert len(seen) <= most, "\n".join(seen)
