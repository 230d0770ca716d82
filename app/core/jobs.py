"""Work that lasts longer than a second: a row with progress, cancel and a result one can come back to.

RQ only carries the id of the row. A worker that was killed leaves the row `running` with an old
heartbeat; `requeue_lost` puts it back in the queue, so job functions must bear being run again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    Text,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import redis_client
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.db import Base, JsonB, Timestamp, pk
from app.core.errors import Conflict, ShopError
from app.core.unit_of_work import after_commit, in_unit, unit_of_work

log = structlog.get_logger("core.jobs")
QUEUE = "comptoir"
SLOW_QUEUE = "comptoir-slow"
"""Jobs that take minutes by nature wait here: one lane of the worker never serves it, so that short ones go on."""
LOST_AFTER = timedelta(seconds=60)
MAX_RUNS = 3
JobFunction = Callable[..., Any]
_functions: dict[str, JobFunction] = {}
_slow: set[str] = set()


class JobRow(Base):
    """One run of a job: what was asked, how far it is, what came out."""

    __tablename__ = "core_job"
    __table_args__ = (
        CheckConstraint("state IN ('queued','running','done','failed','cancelled')", name="state"),
        Index(
            "ix_core_job_open",
            "state",
            "id",
            postgresql_where=text("state IN ('queued','running')"),
        ),
    )

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text, index=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    progress: Mapped[int] = mapped_column(Integer, server_default="0")
    total: Mapped[int | None] = mapped_column(Integer)
    message: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    error: Mapped[str | None] = mapped_column(Text)
    runs: Mapped[int] = mapped_column(Integer, server_default="0")
    cancel_requested: Mapped[bool] = mapped_column(Boolean, server_default="false")
    actor_user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_label: Mapped[str] = mapped_column(Text, server_default="system")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(Timestamp)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Timestamp)
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Cancelled(Exception):
    """Somebody asked the job to stop; raised by `Progress.step` at the next safe point."""


class GaveWay(Exception):
    """The job lets others go first and wants to go on later; raised by `Progress.give_way`."""


class Progress:
    """What a job function reports with. Each report is committed at once, on a session of its own."""

    def __init__(self, make_session: Callable[[], Session], job_id: int):
        self._make_session = make_session
        self.job_id = job_id

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far the work is.

        Raises:
            Cancelled: when somebody has asked for it.
        """
        values: dict[str, Any] = {"progress": done, "heartbeat_at": func.now()}
        if total is not None:
            values["total"] = total
        if message is not None:
            values["message"] = message
        session = self._make_session()
        try:
            with unit_of_work(session):
                stop = session.scalar(
                    update(JobRow)
                    .where(JobRow.id == self.job_id)
                    .values(**values)
                    .returning(JobRow.cancel_requested)
                )
        finally:
            session.close()
        if stop:
            raise Cancelled()

    def others_wait(self) -> bool:
        """True when another job stands in the queue: work without an end in sight stops at the next good point."""
        waiting = select(JobRow.id).where(JobRow.state == "queued", JobRow.id != self.job_id)
        with _session(self._make_session) as session:
            return session.scalar(waiting.limit(1)) is not None

    def give_way(self) -> None:
        """Let others go first: the job is queued again behind them and begins anew, so it must go on from there.

        Raises:
            GaveWay: when another job waits.
        """
        if self.others_wait():
            raise GaveWay()


def register(functions: dict[str, JobFunction], slow: Iterable[str] = ()) -> None:
    """Make job functions known by name; `slow` names those that take minutes."""
    _functions.update(functions)
    _slow.update(slow)


def known() -> dict[str, JobFunction]:
    """All job functions of this version."""
    return dict(_functions)


def start(session: Session, name: str, *, actor: Actor = SYSTEM, **arguments: Any) -> int:
    """Queue a job with the current unit of work (or one of its own). Returns the job's id."""
    if name not in _functions:
        raise KeyError(name)
    with unit_of_work(session):
        row = JobRow(
            name=name,
            arguments=arguments,
            actor_user_id=actor.user_id,
            actor_label=actor.label,
        )
        session.add(row)
        session.flush()
        job_id = row.id
        after_commit(session, lambda: enqueue(job_id, name))
    return job_id


def enqueue(job_id: int, name: str) -> None:
    """Put the id into the queue of its kind. If Redis is away, `requeue_lost` does it later."""
    from rq import Queue  # most web workers never queue anything

    redis_client.attempt(
        lambda r: Queue(SLOW_QUEUE if name in _slow else QUEUE, connection=r).enqueue(
            "app.core.worker.run_job",
            job_id,
            job_timeout=24 * 3600,
            result_ttl=60,
            failure_ttl=3600,
        )
    )


def open_job(session: Session, name: str) -> JobRow | None:
    """The job of this name that waits or runs, the oldest where there are several (ix_core_job_open)."""
    query = select(JobRow).where(JobRow.state.in_(("queued", "running")), JobRow.name == name)
    return session.scalar(query.order_by(JobRow.id).limit(1))


def request_cancel(session: Session, *, job_id: int) -> None:
    """Ask a job to stop at its next safe point; a queued one stops at once.

    Raises:
        Conflict: when it is already over.
    """
    with unit_of_work(session):
        row = session.get(JobRow, job_id, with_for_update=True)
        if row is None or row.state not in ("queued", "running"):
            raise Conflict()
        row.cancel_requested = True
        if row.state == "queued":
            row.state, row.finished_at = "cancelled", utcnow()


def retry(session: Session, *, job_id: int) -> None:
    """Queue a job again that failed or was cancelled; it begins anew with a fresh count of attempts.

    Raises:
        Conflict: when it waits, works or is done, or this version does not know it.
    """
    with unit_of_work(session):
        row = session.get(JobRow, job_id, with_for_update=True)
        if row is None or row.state not in ("failed", "cancelled") or row.name not in _functions:
            raise Conflict()
        row.state, row.runs, row.progress, row.cancel_requested = "queued", 0, 0, False
        row.error = row.message = row.started_at = row.heartbeat_at = row.finished_at = None
        after_commit(session, partial(enqueue, job_id, row.name))


def run(make_session: Callable[[], Session], job_id: int) -> None:
    """Run one queued job to its end and write down how it ended."""
    with _session(make_session) as session, unit_of_work(session):
        row = session.get(JobRow, job_id, with_for_update={"skip_locked": True})
        if row is None or row.state != "queued":
            return
        row.state, row.started_at, row.heartbeat_at, row.runs = (
            "running",
            utcnow(),
            utcnow(),
            row.runs + 1,
        )
        name, arguments = row.name, row.arguments
    values: dict[str, Any]
    try:
        result = _functions[name](Progress(make_session, job_id), **arguments)
        values = {"state": "done", "result": result if isinstance(result, dict) else {}}
    except GaveWay:
        _queue_again(make_session, job_id)
        return
    except Cancelled:
        values = {"state": "cancelled"}
    except Exception as problem:
        log.exception("job failed", job=job_id, name=name)
        values = {
            "state": "failed",
            "error": _said(problem)[:4000],
        }
    with _session(make_session) as session, unit_of_work(session):
        session.execute(update(JobRow).where(JobRow.id == job_id).values(finished_at=func.now(), **values))


def _said(problem: Exception) -> str:
    """Why a job failed: a refusal in its own words; anything else with its kind, for whoever looks into it."""
    return problem.text if isinstance(problem, ShopError) else f"{type(problem).__name__}: {problem}"


def _queue_again(make_session: Callable[[], Session], job_id: int) -> None:
    """Put a job that let others go first behind them; that is no attempt that failed."""
    values = {"state": "queued", "runs": JobRow.runs - 1, "started_at": None}
    with _session(make_session) as session, unit_of_work(session):
        name = session.scalar(update(JobRow).where(JobRow.id == job_id).values(values).returning(JobRow.name))
        if name is not None:
            after_commit(session, partial(enqueue, job_id, name))


def requeue_lost(session: Session) -> int:
    """Queue again what a killed worker or an absent Redis has dropped. Returns how many."""
    silent = utcnow() - LOST_AFTER
    with unit_of_work(session):
        session.execute(
            update(JobRow)
            .where(
                JobRow.state == "running",
                JobRow.heartbeat_at < silent,
                JobRow.runs >= MAX_RUNS,
            )
            .values(state="failed", error="interrupted too often", finished_at=func.now())
        )
        lost: dict[int, str] = _named(
            session,
            update(JobRow)
            .where(JobRow.state == "running", JobRow.heartbeat_at < silent)
            .values(state="queued", message="interrupted, retrying", heartbeat_at=func.now()),
        )
        lost |= _named(  # asked for again once a minute, not at each tick: the queue would only grow
            session,
            update(JobRow)
            .where(
                JobRow.state == "queued",
                func.coalesce(JobRow.heartbeat_at, JobRow.created_at) < silent,
                JobRow.id.not_in(list(lost)),
            )
            .values(heartbeat_at=func.now()),
        )
        for job_id, name in lost.items():
            after_commit(session, partial(enqueue, job_id, name))
    return len(lost)


def _named(session: Session, statement: Any) -> dict[int, str]:
    """The jobs that a statement changed, by id."""
    return {row.id: row.name for row in session.execute(statement.returning(JobRow.id, JobRow.name))}


@contextlib.contextmanager
def _session(make_session: Callable[[], Session]) -> Iterator[Session]:
    session = make_session()
    assert not in_unit(session)
    try:
        yield session
    finally:
        session.close()
