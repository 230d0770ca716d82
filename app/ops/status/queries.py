"""What is known of the machinery now: five small statements and three questions to Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import jobs, redis_client
from app.core.clock import utcnow
from app.core.feature import Every
from app.core.jobs import JobRow
from app.core.outbox import OutboxRow
from app.core.schedule import HOLDER, ScheduleRow

SHOWN = 20
RECENT = timedelta(days=7)
SLACK = timedelta(minutes=2)
"""A schedule that is late by more than this (and half its step) is called late."""
WORKERS = "rq:workers"
SILENT = timedelta(minutes=10)
"""A worker tells of itself every few minutes, also while it works."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: how much, and since when the oldest does."""

    count: int
    oldest: datetime | None = None
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class WorkerNow:
    """A worker of the queue: its name, what it does, and when it was last heard of."""

    name: str
    state: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduleNow:
    """Work that comes round by itself: when it began last, when it is due again."""

    job: str
    seconds: int
    last: datetime | None
    due: datetime | None
    is_late: bool


def waiting_jobs(session: Session) -> Backlog:
    """Jobs that nobody has begun (ix_core_job_open)."""
    query = select(func.count(), func.min(JobRow.created_at)).where(JobRow.state == "queued")
    return Backlog(*session.execute(query).one())


def running_jobs(session: Session, limit: int = SHOWN) -> list[JobRow]:
    """Jobs at work, the oldest first (ix_core_job_open)."""
    query = select(JobRow).where(JobRow.state == "running").order_by(JobRow.id).limit(limit)
    return list(session.scalars(query))


def failed_jobs(session: Session, limit: int = SHOWN) -> list[JobRow]:
    """Jobs that failed in the last week, the newest first."""
    query = select(JobRow).where(JobRow.state == "failed", JobRow.created_at > utcnow() - RECENT)
    return list(session.scalars(query.order_by(JobRow.id.desc()).limit(limit)))


def announcements(session: Session) -> Backlog:
    """Announcements that are not delivered yet, and those that were given up (ix_core_outbox_due)."""
    open_ones = ~OutboxRow.dead
    query = select(
        func.count().filter(open_ones),
        func.min(OutboxRow.created_at).filter(open_ones),
        func.count().filter(OutboxRow.dead),
    ).where(OutboxRow.done_at.is_(None))
    return Backlog(*session.execute(query).one())


def has_clock(session: Session) -> bool:
    """True while some process holds the lock of the schedules."""
    held = text(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND (classid::bigint << 32) + objid::bigint = :holder)"
    )
    return bool(session.scalar(held, {"holder": HOLDER}))


def schedules(session: Session, known: Sequence[Every]) -> list[ScheduleNow]:
    """Every schedule of this version with its last and its next start."""
    last = {row.job: row.started_at for row in session.scalars(select(ScheduleRow))}
    now = utcnow()
    found = []
    for one in sorted(known, key=lambda every: every.job):
        began, step = last.get(one.job), timedelta(seconds=one.seconds)
        due = began + step if began is not None else None
        late = due is not None and now > due + max(SLACK, step / 2)
        found.append(ScheduleNow(one.job, one.seconds, began, due, late))
    return found


def in_redis() -> int | None:
    """How many jobs the queues in Redis hold; None while Redis is away."""
    names = (jobs.QUEUE, jobs.SLOW_QUEUE)
    return redis_client.attempt(lambda client: sum(int(client.llen(f"rq:queue:{name}")) for name in names))


def workers() -> list[WorkerNow] | None:
    """The workers that were heard of lately; None while Redis is away."""

    def ask(client: Any) -> list[WorkerNow]:
        keys = sorted(client.smembers(WORKERS))
        found = [_worker(key, client.hgetall(key)) for key in keys]
        return [one for one in found if one.heard_at and one.heard_at > utcnow() - SILENT]

    return redis_client.attempt(ask)


def _worker(key: bytes, held: dict[bytes, bytes]) -> WorkerNow:
    raw = held.get(b"last_heartbeat", b"").decode().replace("Z", "+00:00")
    try:
        heard = datetime.fromisoformat(raw) if raw else None
    except ValueError:
        heard = None
    name = key.decode().rpartition(":")[2]
    return WorkerNow(name[:12], held.get(b"state", b"").decode(), heard)
