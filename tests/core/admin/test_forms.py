"""Forms: every PostgreSQL type is read, checked and written as itself; what was typed is never lost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core.audit import AuditRow
from tests.core.admin import desk
from tests.core.admin.conftest import words_of

FULL = {
    "name": "Vase", "code": "V1", "grade": "rough", "state": "active", "price": "19,95", "stock": "4", "weight": "1.25",
    "made_on": "2026-01-31", "seen_at": "2026-02-03T10:20", "is_listed": "y", "mark": "7a2bbd1e-2b0f-4f2e-9d2f-3d0e9a6f2c11",
    "words": "clay\n glazed \n\n", "details": '{"care": {"wash": "cold"}, "sizes": [1, 2.5]}', "description": "Two\r\nlines",
}  # fmt: skip


def the_thing(session: Any, code: str) -> desk.DeskThing:
    session.expire_all()
    return session.query(desk.DeskThing).filter_by(code=code).one()


def test_every_type_is_written_as_itself(admin: Any, desk_session: Any, things: Any) -> None:
    answer = admin.post("/admin/thing/add", data=FULL | {"maker": "1"})
    assert answer.status_code == 302, words_of(answer)
    made = the_thing(desk_session, "V1")
    assert made.details == {"care": {"wash": "cold"}, "sizes": [1, 2.5]}
    assert made.words == ["clay", "glazed"]
    assert made.mark == UUID("7a2bbd1e-2b0f-4f2e-9d2f-3d0e9a6f2c11")
    assert (made.price, made.grade, made.is_listed) == (Decimal("19.95"), desk.Grade.rough, True)
    assert made.seen_at == datetime(2026, 2, 3, 10, 20, tzinfo=UTC)
    assert made.description == "Two\nlines" and made.maker.name == "Ada"
    page = admin.get(f"/admin/thing/edit/{made.id}")
    assert "&#34;wash&#34;: &#34;cold&#34;" in page.text and "clay\nglazed" in page.text


def test_saving_an_untouched_form_changes_nothing(admin: Any, desk_session: Any) -> None:
    seen = datetime(2026, 2, 3, 10, 20, 30, 123456, tzinfo=UTC)
    thing = desk.DeskThing(
        name="Vase", code="V1", seen_at=seen, details={"a": 1}, words=["x"], price=Decimal("5.10")
    )
    desk_session.add(thing)
    desk_session.commit()
    data = FULL | {
        "name": "Vase", "grade": "fine", "state": "draft", "price": "5.10", "stock": "0", "weight": "", "made_on": "",
        "details": '{\n  "a": 1\n}', "words": "x", "mark": str(thing.mark), "description": "",
    }  # fmt: skip
    data.pop("is_listed")
    assert admin.post(f"/admin/thing/edit/{thing.id}", data=data).status_code == 302
    fresh = the_thing(desk_session, "V1")
    assert fresh.seen_at == seen
    assert desk_session.query(AuditRow).filter_by(entity="desk_thing", action="thing.update").count() == 0


def test_columns_with_a_default_may_stay_empty(admin: Any, desk_session: Any) -> None:
    assert admin.post("/admin/thing/add", data={"name": "Bare", "code": "B1"}).status_code == 302
    made = the_thing(desk_session, "B1")
    assert (made.state, made.price, made.stock, made.version) == ("draft", Decimal(0), 0, 1)
    page = admin.get("/admin/thing/add").text
    assert '<option selected value="draft">' in page and '<option selected value="fine">' in page


BAD = [
    ("price", "1.234", "At most 2 decimals."), ("price", "99999999999999", "too large"), ("price", "cheap", "is not a number"),
    ("stock", "99999999999", "too large"), ("stock", "1.5", "not a whole number"), ("grade", "nope", "Choose one of"),
    ("state", "nope", "Choose one of"), ("details", "{nope", "not valid JSON"), ("details", '"\\u0000"', "cannot be stored"),
    ("details", "[" * 100_000, "nested too deeply"), ("mark", "zz", "not a valid identifier"), ("maker", "999", "no such entry"),
    ("maker", "x", "no such entry"), ("tags", "999", "no such entry"), ("made_on", "31/31/2026", "not a date"),
    ("seen_at", "soon", "not a date"), ("name", "a\x00b", "cannot be stored"), ("code", "L1", "already taken"),
    ("name", "x" * 300, "longer than 120"), ("words", "a\x00", "cannot be stored"), ("weight", "NaN", "is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "sentence"), BAD)
def test_bad_input_stands_beside_its_field(
    admin: Any, desk_session: Any, things: Any, field: str, value: str, sentence: str
) -> None:
    answer = admin.post("/admin/thing/add", data=FULL | {field: value, "description": "Typed & kept"})
    assert answer.status_code == 200
    text = answer.text
    place = text.index(f'data-field="{field}"')
    error = text.index('class="field-error"', place)
    assert sentence in text[error : error + 500]
    assert "Typed &amp; kept" in text
    assert desk_session.query(desk.DeskThing).count() == 3


def test_the_history_says_who_changed_what(admin: Any, desk_session: Any, things: Any) -> None:
    data = FULL | {"code": "L1", "name": "Tall lamp", "price": "15"}
    assert admin.post("/admin/thing/edit/1", data=data).status_code == 302
    text = words_of(admin.get("/admin/thing/show/1"))
    assert "Changed admin@desk.example" in text and "Lamp → Tall lamp" in text and "12.50 → 15" in text


def test_a_plain_delete_writes_its_record(admin: Any, desk_session: Any, things: Any) -> None:
    assert admin.get("/admin/thing/delete/3").status_code == 405
    assert admin.post("/admin/thing/delete/3").status_code == 302
    row = desk_session.query(AuditRow).filter_by(action="thing.delete", entity_id="3").one()
    assert row.before["code"] == "R1" and desk_session.query(desk.DeskThing).count() == 2


def test_a_row_that_others_need_stays_and_says_why(admin: Any, desk_session: Any, things: Any) -> None:
    answer = admin.post("/admin/maker/delete/1", follow_redirects=True)
    assert "Other records still refer to this one" in words_of(answer)
    assert desk_session.query(desk.DeskMaker).count() == 2


class TestOperations:
    """Writing goes through operations; a refusal after the first statement leaves nothing behind."""

    def test_a_late_refusal_keeps_form_and_writes_nothing(self, admin: Any, desk_session: Any) -> None:
        answer = admin.post("/admin/batch/add", data={"name": "Big", "size": "101"})
        assert answer.status_code == 200
        place = answer.text.index('data-field="size"')
        assert "At most 100 fit." in answer.text[place : place + 800]
        assert 'value="Big"' in answer.text and 'value="101"' in answer.text
        assert desk_session.query(desk.DeskBatch).count() == 0

    def test_values_arrive_as_keys(self, admin: Any, desk_session: Any, things: Any) -> None:
        assert (
            admin.post("/admin/batch/add", data={"name": "One", "size": "5", "thing": "2"}).status_code == 302
        )
        assert desk_session.query(desk.DeskBatch).one().thing_id == 2

    def test_edit_is_refused_at_its_field_and_kept(self, admin: Any, desk_session: Any) -> None:
        desk_session.add(desk.DeskBatch(name="One", size=1))
        desk_session.commit()
        answer = admin.post("/admin/batch/edit/1", data={"name": "Two", "size": "500"})
        assert (
            answer.status_code == 200 and "At most 100 fit." in answer.text and 'value="Two"' in answer.text
        )
        desk_session.expire_all()
        assert desk_session.get(desk.DeskBatch, 1).name == "One"

    def test_a_refused_delete_says_why(self, admin: Any, desk_session: Any) -> None:
        desk_session.add(desk.DeskBatch(name="fired", size=1))
        desk_session.commit()
        answer = admin.post("/admin/batch/delete/1", follow_redirects=True)
        assert "This batch was fired and stays." in words_of(answer)
        assert desk_session.query(desk.DeskBatch).count() == 1


class TestConflicts:
    """Two people, one row: the second sees both texts."""

    def data(self, **changes: str) -> dict[str, str]:
        return {
            "name": "Lamp",
            "code": "L1",
            "price": "12.50",
            "stock": "3",
            "grade": "fine",
            "state": "draft",
        } | changes

    def test_the_second_chooses_field_by_field(
        self, admin: Any, staff: Any, desk_session: Any, things: Any
    ) -> None:
        other = staff("Manager")
        assert (
            other.post(
                "/admin/thing/edit/1", data=self.data(name="Theirs", stock="9", _token="v1")
            ).status_code
            == 302
        )
        answer = admin.post("/admin/thing/edit/1", data=self.data(name="Mine", _token="v1"))
        assert answer.status_code == 409
        text = words_of(answer)
        assert "manager@desk.example" in text and "Theirs" in text and "Mine" in text
        desk_session.expire_all()
        assert desk_session.get(desk.DeskThing, 1).name == "Theirs"
        chosen = self.data(name="Mine", _token="v2") | {"_keep.name": "mine", "_keep.stock": "theirs"}
        assert admin.post("/admin/thing/edit/1", data=chosen).status_code == 302
        desk_session.expire_all()
        thing = desk_session.get(desk.DeskThing, 1)
        assert (thing.name, thing.stock) == ("Mine", 9)

    def test_rows_without_version_have_a_fingerprint(self, admin: Any, desk_session: Any) -> None:
        desk_session.add(desk.DeskMaker(name="Ada"))
        desk_session.commit()
        page = admin.get("/admin/maker/edit/1").text
        token = page.split('name="_token" value="')[1].split('"')[0]
        desk_session.get(desk.DeskMaker, 1).town = "Ghent"
        desk_session.commit()
        assert admin.post("/admin/maker/edit/1", data={"name": "A", "_token": token}).status_code == 409
