"""Training as long work: progress, cancel, a heart that beats while arithmetic runs, once at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app.core import jobs, settings
from app.core.actor import SYSTEM, Actor
from app.core.db import db
from app.core.jobs import Cancelled
from app.core.unit_of_work import unit_of_work
from recommender import queries
from recommender.errors import TrainingRuns
from recommender.settings import RecommenderSettings

TRAIN = "recommender.train"
WATCH = "recommender.watch_shadow"
BEAT_SECONDS = 5.0


def start_training(session: Session, *, actor: Actor) -> int:
    """Queue a training; returns the job.

    Raises:
        TrainingRuns: one waits or runs already.
    """
    with unit_of_work(session):
        if jobs.open_job(session, TRAIN) is not None:
            raise TrainingRuns()
        return jobs.start(session, TRAIN, actor=actor)


def learn(progress: Any) -> dict[str, Any]:
    """Train one version and let it serve if it is better. Run again, it finds what it has finished."""
    from recommender.train import train  # loads numpy: only where the work is done

    with beating(progress) as beats:
        made = train(db.session(), actor=SYSTEM, progress=beats, job_id=progress.job_id)
        return {"version": made.id, "state": made.state, "reason": made.reason, "metrics": made.metrics}


def learn_daily(progress: Any) -> dict[str, Any]:
    """Queue the nightly training unless one runs, a version waits in shadow, or it is switched off. Repeatable."""
    session = db.session()
    if (
        not settings.get(session, RecommenderSettings).learns_daily
        or jobs.open_job(session, TRAIN) is not None
        or queries.in_shadow(session) is not None
    ):
        return {"started": False}
    return {"started": True, "job": start_training(session, actor=SYSTEM)}


def watch_shadow(progress: Any) -> dict[str, Any]:
    """Look at the version in shadow once enough choices have come; it serves or is refused. Repeatable."""
    from recommender import shadow  # reads choices as a training does: loads numpy

    seen = shadow.look(db.session(), actor=SYSTEM)
    return {"version": seen.id, "state": seen.state, "reason": seen.reason} if seen else {"version": None}


class Beating:
    """Progress whose last words are repeated every few seconds, so that long arithmetic is not taken for a death."""

    def __init__(self, progress: Any):
        self.progress, self.cancelled = progress, False
        self.words: tuple[int, int | None, str | None] = (0, None, None)

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far the work is.

        Raises:
            Cancelled: somebody asked for it, now or while arithmetic ran.
        """
        self.words = (done, total, message)
        if self.cancelled:
            raise Cancelled()
        self.progress.step(done, total, message)

    def beat(self) -> None:
        """Repeat the last words; a wish to cancel is kept for the next step."""
        try:
            self.progress.step(*self.words)
        except Cancelled:
            self.cancelled = True


@contextmanager
def beating(progress: Any) -> Iterator[Beating]:
    """Let a heart beat beside the work, in a thread of this process: it dies with it."""
    beats, stop = Beating(progress), threading.Event()

    def run() -> None:
        while not stop.wait(BEAT_SECONDS):
            beats.beat()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield beats
    finally:
        stop.set()
        thread.join(10)
