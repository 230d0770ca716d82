"""The experiment: sticky arms, counts, purchases within a week, intervals, who is not counted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.analytics.visits import rules as visit_rules
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.events.orders import OrderPlaced
from recommender import handlers, operations, queries, rules
from recommender.errors import ExperimentRuns
from recommender.models import Experiment, Exposure
from recommender.visitors import unit_of_account
from tests.recommender import making


def test_arms_are_sticky_and_as_large_as_the_share() -> None:
    units = [rules.unit_of("secret", "visitor", str(number)) for number in range(4000)]
    arms = [rules.arm_of(7, unit, 30) for unit in units]
    assert arms == [rules.arm_of(7, unit, 30) for unit in units]
    assert 0.27 < Counter(arms)[rules.MODEL] / 4000 < 0.33
    assert [rules.arm_of(8, unit, 30) for unit in units] != arms, "another experiment draws anew"
    assert rules.unit_of("secret", "visitor", "1") != rules.unit_of("other", "visitor", "1")
    grown = [rules.arm_of(7, unit, 60) for unit in units]
    assert all(later == rules.MODEL for now, later in zip(arms, grown, strict=True) if now == rules.MODEL)


def test_newcombe_s_own_examples() -> None:
    """Newcombe 1998, table II, method 10: (a) 56/70 - 48/80, (b) 9/10 - 3/10, (f) 10/10 - 0/10."""
    assert [round(x, 4) for x in rules.difference(56, 70, 48, 80)] == [0.2, 0.0524, 0.3339]
    assert [round(x, 4) for x in rules.difference(9, 10, 3, 10)] == [0.6, 0.1705, 0.8090]
    assert [round(x, 4) for x in rules.difference(10, 10, 0, 10)] == [1.0, 0.6075, 1.0]
    assert [round(x, 4) for x in rules.wilson(81, 263)] == [0.2553, 0.3662]
    assert rules.wilson(0, 0) == (0.0, 1.0) and rules.difference(0, 0, 0, 0)[0] == 0


def test_one_runs_at_a_time_and_bad_ones_are_refused(session: Session) -> None:
    made = operations.start_experiment(session, name=" First ", share=50, actor=SYSTEM)
    assert made.name == "First" and queries.running_experiment(session) is not None
    for name in ("First", "Second"):
        with pytest.raises(ExperimentRuns):
            operations.start_experiment(session, name=name, share=50, actor=SYSTEM)
    for values in ({"name": "", "share": 50}, {"name": "x" * 81, "share": 5}, {"name": "a\x00", "share": 5}):
        with pytest.raises(InvalidFields):
            operations.start_experiment(session, actor=SYSTEM, **values)
    for share in (0, 100, None):
        with pytest.raises(InvalidFields):
            operations.start_experiment(session, name="Third", share=share, actor=SYSTEM)  # type: ignore[arg-type]
    for _ in range(2):
        operations.end_experiment(session, experiment_id=made.id, actor=SYSTEM)
    assert queries.running_experiment(session) is None
    operations.start_experiment(session, name="Second", share=1, actor=SYSTEM)


def test_visitors_are_counted_once_with_what_they_did(session: Session) -> None:
    assert operations.note(session, unit="a") is False, "nothing runs"
    made = operations.start_experiment(session, name="Bag", share=50, actor=SYSTEM)
    for unit in ("a", "a", "b", "c", "d"):
        assert operations.note(session, unit=unit, cart_id=5 if unit == "b" else None)
    operations.note(session, unit="a", clicked=True)
    operations.note(session, unit="b")
    held = {row.unit: row for row in session.scalars(select(Exposure))}
    assert (held["a"].shown, held["a"].clicked, held["b"].shown, held["b"].cart_id) == (2, 1, 2, 5)
    found = queries.results(session, made.id)
    assert (
        sum(arm["visitors"] for arm in found.values()) == 4
        and sum(arm["clicked"] for arm in found.values()) == 1
    )


def test_orders_count_for_a_week_and_once(session: Session) -> None:
    made = operations.start_experiment(session, name="Week", share=50, actor=SYSTEM)
    goods = making.products(session, 2)
    user = making.customer(session, "kim")
    operations.note(session, unit=unit_of_account(user))
    operations.note(session, unit="guest", cart_id=77)
    operations.note(session, unit="late", cart_id=78)
    session.execute(
        text("UPDATE recommender_exposure SET first_at = now() - interval '8 days' WHERE unit = 'late'")
    )
    session.execute(text("UPDATE recommender_experiment SET started_at = now() - interval '9 days'"))
    session.commit()
    for who in ({"user_id": user}, {"cart_id": 77}, {"cart_id": 78}):
        at = utcnow() + timedelta(seconds=1)
        order = making.buy(session, goods, at, **who)
        for _ in range(2):
            handlers.count_order(session, OrderPlaced(order, at))
    found = queries.results(session, made.id)
    assert sum(arm["bought"] for arm in found.values()) == 2, "not who bought after a week"
    handlers.count_order(session, OrderPlaced(10**9, utcnow()))
    assert operations.forget_person(session, user_id=user, unit=unit_of_account(user)) == 1
    assert session.scalar(select(func.count()).select_from(Exposure)) == 2


def test_the_arms_see_different_lists_and_who_did_not_agree_is_not_counted(
    app: Any, client: Any, session_maker: Any
) -> None:
    with session_maker() as session:
        goods = making.products(session, 8)
        from tests.recommender.test_publish import version

        version(session, goods)
        operations.start_experiment(session, name="Arms", share=50, actor=SYSTEM)
        number = session.scalar(select(Experiment.id))
    origin = {"Origin": "http://localhost"}
    client.post("/suggestions/seen", json={"clicked": False}, headers=origin)
    client.set_cookie("consent", visit_rules.WORDING + "ap")
    client.post("/suggestions/seen", json={"clicked": False}, headers=origin)
    with session_maker() as session:
        assert session.scalar(select(func.count()).select_from(Exposure)) == 0, (
            "no number of a visitor, no count"
        )
    seen: dict[str, str] = {}
    with app.app_context():
        secret = str(current_app.secret_key)
    for at in range(1, 40):
        visitor = f"{at:032x}"
        arm = rules.arm_of(number, rules.unit_of(secret, "visitor", visitor), 50)
        if arm in seen:
            continue
        seen[arm] = visitor
        client.set_cookie("visitor", visitor)
        part = client.get("/suggestions/cart").text
        assert "data-counted" in part
        for clicked in (False, True):
            assert (
                client.post("/suggestions/seen", json={"clicked": clicked}, headers=origin).status_code == 204
            )
    with session_maker() as session:
        found = queries.results(session, number)
    assert {arm: SimpleNamespace(**one).clicked for arm, one in found.items()} == {
        "model": 1,
        "popularity": 1,
    }
