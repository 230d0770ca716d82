"""What ranks: only what won twice, one version at a time, called back at once; bad ones never, a hundred times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit, caching
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.jobs import JobRow
from app.core.paired import compare
from app.search.learning import clicks, jobs, judging, queries, switching, training
from app.search.learning.errors import LearningRuns, NoRanking, NotProven, ShadowTaken
from app.search.learning.fitting import Moved
from app.search.learning.models import Boost, Ranking
from app.search.learning.rules import reordered
from app.search.learning.switching import Version
from app.search.queries import Listing, listing
from tests.api.conftest import floor as floor
from tests.api.shop import Shop
from tests.search.searchers import World, random_boosts, reversed_boosts

STAFF = Actor("staff", label="ada@shop.example")
TRIALS = 100
Boosts = dict[tuple[str, str], dict[int, float]]


@pytest.fixture(scope="module")
def world(floor: Shop) -> Iterator[World]:
    """Seven hundred people who searched in the last two months."""
    with floor.app.app_context(), floor.maker() as session:
        made = World(session, seed=11)
        made.search(700, utcnow() - timedelta(days=60))
        yield made
        session.rollback()
        session.execute(text("DELETE FROM analytics_visit"))
        session.commit()


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    """The session of the world; nothing ranks at the beginning."""
    yield world.session
    world.session.rollback()
    world.session.execute(text("DELETE FROM search_ranking"))
    world.session.execute(text("DELETE FROM core_job"))
    world.session.commit()
    caching.purge("search", "pages")


def version(boosts: Boosts, days: int = 60) -> Version:
    """A version from anywhere, judged on the searches of the last days."""
    learnt = {words: {p: Moved(boost) for p, boost in products.items()} for words, products in boosts.items()}
    looks = clicks.first_guess()
    return Version(learnt, looks, utcnow() - timedelta(days=days), data={"looks": list(looks)})


def true_boosts(world: World, strength: float = 6.0) -> Boosts:
    """Moves by what people truly like: as good as a version can be."""
    return {("en", q): {p: strength * t for p, t in tastes.items()} for q, tastes in world.taste.items()}


def proven(session: Session, boosts: Boosts) -> Ranking:
    """A version that wins on the searches held back and, as if they had come after it, in shadow."""
    made = switching.propose(session, version(boosts), actor=STAFF)
    assert made.state == "shadow", made.offline
    made.created_at = utcnow() - timedelta(days=40)
    session.commit()
    seen = switching.look_at_shadow(session, actor=STAFF)
    assert seen is not None and seen.state == "champion", (seen and seen.reason, seen and seen.shadow)
    return seen


def shown(session: Session, query: str, **asked: Any) -> list[int]:
    caching.purge("search")
    return list(listing(session, Listing(query=query, per_page=100, **asked)).product_ids)


@pytest.fixture
def fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the draws: enough for an interval of what is far off, a hundred times over."""
    monkeypatch.setattr(judging, "compare", lambda rows, _draws: compare(rows, 200))


def test_a_bad_version_is_refused_on_searches_held_back_a_hundred_times(
    world: World, session: Session, fewer_draws: None
) -> None:
    dice, made_by = Random(1), (random_boosts, reversed_boosts)
    for trial in range(TRIALS):
        made = switching.propose(session, version(made_by[trial % 2](world, dice), days=20), actor=STAFF)
        assert (made.state, made.reason) == ("refused", "not_above_plain"), (trial, made.offline)
        assert made.offline["plain"]["sessions"] >= 100
    assert session.scalar(select(func.count()).select_from(Boost)) == 0
    assert queries.live(session) is None and queries.in_shadow(session) is None


def test_a_bad_version_that_slipped_into_the_shadow_is_refused_there_a_hundred_times(
    world: World, session: Session, fewer_draws: None
) -> None:
    dice, made_by = Random(2), (random_boosts, reversed_boosts)
    for trial in range(TRIALS):
        bad = made_by[trial % 2](world, dice)
        slipped = Ranking(
            state="shadow", passed_at=utcnow(), created_at=utcnow() - timedelta(days=20),
            data={"looks": list(clicks.first_guess())},
        )  # fmt: skip
        session.add(slipped)
        session.flush()
        moved = [
            {"ranking_id": slipped.id, "lang": lang, "query": q, "product_id": p, "boost": b}
            for (lang, q), products in bad.items()
            for p, b in products.items()
        ]
        session.execute(insert(Boost), moved)
        session.commit()
        seen = switching.look_at_shadow(session, actor=STAFF)
        assert seen is not None and (seen.state, seen.reason) == ("refused", "shadow_not_above_plain"), trial
    assert queries.live(session) is None


@pytest.mark.parametrize("state", ["champion", "retired"])
def test_the_table_itself_refuses_what_was_not_proven(session: Session, state: str) -> None:
    refused = Ranking(state="refused", reason="not_above_plain")
    session.add(refused)
    session.commit()
    for passed in ({}, {"passed_at": utcnow()}, {"proven_at": utcnow()}):
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE search_ranking SET state = :state, passed_at = :p, proven_at = :n"),
                            {"state": state, "p": passed.get("passed_at"), "n": passed.get("proven_at")})  # fmt: skip
        session.rollback()
    with pytest.raises(NotProven):
        switching.promote(session, ranking_id=refused.id, actor=STAFF)


def test_a_good_version_is_seen_by_nobody_until_it_won_in_shadow(world: World, session: Session) -> None:
    plain = shown(session, "desk lamp")
    made = switching.propose(session, version(true_boosts(world)), actor=STAFF)
    assert (made.state, made.reason) == ("shadow", "in_shadow")
    assert shown(session, "desk lamp") == plain, "in shadow it moves nothing"
    with pytest.raises(NotProven):
        switching.promote(session, ranking_id=made.id, actor=STAFF)
    assert switching.look_at_shadow(session, actor=STAFF) is None, "no search has come yet"
    assert jobs.watch_shadow(None) == {"version": None}
    world.search(300, made.created_at + timedelta(seconds=1), made.created_at + timedelta(minutes=10))
    assert jobs.watch_shadow(None)["state"] == "champion"
    assert jobs.watch_shadow(None) == {"version": None}, "a second look finds nothing to do"
    session.expire_all()
    boosts = queries.boosts_of(session, made.id)[("en", "desk lamp")]
    assert shown(session, "desk lamp") == reordered(plain, boosts) != plain
    assert world.truth("desk lamp", shown(session, "desk lamp")) > 1.1 * world.truth("desk lamp", plain)
    switched = session.scalars(select(audit.AuditRow).where(audit.AuditRow.action == "search.switch")).all()
    assert switched[-1].after == {"ranks": made.id, "reason": "proven"}


def test_order_filters_codes_and_unknown_words(world: World, session: Session) -> None:
    known, unknown, french = (shown(session, q) for q in ("lamp", "rare lamp", "lampe"))
    dear = shown(session, "lamp", price_min=Decimal(40))
    proven(session, true_boosts(world))
    assert shown(session, "lamp") != known and sorted(shown(session, "lamp")) == sorted(known)
    assert shown(session, "rare lamp") == unknown, "unknown words rank as before"
    assert shown(session, "lampe") == french
    assert shown(session, "lamp", lang="fr") == shown(session, "lamp", lang="fr", page=1)
    assert sorted(shown(session, "lamp", price_min=Decimal(40))) == sorted(dear)
    pages = [listing(session, Listing(query="lamp", per_page=10, page=n)).product_ids for n in (1, 2, 3, 4)]
    assert [p for page in pages for p in page] == shown(session, "lamp"), "pages neither repeat nor lose"
    assert shown(session, "LAMP") == shown(session, "lamp") == shown(session, "lmap"), "as typed, as mended"


def test_learning_costs_the_page_no_statement(floor: Shop, world: World, session: Session) -> None:
    def sent() -> list[str]:
        caching.purge("search", "pages")
        listing(session, Listing(query="desk lamp"))  # what others keep is read by now
        caching.purge("search", "pages")
        with floor.statements() as seen:
            listing(session, Listing(query="desk lamp"))
        return [" ".join(statement.split())[:60] for statement in seen]

    before = sent()
    proven(session, true_boosts(world))
    assert sent() == before and any("row_number" in one or "hits" in one for one in before)


def test_what_was_learnt_is_read_by_its_key_however_much_there_is(world: World, session: Session) -> None:
    """Sixty thousand rows of other words: the page reads those of its own words, by the primary key."""
    made = proven(session, true_boosts(world))
    session.execute(
        text("""INSERT INTO search_boost (ranking_id, lang, query, product_id, boost)
                SELECT :id, 'en', 'word' || w, p, 0.1 FROM generate_series(1, 3000) w, generate_series(1, 20) p"""),
        {"id": made.id},
    )
    session.execute(text("ANALYZE search_boost"))
    session.commit()
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "search_boost" in statement:
            asked.append((statement, values))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        shown(session, "desk lamp")
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    ((statement, values),) = asked
    plan = "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", values))
    assert "pk_search_boost" in plan and "Seq Scan on search_boost" not in plan, plan


def test_going_back_and_forth_takes_one_call(world: World, session: Session) -> None:
    plain = shown(session, "lamp")
    with pytest.raises(NoRanking):
        switching.rollback(session, actor=STAFF)
    first = proven(session, true_boosts(world, 3.0))
    by_first = shown(session, "lamp")
    second = proven(session, true_boosts(world))
    by_second = shown(session, "lamp")
    session.refresh(first)
    assert (first.state, first.reason) == ("retired", "replaced") and by_second != by_first != plain
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE search_ranking SET state = 'champion'"))
    session.rollback()
    assert switching.rollback(session, actor=STAFF).id == first.id  # type: ignore[union-attr]
    assert shown(session, "lamp") == by_first, "the very next search"
    assert switching.rollback(session, actor=STAFF) is None and shown(session, "lamp") == plain
    for _ in range(2):
        assert switching.promote(session, ranking_id=second.id, actor=STAFF).state == "champion"
    assert shown(session, "lamp") == by_second


def test_a_kept_page_follows_at_once(floor: Shop, world: World, session: Session) -> None:
    page = floor.app.test_client().get("/search?q=lamp").text
    proven(session, true_boosts(world))
    after = floor.app.test_client().get("/search?q=lamp").text
    assert page != after
    switching.rollback(session, actor=STAFF)
    first = [floor.app.test_client().get("/search?q=lamp").text.split('class="card-name"')[1][:60], page.split('class="card-name"')[1][:60]]  # fmt: skip
    assert first[0] == first[1]


def test_a_version_must_beat_the_one_in_use(world: World, session: Session) -> None:
    proven(session, true_boosts(world))
    weak = switching.propose(session, version(true_boosts(world, 2.0)), actor=STAFF)
    assert (weak.state, weak.reason) == ("refused", "not_above_live")
    assert weak.offline["live"]["own"] < weak.offline["live"]["other"]


def test_a_quiet_shadow_ends_and_staff_may_end_it(world: World, session: Session) -> None:
    made = switching.propose(session, version(true_boosts(world)), actor=STAFF)
    with pytest.raises(ShadowTaken):
        switching.propose(session, version(true_boosts(world)), actor=STAFF)
    for _ in range(2):
        assert switching.withdraw(session, ranking_id=made.id, actor=STAFF).reason == "withdrawn"
    quiet = switching.propose(session, version(true_boosts(world)), actor=STAFF)
    session.execute(text("UPDATE search_showing SET at = at - interval '100 days'"))
    session.execute(
        text("UPDATE search_ranking SET created_at = now() - interval '31 days' WHERE state = 'shadow'")
    )
    session.commit()
    session.expire_all()
    try:
        seen = switching.look_at_shadow(session, actor=STAFF)
        assert seen is not None and (seen.id, seen.reason) == (quiet.id, "too_quiet")
    finally:
        session.execute(text("UPDATE search_showing SET at = at + interval '100 days'"))
        session.commit()
    assert (
        switching.propose(session, version(true_boosts(world), days=-1), actor=STAFF).reason == "few_sessions"
    )


class Progress(training.Quiet):
    job_id = 4711


def test_jobs_may_run_twice(world: World, session: Session) -> None:
    first = jobs.learn(Progress())
    assert first["state"] == "shadow", first
    assert jobs.learn(Progress()) == first, "the same job finds what it has stored"
    assert session.scalar(select(func.count()).select_from(Ranking)) == 1
    with pytest.raises(ShadowTaken):
        jobs.start_learning(session, actor=STAFF)
    assert jobs.learn_daily(None)["started"] is False, "not while one waits in shadow"
    switching.withdraw(session, ranking_id=first["version"], actor=STAFF)
    assert jobs.learn_daily(None)["started"] is True and jobs.learn_daily(None)["started"] is False
    with pytest.raises(LearningRuns):
        jobs.start_learning(session, actor=SYSTEM)
    assert session.scalar(select(func.count()).select_from(JobRow).where(JobRow.name == jobs.LEARN)) == 1
