"""What surrounds every page: two searches that do not mix, a footer that is the same for everybody."""

from __future__ import annotations

import re
from typing import Any

from tests.api.shop import Shop

FIELD = re.compile(r'<input[^>]*type="search"[^>]*>')


def fields(page: Any) -> dict[str, str]:
    """What the search fields of a page hold, by their ids."""
    found = {}
    for field in FIELD.findall(page.text):
        name, value = re.search(r'id="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        assert name and value, field
        found[name[1]] = value[1]
    return found


def test_a_question_to_the_help_is_no_search_for_products(floor: Shop) -> None:
    client = floor.app.test_client()
    assert fields(client.get("/help?q=parcel")) == {"q": "", "help-q": "parcel"}
    assert fields(client.get("/search?q=lamp")) == {"q": "lamp"}
    assert fields(client.get("/help")) == {"q": "", "help-q": ""}


def test_links_for_guests_are_marked_because_pages_are_kept_for_all(floor: Shop) -> None:
    pages = [floor.browser(who).get("/pages/terms").text for who in ("", "customer")]
    for page in pages:
        guests = re.findall(r'<li data-guest><a href="([^"]+)"', page)
        assert guests == ["/login", "/register"]
        assert '<li><a href="/account">' in page
