"""From orders to a version that serves: what goes live, what is refused, what is left out, what is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import jobs, settings
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from recommender import dataset, operations, personal, queries, selection
from recommender.jobs import TRAIN, learn_daily, start_training
from recommender.models import ItemRow, Model, PersonRow
from recommender.settings import RecommenderSettings
from recommender.train import appraise, train
from tests.keeping import Beginnings
from tests.recommender import making

Shop = dict[str, Any]


@pytest.fixture
def shop(session: Session, beginnings: Beginnings) -> Shop:
    made = beginnings.give(session, "recommender.tasteful", lambda: making.tasteful(session))
    return {name: list(ids) for name, ids in made.items()}


@pytest.fixture
def learnt(session: Session, beginnings: Beginnings) -> Shop:
    """The same shop with its first version, which serves; `model` is its number."""

    def make() -> Shop:
        found = making.tasteful(session)
        return found | {"model": [train(session, actor=SYSTEM).id]}

    made = beginnings.give(session, "recommender.learnt", make)
    return {name: list(ids) for name, ids in made.items()}


def same_kind(shop: Shop, one: int, other: int) -> bool:
    place = {product: at for at, (product, _) in enumerate(shop["goods"])}
    return place[one] % making.KINDS == place[other] % making.KINDS


def test_a_good_model_goes_live_with_its_lists_figures_and_card(session: Session, shop: Shop) -> None:
    made = train(session, actor=SYSTEM)
    assert (made.state, made.reason) == ("champion", "first"), made.metrics
    figures = made.metrics
    assert figures["model"]["recall@20"] > figures["popularity"]["recall@20"]
    assert made.data["people"] == 80 and made.data["products"] == 60 and made.timings["peak_mb"] > 0
    assert made.card["recipe"]["kind"] == made.kind and made.card["left_out"] == {"years": 3}
    assert made.popular[0] == shop["goods"][0][0], "what everybody buys leads the floor"
    rows = (
        session.execute(select(ItemRow).where(ItemRow.model_id == made.id, ItemRow.rank <= 3)).scalars().all()
    )
    near = [
        same_kind(shop, row.product_id, row.other_id) for row in rows if row.product_id != shop["goods"][0][0]
    ]
    assert sum(near) / len(near) > 0.6
    found = queries.for_person(session, shop["users"][1], limit=3)
    assert found and all(same_kind(shop, one.product_id, shop["goods"][1][0]) for one in found[:2])
    assert found[0].because_of is not None and same_kind(shop, found[0].because_of, found[0].product_id)


def test_the_second_training_is_fresher_and_the_first_one_rests(session: Session, shop: Shop) -> None:
    making.without_shadow(session)
    first = train(session, actor=SYSTEM)
    second = train(session, actor=SYSTEM)
    session.refresh(first)
    assert (first.state, first.reason) == ("retired", "replaced")
    assert (second.state, second.reason) in (("champion", "fresher"), ("champion", "better"))
    assert session.scalar(select(func.count()).select_from(Model).where(Model.state == "champion")) == 1


def test_what_is_bought_once_is_not_suggested_to_who_has_it(session: Session, learnt: Shop) -> None:
    owned = {
        (row.user_id, row.product_id)
        for row in session.execute(
            text(
                """SELECT o.user_id, l.product_id FROM orders_order o JOIN orders_line l ON l.order_id = o.id"""
            )
        )
    }
    listed = {(row.user_id, row.product_id) for row in session.scalars(select(PersonRow))}
    assert listed and not owned & listed
    settings.change(session, RecommenderSettings, actor=SYSTEM, bought_again="things\n")
    train(session, actor=SYSTEM)
    again = {(row.user_id, row.product_id) for row in session.scalars(select(PersonRow))}
    assert owned & again, "what is bought again may be suggested again"


def test_who_refuses_is_left_out_and_loses_the_list_at_once(session: Session, learnt: Shop) -> None:
    user = learnt["users"][3]
    assert queries.for_person(session, user)
    for _ in range(2):
        operations.choose_profile(session, user_id=user, refused=True, actor=SYSTEM)
    assert queries.for_person(session, user) == [] and queries.refuses(session, user)
    choices = dataset.read(session, utcnow())
    assert f"u:{user}" not in choices.people and len(choices.people) == 79
    made = train(session, actor=SYSTEM)
    assert not session.scalar(select(func.count()).select_from(PersonRow).where(PersonRow.user_id == user))
    assert made.data["people"] == 79
    operations.choose_profile(session, user_id=user, refused=False, actor=SYSTEM)
    assert len(dataset.read(session, utcnow()).people) == 80


def test_an_erased_customer_is_forgotten(session: Session, learnt: Shop) -> None:
    user = learnt["users"][0]
    assert any("rank" in row for row in personal.export(session, user_id=user))
    operations.choose_profile(session, user_id=user, refused=False, actor=SYSTEM)
    assert personal.export(session, user_id=user)[-1] == {"suggestions_wanted": True}
    assert personal.erase(session, user_id=user, actor=SYSTEM) > 0
    assert (
        personal.erase(session, user_id=user, actor=SYSTEM) == 0
        and personal.export(session, user_id=user) == []
    )
    session.execute(
        text("UPDATE orders_order SET user_id = NULL, email = 'erased' WHERE user_id = :u"), {"u": user}
    )
    session.execute(text("DELETE FROM ab_user_role WHERE user_id = :u"), {"u": user})
    session.delete(session.get(User, user))
    session.commit()
    choices = dataset.read(session, utcnow())
    assert f"u:{user}" not in choices.people and user not in choices.users
    assert sum(1 for who in choices.people if who.startswith("o:")) == 6, "each order stands alone"
    train(session, actor=SYSTEM)
    assert not session.scalar(select(func.count()).select_from(PersonRow).where(PersonRow.user_id == user))


def test_nothing_after_the_split_changes_what_is_learnt(session: Session, shop: Shop) -> None:
    choices = dataset.read(session, utcnow())
    cut = selection.cut_of(choices.at)
    after = choices.at >= cut
    assert 0 < after.sum() < choices.count
    mixed = np.where(after, choices.item[::-1], choices.item)
    changed = dataset.Choices(
        choices.people,
        choices.users,
        choices.items,
        choices.person,
        mixed,
        choices.weight,
        choices.at,
        choices.basket,
    )
    one, other = (selection.split(c, cut, choices.at.max() + 1, 180.0) for c in (choices, changed))
    assert (
        one.learnt != other.learnt
    ).nnz == 0 and one.wanted.indices.tolist() != other.wanted.indices.tolist()
    assert selection.choose(choices, cut, 180.0) == selection.choose(changed, cut, 180.0)
    assert (one.given[: one.people].multiply(one.wanted[: one.people])).nnz == 0, (
        "what is asked for is not given"
    )


def test_an_injected_bad_model_never_goes_live(session: Session, shop: Shop, monkeypatch: Any) -> None:
    """Random figures, a hundred times over: not once surely better than popularity."""
    from recommender.rules import GOES_LIVE, verdict

    class Noise:
        name, params = "noise", {}
        dice = np.random.default_rng(5)

        def fit(self, matrix: Any) -> Any:
            return self

        def score(self, rows: Any) -> Any:
            return self.dice.random(rows.shape, dtype=np.float32)

    choices = dataset.read(session, utcnow())
    held = selection.split(choices, selection.cut_of(choices.at), choices.at.max() + 1, 180.0)
    monkeypatch.setattr(selection, "make", lambda recipe: Noise())
    bad = {"kind": "noise", "params": {}}
    verdicts = [verdict(selection.judge(held, bad, None)[0]) for _ in range(100)]
    assert len(verdicts) == 100 and not GOES_LIVE & set(verdicts)


def test_a_bad_model_leaves_the_champion_where_it_is(
    session: Session, learnt: Shop, monkeypatch: Any
) -> None:
    champion = session.get_one(Model, learnt["model"][0])
    worse = {"kind": "popularity", "params": {}}
    monkeypatch.setattr(selection, "choose", lambda *given, **more: worse)
    refused = train(session, actor=SYSTEM)
    session.refresh(champion)
    assert (refused.state, refused.reason) == ("refused", "not_above_popularity")
    assert champion.state == "champion" and refused.metrics["champion"]["recall@20"] > 0
    assert not session.scalar(select(func.count()).select_from(ItemRow).where(ItemRow.model_id == refused.id))
    assert queries.serving(session).model_id == champion.id  # type: ignore[union-attr]


def test_a_shop_without_orders_says_why_it_has_no_model(session: Session) -> None:
    made = train(session, actor=SYSTEM)
    assert (made.state, made.reason, made.popular) == ("refused", "few_cases", [])
    goods = making.products(session, 3)
    making.buy(session, goods, utcnow() - timedelta(days=1))
    assert train(session, actor=SYSTEM).reason == "few_cases"
    assert appraise(dataset.read(session, utcnow()), 180.0, None)[1].cases < 30


def test_the_job_reports_and_runs_once(
    session: Session, shop: Shop, session_maker: Callable[[], Session]
) -> None:
    job_id = start_training(session, actor=SYSTEM)
    with pytest.raises(Exception, match="under way"):
        start_training(session, actor=SYSTEM)
    assert learn_daily(None) == {"started": False}
    jobs.run(session_maker, job_id)
    session.expire_all()
    row = session.get(JobRow, job_id)
    assert row is not None and row.state == "done" and row.result is not None, row and row.error
    assert row.result["state"] == "champion" and row.progress == row.total
    session.execute(text("UPDATE core_job SET state = 'queued' WHERE id = :id"), {"id": job_id})
    session.commit()
    jobs.run(session_maker, job_id)
    assert session.scalar(select(func.count()).select_from(Model)) == 1, (
        "the second run finds the first one's version"
    )
    assert jobs.open_job(session, TRAIN) is None and learn_daily(None)["started"]


def test_a_training_can_be_cancelled(
    session: Session, shop: Shop, session_maker: Callable[[], Session]
) -> None:
    job_id = start_training(session, actor=SYSTEM)
    session.execute(text("UPDATE core_job SET cancel_requested = true WHERE id = :id"), {"id": job_id})
    session.commit()
    jobs.run(session_maker, job_id)
    session.expire_all()
    assert session.get(JobRow, job_id).state == "cancelled"  # type: ignore[union-attr]
    assert session.scalar(select(func.count()).select_from(Model)) == 0


def test_the_daily_training_can_be_switched_off(session: Session) -> None:
    settings.change(session, RecommenderSettings, actor=SYSTEM, learns_daily=False)
    assert learn_daily(None) == {"started": False} and jobs.known()[TRAIN]


def test_a_history_that_ended_long_ago_is_learnt_up_to_its_own_end(session: Session, shop: Shop) -> None:
    with unit_of_work(session):
        session.execute(text("UPDATE orders_order SET placed_at = placed_at - interval '14 years'"))
    end = dataset.end_of_history(session, utcnow())
    assert end < utcnow() - timedelta(days=13 * 365)
    made = train(session, actor=SYSTEM)
    assert (made.state, made.reason) == ("champion", "first") and made.data["choices"] > 300
    making.buy(session, shop["goods"][:1], utcnow(), shop["users"][0])
    assert dataset.end_of_history(session, utcnow()) > utcnow() - timedelta(minutes=5), (
        "a shop that sells again"
    )
