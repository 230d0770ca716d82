"""Who may do what: roles, owners, strangers, forms without their token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.admin import desk
from tests.core.admin.conftest import words_of


@pytest.fixture
def seller(staff: Any, desk_session: Any, things: Any) -> Any:
    """A seller who owns the lamp, and nothing else."""
    client = staff("Seller")
    desk_session.get(desk.DeskThing, 1).owner_id = client.user_id
    desk_session.commit()
    return client


def test_a_seller_sees_only_own_rows_at_every_door(seller: Any, desk_session: Any) -> None:
    text = words_of(seller.get("/admin/thing/list/"))
    assert "Lamp" in text and "Chair" not in text and "1 row" in text
    assert seller.get("/admin/thing/show/1").status_code == 200
    for address in ("show/2", "edit/2", "action/activate/2"):
        assert seller.get(f"/admin/thing/{address}").status_code == 404, address
    assert seller.post("/admin/thing/edit/2", data={"name": "Stolen", "code": "C1"}).status_code == 404
    assert seller.post("/admin/thing/action/activate/2").status_code == 404
    assert seller.post("/admin/thing/delete/1").status_code == 403
    export = seller.get("/admin/thing/export.csv").data.decode()
    assert "Lamp" in export and "Chair" not in export
    desk_session.expire_all()
    assert (
        desk_session.query(desk.DeskThing).count() == 3
        and desk_session.get(desk.DeskThing, 2).name == "Chair"
    )


def test_all_that_match_means_all_of_ones_own(seller: Any, desk_session: Any) -> None:
    data = {"action": "activate", "_all": "1", "_query": ""}
    assert "1 active" in words_of(seller.post("/admin/thing/action_post", data=data, follow_redirects=True))
    data = {"action": "activate", "rowid": ["1", "3"]}
    assert "1 active" in words_of(seller.post("/admin/thing/action_post", data=data, follow_redirects=True))
    desk_session.expire_all()
    assert desk_session.get(desk.DeskThing, 3).state == "draft"


def test_relations_of_others_cannot_be_chosen(seller: Any, staff: Any) -> None:
    manager = staff("Manager")
    assert len(manager.get("/admin/batch/related/thing?q=").json["results"]) == 3
    assert seller.get("/admin/batch/related/thing?q=").status_code in (302, 403)


def test_rest_is_narrowed_alike(rest: Any, seller: Any) -> None:
    call = rest("Seller")
    assert [row["name"] for row in call("GET", "/thing").json["items"]] == ["Lamp"]
    assert call("GET", "/thing/2").status_code == 404
    assert call("PATCH", "/thing/2", json={"name": "Stolen"}).status_code == 404
    assert call("DELETE", "/thing/1").status_code == 403
    assert call("GET", "/batch").status_code == 403


def test_roles_open_their_screens_only(staff: Any, things: Any) -> None:
    support = staff("Support")
    assert support.get("/admin/maker/list/").status_code == 200
    page = support.get("/admin/maker/list/").text
    assert "/admin/thing/" not in page and "/admin/maker/add" not in page
    for address in (
        "/admin/thing/list/",
        "/admin/maker/add",
        "/admin/maker/edit/1",
        "/admin/thing/export.csv",
    ):
        answer = support.get(address)
        assert answer.status_code in (302, 403), address
    assert support.post("/admin/thing/action/activate/1").status_code == 403
    assert (
        support.post("/admin/thing/action_post", data={"action": "activate", "rowid": "1"}).status_code == 403
    )


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/thing/list/", "/admin/thing/show/1", "/admin/thing/add", "/admin/thing/export.csv",
                "/admin/search?q=lamp", "/admin/thing/related/maker", "/admin/thing/action/fire/1"]
)  # fmt: skip
def test_strangers_are_sent_to_the_door(desk_app: Any, things: Any, address: str) -> None:
    answer = desk_app.test_client().get(address)
    assert answer.status_code == 302 and "/admin/login/" in answer.location


def test_rest_wants_a_token_and_not_a_cookie(admin: Any, desk_app: Any, things: Any) -> None:
    for client in (admin, desk_app.test_client()):
        for method in ("GET", "POST"):
            answer = client.open("/api/v1/admin/thing", method=method, json={"name": "x", "code": "y"})
            assert answer.status_code == 401 and answer.json["code"] == "unauthenticated"
    bad = desk_app.test_client().get("/api/v1/admin/thing", headers={"Authorization": "Bearer nope"})
    assert bad.status_code == 401


def test_forms_without_their_token_are_refused(
    desk_app: Any, admin: Any, desk_session: Any, things: Any
) -> None:
    desk_app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in ("thing/add", "thing/edit/1", "thing/delete/1", "thing/action/activate/1", "thing/action_post",
                     "thing/columns", "thing/views/save", "language"):  # fmt: skip
            answer = admin.post(f"/admin/{path}", data={"name": "x", "code": "y"})
            assert answer.status_code == 400, path
        assert "This form has expired" in answer.text
    finally:
        desk_app.config["WTF_CSRF_ENABLED"] = False
    assert desk_session.query(desk.DeskThing).count() == 3


def test_stock_doors_are_closed(admin: Any) -> None:
    for address in ("/lang/de", "/admin/lang/de", "/back", "/admin/back", "/users/list/", "/api/v1/security/login",
                    "/api/v1/_openapi", "/api/v1/admin/_openapi", "/api/v1/menu/", "/resetmypassword/form"):  # fmt: skip
        answer = admin.get(address, headers={"Accept": "application/json"})
        assert answer.status_code in (404, 405), address


def test_pages_that_are_not_there(admin: Any, desk_app: Any) -> None:
    answer = admin.get("/admin/nowhere")
    assert answer.status_code == 404 and "There is nothing here" in answer.text and "Things" in answer.text
    stranger = desk_app.test_client().get("/admin/nowhere")
    assert stranger.status_code == 404 and "Things" not in stranger.text


def test_language_is_switched_by_post_and_leads_back(admin: Any) -> None:
    answer = admin.post("/admin/language", data={"language": "de", "next": "/admin/thing/list/?q=a"})
    assert answer.location == "/admin/thing/list/?q=a"
    assert '<html lang="de"' in admin.get("/admin/").text
    for away in ("https://evil.example", "//evil.example", "/admin//evil.example", "/\\evil.example"):
        assert admin.post("/admin/language", data={"language": "en", "next": away}).location == "/admin/"


class TestActions:
    """Actions on one row and on many."""

    def test_one_and_many(self, admin: Any, desk_session: Any, things: Any) -> None:
        assert admin.post("/admin/thing/action/activate/1").location == "/admin/thing/show/1"
        data = {"action": "scrap", "_all": "1", "_query": "price.gt=50", "answer": "cracked"}
        answer = admin.post("/admin/thing/action_post", data=data, follow_redirects=True)
        assert "2 scrapped: cracked" in words_of(answer)

    def test_nothing_is_done_under_a_bad_filter(self, admin: Any, things: Any) -> None:
        data = {"action": "scrap", "_all": "1", "_query": "price.gt=cheap"}
        answer = admin.post("/admin/thing/action_post", data=data, follow_redirects=True)
        assert "The filters are not valid, so nothing was done." in words_of(answer)

    def test_a_form_refuses_beside_its_field(self, admin: Any, things: Any) -> None:
        address = "/admin/thing/action/fire/1"
        assert "Degrees" in words_of(admin.get(address))
        assert "between 600 and 1300" in admin.post(address, data={"degrees": "5", "note": "n"}).text
        answer = admin.post(address, data={"degrees": "1250", "note": "kept words"})
        place = answer.text.index('data-field="degrees"')
        assert "The kiln ends at 1200." in answer.text[place : place + 700] and "kept words" in answer.text
        done = admin.post(address, data={"degrees": "1000", "note": ""}, follow_redirects=True)
        assert "Fired at 1000" in words_of(done)

    def test_unknown_actions(self, admin: Any, things: Any) -> None:
        assert admin.post("/admin/thing/action/nope/1").status_code == 404
        assert admin.post("/admin/thing/action_post", data={"action": "__init__"}).status_code == 404
        answer = admin.post("/admin/thing/action_post", data={"action": "activate"}, follow_redirects=True)
        assert "Nothing was selected." in words_of(answer)


def test_who_is_turned_away_often_is_told_once(client: Any) -> None:
    for _again in range(5):
        assert client.get("/admin/job/list/").status_code == 302
    assert client.get("/admin/job/list/?other").status_code == 302
    with client.session_transaction() as cookie:
        assert len(cookie["_flashes"]) == 1
