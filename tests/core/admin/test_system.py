"""Screens of the machinery."""

from __future__ import annotations

from typing import Any

from app.core.jobs import JobRow
from app.core.outbox import OutboxRow
from tests.core.admin.conftest import words_of


def test_a_job_shows_its_progress_and_can_be_stopped(admin: Any, desk_session: Any) -> None:
    job = JobRow(name="catalog.import", state="queued", progress=30, total=120, actor_label="Ada")
    desk_session.add(job)
    desk_session.commit()
    text = words_of(admin.get("/admin/job/list/"))
    assert "catalog.import" in text and "25 %" in text and "Waiting" in text
    admin.post(f"/admin/job/action/cancel/{job.id}")
    desk_session.refresh(job)
    assert job.cancel_requested or job.state == "cancelled"
    page = admin.get(f"/admin/job/show/{job.id}")
    assert ("action/cancel" in page.text) is (job.state == "queued")
    assert admin.get("/admin/job/add").status_code == 404


def test_a_dead_delivery_is_tried_again(admin: Any, desk_session: Any) -> None:
    row = OutboxRow(kind="Told", handler="nowhere.told", body={}, dead=True, attempts=20, error="gone")
    desk_session.add(row)
    desk_session.commit()
    assert "Failed deliveries 1" in words_of(admin.get("/admin/"))
    assert "nowhere.told" in words_of(admin.get("/admin/delivery/list/?dead.eq=yes"))
    admin.post(f"/admin/delivery/action/again/{row.id}")
    desk_session.refresh(row)
    assert (row.dead, row.attempts) == (False, 0)
    desk_session.delete(row)
    desk_session.query(JobRow).delete()
    desk_session.commit()
