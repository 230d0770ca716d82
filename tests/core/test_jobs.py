"""Long work: progress, cancel, failure, and being picked up again after a killed worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import jobs, redis_client, schedule
from app.core.errors import Conflict, Invalid
from app.core.feature import Every, collected
from app.core.jobs import JobRow


def count_to(progress: jobs.Progress, upto: int) -> dict[str, int]:
    for number in range(1, upto + 1):
        progress.step(number, upto, f"at {number}")
    return {"counted": upto}


def draw(progress: jobs.Progress) -> dict[str, int]:
    progress.step(1, 2)
    progress.give_way()
    return {"drawn": 2}


def break_down(progress: jobs.Progress) -> None:
    raise OSError("the disk is full")


def refuse(progress: jobs.Progress) -> None:
    raise Invalid("This file cannot be read.")


@pytest.fixture
def functions(session: Session) -> Iterator[None]:
    kept = dict(jobs._functions)
    jobs.register(
        {"test.count": count_to, "test.break": break_down, "test.draw": draw, "test.refuse": refuse}
    )
    yield
    jobs._functions.clear()
    jobs._functions.update(kept)
    jobs._slow.discard("test.draw")


def row(session: Session, job_id: int) -> Any:
    session.rollback()
    session.expire_all()
    return session.get(JobRow, job_id)


def test_a_job_reports_and_leaves_its_result(session, session_maker, functions) -> None:
    job_id = jobs.start(session, "test.count", upto=3)
    jobs.run(session_maker, job_id)
    done = row(session, job_id)
    assert (done.state, done.progress, done.total, done.result) == ("done", 3, 3, {"counted": 3})
    jobs.run(session_maker, job_id)
    assert row(session, job_id).runs == 1, "a finished job is not run again"


def test_work_without_hurry_lets_others_go_first(session, session_maker, functions) -> None:
    long, short = jobs.start(session, "test.draw"), jobs.start(session, "test.count", upto=1)
    jobs.run(session_maker, long)
    waiting = row(session, long)
    assert (waiting.state, waiting.runs, waiting.progress) == ("queued", 0, 1)
    jobs.run(session_maker, short)
    jobs.run(session_maker, long)
    assert (row(session, long).state, row(session, long).result) == ("done", {"drawn": 2})


def test_a_failure_is_written_down(session, session_maker, functions) -> None:
    job_id = jobs.start(session, "test.break")
    jobs.run(session_maker, job_id)
    failed = row(session, job_id)
    assert failed.state == "failed"
    assert failed.error == "OSError: the disk is full"
    refused = jobs.start(session, "test.refuse")
    jobs.run(session_maker, refused)
    assert row(session, refused).error == "This file cannot be read.", "a refusal needs no name of a class"


def test_cancel_stops_a_queued_job_at_once_and_a_running_one_at_its_next_step(
    session, session_maker, functions
) -> None:
    queued = jobs.start(session, "test.count", upto=3)
    jobs.request_cancel(session, job_id=queued)
    assert row(session, queued).state == "cancelled"
    running = jobs.start(session, "test.count", upto=3)
    session.execute(text("UPDATE core_job SET cancel_requested = true WHERE id = :id"), {"id": running})
    session.commit()
    jobs.run(session_maker, running)
    stopped = row(session, running)
    assert (stopped.state, stopped.progress) == ("cancelled", 1)
    with pytest.raises(Conflict):
        jobs.request_cancel(session, job_id=running)


def test_a_job_whose_worker_was_killed_is_queued_again(session, session_maker, functions) -> None:
    job_id = jobs.start(session, "test.count", upto=2)
    session.execute(
        text("UPDATE core_job SET state = 'running', runs = 1, heartbeat_at = now() - interval '2 minutes'")
    )
    session.commit()
    assert jobs.requeue_lost(session) == 1
    jobs.run(session_maker, job_id)
    assert row(session, job_id).state == "done"


def test_a_job_that_keeps_dying_fails(session, functions) -> None:
    job_id = jobs.start(session, "test.count", upto=2)
    session.execute(
        text("UPDATE core_job SET state = 'running', runs = 3, heartbeat_at = now() - interval '2 minutes'")
    )
    session.commit()
    assert jobs.requeue_lost(session) == 0
    assert row(session, job_id).state == "failed"


def test_a_schedule_fires_once_a_period_whoever_ticks(session, functions) -> None:
    due = [Every(seconds=3600, job="test.break")]
    assert schedule.tick(session, due) == ["test.break"]
    assert schedule.tick(session, due) == []


def waiting(name: str) -> int:
    """How many ids lie in a queue of Redis."""
    return int(redis_client.attempt(lambda client: client.llen(f"rq:queue:{name}")) or 0)


def test_what_takes_minutes_waits_in_a_queue_of_its_own(session, functions) -> None:
    jobs.register({}, slow=("test.draw",))
    jobs.start(session, "test.count", upto=1)
    jobs.start(session, "test.draw")
    assert (waiting(jobs.QUEUE), waiting(jobs.SLOW_QUEUE)) == (1, 1)
    session.execute(text("UPDATE core_job SET created_at = now() - interval '2 minutes'"))
    session.commit()
    assert jobs.requeue_lost(session) == 2
    assert (waiting(jobs.QUEUE), waiting(jobs.SLOW_QUEUE)) == (2, 2)
    assert jobs.requeue_lost(session) == 0, "asked for again once a minute"


def test_every_slow_job_is_a_job() -> None:
    assert {name for one in collected() for name in one.slow_jobs} <= set(jobs.known())
