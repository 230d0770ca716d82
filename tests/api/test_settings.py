"""The shop's settings over REST: the groups of the screen, its checks, its right; two programs, one setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.core import settings
from app.core.actor import SYSTEM
from app.core.admin.settings_screen import groups
from app.core.audit import AuditRow
from app.core.settings import SettingRow
from app.payments.settings import PaymentSettings
from app.storefront.settings import ShopSettings
from tests.api.shop import PROBLEM, Shop

BASE = "/api/v1/admin/settings"


@pytest.fixture(autouse=True)
def as_before(floor: Shop) -> Iterator[None]:
    """Settings go back to what they were."""
    settings.forget()
    yield
    with floor.maker() as session:
        session.execute(delete(SettingRow))
        session.commit()
    settings.forget()


@pytest.fixture
def ask(client: Any, floor: Shop) -> Any:
    """Asks as somebody; the manager when nobody is named."""

    def call(method: str, path: str = "", body: Any = None, who: str = "manager", **more: str) -> Any:
        return client.open(f"{BASE}{path}", method=method, json=body, headers=floor.headers(who) | more)

    return call


def test_every_group_can_be_read_and_sent_back_as_it_is(ask: Any, floor: Shop) -> None:
    listed = ask("GET").json
    assert {row["id"] for row in listed["items"]} == {group.key for group in groups()}
    assert listed["total"] == len(groups()) >= 6 and listed["next"] is None
    for group in groups():
        read = ask("GET", f"/{group.key}")
        assert read.status_code == 200 and set(read.json) == {"id", "token", *(f.name for f in group.fields)}
        if group.key == "invoicing":
            continue  # a new shop has to say first who it is: see below
        same = ask("PATCH", f"/{group.key}", {k: v for k, v in read.json.items() if k != "id"})
        assert (same.status_code, same.json) == (200, read.json), (group.key, same.text)


def test_a_change_is_seen_in_the_shop_at_once_and_written_down(ask: Any, client: Any, floor: Shop) -> None:
    before = ask("GET", "/storefront").json
    done = ask("PATCH", "/storefront", {"name": "Chez Kim", "notice": "Closed on Monday"})
    assert done.status_code == 200, done.text
    assert done.json == before | {
        "name": "Chez Kim",
        "notice": "Closed on Monday",
        "token": done.json["token"],
    }
    assert done.json["token"] != before["token"] and "Closed on Monday" in client.get("/").text
    with floor.maker() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "settings.change").order_by(AuditRow.id.desc())).first()  # fmt: skip
        assert row is not None and (row.before["name"], row.after["name"]) == (
            ShopSettings().name,
            "Chez Kim",
        )
        assert row.actor_label == "manager@people.example"


def test_lists_amounts_and_switches_keep_their_type(ask: Any, floor: Shop) -> None:
    done = ask(
        "PATCH", "/payments", {"cod_limit": "250.50", "disabled": ["cod", "stripe"], "card_minutes": 45}
    )
    assert done.status_code == 200, done.text
    with floor.maker() as session:
        settings.forget()
        now = settings.get(session, PaymentSettings)
    assert (str(now.cod_limit), now.disabled, now.card_minutes) == ("250.50", ("cod", "stripe"), 45)
    assert ask("PATCH", "/payments", {"disabled": []}).json["disabled"] == []
    assert ask("PATCH", "/cart", {"remind_guests": False}).json["remind_guests"] is False
    assert ask("PATCH", "/cart", {"remind_guests": True}).json["remind_guests"] is True


def test_what_is_not_sent_stays_even_when_this_process_remembers_something_older(
    ask: Any, floor: Shop
) -> None:
    """Another process has changed a value a moment ago: what is kept in memory here must not bring the old one back."""
    assert ask("GET", "/storefront").status_code == 200  # remembered for some seconds
    held = dict(settings._cache)
    with floor.maker() as session:
        settings.change(session, ShopSettings, actor=SYSTEM, tagline="From elsewhere")
    settings._cache.update(held)
    assert ask("PATCH", "/storefront", {"name": "Chez Kim"}).json["tagline"] == "From elsewhere"


def test_a_change_of_somebody_else_is_not_overwritten(ask: Any) -> None:
    token = ask("GET", "/storefront").json["token"]
    assert ask("PATCH", "/storefront", {"name": "First", "token": token}).status_code == 200
    late = ask("PATCH", "/storefront", {"name": "Second", "token": token})
    assert (late.status_code, late.json["code"]) == (409, "stale")
    assert ask("PATCH", "/storefront", {"name": "Third"}, **{"If-Match": f'"{token}"'}).status_code == 409
    assert ask("GET", "/storefront").json["name"] == "First"


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("storefront", "name", ""), ("storefront", "name", None), ("storefront", "return_days", 3),
        ("storefront", "return_days", "soon"), ("storefront", "return_days", 2**70), ("storefront", "notice", "a\x00b"),
        ("storefront", "nothing", "x"), ("storefront", "id", "payments"), ("storefront", "name", ["x"]),
        ("payments", "bank_iban", "BE68 5390 0754 7035"), ("payments", "cod_limit", "-1"), ("payments", "cod_limit", "NaN"),
        ("payments", "disabled", ["cash"]), ("payments", "disabled", "cod"), ("payments", "disabled", [{}]),
        ("inventory", "alert_emails", ["nobody"]), ("cart", "remind_guests", "yes"), ("pricing", "rounding", ["USD up"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_names_its_field_and_changes_nothing(
    ask: Any, floor: Shop, key: str, field: str, value: Any
) -> None:
    answer = ask("PATCH", f"/{key}", {field: value})
    assert answer.status_code == 422 and answer.content_type == PROBLEM, answer.text
    assert field in [error["field"] for error in answer.json["errors"]], answer.text
    with floor.maker() as session:
        assert session.scalars(select(SettingRow)).all() == []


def test_bodies_that_are_no_object_and_groups_that_are_none(ask: Any, client: Any, floor: Shop) -> None:
    for text in (b"", b"[]", b"{", b"null", b"[" * 100_000, b"\xff"):
        answer = client.patch(f"{BASE}/storefront", data=text, content_type="application/json", headers=floor.headers("manager"))  # fmt: skip
        assert (answer.status_code, answer.json["code"]) == (422, "bad_json")
    for key in ("nothing", "media", "%00", "x" * 500):
        assert ask("GET", f"/{key}").status_code == 404
        assert ask("PATCH", f"/{key}", {}).status_code == 404
    assert ask("POST", "", {}).status_code == 405 and ask("DELETE", "/storefront").status_code == 405


@pytest.mark.parametrize("who", ["", "customer", "support", "seller", "admin"])
def test_who_may(ask: Any, who: str) -> None:
    may = 200 if who == "admin" else 403 if who else 401
    assert [ask("GET", who=who).status_code, ask("GET", "/storefront", who=who).status_code] == [may, may]
    assert ask("PATCH", "/storefront", {"name": "Mine"}, who=who).status_code == may
    assert (ask("GET", "/storefront").json["name"] == "Mine") is (who == "admin")


def test_groups_are_described(client: Any) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    one = paths[f"{BASE}/{{pk}}"]
    assert set(one["parameters"][0]["schema"]["enum"]) == {group.key for group in groups()}
    bodies = one["patch"]["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    assert {body["title"] for body in bodies} == {group.key for group in groups()}
    assert "post" not in paths[BASE] and "delete" not in one
