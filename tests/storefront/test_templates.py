"""Every page of the shop from made-up views: whole HTML, one name per id, a label for every field, no holes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import render_template

from app.storefront import pages as p
from tests.storefront import made_up, made_up_orders

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
PAGES: list[tuple[str, Callable[[], Any]]] = [
    ("home", made_up.home),
    ("category", made_up.listing),
    ("product", made_up.product),
    ("cart", made_up_orders.cart),
    ("cart", lambda: made_up_orders.cart(0)),
    ("checkout", made_up_orders.checkout),
    ("checkout", lambda: made_up_orders.checkout(with_errors=True)),
    ("done", made_up_orders.done),
    ("done", lambda: made_up_orders.done(transfer=True)),
    ("order", made_up_orders.order),
    ("order", lambda: made_up_orders.order("cancelled")),
    ("auth/login", made_up_orders.login),
    ("auth/form", made_up_orders.form),
    ("account/home", made_up_orders.account),
    ("account/addresses", made_up_orders.addresses),
    ("errors/404", lambda: made_up_orders.error(404)),
]


class Reader(HTMLParser):
    """Collects ids, what labels point at, and fields."""

    def __init__(self, text: str):
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.pointed, self.fields, self.images, self.inside = set[str](), list[dict[str, Any]](), 0, 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this element is."""
        values = dict(attrs)
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        if tag == "label":
            self.inside += 1
            self.pointed.add(str(values.get("for")))
        if tag in ("input", "select", "textarea") and values.get("type") not in ("hidden", "submit"):
            self.fields.append({**values, "inside": self.inside})
        if tag == "img" and not (values.get("width") and values.get("height") and "alt" in values):
            self.images += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave a label."""
        self.inside -= tag == "label"


@pytest.fixture
def render(app: Any, session: Any) -> Callable[[str, Any], str]:
    """Renders a page with a made-up view."""

    def made(template: str, view: Any) -> str:
        with app.test_request_context("/"):
            return render_template(f"shop/{template}.html", shop=made_up.shop(), page=view)

    return made


@pytest.mark.parametrize(("template", "view"), PAGES)
def test_is_whole(render: Callable[[str, Any], str], template: str, view: Callable[[], Any]) -> None:
    text = render(template, view())
    read = Reader(text)
    assert [name for name, count in read.ids.items() if count > 1] == []
    unnamed = [
        f for f in read.fields
        if not f["inside"] and f.get("id") not in read.pointed and not f.get("aria-label") and "hidden" not in f
    ]  # fmt: skip
    assert unnamed == []
    assert read.images == 0, "every picture says how big it is and what it shows"
    assert len(re.findall(r"<h1\b", text)) == 1
    assert re.search(r'<html lang="en" dir="ltr"', text)
    assert "{{" not in text and ">None<" not in text and "Undefined" not in text
    assert not re.search(r'\sstyle="|\son[a-z]+="', text), "the content policy forbids these"


def test_errors_point_at_their_fields(render: Callable[[str, Any], str]) -> None:
    text = render("checkout", made_up_orders.checkout(with_errors=True))
    for wanted in re.findall(r'<li><a href="#([^"]+)"', text):
        assert f'id="{wanted}"' in text
    assert 'role="alert"' in text and 'aria-invalid="true"' in text


def test_hostile_words_stay_words(render: Callable[[str, Any], str]) -> None:
    hostile = '"><script>alert(1)</script>'
    view = replace(made_up.product(), name=hostile, summary=hostile, brand=hostile)
    text = render("product", view)
    assert "<script>alert" not in text and "&lt;script&gt;" in text
    listed = replace(made_up.listing(), title=hostile, cards=(replace(made_up.card(1), name=hostile),))
    assert "<script>alert" not in render("category", listed)


def test_thirty_values_and_long_words(render: Callable[[str, Any], str]) -> None:
    values = tuple(p.FacetValue(f"{LONG} {n}", f"v{n}", n, "", n == 3) for n in range(30))
    listing = made_up.listing()
    wide = replace(listing, facets=(replace(listing.facets[0], values=values), *listing.facets[1:]))
    text = render("category", wide)
    assert text.count(LONG) == 30 and 'value="v29"' in text
