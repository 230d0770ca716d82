"""REST of a screen: what the screen can, through the same forms and operations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.admin import desk


def test_a_row_there_and_back(rest: Any, desk_session: Any, things: Any) -> None:
    call = rest()
    body = {
        "name": "Vase", "code": "V1", "price": "19.95", "stock": 4, "weight": 1.25, "grade": "rough", "is_listed": True,
        "details": {"a": [1, {"b": None}]}, "words": ["x", "y"], "maker": 1, "tags": [], "seen_at": "2026-02-03T10:20:30Z",
    }  # fmt: skip
    made = call("POST", "/thing", json=body)
    assert made.status_code == 201, made.json
    assert made.headers["Location"] == f"/api/v1/admin/thing/{made.json['id']}"
    read = call("GET", f"/thing/{made.json['id']}").json
    assert read == made.json
    assert {k: read[k] for k in ("name", "price", "stock", "grade", "details", "words", "is_listed")} == {
        "name": "Vase", "price": "19.95", "stock": 4, "grade": "rough", "details": {"a": [1, {"b": None}]},
        "words": ["x", "y"], "is_listed": True,
    }  # fmt: skip
    assert read["maker"] == {"id": 1, "label": "Ada"} and read["state"] == "draft"


def test_patch_changes_what_is_sent_and_nothing_else(rest: Any, desk_session: Any, things: Any) -> None:
    call = rest()
    before = call("GET", "/thing/1").json
    after = call("PATCH", "/thing/1", json={"name": "Tall lamp", "maker": None})
    assert after.status_code == 200, after.json
    changed = {key for key in before if before[key] != after.json[key]}
    assert changed == {"name", "maker", "token", "updated_at"}
    assert call("PATCH", "/thing/1", json={"name": "Late", "token": before["token"]}).status_code == 409
    stale = call("PATCH", "/thing/1", json={"name": "Late"}, headers={"If-Match": f'"{before["token"]}"'})
    assert stale.json["code"] == "stale" and stale.content_type == "application/problem+json"


BAD = [
    ({"nope": 1}, "nope"), ({"price": {}}, "price"), ({"price": "x"}, "price"), ({"stock": True}, "stock"), ({"name": 5.5, "code": ""}, "code"),
    ({"is_listed": "yes"}, "is_listed"), ({"tags": 1}, "tags"), ({"words": [{}]}, "words"), ({"maker": 99}, "maker"),
    ({"grade": "nope"}, "grade"), ({"name": "a\x00"}, "name"), ({"name": "\ud800"}, "name"), ({"stock": 10**30}, "stock"),
    ({"weight": 1e308}, "weight"), ({"mark": "x"}, "mark"), ({"details": "\x00"}, "details"), ({"id": 7}, "id"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field"), BAD)
def test_bad_bodies_name_their_field(
    rest: Any, desk_session: Any, things: Any, body: Any, field: str
) -> None:
    call = rest()
    for method, path in (("PATCH", "/thing/1"), ("POST", "/thing")):
        answer = call(method, path, json=({"name": "x", "code": "y"} if method == "POST" else {}) | body)
        assert answer.status_code == 422, answer.text
        assert field in {error["field"] for error in answer.json["errors"]}
    assert desk_session.query(desk.DeskThing).count() == 3


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'"x"', b"[" * 100_000, b"\xff\xfe", b"1" * 5000]
)
def test_bodies_that_are_no_object(rest: Any, things: Any, body: bytes) -> None:
    answer = rest()("POST", "/thing", data=body, content_type="application/json")
    assert answer.status_code == 422 and answer.json["code"] == "bad_json"


def test_operations_refuse_here_too(rest: Any, desk_session: Any, things: Any) -> None:
    call = rest()
    refused = call("POST", "/batch", json={"name": "Big", "size": 101})
    assert (
        refused.status_code == 422
        and refused.json["errors"][0]["field"] == "size"
        and refused.json["code"] == "too_large"
    )
    assert desk_session.query(desk.DeskBatch).count() == 0
    made = call("POST", "/batch", json={"name": "fired", "size": 3, "thing": 2})
    assert made.json["thing"] == {"id": 2, "label": "Chair"}
    kept = call("DELETE", f"/batch/{made.json['id']}")
    assert kept.status_code == 409 and kept.json["code"] == "fired"
    assert call("PATCH", f"/batch/{made.json['id']}", json={"name": "free"}).status_code == 200
    assert call("DELETE", f"/batch/{made.json['id']}").status_code == 204
    assert call("GET", f"/batch/{made.json['id']}").status_code == 404


def test_a_repeated_key_makes_one_row(rest: Any, desk_session: Any) -> None:
    call = rest()
    first = call("POST", "/maker", json={"name": "Ada"}, headers={"Idempotency-Key": "k1"})
    again = call("POST", "/maker", json={"name": "Ada"}, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    other = call("POST", "/maker", json={"name": "Bo"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422 and other.json["code"] == "idempotency_mismatch"
    assert desk_session.query(desk.DeskMaker).count() == 1
    refused = call("POST", "/maker", json={"name": "Ada"}, headers={"Idempotency-Key": "k2"})
    assert refused.status_code == 422 and refused.json["errors"][0]["field"] == "name"
    assert call("POST", "/maker", json={"name": "Cleo"}, headers={"Idempotency-Key": "k2"}).status_code == 201


def test_pages_by_cursor(rest: Any, desk_session: Any) -> None:
    desk_session.add_all(desk.DeskMaker(name=f"M{n:02}", town="x" if n % 2 else None) for n in range(25))
    desk_session.commit()
    call, seen, cursor = rest(), [], ""
    while cursor is not None:
        page = call("GET", f"/maker?limit=10&sort=-town&cursor={cursor}").json
        assert page["total"] == 25 and page["total_is_estimate"] is False
        seen += [row["name"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 25
    assert call("GET", "/maker?cursor=nope").status_code == 422
    assert call("GET", "/maker?limit=0").status_code == 422


def test_read_only_screens_refuse_writing(rest: Any, things: Any) -> None:
    call = rest()
    assert call("GET", "/deskreport").status_code == 200
    for method, path in (("POST", "/deskreport"), ("PATCH", "/deskreport/1"), ("DELETE", "/deskreport/1")):
        assert call(method, path, json={}).status_code in (403, 405)
