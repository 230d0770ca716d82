"""The back office's import of orders: upload, check, take for good, cancel; the job twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import g
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.analytics import checks
from app.catalog.import_jobs import folder
from app.core import jobs
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work
from app.ops.history import figures
from app.orders.models import Order
from tests.catalog.conftest import admin as admin
from tests.catalog.conftest import staff as staff

SAMPLE = Path(__file__).with_name("online_retail_sample.csv")
UPLOAD = "/admin/orders/imports/upload/"


@pytest.fixture
def send(admin: Any) -> Callable[..., Any]:
    """Sends a file through the form."""

    def run(data: bytes, name: str = "orders.csv", **more: str) -> Any:
        return admin.post(UPLOAD, data={"file": (io.BytesIO(data), name), **more}, follow_redirects=True)

    return run


def work(make_session: Callable[[], Session], job_id: int) -> None:
    """What the worker does; the test's own application context must not hand over who was there before."""
    jobs.run(make_session, job_id)
    g.pop("_login_user", None)


def last(session: Session) -> JobRow:
    session.expire_all()
    return session.scalars(
        select(JobRow).where(JobRow.name == "orders.import").order_by(JobRow.id.desc())
    ).first()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def test_check_then_take(session: Session, send: Callable[..., Any], admin: Any, session_maker: Any) -> None:
    assert send(SAMPLE.read_bytes(), dry_run="on").status_code == 200
    checked = last(session).id
    work(session_maker, checked)
    assert last(session).state == "done", last(session).error
    assert last(session).result["created"] == 33 and count(session) == 0
    page = admin.get(f"/admin/orders/imports/show/{checked}").get_data(as_text=True)
    assert "Take it for good" in page and "2010-12" in page
    admin.post(f"/admin/orders/imports/again/{checked}")
    work(session_maker, last(session).id)
    done = last(session)
    assert done.state == "done" and done.id != checked, done.error
    made = count(session)
    assert made == done.result["orders"] + done.result["carried_forward"] > 10
    page = admin.get(f"/admin/orders/imports/show/{done.id}").get_data(as_text=True)
    assert f"Import of orders {done.id}" in page and "Go on" not in page and "Take it for good" not in page
    assert done.result["months"]["2011-01"]["shop"] in page
    bad = admin.get(f"/admin/orders/imports/bad/{done.id}")
    assert bad.status_code == 200 and b"541601" in bad.data


def test_the_job_twice(session: Session, send: Callable[..., Any], session_maker: Any) -> None:
    send(SAMPLE.read_bytes())
    first = last(session).id
    work(session_maker, first)
    made = count(session)
    session.execute(update(JobRow).where(JobRow.id == first).values(state="queued"))
    session.commit()
    work(session_maker, first)
    assert (last(session).state, last(session).result["created"], count(session)) == ("done", 0, made)


def test_killed_before_its_figures_were_made(
    session: Session, send: Callable[..., Any], session_maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies between the last order and the figures; the job's next attempt finds nothing new to take."""
    send(SAMPLE.read_bytes())
    first = last(session).id
    with monkeypatch.context() as broken:
        broken.setattr("app.ops.history.figures.are_behind", lambda _session: False)
        work(session_maker, first)
    assert last(session).state == "done" and figures.are_behind(session)
    session.execute(update(JobRow).where(JobRow.id == first).values(state="queued"))
    session.commit()
    work(session_maker, first)
    assert (last(session).state, last(session).result["created"]) == ("done", 0)
    assert not figures.are_behind(session) and checks.wrong_facts(session) == checks.wrong_sums(session) == []


def test_cancelled_and_gone_on(
    session: Session,
    send: Callable[..., Any],
    admin: Any,
    session_maker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.ops.history.online_retail.BATCH", 6)
    send(SAMPLE.read_bytes())
    first = last(session).id
    real = jobs.Progress.step

    def step(self: Any, done: int, total: int | None = None, message: str | None = None) -> None:
        if done > 12 and total == 36:
            with unit_of_work(other):
                other.execute(update(JobRow).where(JobRow.id == self.job_id).values(cancel_requested=True))
        real(self, done, total, message)

    other = session_maker()
    monkeypatch.setattr(jobs.Progress, "step", step)
    work(session_maker, first)
    other.close()
    assert last(session).state == "cancelled" and count(session) > 0
    half = count(session)
    assert jobs.open_job(session, "analytics.rebuild") is not None, "figures follow what is in"
    monkeypatch.setattr(jobs.Progress, "step", real)
    assert "Go on" in admin.get(f"/admin/orders/imports/show/{first}").get_data(as_text=True)
    assert UPLOAD in admin.get("/admin/orders/imports/", follow_redirects=True).get_data(as_text=True)
    admin.post(f"/admin/orders/imports/again/{first}")
    work(session_maker, last(session).id)
    assert last(session).state == "done" and count(session) > half and last(session).result["unchanged"] > 0


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a.csv"), (b"x", "a.exe"), (b"x", "csv"), (b"x", "../../a.xlsx")]
)
def test_what_is_no_file_of_orders(
    session: Session, send: Callable[..., Any], data: bytes, name: str
) -> None:
    page = send(data, name)
    assert page.status_code == 200 and b'role="alert"' in page.data
    assert last(session) is None


def test_a_file_that_cannot_be_read_fails_in_words(
    session: Session, send: Callable[..., Any], session_maker: Any
) -> None:
    send(b"a,b\n1,2\n")
    work(session_maker, last(session).id)
    assert last(session).state == "failed" and "InvoiceNo" in last(session).error
    assert list(folder().iterdir())


def test_others_see_nothing_of_it(staff: Callable[..., Any], session: Session) -> None:
    assert staff("Seller").get("/admin/orders/imports/").status_code in (302, 403)
    assert staff("Support").get(UPLOAD).status_code in (302, 403)
    assert staff("Support").post(UPLOAD, data={}).status_code in (302, 403, 400)
    assert last(session) is None
