"""The verbs that decide what ranks: propose a version, look at the one in shadow, go back, put one in use again.

Whoever brings a version does not say whether it is good: `propose` judges it on searches that came after what it was
learnt from, and `look_at_shadow` on searches that came after it. Both times the version itself is judged, not the way
it was made, and the table refuses one that ranks without both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.paired import Comparison
from app.core.succession import Succession
from app.core.unit_of_work import unit_of_work
from app.search.learning import judging, queries, rules
from app.search.learning.errors import NoRanking, NotProven, ShadowTaken
from app.search.learning.fitting import Learnt, boosts_of
from app.search.learning.models import Boost, Ranking
from app.search.learning.queries import Boosts
from app.search.learning.settings import SearchSettings
from app.search.queries.matching import OWNER

VERSIONS = Succession(
    model=Ranking, lock_key=7_310_053, holdings=(Boost.ranking_id,), keep=4, entity="search_ranking",
    verb="search", word="ranks", caches=OWNER, missing=NoRanking, unproven=NotProven, reasons=rules.REASONS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """What a training brings. Nothing of it was learnt from searches since `judged_from`."""

    learnt: Learnt
    theta: tuple[float, ...]
    judged_from: datetime
    recipe: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def propose(
    session: Session,
    version: Version,
    *,
    actor: Actor,
    job_id: int | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Ranking:
    """Judge a version on searches held back from it; it goes into shadow if it wins, and is refused if not.

    Run again with the same job, it finds what the first run has stored.

    Raises:
        ShadowTaken: another version waits in shadow.
    """
    if (done := _of_job(session, job_id)) is not None:
        return done
    before = queries.live(session)
    reason, figures = _judge(
        session, version, queries.boosts_of(session, before.id) if before else None, beat
    )
    session.rollback()  # minutes of arithmetic hold no transaction open
    with unit_of_work(session):
        VERSIONS.lock(session)
        if (done := _of_job(session, job_id)) is not None:
            return done
        waiting = queries.in_shadow(session)
        if waiting is not None and not reason:
            raise ShadowTaken(number=waiting.id)
        made = Ranking(
            state="refused" if reason else "shadow", reason=reason or "in_shadow", recipe=dict(version.recipe),
            offline=figures, data=dict(version.data), job_id=job_id, judged_from=version.judged_from,
            passed_at=None if reason else utcnow(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        if not reason:
            _write(session, made.id, version.learnt)
        VERSIONS.note(session, made, actor)
    return made


def _judge(
    session: Session, version: Version, live: Boosts | None, beat: Callable[[], None]
) -> tuple[str, dict[str, Any]]:
    """The reason for a refusal, and the figures."""
    searches = judging.judged(queries.searches(session, version.judged_from))
    return _won(
        session, searches, boosts_of(version.learnt), live, version.theta, rules.FEWEST_SESSIONS, beat
    )


def _won(
    session: Session, searches: list[queries.Search], own: Boosts, live: Boosts | None, theta: tuple[float, ...],
    fewest: int, beat: Callable[[], None] = lambda: None,
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """Compare with the order by words and with the version in use; the reason for a refusal, and the figures."""
    orders = judging.plain_orders(session, searches, beat)
    plain = judging.compared(searches, orders, theta, own, {})
    beside: Comparison | None = None
    if live is not None:
        beside = judging.compared(searches, orders, theta, own, live)
    figures = {"plain": rules.kept(plain)} | ({"live": rules.kept(beside)} if beside else {})
    return rules.verdict(plain, beside, fewest), figures


def look_at_shadow(session: Session, *, actor: Actor) -> Ranking | None:
    """Compare the version in shadow with what ranks, on searches since it came, once there are enough of them.

    It is looked at once: to look again until it wins would let chance decide. It goes live, or is refused with its
    reason; None while nothing waits or too few searches have come. Repeatable.
    """
    waiting = queries.in_shadow(session)
    if waiting is None:
        return None
    fewest = settings.get(session, SearchSettings).shadow_sessions
    enough = queries.count_chosen(session, waiting.created_at) >= fewest
    is_late = utcnow() - waiting.created_at > rules.MOST_WAITING
    if not enough and not is_late:
        return None
    reason, figures = "too_quiet", dict[str, Any]()
    before = queries.live(session)
    if enough:
        own = queries.boosts_of(session, waiting.id)
        live = queries.boosts_of(session, before.id) if before else None
        theta = tuple(waiting.data["looks"])
        searches = judging.judged(queries.searches(session, waiting.created_at))
        lost, figures = _won(session, searches, own, live, theta, fewest)
        reason = f"shadow_{lost}" if lost else ""
    number, compared_with = waiting.id, before.id if before else None
    session.rollback()
    with unit_of_work(session):
        VERSIONS.lock(session)
        held = VERSIONS.take(session, number)
        serving = queries.live(session)
        if held is None or held.state != "shadow" or (serving.id if serving else None) != compared_with:
            return None  # somebody switched meanwhile: the next look compares with what ranks now
        held.shadow = figures
        if reason:
            VERSIONS.set_aside(session, held, reason, actor)
        else:
            held.proven_at = utcnow()
            VERSIONS.switch(session, held, "proven", actor)
            VERSIONS.forget_old(session)
    return held


def appraise(session: Session, *, days: int) -> dict[str, Any]:
    """Figures of the version in use against the order by words on the searches of the last days; stores nothing.

    It was learnt from those before it came: only those since then are judged.
    """
    used = queries.live(session)
    since = utcnow() - timedelta(days=days)
    if used is None:
        return {"version": None, "sessions": queries.count_chosen(session, since)}
    if used.judged_from is not None:
        since = max(since, used.judged_from)
    searches = judging.judged(queries.searches(session, since))
    orders, own = judging.plain_orders(session, searches), queries.boosts_of(session, used.id)
    found = judging.compared(searches, orders, tuple(used.data["looks"]), own, {})
    session.rollback()
    return {"version": used.id, "since": since.date().isoformat(), **rules.kept(found)}


def withdraw(session: Session, *, ranking_id: int, actor: Actor) -> Ranking:
    """Take a version out of the shadow: it is refused. A repeat changes nothing.

    Raises:
        NoRanking: there is none, or it does not wait in shadow.
    """
    return cast(Ranking, VERSIONS.withdraw(session, ranking_id, actor=actor))


def promote(session: Session, *, ranking_id: int, actor: Actor) -> Ranking:
    """Put a version in use again that had won both times. A repeat changes nothing.

    Raises:
        NoRanking: what it learnt is gone, or there is none. NotProven: it did not win both times.
    """
    return cast(Ranking, VERSIONS.promote(session, ranking_id, actor=actor))


def rollback(session: Session, *, actor: Actor) -> Ranking | None:
    """Go back to what ranked before the version in use: an earlier version, or the order by words (None).

    Raises:
        NoRanking: nothing is in use.
    """
    with unit_of_work(session):
        VERSIONS.lock(session)
        if queries.live(session) is None:
            raise NoRanking()
        earlier = queries.earlier(session)
        VERSIONS.switch(session, earlier, "chosen", actor, gone="rolled_back")
        return earlier


def _of_job(session: Session, job_id: int | None) -> Ranking | None:
    return session.scalar(select(Ranking).where(Ranking.job_id == job_id)) if job_id is not None else None


def _write(session: Session, ranking_id: int, learnt: Learnt) -> None:
    connection = session.connection().connection.driver_connection
    assert connection is not None
    columns = "ranking_id, lang, query, product_id, boost, shown, clicked, added, bought, expected"
    with connection.cursor() as cursor, cursor.copy(f"COPY search_boost ({columns}) FROM STDIN") as copy:
        for (lang, words), products in sorted(learnt.items()):
            for product, m in products.items():
                row = (
                    ranking_id,
                    lang,
                    words,
                    product,
                    m.boost,
                    m.shown,
                    m.clicked,
                    m.added,
                    m.bought,
                    m.expected,
                )
                copy.write_row(row)
