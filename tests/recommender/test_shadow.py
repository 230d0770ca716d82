"""The shadow: a version that won on the held-out month is compared with the one in use on what people then choose."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit, settings
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.paired import Comparison
from app.core.unit_of_work import unit_of_work
from recommender import jobs, operations, publish, queries, rules, shadow
from recommender.errors import NotBetter, NoVersion
from recommender.models import ItemRow, Model
from recommender.publish import Version
from recommender.settings import RecommenderSettings
from recommender.shadow import Case, Lists, cases_of, compared
from tests.recommender import making
from tests.reviews.making import customer

STAFF = Actor("staff", label="ada@shop.example")
Goods = list[tuple[int, int]]


@pytest.fixture
def goods(session: Session) -> Goods:
    """Fifty products, and a shadow that ends with twenty choices."""
    settings.change(session, RecommenderSettings, actor=SYSTEM, shadow_choices=20)
    return making.products(session, 50)


def version(session: Session, goods: Goods, others: range, reason: str = "better") -> Model:
    """A version that says these twenty products beside the first one, and nothing else."""
    items = [
        (goods[0][0], rank, goods[at][0], 1.0 / rank, "bought")
        for rank, at in enumerate(others[: shadow.K], 1)
    ]
    made = Version("graph", reason, {}, {}, {}, {}, popular=[], items=items)
    return publish.store(session, made, job_id=None, actor=STAFF)


GOOD, POOR = range(1, 21), range(29, 49)


def waiting(
    session: Session, goods: Goods, others: range = GOOD, before: range = POOR
) -> tuple[Model, Model]:
    """One in use and one that came a day ago, in shadow."""
    used, made = version(session, goods, before, "first"), version(session, goods, others)
    assert (used.state, used.gate) == ("champion", "first") and (made.state, made.gate) == ("shadow", None)
    with unit_of_work(session):
        session.execute(text("UPDATE recommender_model SET created_at = now() - interval '1 day'"))
    session.expire_all()
    return used, made


def bought(session: Session, goods: Goods, count: int = 20) -> None:
    """Guests who take the first product, and with it one of those that only GOOD says."""
    for number in range(count):
        making.buy(session, [goods[0], goods[1 + number % 20]], utcnow())


def serves(session: Session) -> int | None:
    used = queries.serving(session)
    return used.model_id if used else None


def row(who: str, user_id: int, product: int, at: int) -> tuple[Any, ...]:
    return who, user_id, product, 1.0, float(at), 0


def test_what_a_list_could_have_foreseen() -> None:
    rows = [
        row("o:1", 0, 7, 3), row("o:1", 0, 8, 3), row("u:5", 5, 7, 1), row("u:5", 5, 9, 2), row("u:5", 5, 7, 4),
        row("o:2", 0, 9, 5),
    ]  # fmt: skip
    assert cases_of(rows) == [Case("u:5", 5, None, 7), Case("u:5", 5, 7, 9), Case("o:1", 0, 7, 8)]


def test_the_list_of_a_moment_is_the_persons_own_else_beside_the_product_then_what_is_popular() -> None:
    lists = Lists({5: [1, 2]}, {7: [3, 7, 4]}, [9, 1, 7])
    assert lists.shown(Case("u:5", 5, 7, 0)) == [1, 2, 9]
    assert lists.shown(Case("o:1", 0, 7, 0)) == [3, 4, 9, 1]
    assert lists.shown(Case("o:1", 0, 8, 0)) == [9, 1, 7]
    assert len(Lists({}, {}, range(99)).shown(Case("o:1", 0, None, 0))) == shadow.K


def test_found_by_how_many() -> None:
    own, other = Lists({}, {1: [2, 3]}, []), Lists({}, {1: [3]}, [])
    cases = [Case(f"o:{n}", 0, 1, chosen) for n, chosen in enumerate((2, 2, 3, 4))]
    found = compared(cases, own, other)
    assert (found.own, found.other, found.cases, found.groups) == (0.75, 0.25, 4, 4)


@pytest.mark.parametrize(
    ("worse", "said"), [(0.0, ""), (0.79, ""), (0.8, "shadow_worse"), (1.0, "shadow_worse")]
)
def test_the_verdict_is_one_sided(worse: float, said: str) -> None:
    assert rules.shadow_verdict(Comparison(200, 90, 0.3, 0.3, -0.1, 0.1, worse)) == said


GATES = [
    ({"serves": False, "choices": 200, "tries_first": False}, "first"),
    ({"serves": False, "choices": 0, "tries_first": False}, "first"),
    ({"serves": False, "choices": 200, "tries_first": True}, None),
    ({"serves": False, "choices": 0, "tries_first": True}, "off"),
    ({"serves": True, "choices": 200, "tries_first": False}, None),
    ({"serves": True, "choices": 0, "tries_first": False}, "off"),
]


@pytest.mark.parametrize(("asked", "said"), GATES)
def test_which_gate_a_version_goes_through(asked: dict[str, Any], said: str | None) -> None:
    assert rules.gate(**asked) == said


def test_a_bad_model_that_slipped_into_the_shadow_is_refused_a_hundred_times() -> None:
    """Five tastes of forty products each; people choose within their own. The one in use knows the tastes."""
    taste = {
        product: [p for p in range(1, 201) if p % 5 == product % 5 and p != product]
        for product in range(1, 201)
    }
    for trial in range(100):
        dice = Random(trial)
        asked = [dice.randint(1, 200) for _ in range(100)]
        cases = [Case(f"o:{n}", 0, one, dice.choice(taste[one])) for n, one in enumerate(asked)]
        known = Lists({}, {one: dice.sample(taste[one], 20) for one in set(asked)}, [])
        noise = Lists({}, {one: dice.sample(range(1, 201), 20) for one in set(asked)}, [])
        assert rules.shadow_verdict(compared(cases, noise, known)) == "shadow_worse", trial
    assert rules.shadow_verdict(compared(cases, known, noise)) == "", "the other way round it passes"
    assert rules.shadow_verdict(compared(cases, known, known)) == "", "the same lists are not worse"


def test_nobody_sees_a_version_until_it_was_not_worse_on_what_came(session: Session, goods: Goods) -> None:
    used, made = waiting(session, goods)
    beside = [one.product_id for one in queries.with_product(session, goods[0][0], 20)]
    assert serves(session) == used.id and beside == [goods[at][0] for at in POOR]
    with pytest.raises(NotBetter, match="nobody sees it yet"):
        publish.promote(session, model_id=made.id, actor=STAFF)
    bought(session, goods, 19)
    for _twice in range(2):
        assert jobs.watch_shadow(None) == {"version": None}, "one choice is missing"
        session.refresh(made)
        assert (made.state, made.shadow["cases"]) == ("shadow", 19)
        assert "own" not in made.shadow, "no figure is looked at before there are enough"
    bought(session, goods, 1)
    assert jobs.watch_shadow(None) == {"version": made.id, "state": "champion", "reason": "proven"}
    assert jobs.watch_shadow(None) == {"version": None}, "a second look finds nothing to do"
    session.expire_all()
    assert serves(session) == made.id and (made.gate, used.state) == ("shadow", "retired")
    assert (made.shadow["own"], made.shadow["other"], made.shadow["people"]) == (1.0, 0.0, 20)
    noted = session.scalars(select(audit.AuditRow.action).order_by(audit.AuditRow.id)).all()
    assert [one for one in noted if one.startswith("recommender")] == [
        "recommender.switch", "recommender.judge", "recommender.switch",
    ]  # fmt: skip
    assert publish.rollback(session, actor=STAFF).id == used.id


def test_what_does_worse_is_refused_and_keeps_no_lists(session: Session, goods: Goods) -> None:
    used, made = waiting(session, goods, POOR, GOOD)
    bought(session, goods)
    assert jobs.watch_shadow(None) == {"version": made.id, "state": "refused", "reason": "shadow_worse"}
    session.expire_all()
    assert serves(session) == used.id and made.shadow["worse"] == 1.0
    assert set(session.scalars(select(ItemRow.model_id))) == {used.id}
    with pytest.raises(NotBetter, match="did worse"):
        publish.promote(session, model_id=made.id, actor=STAFF)


def test_only_choices_since_then_and_of_who_agreed_count(session: Session, goods: Goods) -> None:
    _used, made = waiting(session, goods)
    refuses, agrees = customer(session, "no"), customer(session, "yes")
    operations.choose_profile(session, user_id=refuses, refused=True, actor=SYSTEM)
    for user in (refuses, agrees):
        making.buy(session, [goods[0], goods[1]], utcnow(), user)
    making.buy(session, [goods[0], goods[1]], utcnow() - timedelta(days=2))
    viewed = text("""
        WITH visit AS (
            INSERT INTO analytics_visit (id, visitor, is_profiled, agreed_to, started_at, last_at, language, device)
            VALUES (gen_random_uuid(), gen_random_uuid(), :profiled, '1ap', now(), now(), 'en', 'desktop') RETURNING id)
        INSERT INTO analytics_visit_event (visit_id, kind, at, product_id)
        SELECT visit.id, 'page', now() + n * interval '1 second', p FROM visit, unnest(CAST(:seen AS bigint[])) WITH ORDINALITY AS s (p, n)""")
    for profiled in (True, False):
        session.execute(viewed, {"profiled": profiled, "seen": [goods[0][0], goods[2][0]]})
    session.commit()
    assert shadow.look(session, actor=SYSTEM) is None
    session.refresh(made)
    assert made.shadow["cases"] == 2, "two of the customer: the visitor's moments are still to come"
    session.execute(text("UPDATE analytics_visit_event SET at = at - interval '1 minute'"))
    session.commit()
    assert shadow.look(session, actor=SYSTEM) is None
    session.refresh(made)
    assert made.shadow["cases"] == 3


def test_the_first_version_waits_only_where_the_shop_wants_it(session: Session, goods: Goods) -> None:
    settings.change(session, RecommenderSettings, actor=SYSTEM, tries_first=True)
    made = version(session, goods, GOOD, "first")
    assert made.state == "shadow" and serves(session) is None
    with unit_of_work(session):
        session.execute(text("UPDATE recommender_model SET created_at = now() - interval '1 day'"))
    bought(session, goods)
    assert jobs.watch_shadow(None)["state"] == "champion", "compared with what is bought most"


def test_a_shop_that_switches_the_shadow_off_is_not_stuck(session: Session, goods: Goods) -> None:
    _used, made = waiting(session, goods)
    settings.change(session, RecommenderSettings, actor=SYSTEM, shadow_choices=0)
    assert jobs.watch_shadow(None) == {"version": made.id, "state": "champion", "reason": "better"}
    session.expire_all()
    assert made.gate == "off"
    assert version(session, goods, POOR, "fresher").state == "champion", "and the next one serves at once"


def test_a_quiet_shadow_ends(session: Session, goods: Goods) -> None:
    _used, made = waiting(session, goods)
    with unit_of_work(session):
        session.execute(text("UPDATE recommender_model SET created_at = now() - interval '15 days'"))
    session.expire_all()
    assert jobs.watch_shadow(None) == {"version": made.id, "state": "refused", "reason": "too_quiet"}


def test_a_newer_version_takes_the_place_and_staff_may_end_it(session: Session, goods: Goods) -> None:
    used, made = waiting(session, goods)
    assert jobs.learn_daily(None) == {"started": False}, "not while one waits in shadow"
    newer = version(session, goods, GOOD)
    session.refresh(made)
    assert (made.state, made.reason, newer.state) == ("refused", "superseded", "shadow")
    for _twice in range(2):
        assert publish.withdraw(session, model_id=newer.id, actor=STAFF).reason == "withdrawn"
    with pytest.raises(NoVersion):
        publish.withdraw(session, model_id=used.id, actor=STAFF)
    assert set(session.scalars(select(ItemRow.model_id))) == {used.id} and serves(session) == used.id
    assert jobs.learn_daily(None)["started"]


def test_who_switches_meanwhile_wins(session: Session, goods: Goods) -> None:
    _used, made = waiting(session, goods)
    settled = publish.settle(
        session, model_id=made.id, compared_with=None, reason="", figures={}, actor=STAFF
    )
    session.refresh(made)
    assert settled is None and made.state == "shadow", "compared with nothing, but one serves by now"


@pytest.mark.parametrize("state", ["champion", "retired"])
def test_the_table_itself_refuses_what_went_through_no_gate(session: Session, state: str) -> None:
    session.add(Model(kind="graph", state="refused", reason="few_cases"))
    session.commit()
    for gate in (None, "chance"):
        with pytest.raises(IntegrityError, match="gate"):
            session.execute(
                text("UPDATE recommender_model SET state = :state, gate = :gate"),
                {"state": state, "gate": gate},
            )
        session.rollback()
    assert session.scalar(select(func.count()).select_from(Model).where(Model.state == "refused")) == 1
