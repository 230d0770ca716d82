"""A product's pictures over REST: the checks of the screen, order and texts, never somebody else's product."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.catalog.models import Product
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.identity import operations as identity
from tests.api.shop import PASSWORD, PROBLEM, Shop
from tests.media.pictures import SVG, as_bytes, picture, png_that_claims, png_with_text_bomb

pytestmark = pytest.mark.usefixtures("media_folder")

BASE = "/api/v1/admin/product"


@pytest.fixture(scope="module")
def people(floor: Shop) -> Shop:
    """The shop with a second seller; the first lamp is the first one's."""
    with floor.maker() as session:
        email = "rival@people.example"
        user = identity.create_user(session, email=email, password=PASSWORD, roles=["Seller"], actor=SYSTEM)
        floor.people["rival"], floor.ids["rival"] = email, user.id
        lamp = update(Product).where(Product.id == floor.ids["lamp-01"])
        session.execute(lamp.values(seller_id=floor.ids["seller"]))
        session.commit()
    return floor


@pytest.fixture
def lamp(ask: Any, people: Shop) -> str:
    """The address of the pictures of the first lamp, which has none."""
    where = f"{BASE}/{people.ids['lamp-01']}/pictures"
    assert ask("PUT", where, {"items": []}).status_code == 200
    return where


@pytest.fixture
def ask(client: Any, people: Shop) -> Any:
    """Asks as somebody; the manager when nobody is named."""

    def call(method: str, path: str, body: Any = None, who: str = "manager", **more: str) -> Any:
        return client.open(path, method=method, json=body, headers=people.headers(who) | more)

    return call


@pytest.fixture
def send(client: Any, people: Shop) -> Any:
    """Sends files as somebody."""

    def call(path: str, *files: bytes, who: str = "manager", name: str = "lamp.png", **more: str) -> Any:
        data = {"pictures": [(BytesIO(file), name) for file in files]}
        return client.post(path, data=data, headers=people.headers(who) | more)

    return call


def shot(seed: int) -> bytes:
    return as_bytes(picture(320, 240, seed=seed))


def test_files_come_behind_those_that_are_there(ask: Any, send: Any, client: Any, lamp: str) -> None:
    first = send(lamp, shot(1), shot(2))
    assert first.status_code == 201, first.text
    assert [item["alt"] for item in first.json["items"]] == ["", ""] and first.json["total"] == 2
    again = send(lamp, shot(2), shot(3))
    ids = [item["id"] for item in again.json["items"]]
    assert len(ids) == len(set(ids)) == 3 and ids[:2] == [item["id"] for item in first.json["items"]]
    assert ask("GET", lamp).json == again.json
    shown = client.get("/api/v1/products/lamp-01").json["images"]
    assert [image["src"] for image in shown] == [item["src"] for item in again.json["items"]]
    assert client.get(again.json["items"][0]["src"]).status_code == 200


def test_order_texts_and_what_is_left_out(ask: Any, send: Any, people: Shop, lamp: str) -> None:
    sent = send(lamp, shot(1), shot(2), shot(3)).json
    one, two, three = (item["id"] for item in sent["items"])
    wish = {"items": [
        {"id": three, "alt": " Burning ", "translations": {"fr": "Allumée", "nl": " "}, "sku": "LAMP-01"}, {"id": int(one)},
    ], "token": sent["token"]}  # fmt: skip
    done = ask("PUT", lamp, wish)
    assert done.status_code == 200, done.text
    assert [(i["id"], i["alt"], i["translations"], i["sku"]) for i in done.json["items"]] == [
        (three, "Burning", {"fr": "Allumée"}, "LAMP-01"), (one, "", {}, None),
    ]  # fmt: skip
    kept = ask("PUT", lamp, {"items": [{"id": one, "alt": "Off"}, {"id": three, "sku": None}]}).json["items"]
    assert [(i["alt"], i["translations"], i["sku"]) for i in kept] == [
        ("Off", {}, None), ("Burning", {"fr": "Allumée"}, None),
    ]  # fmt: skip
    late = ask("PUT", lamp, wish)
    assert (late.status_code, late.json["code"]) == (409, "stale")
    gone = ask("PUT", lamp, {"items": [{"id": two}]})
    assert (gone.status_code, gone.json["errors"][0]["field"]) == (422, "items.0.id")
    with people.maker() as session:
        rows = select(AuditRow).where(AuditRow.action == "product.images").order_by(AuditRow.id.desc())
        last = session.scalars(rows).first()
        assert last is not None and last.actor_label == "manager@people.example"


def test_one_is_taken_away(ask: Any, send: Any, lamp: str) -> None:
    one, two = (item["id"] for item in send(lamp, shot(1), shot(2)).json["items"])
    assert ask("DELETE", f"{lamp}/{one}").status_code == 204
    assert [item["id"] for item in ask("GET", lamp).json["items"]] == [two]
    for name in (one, "x", "0", "%00", "9" * 50):
        assert ask("DELETE", f"{lamp}/{name}").status_code == 404


def test_an_upload_is_done_once_a_key(ask: Any, send: Any, lamp: str) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first = send(lamp, shot(1), **key)
    assert ask("PUT", lamp, {"items": []}).status_code == 200
    assert send(lamp, shot(1), **key).json == first.json and ask("GET", lamp).json["items"] == []
    other = send(lamp, shot(2), **key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_mismatch")
    assert send(lamp, shot(2), **{"Idempotency-Key": "x" * 256}).status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        SVG, b"", b"GIF89a", b"<html>", as_bytes(picture(320, 240))[:-500], png_that_claims(60_000, 60_000),
        png_with_text_bomb(), b"%PDF-1.7", b"\x00" * 1000, as_bytes(picture(4, 4)), b"\xff\xd8\xff" + b"\x00" * 100,
    ],
)  # fmt: skip
def test_what_is_no_picture_of_ours_is_refused_and_nothing_is_kept(
    ask: Any, send: Any, lamp: str, data: bytes
) -> None:
    answer = send(lamp, shot(1), data, name="../../lamp.png")
    assert answer.status_code == 422 and answer.content_type == PROBLEM, answer.text
    assert [e["field"] for e in answer.json["errors"]] == ["pictures"]
    assert ask("GET", lamp).json["items"] == [], "all or none"


def test_too_much_and_nothing_at_all(client: Any, people: Shop, send: Any, lamp: str) -> None:
    headers = people.headers("manager")
    heavy = send(lamp, b"\x89PNG\r\n\x1a\n" + b"\x00" * (26 * 1024 * 1024))
    assert heavy.status_code == 413 and heavy.content_type == PROBLEM
    for sent in (
        {"data": {}}, {"json": {"pictures": ["x"]}}, {"data": b"x", "content_type": "multipart/form-data"},
        {"data": {"pictures": "text"}}, {"data": {"file": (BytesIO(shot(1)), "a.png")}},
        {"data": b"--x\r\n", "content_type": "multipart/form-data; boundary=x"},
    ):  # fmt: skip
        answer = client.post(lamp, headers=headers, **sent)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "pictures"), sent


BAD: tuple[tuple[Any, str], ...] = (
    ({}, "items"), ({"items": {}}, "items"), ({"items": [5]}, "items.0"), ({"items": [{}]}, "items.0.id"),
    ({"items": [{"id": True}]}, "items.0.id"), ({"items": [{"id": None}]}, "items.0.id"), ({"items": [{"id": "999999"}]}, "items.0.id"),
    ({"items": [{"id": 0, "alt": 5}]}, "items.0.alt"), ({"items": [{"id": 0, "alt": "\x00"}]}, "items.0.alt"),
    ({"items": [{"id": 0, "alt": "x" * 501}]}, "items.0.alt"), ({"items": [{"id": 0, "alt": "\ud800"}]}, "items.0.alt"),
    ({"items": [{"id": 0, "translations": []}]}, "items.0.translations"),
    ({"items": [{"id": 0, "translations": {"xx": "a"}}]}, "items.0.translations"),
    ({"items": [{"id": 0, "translations": {"fr": "\x00"}}]}, "items.0.translations.fr"),
    ({"items": [{"id": 0, "translations": {"fr": {"alt": "x"}}}]}, "items.0.translations.fr"),
    ({"items": [{"id": 0, "sku": "LAMP-02"}]}, "items.0"), ({"items": [{"id": 0, "sku": 5}]}, "items.0.sku"),
    ({"items": [{"id": 0, "width": 5}]}, "items.0.width"), ({"items": [{"id": 0}], "more": 1}, "more"),
    ({"items": [{"id": 0}, {"id": 0}]}, "items.1.id"), ({"items": [{"id": 0}] * 101}, "items"),
)  # fmt: skip


def test_wishes_that_make_no_sense_name_their_place(ask: Any, send: Any, lamp: str) -> None:
    """In these bodies the id 0 stands for the one picture there is."""
    (held,) = send(lamp, shot(1)).json["items"]
    for body, field in BAD:
        if isinstance(body.get("items"), list):
            items = [i | {"id": held["id"]} if isinstance(i, dict) and i.get("id") == 0 and i.get("id") is not False else i
                     for i in body["items"]]  # fmt: skip
            body = body | {"items": items}
        answer = ask("PUT", lamp, body)
        assert answer.status_code == 422, (body, answer.text)
        assert field in [e["field"] for e in answer.json["errors"]], (body, answer.text)
    assert ask("GET", lamp).json["items"] == [held]


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("", 401, 401), ("customer", 403, 403), ("support", 200, 403), ("rival", 404, 404), ("seller", 200, 200),
        ("manager", 200, 200), ("admin", 200, 200),
    ],
)  # fmt: skip
def test_who_may(ask: Any, send: Any, lamp: str, who: str, reads: int, writes: int) -> None:
    (held,) = send(lamp, shot(1)).json["items"]
    assert ask("GET", lamp, who=who).status_code == reads
    assert send(lamp, shot(2), who=who).status_code == (201 if writes == 200 else writes)
    assert ask("PUT", lamp, {"items": [{"id": held["id"], "alt": "Mine"}]}, who=who).status_code == writes
    now = [(item["id"], item["alt"]) for item in ask("GET", lamp).json["items"]]
    assert now == [(held["id"], "Mine" if writes == 200 else "")]
    assert ask("DELETE", f"{lamp}/{held['id']}", who=who).status_code == (204 if writes == 200 else writes)
    assert bool(ask("GET", lamp).json["items"]) is (writes != 200)


def test_a_cookie_opens_nothing(people: Shop, lamp: str) -> None:
    browser = people.browser("manager")
    data = {"pictures": (BytesIO(shot(1)), "a.png")}
    assert browser.post(lamp, data=data).status_code == 401


def test_products_that_are_none(ask: Any, send: Any) -> None:
    for key in ("999999999", "x", "0", "%00"):
        assert ask("GET", f"{BASE}/{key}/pictures").status_code == 404
        assert send(f"{BASE}/{key}/pictures", shot(1)).status_code == 404
        assert ask("PUT", f"{BASE}/{key}/pictures", {"items": []}).status_code == 404


def test_pictures_are_described(client: Any) -> None:
    made = client.get("/api/openapi.json").json["paths"][f"{BASE}/{{pk}}/pictures"]
    assert set(made) == {"parameters", "get", "post", "put"}
    assert "multipart/form-data" in made["post"]["requestBody"]["content"]
