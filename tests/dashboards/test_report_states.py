"""The list of reports says how far each is, and what can be done: fetched, stopped, made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.actor import Actor
from app.core.errors import Conflict, Forbidden
from app.core.jobs import JobRow, Progress
from dashboards import operations, reports, rules
from dashboards.models import Report
from tests.pricing.desk import words

LIST = "/admin/report/list/"


def ask(session: Session, browser: Any, **values: Any) -> Report:
    """A report that somebody asked for."""
    given = {"kind": "orders", "format": "csv", **values}
    return operations.ask_report(session, actor=Actor("staff", browser.user_id, "desk"), **given)


def run(session: Session, session_maker: Callable[[], Session], report: Report) -> None:
    """Run the report's job as the worker would."""
    job_id = report.job_id or 0
    session.commit()
    jobs.run(session_maker, job_id)
    session.expire_all()


def state_of(session: Session, report: Report, **values: Any) -> str:
    """What a report says of itself when its job stands so."""
    columns = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(text(f"UPDATE core_job SET {columns} WHERE id = :id"), {**values, "id": report.job_id})
    session.commit()
    session.expire_all()
    return session.get_one(Report, report.id).state


def test_a_report_goes_through_its_states(
    admin: Any, session: Session, session_maker: Callable[[], Session]
) -> None:
    report = ask(session, admin)
    seen = [report.state]
    assert "Waiting" in words(admin.get(LIST).text)
    seen.append(state_of(session, report, state="running", total=200, progress=50))
    session.execute(text("UPDATE core_job SET started_at = now() - interval '10 seconds'"))
    session.commit()
    page = admin.get(LIST).text
    said = words(page)
    assert 'value="25"' in page and "25%" in said and "rows a second" in said and "left" in said
    assert 'data-again="2"' in page and f"/admin/report/action/cancel/{report.id}" in page
    seen.append(state_of(session, report, state="queued"))
    run(session, session_maker, report)
    seen.append(session.get_one(Report, report.id).state)
    page = admin.get(LIST).text
    assert f'href="/admin/report/file/{report.id}"' in page and "1 kB" in words(page)
    assert "data-again" not in page
    session.execute(text("UPDATE dashboards_report SET made_at = now() - interval '8 days'"))
    session.commit()
    reports.forget_old(Progress(session_maker, 0))
    session.expire_all()
    seen.append(session.get_one(Report, report.id).state)
    page = admin.get(LIST).text
    assert "Gone after a week" in words(page) and f"/admin/report/file/{report.id}" not in page
    assert seen == ["queued", "running", "queued", "done", "expired"]
    assert set(seen) <= set(rules.REPORT_STATES)


def test_what_failed_says_why_and_can_be_made_again(
    admin: Any, session: Session, session_maker: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask(session, admin)

    def broken(*_args: Any, **_more: Any) -> int:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "write", broken)
        run(session, session_maker, report)
    for address in (LIST, f"/admin/report/show/{report.id}"):
        page = admin.get(address).text
        assert "No space left on device" in page and f"/admin/report/action/again/{report.id}" in page, (
            address
        )
    assert admin.post(f"/admin/report/action/again/{report.id}").status_code == 302
    session.expire_all()
    again = session.get_one(Report, report.id)
    assert again.state == "queued"
    run(session, session_maker, again)
    assert session.get_one(Report, report.id).state == "done"
    assert admin.get(f"/admin/report/file/{report.id}").status_code == 200


def test_made_again_twice_is_made_once(
    admin: Any, session: Session, session_maker: Callable[[], Session]
) -> None:
    report = ask(session, admin)
    run(session, session_maker, report)
    actor = Actor("staff", admin.user_id, "desk")
    operations.ask_again(session, report_id=report.id, actor=actor)
    with pytest.raises(Conflict):
        operations.ask_again(session, report_id=report.id, actor=actor)
    assert session.scalar(select(func.count()).select_from(JobRow).where(JobRow.state == "queued")) == 1
    session.expire_all()
    kept = session.get_one(Report, report.id)
    assert kept.state == "queued" and kept.is_ready, "the old file can be fetched until the new one is there"
    assert admin.get(f"/admin/report/file/{report.id}").status_code == 200
    with pytest.raises(Forbidden):
        operations.ask_again(session, report_id=report.id, actor=Actor("staff", admin.user_id + 999, "x"))


def test_only_a_report_that_is_being_made_can_be_stopped(
    admin: Any, session: Session, session_maker: Callable[[], Session]
) -> None:
    report = ask(session, admin)
    show, stop = f"/admin/report/show/{report.id}", f"/admin/report/action/cancel/{report.id}"
    assert stop in admin.get(show).text
    assert admin.post(stop).status_code == 302
    session.expire_all()
    assert session.get_one(Report, report.id).state == "cancelled"
    for address in (show, LIST):
        assert stop not in admin.get(address).text
        assert f"/admin/report/action/again/{report.id}" in admin.get(address).text
    page = admin.post(stop, follow_redirects=True).text
    assert "Nothing of this is being made." in page


def test_somebody_elses_report_cannot_be_touched(staff: Callable[..., Any], session: Session) -> None:
    owner, other = staff("Manager"), staff("Manager", "second")
    report = ask(session, owner)
    session.commit()
    for verb in ("cancel", "again"):
        assert other.post(f"/admin/report/action/{verb}/{report.id}").status_code == 404
    session.expire_all()
    assert session.get_one(Report, report.id).state == "queued"


def test_the_list_costs_the_same_whatever_its_rows(
    admin: Any, session: Session, statements: Callable[[], Any]
) -> None:
    ask(session, admin)
    admin.get(LIST)
    ask(session, admin)
    with statements() as few:
        admin.get(LIST)
    for _time in range(6):
        ask(session, admin)
    with statements() as many:
        admin.get(LIST)
    assert len(many) <= len(few)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [(1000, 5000, 2.0, (500, 8)), (0, 5000, 2.0, (0, None)), (5000, 5000, 2.0, (2500, None)), (10, None, 5.0, (2, None)),
     (1, 10, 0.0, (0, None)), (3, 10, 1.0, (3, 3))],
)  # fmt: skip
def test_the_pace(done: int, total: int | None, seconds: float, told: tuple[int, int | None]) -> None:
    assert rules.pace(done, total, seconds) == told
