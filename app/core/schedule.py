"""The cron process: one holder in the whole fleet (a PostgreSQL advisory lock) starts due jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Text, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import jobs
from app.core.clock import utcnow
from app.core.db import Base, Timestamp
from app.core.feature import Every
from app.core.unit_of_work import unit_of_work

log = structlog.get_logger("core.schedule")
HOLDER = 7_310_002


class ScheduleRow(Base):
    """When a scheduled job was started last."""

    __tablename__ = "core_schedule"

    job: Mapped[str] = mapped_column(Text, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


def tick(session: Session, schedules: Sequence[Every]) -> list[str]:
    """Start every job that is due and return their names; the row's lock makes it once."""
    started: list[str] = []
    last = {
        row.job: row.started_at for row in session.execute(select(ScheduleRow.job, ScheduleRow.started_at))
    }
    now = utcnow()
    for schedule in schedules:
        if schedule.job in last and last[schedule.job] > now - timedelta(seconds=schedule.seconds):
            continue  # one read a second instead of a write for each schedule
        with unit_of_work(session):
            claim = insert(ScheduleRow).values(job=schedule.job, started_at=func.now())
            claim = claim.on_conflict_do_update(
                index_elements=["job"],
                set_={"started_at": func.now()},
                where=ScheduleRow.started_at <= utcnow() - timedelta(seconds=schedule.seconds),
            )
            if session.execute(claim.returning(ScheduleRow.job)).first() is not None:
                jobs.start(session, schedule.job)
                started.append(schedule.job)
    return started


def run(
    engine: Engine,
    make_session: Callable[[], Session],
    schedules: Sequence[Every],
    stop: threading.Event,
) -> None:
    """Tick once a second while this process holds the lock; otherwise wait to take over."""
    while not stop.is_set():
        try:
            with engine.connect() as connection:
                if connection.scalar(select(func.pg_try_advisory_lock(HOLDER))):
                    connection.commit()
                    _hold(connection, make_session, schedules, stop)
        except Exception:
            log.exception("schedule interrupted")
        stop.wait(2.0)


def _hold(
    connection: Connection,
    make_session: Callable[[], Session],
    schedules: Sequence[Every],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        connection.execute(text("SELECT 1"))  # still the holder?
        connection.commit()
        session = make_session()
        try:
            tick(session, schedules)
            jobs.requeue_lost(session)
        finally:
            session.close()
        stop.wait(1.0)
