"""Uploaded tables are not kept for ever: files of finished imports go, what can go on stays, reports stay."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.core import manifest
from app.core.admin.imports import files, keeping
from app.core.admin.imports.running import folder
from app.core.clock import utcnow
from tests.core.admin.tables import BASE, Taker, counts, said

MAKERS = "name,town\nAda,Ghent\nBo,Bruges\n"
LATER = timedelta(days=31)


@pytest.fixture
def place(desk_app: Any) -> Path:
    with desk_app.app_context():
        return folder()


def cleaned(taker: Taker, place: Path, before: Any) -> dict[str, int]:
    with taker.maker() as session:
        return keeping.clean(session, place=place, before=before)


def test_only_files_of_finished_old_imports_go(taker: Taker, place: Path) -> None:
    done, checked, fresh = (
        taker.whole("maker", MAKERS).id,
        taker.upload("maker", MAKERS),
        taker.upload("maker", MAKERS),
    )
    taker.check(checked)
    kept = {pk: place / taker.item(pk).stored for pk in (done, checked, fresh)}
    assert cleaned(taker, place, utcnow() - LATER) == {"finished": 0, "orphans": 0}, "all are young"
    assert all(path.is_file() for path in kept.values())
    assert cleaned(taker, place, utcnow() + LATER)["finished"] == 1
    assert [kept[pk].is_file() for pk in (done, checked, fresh)] == [False, True, True]
    assert cleaned(taker, place, utcnow() + LATER) == {"finished": 0, "orphans": 0}, "again: nothing"
    assert taker.take(checked).state == "taken", "what was only checked can still be taken"
    assert "The table was taken." in said(taker.browser.get(f"{BASE}/show/{done}")), "the report stays"


def test_a_stopped_import_can_go_on_however_old_it_is(taker: Taker, place: Path) -> None:
    pk = taker.upload("maker", MAKERS)
    taker.check(pk)
    with taker.maker() as session:
        session.execute(text("UPDATE core_import SET state = 'stopped', line = 2 WHERE id = :pk"), {"pk": pk})
        session.commit()
    assert cleaned(taker, place, utcnow() + LATER)["finished"] == 0
    assert taker.take(pk).state == "taken"


def test_what_lost_its_file_says_so_and_keeps_its_report(taker: Taker, place: Path) -> None:
    pk = taker.whole("maker", MAKERS).id
    before = counts(taker.item(pk))
    cleaned(taker, place, utcnow() + LATER)
    again = taker.browser.post(f"{BASE}/take/{pk}", follow_redirects=True)
    assert "not kept any more" in said(again)
    assert (taker.item(pk).state, counts(taker.item(pk))) == ("taken", before)
    for form in ({"read_again": "1", "encoding": "cp1252", "separator": ";"}, {"column.name": "0"}):
        answer = taker.browser.post(f"{BASE}/columns/{pk}", data=form)
        assert answer.status_code == 200 and "not kept any more" in said(answer)
    lost = taker.upload("maker", MAKERS)
    (place / taker.item(lost).stored).unlink()
    assert taker.browser.get(f"{BASE}/columns/{lost}").status_code == 200
    assert "not kept any more" in said(
        taker.browser.post(f"{BASE}/columns/{lost}", data={"column.name": "0"})
    )


def test_files_that_belong_to_no_import_go_once_they_are_old(taker: Taker, place: Path) -> None:
    old, young, other = place / "table-of-nobody", place / "table-just-now", place / "notes.txt"
    for path in (old, young, other):
        path.write_text("x")
    a_while = (utcnow() - LATER).timestamp()
    os.utime(old, (a_while, a_while))
    os.utime(other, (a_while, a_while))
    assert cleaned(taker, place, utcnow() - timedelta(days=30))["orphans"] == 1
    assert [path.exists() for path in (old, young, other)] == [False, True, True]
    young.unlink()
    other.unlink()


def test_the_job_takes_the_days_from_the_settings_and_runs_twice(
    desk_app: Any, taker: Taker, place: Path
) -> None:
    taker.whole("maker", MAKERS)
    with taker.maker() as session:
        session.execute(text("UPDATE core_import SET updated_at = now() - interval '31 days'"))
        session.commit()
    with desk_app.app_context():
        assert manifest.clean_imports(None)["finished"] == 1
        assert manifest.clean_imports(None)["finished"] == 0
    assert any(s.job == "core.clean_imports" for s in manifest.FEATURE.schedules)


def test_a_hostile_first_line_does_not_cost_minutes(tmp_path: Path) -> None:
    """The library that tells separators takes the square of the line's length."""
    path = tmp_path / "table"
    path.write_text('"a"b ' * 39_000 + "\n1;2\n")
    started = utcnow()
    files.look(path)
    assert utcnow() - started < timedelta(seconds=3)
