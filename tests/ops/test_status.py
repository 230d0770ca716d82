"""How it runs: what waits, who works, what comes round, what failed and is tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.core import jobs, redis_client
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.feature import Every
from app.core.jobs import JobRow
from app.core.outbox import OutboxRow
from app.core.schedule import HOLDER, tick
from app.ops.status import queries
from tests.dashboards.conftest import staff as staff

HERE = "/admin/status/"


@pytest.fixture
def failed(session: Session) -> int:
    """A job that failed."""
    job_id = jobs.start(session, "cart.clean")
    values = {"state": "failed", "error": "OSError: the disk is full", "runs": 3, "finished_at": utcnow()}
    session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))
    session.commit()
    return job_id


def test_what_waits_is_counted_with_its_age(session: Session) -> None:
    assert queries.waiting_jobs(session) == queries.Backlog(0)
    for _ in range(2):
        jobs.start(session, "cart.clean")
    long_ago = utcnow() - timedelta(hours=1)
    session.add(OutboxRow(kind="x", handler="y", body={}, created_at=long_ago, dead=True))
    session.add(OutboxRow(kind="x", handler="y", body={}, created_at=long_ago))
    session.flush()
    assert queries.waiting_jobs(session).count == 2
    found = queries.announcements(session)
    assert (found.count, found.oldest, found.given_up) == (1, long_ago, 1)
    assert queries.in_redis() == 2


def test_schedules_tell_when_they_are_late(session: Session) -> None:
    known = [Every(60, "cart.clean"), Every(3600, "cart.remind"), Every(60, "never.begun")]
    tick(session, known[:2])
    session.execute(text("UPDATE core_schedule SET started_at = now() - interval '5 minutes'"))
    found = {one.job: one for one in queries.schedules(session, known)}
    assert found["cart.clean"].is_late and not found["cart.remind"].is_late
    assert (found["never.begun"].last, found["never.begun"].is_late) == (None, False)


def test_the_clock_and_the_workers_are_seen(session: Session, engine: Any) -> None:
    assert not queries.has_clock(session)
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:h)"), {"h": HOLDER})
        assert queries.has_clock(session)
        other.execute(text("SELECT pg_advisory_unlock(:h)"), {"h": HOLDER})
    assert queries.workers() == []
    client = redis_client.client()
    heard = utcnow().isoformat().replace("+00:00", "Z")
    for name, at in ((b"rq:worker:fresh", heard), (b"rq:worker:gone", "2020-01-01T00:00:00.000000Z")):
        client.sadd(queries.WORKERS, name)
        client.hset(name, mapping={"state": "idle", "last_heartbeat": at})
    assert [(one.name, one.state) for one in queries.workers() or []] == [("fresh", "idle")]


def test_a_failed_job_is_tried_again_and_nothing_else(session: Session, failed: int) -> None:
    jobs.retry(session, job_id=failed)
    row = session.get_one(JobRow, failed, populate_existing=True)
    assert (row.state, row.runs, row.error, row.finished_at) == ("queued", 0, None, None)
    with pytest.raises(Conflict):
        jobs.retry(session, job_id=failed)
    with pytest.raises(Conflict):
        jobs.retry(session, job_id=10**9)
    assert queries.in_redis() >= 1


def test_what_waits_long_is_put_into_the_queue_once_a_minute_not_at_each_tick(session: Session) -> None:
    job_id = jobs.start(session, "cart.clean")
    session.execute(text("UPDATE core_job SET created_at = now() - interval '10 minutes'"))
    session.commit()
    assert [jobs.requeue_lost(session) for _ in range(3)] == [1, 0, 0]
    assert queries.in_redis() == 2
    session.execute(text("UPDATE core_job SET heartbeat_at = now() - interval '61 seconds'"))
    session.commit()
    assert jobs.requeue_lost(session) == 1
    assert session.get_one(JobRow, job_id, populate_existing=True).state == "queued"


def test_the_page_shows_it_and_tries_again(session: Session, failed: int, staff: Callable[..., Any]) -> None:
    browser = staff("Manager")
    page = browser.get(HERE)
    assert page.status_code == 200
    for words in ("cart.clean", "the disk is full", "Try again", "notifications.deliver_due", "stands still"):
        assert words in page.text, words
    for expected in ("It waits to be done again.", "changed"):
        answer = browser.post(f"{HERE}again/{failed}", follow_redirects=True)
        assert answer.status_code == 200
        assert expected in answer.text or expected == "changed"
    assert session.get_one(JobRow, failed, populate_existing=True).state == "queued"
    assert "Nothing failed." in browser.get(HERE).text


def test_the_list_of_jobs_offers_it_as_well(session: Session, failed: int, staff: Callable[..., Any]) -> None:
    browser = staff("Manager")
    assert "Try again" in browser.get(f"/admin/job/show/{failed}").text
    assert browser.post(f"/admin/job/action/again/{failed}").status_code == 302
    assert session.get_one(JobRow, failed, populate_existing=True).state == "queued"
    shown = browser.get(f"/admin/job/show/{failed}").text
    assert "Try again" not in shown and "Cancel" in shown


def test_others_stay_outside(staff: Callable[..., Any], client: Any, failed: int) -> None:
    assert "/admin/login" in client.get(HERE).headers["Location"]
    for role in ("Support", "Seller"):
        browser = staff(role)
        assert browser.get(HERE).status_code == 403
        assert browser.post(f"{HERE}again/{failed}").status_code == 403


def test_without_redis_the_page_says_so(staff: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    browser = staff("Admin")
    monkeypatch.setattr(redis_client, "attempt", lambda call, default=None: default)
    monkeypatch.setattr(redis_client, "is_up", lambda: False)
    page = browser.get(HERE)
    assert page.status_code == 200 and "Not ready" in page.text and "nobody does the work" in page.text
