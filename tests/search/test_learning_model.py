"""What is learnt: how far people look, what moves and why, what two orders are worth; by worked figures and in a log."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.paired import Comparison, compare
from app.search.learning import clicks, fitting, judging, queries, rules, training
from app.search.learning.fitting import Recipe
from app.search.learning.queries import Search
from app.search.learning.rules import ndcg, reordered, verdict, words
from tests.api.conftest import floor as floor
from tests.api.shop import Shop
from tests.search.searchers import World

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LAMP = ("en", "lamp")


def search(shown: tuple[int, ...], chosen: dict[int, int], query: tuple[str, str] = LAMP) -> Search:
    return Search(uuid.uuid4(), NOW, query, shown, chosen)


def test_words_have_one_form_and_some_are_never_kept() -> None:
    assert words("  Lámpe,  LAMPE rouge") == "lampe rouge"
    assert [words(q) for q in ("a@b.example", "0475 12 34 56", "", "!", "x" * 99)] == [""] * 5


def test_ndcg_by_hand() -> None:
    gains = {1: 3.0, 2: 1.0}
    best = 3 + 1 / math.log2(3)
    assert ndcg([1, 2, 9], gains) == pytest.approx(1)
    assert ndcg([9, 2, 1], gains) == pytest.approx((1 / math.log2(3) + 3 / 2) / best)
    assert ndcg([9, 8], gains) == 0 and ndcg([1], {}) == 0


def test_a_list_without_boosts_stays_and_a_boost_moves_by_its_measure() -> None:
    plain = list(range(1, 31))
    assert reordered(plain, {}) == plain and reordered(plain, {99: 3.0}) == plain
    for boost in (0.1, 0.5, 1.0, 3.0):
        moved = reordered(plain, {10: boost}).index(10) + 1
        reached = (10 + rules.OFFSET) / math.exp(boost) - rules.OFFSET
        assert moved == max(1, math.ceil(reached)), "ln(place + 2) - boost"
    assert reordered(plain, {1: -3.0})[-1] == 1


def test_how_far_people_look_is_found_where_products_change_places() -> None:
    dice, fades = Random(5), 0.6
    seen: list[dict[int, tuple[int, int]]] = []
    for _ in range(400):
        appeal, cells = dice.betavariate(2, 4), dict[int, tuple[int, int]]()
        for place in dice.sample(range(1, 11), 4):
            opened = sum(dice.random() < place**-fades * appeal for _ in range(200))
            cells[place] = (200, opened)
        seen.append(cells)
    theta = clicks.examined(seen)
    for place in range(1, 11):
        assert theta[place - 1] == pytest.approx(place**-fades, abs=0.06), place
    assert list(theta) == sorted(theta, reverse=True)


def test_without_changes_of_place_the_first_guess_stays() -> None:
    dice = Random(2)
    seen = [{place: (500, sum(dice.random() < 0.3 / place for _ in range(500)))} for place in range(1, 11)]
    for look, place in zip(clicks.examined(seen), range(1, 11), strict=False):
        assert look == pytest.approx(1 / place, rel=0.15)
    assert clicks.examined([]) == clicks.first_guess()


def test_what_moves_is_what_came_against_what_was_expected() -> None:
    """Ten searches show 1 over 2; 1 is opened twice, 2 four times. Looked at: 10 and 5."""
    log = [search((1, 2), {1: 1} if n < 2 else {2: 1} if n < 6 else {}) for n in range(10)]
    theta = (1.0, 0.5)
    learnt = fitting.fit(fitting.count(log), theta, Recipe(1.0, 3.0))[LAMP]
    mean = 6 / 15
    rate = (6 + 10 * mean) / (15 + 10)
    own = {p: (reward + 10) / (rate * looked + 10) for p, reward, looked in ((1, 2, 10), (2, 4, 5))}
    for product, reward, looked in ((1, 2, 10), (2, 4, 5)):
        expected = rate * looked
        assert learnt[product].expected == pytest.approx(expected, abs=0.001)
        ratio = (reward + 3 * own[product]) / (expected + 3)
        assert learnt[product].boost == pytest.approx(math.log(ratio), abs=0.0001)
        assert (learnt[product].shown, learnt[product].clicked) == (10, reward)
    assert learnt[1].boost < 0 < learnt[2].boost


def test_words_of_few_people_are_not_learnt() -> None:
    log = [search((1, 2), {2: 3}) for _ in range(2)]
    assert fitting.count(log) == {}
    assert fitting.fit({}, (1.0,), Recipe(1.0, 3.0)) == {}
    assert fitting.count([*log, search((1, 2), {})])[LAMP][2].bought == 2


def test_a_choice_far_down_says_more() -> None:
    """Two searches: one chose the first, one the fourth. Looked at by a quarter, the fourth counts four times."""
    log = [search((1, 2, 3, 4), {1: 1}), search((1, 2, 3, 4), {4: 1})]
    found = judging.compared(log, {LAMP: [1, 2, 3, 4]}, (1.0, 0.5, 0.33, 0.25), {LAMP: {4: 3.0}}, {})
    second, last = 1 / math.log2(3), 1 / math.log2(5)
    assert found.own == pytest.approx((second + 4 * 1) / 5)
    assert found.other == pytest.approx((1 + 4 * last) / 5)


def test_the_interval_draws_people_and_is_always_the_same() -> None:
    dice = Random(1)
    many = [(n, 1.0, 0.5 + dice.gauss(0.05, 0.2), 0.5) for n in range(400)]
    found = compare(many)
    assert found == compare(many) and found.low < found.own - found.other < found.high
    of_one = compare([("same", *row[1:]) for row in many])
    assert of_one.low == of_one.high, "one person is one witness"
    assert compare([]).cases == 0
    assert found.worse < 0.01 and compare([(n, w, b, a) for n, w, a, b in many]).worse > 0.99


@pytest.mark.parametrize(
    ("plain", "live", "said"),
    [
        (Comparison(99, 99, 0.6, 0.5, 0.05, 0.15), None, "few_sessions"),
        (Comparison(100, 90, 0.6, 0.5, -0.01, 0.15), None, "not_above_plain"),
        (Comparison(100, 90, 0.501, 0.5, 0.0005, 0.0015), None, "not_above_plain"),
        (Comparison(100, 90, 0.4, 0.5, -0.15, -0.05), None, "not_above_plain"),
        (Comparison(100, 90, 0.6, 0.5, 0.05, 0.15), Comparison(100, 90, 0.6, 0.6, 0, 0), "not_above_live"),
        (Comparison(100, 90, 0.6, 0.5, 0.05, 0.15), Comparison(100, 90, 0.6, 0.59, -0.1, 0.1), ""),
        (Comparison(100, 90, 0.6, 0.5, 0.05, 0.15), None, ""),
    ],
)
def test_when_a_version_passes(plain: Comparison, live: Comparison | None, said: str) -> None:
    assert verdict(plain, live) == said


@pytest.fixture(scope="module")
def world(floor: Shop) -> Iterator[World]:
    """Seven hundred people who searched in the last two months."""
    with floor.app.app_context(), floor.maker() as session:
        made = World(session)
        made.search(700, utcnow() - timedelta(days=60))
        yield made
        session.rollback()
        session.execute(text("DELETE FROM search_ranking"))
        session.execute(text("DELETE FROM analytics_visit"))
        session.commit()


def test_learning_gains_a_tenth_on_searches_held_back_and_in_truth(world: World) -> None:
    made = training.learn(world.session, actor=SYSTEM)
    assert (made.state, made.reason) == ("shadow", "in_shadow"), made.offline
    assert made.offline["plain"]["gain"] >= 0.10 and made.offline["plain"]["low"] > 0
    assert made.offline["plain"]["sessions"] >= 100
    boosts = queries.boosts_of(world.session, made.id)
    truth = [
        (world.truth(q, order), world.truth(q, reordered(order, boosts[("en", q)])))
        for q, order in world.plain.items()
    ]
    assert all(after > before for before, after in truth), [
        (q, len(o)) for q, o in world.plain.items() if len(o) < 9
    ]
    assert sum(after for _b, after in truth) / sum(before for before, _a in truth) >= 1.10
    assert "seconds" in made.data and made.data["words"] == len(world.plain)
    row = world.session.execute(text("SELECT * FROM search_boost LIMIT 1")).mappings().one()
    assert not {"visit_id", "visitor", "user_id"} & set(row), "nobody is in what was learnt"


def test_nothing_is_learnt_from_what_it_is_judged_on(world: World) -> None:
    late = training.draft(world.session, utcnow(), training.Quiet())
    known = queries.searches(world.session, utcnow() - timedelta(days=60))
    before = [one for one in known if one.at < late.judged_from]
    assert late.data["searches"] == len(before) < len(known)
    assert sum(m.shown for m in late.learnt[LAMP].values()) <= sum(
        len(one.shown) for one in before if one.words == LAMP
    )


def test_a_step_can_be_cancelled(world: World) -> None:
    class Stopped(Exception):
        pass

    class Progress(training.Quiet):
        def step(self, done: int, total: int | None = None, message: str | None = None) -> Any:
            if message == "judging":
                raise Stopped

    before = world.session.scalar(text("SELECT count(*) FROM search_ranking"))
    with pytest.raises(Stopped):
        training.learn(world.session, actor=SYSTEM, progress=Progress())
    world.session.rollback()
    assert world.session.scalar(text("SELECT count(*) FROM search_ranking")) == before
