"""Reviews for programs: reading for everybody, writing for who bought it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.reviews import operations, queries
from tests.api.shop import PROBLEM, Shop
from tests.reviews.making import STAFF

URL = "/api/v1/products/coat/reviews"
GOOD = {"rating": 4, "title": "Warm", "body": "Keeps the wind out."}


@pytest.fixture
def client(floor: Shop) -> Any:
    return floor.app.test_client()


def test_reading(client: Any, opinion: Callable[..., int]) -> None:
    nothing = client.get(URL).json
    assert nothing == {
        "items": [], "next": None, "total": 0, "average": "0.00", "histogram": dict.fromkeys("12345", 0),
    }  # fmt: skip
    opinion("customer", "COAT-RED", 5)
    opinion("other", "COAT-BLUE", 2)
    body = client.get(URL).json
    assert (body["total"], body["average"], body["histogram"]["5"], body["histogram"]["2"]) == (
        2,
        "3.50",
        1,
        1,
    )
    item = body["items"][0]
    assert (item["rating"], item["author"], item["is_verified"], item["answer"]) == (
        2,
        "Other T.",
        True,
        None,
    )
    assert not {"user_id", "email", "order_line_id", "state", "reason"} & set(item), (
        "nothing that is not for everybody"
    )


@pytest.mark.parametrize(("sort", "order"), [("newest", [2, 5]), ("highest", [5, 2]), ("lowest", [2, 5])])
def test_pages_and_orders(client: Any, opinion: Callable[..., int], sort: str, order: list[int]) -> None:
    opinion("customer", "COAT-RED", 5)
    opinion("other", "COAT-BLUE", 2)
    first = client.get(f"{URL}?sort={sort}&limit=1").json
    second = client.get(f"{URL}?sort={sort}&limit=1&cursor={first['next']}").json
    assert [r["rating"] for r in (*first["items"], *second["items"])] == order
    assert second["next"] is None and second["total"] == first["total"] == 2


@pytest.mark.parametrize(
    "query", ["sort=best", "cursor=x", "limit=0", "limit=101", "cursor=WyJuZXdlc3QiLCA1XQ"]
)
def test_bad_questions(client: Any, query: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)


def test_a_cursor_of_another_order_is_refused(client: Any, opinion: Callable[..., int]) -> None:
    opinion("customer", "COAT-RED", 5)
    opinion("other", "COAT-BLUE", 2)
    cursor = client.get(f"{URL}?limit=1").json["next"]
    assert client.get(f"{URL}?sort=lowest&cursor={cursor}").status_code == 422


def test_products_that_are_not_there(client: Any) -> None:
    for slug, status in (("nothing", 404), ("draft-lamp", 404), ("gone-lamp", 410)):
        assert client.get(f"/api/v1/products/{slug}/reviews").status_code == status


def test_writing(client: Any, floor: Shop, buys: Callable[[str, str], int]) -> None:
    headers = floor.headers("customer")
    assert client.post(URL, json=GOOD).status_code == 401
    refused = client.post(URL, json=GOOD, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "not_bought")
    product_id = buys("customer", "COAT-RED")
    made = client.post(URL, json=GOOD, headers=headers | {"Idempotency-Key": "one"})
    assert (made.status_code, made.json["status"], made.json["body"]) == (
        201,
        "pending",
        "Keeps the wind out.",
    )
    again = client.post(URL, json=GOOD, headers=headers | {"Idempotency-Key": "one"})
    assert (again.status_code, again.json["id"]) == (201, made.json["id"])
    twice = client.post(URL, json=GOOD, headers=headers)
    assert (twice.status_code, twice.json["code"]) == (409, "already_reviewed")
    assert client.get(URL).json["total"] == 0, "nothing is shown before it was read"
    with floor.maker() as session:
        own = queries.own_review(session, floor.ids["customer"], product_id)
        assert own is not None
        operations.approve(session, review_id=own.id, actor=STAFF)
    assert client.get(URL).json["items"][0]["title"] == "Warm"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": 0}, "rating"), ({"rating": 6}, "rating"), ({"rating": "5"}, "rating"), ({"rating": 4.5}, "rating"),
        ({"rating": None}, "rating"), ({"body": ""}, "body"), ({"body": "x" * 10_000}, "body"), ({"body": 7}, "body"),
        ({"title": "x" * 121}, "title"), ({"body": "\u200b"}, "body"), ({"state": "approved"}, "state"),
        ({"user_id": 1}, "user_id"),
    ],
)  # fmt: skip
def test_wrong_values(
    client: Any, floor: Shop, buys: Callable[[str, str], int], change: dict[str, Any], field: str
) -> None:
    buys("customer", "COAT-RED")
    answer = client.post(URL, json={**GOOD, **change}, headers=floor.headers("customer"))
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    assert [e["field"] for e in answer.json["errors"]] == [field]


def test_is_described(client: Any) -> None:
    paths = client.get("/api/openapi.json").json["paths"]["/api/v1/products/{slug}/reviews"]
    assert set(paths["get"]["responses"]) >= {"200", "404", "410", "422"}
    assert set(paths["post"]["responses"]) >= {"201", "401", "403", "404", "409", "422", "429"}
    assert paths["post"]["security"] == [{"bearer": []}]
