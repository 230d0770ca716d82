"""Filters, orders, pages and keys from an address: typed where they make sense, a sentence where they do not.

On stock Flask-AppBuilder the numeric filters and every hostile value below end in an error 500.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.core.admin.conftest import words_of

GOOD = [
    ("price.gt=50", {"Chair", "100% wool_rug"}), ("price.le=12.5", {"Lamp"}), ("price.eq=12,5", {"Lamp"}),
    ("price.in=99,250", {"Chair", "100% wool_rug"}), ("stock.ge=3", {"Lamp", "100% wool_rug"}), ("stock.eq=0", {"Chair"}),
    ("state.eq=active", {"Chair"}), ("state.neq=active", {"Lamp", "100% wool_rug"}), ("grade.eq=rough", {"100% wool_rug"}),
    ("words.has=oak", {"Lamp"}), ("details.ct=legs", {"Chair"}), ("maker.eq=1", {"Lamp"}), ("maker.empty=1", {"100% wool_rug"}),
    ("maker.town=x", {"Lamp", "Chair", "100% wool_rug"}), ("maker.town.eq=Bruges", {"Chair"}),
    ("is_listed.eq=no", {"Lamp", "Chair", "100% wool_rug"}), ("q=100%25", {"100% wool_rug"}), ("q=wool_", {"100% wool_rug"}),
    ("q=ada", {"Lamp"}), ("name.sw=100%25", {"100% wool_rug"}), ("_flt_1_price=99", {"100% wool_rug"}),
    ("created_at.eq=1999-01-01", set()),
]  # fmt: skip


@pytest.mark.parametrize(("query", "names"), GOOD)
def test_filters_find(admin: Any, things: Any, query: str, names: set[str]) -> None:
    answer = admin.get(f"/admin/thing/list/?{query}")
    assert answer.status_code == 200
    text = words_of(answer)
    assert {
        n for n in ("Lamp", "Chair", "100% wool_rug") if f"Select {n}" in answer.text or n in text
    } == names


HOSTILE = [
    "x",
    "1e400",
    "NaN",
    "99999999999999999999",
    "-",
    "'",
    "\x00",
    "\ud800",
    "é" * 2000,
    "[]",
    "null",
    "0x10",
    "١",
]
COLUMNS = ["price.gt", "stock.eq", "grade.eq", "state.eq", "mark.eq", "made_on.gt", "seen_at.eq", "maker.eq", "tags.eq",
           "is_listed.eq", "words.has", "details.ct", "weight.lt", "maker.town.ct", "price.in", "q", "sort", "page", "size",
           "after", "before", "view", "_flt_0_grade", "_flt_99_price", "_oc_ThingView", "page_ThingView", "nope.eq", "id.eq",
           "price.nope", "maker.maker.maker.eq"]  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("door", ["list", "export", "rest"])
def test_hostile_values_are_refused_in_words(
    admin: Any, rest: Any, things: Any, column: str, door: str
) -> None:
    call = rest()
    for value in HOSTILE if door == "list" else HOSTILE[:4]:
        query = f"{quote(column)}={quote(value.encode('utf-8', 'surrogatepass'))}"
        if door == "rest":
            answer = call("GET", f"/thing?{query}")
            assert answer.status_code in (200, 422), (query, answer.text)
            assert answer.json.keys() >= (
                {"items"} if answer.status_code == 200 else {"code", "status", "title"}
            )
        else:
            path = "list/" if door == "list" else "export.csv"
            assert admin.get(f"/admin/thing/{path}?{query}").status_code == 200, query


KEYS = [
    "99999999999999999999",
    "-1",
    "0",
    "x",
    "1.5",
    "%00",
    "%ED%A0%80",
    "9" * 400,
    "1;drop",
    "null",
    "[1]",
    "١",
]


@pytest.mark.parametrize("key", KEYS)
def test_impossible_keys_are_not_found(admin: Any, rest: Any, things: Any, key: str) -> None:
    assert admin.get(f"/admin/thing/show/{key}").status_code == 404
    assert admin.get(f"/admin/thing/edit/{key}").status_code == 404
    assert admin.post(f"/admin/thing/delete/{key}").status_code == 404
    assert admin.post(f"/admin/thing/action/activate/{key}").status_code == 404
    call = rest()
    for method in ("GET", "PATCH", "DELETE"):
        answer = call(method, f"/thing/{key}", json={})
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"


def test_a_bad_filter_says_so_and_matches_nothing(admin: Any, things: Any) -> None:
    text = words_of(admin.get("/admin/thing/list/?price.gt=cheap"))
    assert "“cheap” is not a number." in text and "No row matches." in text


def test_an_unknown_order_says_so_and_shows_the_list(admin: Any, things: Any) -> None:
    text = words_of(admin.get("/admin/thing/list/?sort=maker"))
    assert "cannot be sorted by “maker”" in text and "Lamp" in text


def test_form_filter_offers_every_type(admin: Any, things: Any) -> None:
    page = admin.get("/admin/thing/list/").text
    for kind in ('"kind": "relation"', '"kind": "choice"', '"kind": "number"', '"kind": "date"'):
        assert kind in page
