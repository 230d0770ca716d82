"""What all doors share: methods, refusals, tokens, bodies, keys."""

from __future__ import annotations

from typing import Any

import pytest

from app.api import feature
from app.api.door import DOORS
from app.api.openapi import path_of
from tests.api.shop import JSON, PASSWORD, PROBLEM, Shop

assert feature.FEATURE
PATHS = sorted({path_of(door) for door in DOORS})
BODIES = sorted({(door.method, path_of(door)) for door in DOORS if door.body is not None})
CLOSED = sorted((door.method, path_of(door), door.who) for door in DOORS if door.who != "anybody")


def at(path: str) -> str:
    """The address with something in place of its parts."""
    return path.replace("{", "").replace("}", "")


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_refused_by_name(client: Any, path: str) -> None:
    offered = {door.method for door in DOORS if path_of(door) == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - offered:
        answer = client.open(at(path), method=method)
        assert (answer.status_code, answer.content_type) == (405, PROBLEM), method
        allowed = {word.strip() for word in answer.headers["Allow"].split(",")}
        assert allowed == offered | {"OPTIONS"} | ({"HEAD"} if "GET" in offered else set())
        assert (answer.json["status"], answer.json["code"]) == (405, "method_not_allowed")
    assert client.options(at(path)).status_code == 200 and client.options(at(path)).headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/api/v1/products", "/api/v1/products/coat", "/api/v1/categories", "/api/openapi.json"]
)
def test_head_is_get_without_a_body(client: Any, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"") and got.data
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/products", "/api/v1/nothing", "/api/v1/carts/x/y"]
)
def test_what_is_not_there_is_a_problem_document(client: Any, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type, answer.json["code"]) == (404, PROBLEM, "not_found")
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json)


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_bodies_must_be_json_objects(client: Any, floor: Shop, method: str, path: str) -> None:
    headers = floor.headers("admin")
    for text in (b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 100_000, b"1" * 5_000):
        answer = client.open(at(path), method=method, data=text, content_type=JSON, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (400, "bad_json"), text[:20]
    answer = client.open(at(path), method=method, data="a=b", content_type="text/plain", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    answer = client.open(at(path), method=method, json={"not_a_field": 1}, headers=headers)
    assert answer.status_code == 422
    assert "not_a_field" in {error["field"] for error in answer.json["errors"]}


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_wrong_fields_are_named_in_the_readers_language(
    client: Any, floor: Shop, method: str, path: str
) -> None:
    bodies = {(door.method, path_of(door)): door.body for door in DOORS if door.body is not None}
    names = bodies[method, path]().fields
    values: tuple[Any, ...] = ("missing", None, 1, [], {})
    for value in values:
        sent = {} if value == "missing" else dict.fromkeys(names, value)
        said = {}
        for language in ("en", "fr"):
            headers = floor.headers("admin") | {"Accept-Language": language}
            answer = client.open(at(path), method=method, json=sent | {"not_a_field": 1}, headers=headers)
            assert answer.status_code == 422
            said[language] = {error["message"] for error in answer.json["errors"]}
        assert said["fr"] and not said["fr"] & said["en"], value


@pytest.mark.parametrize(("method", "path", "who"), CLOSED)
def test_closed_doors(client: Any, floor: Shop, method: str, path: str, who: str) -> None:
    def status(**headers: str) -> int:
        return int(client.open(at(path), method=method, json={}, headers=headers).status_code)

    assert status() == 401
    assert status(Authorization="Bearer nonsense") == 401
    assert status(Authorization="Basic YTpi") == 401
    if who == "staff":
        assert status(**floor.headers("customer")) == 403
        assert status(**floor.headers("support")) == 403
    assert status(**floor.headers("admin")) not in (401, 403)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "\xff", "x" * 5000])
def test_a_bad_token_opens_nothing_not_even_an_open_door(client: Any, token: str) -> None:
    answer = client.get("/api/v1/products", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)


def test_tokens_come_and_rotate(client: Any, floor: Shop) -> None:
    login = {"email": floor.people["customer"], "password": PASSWORD}
    first = client.post("/api/v1/auth/token", json=login)
    assert first.status_code == 200 and set(first.json) == {"access_token", "refresh_token", "expires_in"}
    assert isinstance(first.json["expires_in"], int) and first.json["expires_in"] > 0
    mine = client.get("/api/v1/orders", headers={"Authorization": f"Bearer {first.json['access_token']}"})
    assert (mine.status_code, mine.json) == (200, {"items": [], "next": None, "total": 0})
    again = client.post("/api/v1/auth/token/refresh", json={"refresh_token": first.json["refresh_token"]})
    assert again.status_code == 200 and again.json["refresh_token"] != first.json["refresh_token"]
    stolen = client.post("/api/v1/auth/token/refresh", json={"refresh_token": first.json["refresh_token"]})
    assert stolen.status_code == 401
    ended = client.post("/api/v1/auth/token/refresh", json={"refresh_token": again.json["refresh_token"]})
    assert ended.status_code == 401, "a token shown twice ends the family"


def test_wrong_passwords_say_nothing_and_are_slowed_down(client: Any, floor: Shop) -> None:
    said = set()
    for email in (floor.people["other"], "nobody@people.example"):
        answer = client.post("/api/v1/auth/token", json={"email": email, "password": "wrong"})
        assert (answer.status_code, answer.content_type) == (401, PROBLEM)
        said.add((answer.json["title"], answer.json["code"]))
    assert len(said) == 1, "an account that exists is not told apart"
    statuses = [
        client.post("/api/v1/auth/token", json={"email": floor.people["other"], "password": "no"})
        for _ in range(25)
    ]
    slowed = [answer for answer in statuses if answer.status_code == 429]
    assert slowed and int(slowed[0].headers["Retry-After"]) > 0


def test_an_account_is_asked_for_without_telling_who_has_one(client: Any, floor: Shop) -> None:
    wish = {"password": "long enough phrase", "first_name": "A", "last_name": "B"}
    for email in ("new@people.example", floor.people["customer"]):
        answer = client.post("/api/v1/customers", json=wish | {"email": email})
        assert (answer.status_code, answer.json) == (201, {"status": "confirmation_sent"})
    short = client.post("/api/v1/customers", json={"email": "x@people.example", "password": "x"})
    assert short.status_code == 422 and short.json["errors"][0]["field"] == "password"


@pytest.mark.parametrize(
    ("number", "valid", "country"),
    [
        ("BE0776091951", True, "BE"),
        ("be 0776.091.951", True, "BE"),
        ("BE0776091952", False, None),
        ("ＢＥ", False, None),
    ],
)
def test_vat_numbers(client: Any, number: str, valid: bool, country: str | None) -> None:
    answer = client.post("/api/v1/customers/validate_vat", json={"vat_number": number})
    assert (answer.status_code, answer.json["valid"], answer.json["country"]) == (200, valid, country)


# --- keys ------------------------------------------------------------------------------------------


def creating(client: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every POST that makes something: its address, a body, another body."""
    cart = client.post("/api/v1/carts").json["id"]
    line, other = {"sku": "LAMP-03", "quantity": 1}, {"sku": "LAMP-03", "quantity": 2}
    person = {"email": "k@people.example", "password": "long enough phrase"}
    return [
        (f"/api/v1/carts/{cart}/lines", line, other),
        (f"/api/v1/carts/{cart}/coupons", {"code": "TEN"}, {"code": "BIG"}),
        ("/api/v1/customers", person, person | {"email": "l@people.example"}),
    ]


def test_a_key_gives_the_same_answer_and_no_second_effect(client: Any) -> None:
    for number, (path, body, other) in enumerate(creating(client)):
        key = {"Idempotency-Key": f"key-{number}"}
        first, second = (client.post(path, json=body, headers=key) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json == second.json, path
        mismatch = client.post(path, json=other, headers=key)
        assert (mismatch.status_code, mismatch.json["code"]) == (422, "idempotency_mismatch")
        assert mismatch.content_type == PROBLEM


def test_a_cart_is_made_once_for_a_key(client: Any) -> None:
    made = {client.post("/api/v1/carts", headers={"Idempotency-Key": "one"}).json["id"] for _ in range(3)}
    assert len(made) == 1
    assert client.post("/api/v1/carts", headers={"Idempotency-Key": "two"}).json["id"] not in made


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x7fb", "\x80"])
def test_keys_that_are_none(client: Any, key: str) -> None:
    answer = client.post("/api/v1/carts", headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_a_refused_call_does_not_use_the_key_up(client: Any) -> None:
    path, key = creating(client)[0][0], {"Idempotency-Key": "retry"}
    assert client.post(path, json={"sku": "LAMP-03", "quantity": 900}, headers=key).status_code == 409
    assert client.post(path, json={"sku": "LAMP-03", "quantity": 1}, headers=key).status_code == 201


def test_staff_count_the_shelf(client: Any, floor: Shop) -> None:
    path, headers = "/api/v1/stock/LAMP-09", floor.headers("admin")
    body = client.get(path, headers=headers).json
    assert (body["sku"], body["on_hand"], body["reserved"], body["available"]) == ("LAMP-09", 50, 0, 50)
    changed = client.patch(path, json={"on_hand": 12, "reason": "Counted on Monday"}, headers=headers)
    assert (changed.status_code, changed.json["on_hand"]) == (200, 12)
    shown = client.get("/api/v1/products/lamp-09").json["variants"][0]["available"]
    assert shown == 12
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"on_hand": -1, "reason": "x"}, "on_hand"), ({"on_hand": 1.5, "reason": "x"}, "on_hand"),
        ({"on_hand": True, "reason": "x"}, "on_hand"), ({"on_hand": "3", "reason": "x"}, "on_hand"),
        ({"on_hand": 2**63, "reason": "x"}, "on_hand"), ({"on_hand": 3}, "reason"), ({"on_hand": 3, "reason": " "}, "reason"),
    )  # fmt: skip
    for sent, field in wrong:
        refused = client.patch(path, json=sent, headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field), sent
    assert client.get(path, headers=headers).json["on_hand"] == 12
    assert client.get("/api/v1/stock/NOTHING", headers=headers).status_code == 404


def test_a_cookie_alone_opens_no_closed_door(floor: Shop) -> None:
    browser = floor.browser("customer")
    assert browser.get("/account").status_code == 200
    assert browser.get("/api/v1/orders").status_code == 401
