"""Actions that are guarded touch only what is still as its page showed it; moments outside the calendar are refused."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from tests.core.admin import desk
from tests.core.admin.conftest import words_of

OUTSIDE = ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "0001-01-01T00:00:00+00:01"]


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workshop's `activate` asks what was seen."""
    from dataclasses import replace

    method = desk.ThingView.activate
    monkeypatch.setattr(method, "_manner_of_action", replace(method._manner_of_action, guarded=True))


def tokens(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="_token\.(\d+)" value="([^"]+)"', page))


def states(session: Any) -> list[str]:
    session.expire_all()
    return [row.state for row in session.query(desk.DeskThing).order_by(desk.DeskThing.id)]


def test_one_row_that_changed_is_left_alone(
    admin: Any, things: Any, guarded: None, desk_session: Any
) -> None:
    thing = things[0]
    page = admin.get(f"/admin/thing/show/{thing.id}").text
    token = re.search(r'name="_token" value="([^"]+)"', page)
    assert token is not None
    desk_session.execute(
        text("UPDATE desk_thing SET name = 'Other', version = version + 1 WHERE id = :i"), {"i": thing.id}
    )
    desk_session.commit()
    url = f"/admin/thing/action/activate/{thing.id}"
    told = admin.post(url, data={"_token": token[1]}, follow_redirects=True)
    assert "Somebody changed this meanwhile" in words_of(told) and "Other" in words_of(told)
    assert states(desk_session)[0] == "draft"
    fresh = re.search(r'name="_token" value="([^"]+)"', told.text)
    assert fresh is not None and fresh[1] != token[1]
    admin.post(url, data={"_token": fresh[1]})
    assert states(desk_session)[0] == "active"


def test_of_many_those_that_changed_are_left_and_counted(
    admin: Any, things: Any, guarded: None, desk_session: Any
) -> None:
    seen = tokens(admin.get("/admin/thing/list/").text)
    assert set(seen) == {str(t.id) for t in things}
    desk_session.execute(
        text("UPDATE desk_thing SET version = version + 1 WHERE id = :i"), {"i": things[0].id}
    )
    desk_session.commit()
    form = {"action": "activate", "rowid": [str(things[0].id), str(things[2].id)]}
    form |= {f"_token.{key}": value for key, value in seen.items()}
    told = admin.post("/admin/thing/action_post", data=form, follow_redirects=True)
    assert "1 row was changed meanwhile" in words_of(told)
    assert states(desk_session) == ["draft", "active", "active"]


def test_lists_without_guarded_actions_carry_no_tokens(admin: Any, things: Any) -> None:
    assert not tokens(admin.get("/admin/thing/list/").text)


@pytest.mark.parametrize("moment", OUTSIDE)
def test_moments_that_utc_has_no_year_for_are_refused(
    admin: Any, rest: Any, things: Any, desk_session: Any, moment: str
) -> None:
    """Stored they could never be read again: every list with the row would answer 500."""
    thing = things[0]
    form = {
        "name": "Lamp",
        "code": "L1",
        "grade": "fine",
        "state": "draft",
        "price": "1",
        "stock": "1",
        "seen_at": moment,
    }
    answer = admin.post(f"/admin/thing/edit/{thing.id}", data=form)
    assert answer.status_code == 200 and "is not a date" in words_of(answer) and moment in answer.text
    for operator in ("gt", "lt", "ge", "le"):
        assert admin.get(f"/admin/thing/list/?seen_at.{operator}={quote(moment)}").status_code == 200
    assert rest()("PATCH", f"/thing/{thing.id}", json={"seen_at": moment}).status_code == 422
    assert admin.get("/admin/thing/list/").status_code == 200


def test_what_was_typed_into_an_expired_form_can_be_sent_again(
    desk_app: Any, admin: Any, things: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(desk_app.config, "WTF_CSRF_ENABLED", True)
    form = {"name": "A long day's work", "town": "Ghent", "csrf_token": "old"}
    own = {"Origin": "http://localhost"}
    told = admin.post("/admin/maker/add?x=1", data=form, headers=own)
    assert told.status_code == 400 and "what you typed is kept" in told.text
    pairs = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', told.text.split("page-lead")[-1])
    )
    assert pairs["name"] == "A long day&#39;s work" and pairs["csrf_token"] != "old"
    again = admin.post("/admin/maker/add", data=form | {"csrf_token": pairs["csrf_token"]}, headers=own)
    assert again.status_code == 302
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        told = admin.post("/admin/maker/add", data=form, headers=headers)
        assert told.status_code == 400 and "Ghent" not in told.text, "nobody else's form is carried on"
    stranger = desk_app.test_client().post("/admin/maker/add", data=form, headers=own)
    assert stranger.status_code == 400 and "Ghent" not in stranger.text
