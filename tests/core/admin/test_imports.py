"""Tables taken into screens: guessed columns, a check that tells, rows by the screen's own rules, the report."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.core import jobs
from app.core.admin.imports.models import TableImport, WrongRow
from app.core.audit import AuditRow
from app.core.jobs import JobRow
from tests.core.admin import desk
from tests.core.admin.tables import BASE, Taker, counts, rows_of, said

THINGS = "Name;Code;State;Price;Stock;Maker\nLamp;L1;Active;12,50;3;Ada\nStool;S1;draft;40;2;Bo\n"


def things_of(session: Any) -> dict[str, tuple[Any, ...]]:
    session.expire_all()
    rows = session.scalars(select(desk.DeskThing).order_by(desk.DeskThing.code))
    return {
        row.code: (row.name, row.state, str(row.price), row.stock, row.maker and row.maker.name)
        for row in rows
    }


def test_upload_guesses_and_a_check_writes_nothing(taker: Taker, desk_session: Any, things: Any) -> None:
    before = things_of(desk_session)
    pk = taker.upload("thing", THINGS)
    item = taker.item(pk)
    assert (item.encoding, item.separator) == ("utf-8-sig", ";")
    assert item.mapping == {"name": 0, "code": 1, "state": 2, "price": 3, "stock": 4, "maker": 5}
    page = said(taker.browser.get(f"{BASE}/columns/{pk}"))
    assert "First rows" in page and "Stool" in page and "tells rows apart" in page
    item = taker.check(pk)
    assert (item.state, counts(item)) == ("checked", (1, 1, 0, 0))
    assert things_of(desk_session) == before
    words = said(taker.browser.get(f"{BASE}/show/{pk}"))
    assert "nothing was written. Every row can be taken." in words and "Take 2 rows" in words


def test_rows_are_taken_with_audit_and_the_second_time_changes_nothing(
    taker: Taker, desk_session: Any, things: Any
) -> None:
    pk = taker.upload("thing", THINGS)
    taker.check(pk)
    done = taker.take(pk)
    assert (done.state, counts(done)) == ("taken", (1, 1, 0, 0))
    found = things_of(desk_session)
    assert found["L1"] == ("Lamp", "active", "12.50", 3, "Ada")
    assert found["S1"] == ("Stool", "draft", "40.00", 2, "Bo")
    audited = {(row.action, row.actor_label) for row in desk_session.scalars(select(AuditRow))}
    assert {(f"thing.{verb}", "admin@desk.example") for verb in ("create", "update")} <= audited
    assert ("import.take", "admin@desk.example") in audited
    number = desk_session.scalar(select(func.count(AuditRow.id)))
    again = taker.whole("thing", THINGS)
    assert counts(again) == (0, 0, 2, 0)
    assert desk_session.scalar(select(func.count(AuditRow.id))) == number + 1, "only the import itself"
    taker.take(again.id)
    assert counts(taker.item(again.id)) == (0, 0, 2, 0)


def test_wrong_rows_have_line_field_and_reason_and_leave_the_others_alone(
    taker: Taker, desk_session: Any, things: Any
) -> None:
    table = (
        "name,code,state,price,stock,maker,is_listed\n"
        'Lamp,L1,sold,1.239,x,Nobody,perhaps\nStool,S1,draft,1,2,Bo,yes\nStool,S1,draft,1,3,Bo,yes\n'
        '=cmd|calc,F1,draft,1,1,Ada,no\n,,,,,,\nNothing,,draft,1,1,Ada,no\n'
    )  # fmt: skip
    done = taker.whole("thing", table)
    assert counts(done) == (2, 0, 0, 3)
    assert taker.wrong(done.id) == [
        (2, "maker", "There is no “Nobody”."), (2, "is_listed", "Choose yes or no."),
        (2, "state", "Choose one of the possible values."), (2, "price", "At most 2 decimals."),
        (2, "stock", "“x” is not a whole number."),
        (4, "", "The same entry stands in line 3 already."),
        (7, "code", "This value is needed."),
    ]  # fmt: skip
    assert things_of(desk_session)["F1"][0] == "=cmd|calc", "a formula is text"
    page = said(taker.browser.get(f"{BASE}/show/{done.id}"))
    assert "Line 4" in page and "The same entry stands in line 3 already." in page
    answer = taker.browser.get(f"{BASE}/wrong/{done.id}")
    head, first, *_rest = rows_of(answer.data)
    assert (
        head[-2:] == ["Line", "What is wrong"] and first[:2] == ["Lamp", "L1"] and "Stock: “x”" in first[-1]
    )


def test_what_an_operation_refuses_late_is_undone(taker: Taker, desk_session: Any) -> None:
    taker.whole("batch", "name,size\ngood,5\nlarge,500\nfine,7\n")
    found = desk_session.execute(select(desk.DeskBatch.name, desk.DeskBatch.size).order_by("size")).all()
    assert [tuple(row) for row in found] == [("good", 5), ("fine", 7)]
    item = desk_session.scalars(select(TableImport)).one()
    assert taker.wrong(item.id) == [(3, "size", "At most 100 fit.")]
    assert counts(taker.whole("batch", "name,size\ngood,6\nfine,7\n")) == (0, 1, 1, 0)


def test_columns_are_chosen_and_values_fixed(taker: Taker, desk_session: Any, things: Any) -> None:
    pk = taker.upload("thing", "what,number,what\nSofa,X9,Couch\n")
    assert taker.item(pk).mapping == {}
    answer = taker.browser.post(f"{BASE}/columns/{pk}", data={"column.name": "0", "fixed.maker": "Ada"})
    assert "Please choose a column for Code" in said(answer) and 'value="Ada"' in answer.text
    chosen = {
        "column.name": "2",
        "column.code": "1",
        "fixed.maker": "Ada",
        "fixed.state": "Active",
        "column.nothing": "1",
    }
    assert counts(taker.check(pk, **chosen)) == (1, 0, 0, 0)
    taker.take(pk)
    assert things_of(desk_session)["X9"] == ("Couch", "active", "0.00", 0, "Ada")


def test_another_encoding_and_separator_are_read_again(taker: Taker, desk_session: Any) -> None:
    pk = taker.upload("maker", "Name;Town\nŁucja;Łódź\n".encode("cp1250"))
    page = taker.browser.post(
        f"{BASE}/columns/{pk}", data={"read_again": "1", "encoding": "cp1250", "separator": ";"}
    )
    assert "Łódź" in page.text
    taker.check(pk)
    assert counts(taker.take(pk)) == (1, 0, 0, 0)
    assert desk_session.scalars(select(desk.DeskMaker.town)).one() == "Łódź"
    bad = taker.upload("maker", b"Name;Town\nBo;\x81\n")
    assert taker.check(bad).wrong == 1
    assert taker.wrong(bad)[0][1:] == ("town", "This text cannot be read in the chosen encoding.")


def test_a_cancelled_import_keeps_what_it_took_and_goes_on(
    taker: Taker, desk_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "name,town\n" + "".join(f"maker {n},Ghent\n" for n in range(60))
    pk = taker.upload("maker", table)
    taker.check(pk)
    real, calls = jobs.Progress.step, []

    def stop_at_25(self: Any, done: int, *rest: Any, **more: Any) -> None:
        calls.append(done)
        real(self, done, *rest, **more)
        if done == 25:
            raise jobs.Cancelled()

    monkeypatch.setattr(jobs.Progress, "step", stop_at_25)
    stopped = taker.take(pk)
    assert (stopped.state, counts(stopped), stopped.line) == ("stopped", (25, 0, 0, 0), 26)
    monkeypatch.undo()
    assert "Stopped behind line 26" in said(taker.browser.get(f"{BASE}/show/{pk}"))
    done = taker.take(pk)
    assert (done.state, counts(done)) == ("taken", (60, 0, 0, 0))
    assert desk_session.scalar(select(func.count(desk.DeskMaker.id))) == 60


def test_a_job_that_runs_twice_or_is_lost_takes_nothing_twice(taker: Taker, desk_session: Any) -> None:
    pk = taker.upload("maker", "name,town\nAda,Ghent\nBo,Bruges\n")
    taker.check(pk)
    done = taker.take(pk)
    desk_session.execute(text("UPDATE core_job SET state = 'queued' WHERE id = :id"), {"id": done.job_id})
    desk_session.execute(text("UPDATE core_import SET state = 'taking', line = 2, created = 1"))
    desk_session.commit()
    again = taker.work(pk)
    assert (again.state, counts(again)) == ("taken", (1, 0, 1, 0)), "the second line is the same by now"
    desk_session.execute(text("UPDATE core_job SET state = 'queued' WHERE id = :id"), {"id": done.job_id})
    desk_session.commit()
    assert counts(taker.work(pk)) == (1, 0, 1, 0), "an import that is done is left alone"
    assert taker.browser.post(f"{BASE}/cancel/{pk}").status_code == 302, "a plain sentence, nothing to stop"


def test_one_import_is_at_work_once(taker: Taker, desk_session: Any) -> None:
    pk = taker.upload("maker", "name,town\nAda,Ghent\n")
    assert taker.browser.post(f"{BASE}/take/{pk}", follow_redirects=True).text.count(
        "Please check the table first."
    )
    form = {"column.name": "0", "column.town": "1"}
    assert taker.browser.post(f"{BASE}/columns/{pk}", data=form).status_code == 302
    assert "at work" in said(taker.browser.post(f"{BASE}/columns/{pk}", data=form))
    assert desk_session.scalar(select(func.count(JobRow.id)).where(JobRow.name == "core.import_table")) == 1
    assert 'data-again="2"' in taker.browser.get(f"{BASE}/show/{pk}").text
    taker.browser.post(f"{BASE}/cancel/{pk}")
    assert taker.item(pk).state == "new"
    assert desk_session.scalar(select(func.count(WrongRow.line))) == 0
