"""One training: from searches that were seen to a version in shadow, or to the reason why it is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import utcnow
from app.search.learning import fitting, judging, queries, rules, switching
from app.search.learning.fitting import RECIPES, Recipe
from app.search.learning.models import Ranking
from app.search.learning.queries import Search

STEPS = 3
HELD_BACK = 0.2
LONGEST_HELD_BACK = timedelta(days=14)
MOST_CHOSEN_BY = 1_500
"""So many searches are enough to choose between a handful of recipes."""


class Quiet:
    """Progress that nobody watches."""

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say nothing."""


def learn(session: Session, *, actor: Actor, progress: Any = None, job_id: int | None = None) -> Ranking:
    """Learn from searches up to two weeks ago (a fifth of a short history), judge on those since, store the version.

    What is judged is what is stored: it does not learn from the searches it was judged on. Each step is reported and
    may be cancelled before the next one. Run again with the same job, it finds what the first run has stored.

    Raises:
        ShadowTaken: a version waits in shadow.
    """
    progress, begun = progress or Quiet(), time.perf_counter()
    progress.step(0, STEPS, "reading")
    version = draft(session, utcnow(), progress)
    progress.step(2, STEPS, "judging")
    timed = replace(version, data={**version.data, "seconds": round(time.perf_counter() - begun, 1)})
    stored = switching.propose(
        session, timed, actor=actor, job_id=job_id, beat=lambda: progress.step(2, STEPS, "judging")
    )
    progress.step(STEPS, STEPS, stored.reason)
    return stored


def draft(session: Session, now: datetime, progress: Any) -> switching.Version:
    """What can be learnt from the searches before the held-out time."""
    searches = queries.searches(session, now - timedelta(days=rules.LEARNS_FROM_DAYS))
    session.rollback()
    cut = cut_of(searches, now)
    before = [search for search in searches if search.at < cut]

    def beat() -> None:
        progress.step(1, STEPS, "choosing")

    beat()
    recipe = choose(session, before, beat)
    counts = fitting.count(before)
    beat()
    theta = fitting.looks(counts)
    beat()
    learnt = fitting.fit(counts, theta, recipe)
    data = {
        "searches": len(before), "chosen": sum(bool(search.chosen) for search in before),
        "visits": len({search.visit for search in before}), "words": len(learnt),
        "rows": sum(map(len, learnt.values())), "looks": list(theta),
        "first": before[0].at.date().isoformat() if before else None, "last": cut.date().isoformat(),
    }  # fmt: skip
    return switching.Version(learnt, theta, cut, recipe.as_dict(), data)


def cut_of(searches: Sequence[Search], now: datetime) -> datetime:
    """Where the held-out time begins: at the last fifth of the searches, two weeks before the last one at most."""
    if not searches:
        return now
    return max(searches[int(len(searches) * (1 - HELD_BACK))].at, searches[-1].at - LONGEST_HELD_BACK)


def choose(session: Session, searches: Sequence[Search], beat: Callable[[], None]) -> Recipe:
    """The recipe that does best on the last fifth of what is learnt from; the most careful one of a short history."""
    cut = cut_of(searches, utcnow())
    asked = judging.judged(search for search in searches if search.at >= cut)[-MOST_CHOSEN_BY:]
    if len(asked) < rules.FEWEST_SESSIONS:
        return Recipe(0.5, 12.0)
    counts = fitting.count(search for search in searches if search.at < cut)
    theta, orders = fitting.looks(counts), judging.plain_orders(session, asked, beat)
    session.rollback()

    def reached(recipe: Recipe) -> float:
        beat()
        own = fitting.boosts_of(fitting.fit(counts, theta, recipe))
        return judging.compared(asked, orders, theta, own, {}, draws=1).own

    return max(RECIPES, key=lambda recipe: (reached(recipe), -recipe.strength))
