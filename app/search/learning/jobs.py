"""Work of search learning while nobody looks. Each job can run twice in a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.core import jobs, settings
from app.core.actor import SYSTEM, Actor
from app.core.db import db
from app.core.unit_of_work import unit_of_work
from app.search.learning import operations, queries, switching, training
from app.search.learning.errors import LearningRuns, ShadowTaken
from app.search.learning.settings import SearchSettings

LEARN = "search.learn"


def start_learning(session: Session, *, actor: Actor) -> int:
    """Queue a training; returns the job.

    Raises:
        LearningRuns: one waits or runs already. ShadowTaken: a version waits in shadow.
    """
    with unit_of_work(session):
        if jobs.open_job(session, LEARN) is not None:
            raise LearningRuns()
        waiting = queries.in_shadow(session)
        if waiting is not None:
            raise ShadowTaken(number=waiting.id)
        return jobs.start(session, LEARN, actor=actor)


def learn(progress: Any) -> dict[str, Any]:
    """Train one version and put it into shadow if it wins. Run again, it finds what it has stored."""
    made = training.learn(db.session(), actor=SYSTEM, progress=progress, job_id=progress.job_id)
    return {"version": made.id, "state": made.state, "reason": made.reason, "offline": made.offline}


def learn_daily(progress: Any) -> dict[str, Any]:
    """Queue the nightly training unless one runs, a version waits in shadow, or it is switched off. Repeatable."""
    session = db.session()
    old = operations.forget_old(session)
    if not settings.get(session, SearchSettings).learns_daily:
        return {"started": False, "forgotten": old}
    try:
        return {"started": True, "job": start_learning(session, actor=SYSTEM), "forgotten": old}
    except (LearningRuns, ShadowTaken):
        return {"started": False, "forgotten": old}


def watch_shadow(progress: Any) -> dict[str, Any]:
    """Look at the version in shadow once enough searches have come; it goes live or is refused. Repeatable."""
    seen = switching.look_at_shadow(db.session(), actor=SYSTEM)
    return {"version": seen.id, "state": seen.state, "reason": seen.reason} if seen else {"version": None}
