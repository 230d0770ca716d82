"""What serves: one version at a time, switched at once, called back, noted; refused ones never."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import SYSTEM, Actor
from recommender import publish, queries, rules
from recommender.errors import NotBetter, NoVersion
from recommender.models import ItemRow, Model
from recommender.publish import Version
from tests.recommender import making

STAFF = Actor("staff", label="ada@shop.example")


def beside(session: Session, product_id: int) -> tuple[int, ...]:
    """What stands beside a product."""
    return tuple(one.product_id for one in queries.with_product(session, product_id))


@pytest.fixture(autouse=True)
def at_once(session: Session) -> None:
    """The shadow has its own tests."""
    making.without_shadow(session)


def version(
    session: Session, goods: list[tuple[int, int]], reason: str = "first", job_id: int | None = None
) -> Model:
    items = [
        (goods[0][0], rank, product, 1.0 / rank, "bought") for rank, (product, _) in enumerate(goods[1:], 1)
    ]
    made = Version("graph", reason, {}, {}, {}, {}, popular=[p for p, _ in goods], items=items)
    return publish.store(session, made, job_id=job_id, actor=STAFF)


def test_one_serves_and_the_switch_is_noted(session: Session) -> None:
    goods = making.products(session, 4)
    first = version(session, goods)
    assert beside(session, goods[0][0]) == tuple(p for p, _ in goods[1:])
    second = version(session, goods[:2], "better")
    assert beside(session, goods[0][0]) == (goods[1][0],), "the very next read is of the new one"
    session.refresh(first)
    assert (first.state, second.state) == ("retired", "champion")
    noted = session.scalars(
        select(audit.AuditRow)
        .where(audit.AuditRow.action == "recommender.switch")
        .order_by(audit.AuditRow.id)
    ).all()
    assert [row.after["serves"] for row in noted] == [first.id, second.id] and noted[
        1
    ].actor_label == STAFF.label
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE recommender_model SET state = 'champion'"))
    session.rollback()


def test_going_back_and_forth(session: Session) -> None:
    goods = making.products(session, 4)
    with pytest.raises(NoVersion):
        publish.rollback(session, actor=STAFF)
    first, second = version(session, goods), version(session, goods[:3], "better")
    assert publish.rollback(session, actor=STAFF).id == first.id
    assert len(beside(session, goods[0][0])) == 3
    session.refresh(second)
    assert (second.state, second.reason) == ("retired", "rolled_back")
    with pytest.raises(NoVersion):
        publish.rollback(session, actor=STAFF)
    assert publish.promote(session, model_id=second.id, actor=STAFF).state == "champion"
    assert publish.promote(session, model_id=second.id, actor=STAFF).state == "champion", (
        "a repeat changes nothing"
    )


def test_what_was_refused_never_serves(session: Session) -> None:
    goods = making.products(session, 3)
    refused = version(session, goods, "not_above_popularity")
    assert refused.state == "refused" and queries.serving(session) is None
    assert not session.scalar(select(func.count()).select_from(ItemRow))
    with pytest.raises(NotBetter, match="bought most"):
        publish.promote(session, model_id=refused.id, actor=STAFF)
    with pytest.raises(NoVersion):
        publish.promote(session, model_id=10**9, actor=STAFF)


def test_lists_of_old_versions_go_their_figures_stay(session: Session) -> None:
    goods = making.products(session, 3)
    made = [version(session, goods, "better" if number else "first") for number in range(7)]
    kept = set(session.scalars(select(ItemRow.model_id).distinct()))
    assert (
        kept == {one.id for one in made[-5:]} and session.scalar(select(func.count()).select_from(Model)) == 7
    )
    with pytest.raises(NoVersion):
        publish.promote(session, model_id=made[0].id, actor=STAFF)


def test_lists_are_read_by_their_keys_however_many_there_are(session: Session) -> None:
    """Forty thousand rows: beside a product and beside several. A customer's orders are asked by their index."""
    made = version(session, making.products(session, 4))
    session.execute(
        text("""INSERT INTO recommender_item (model_id, product_id, rank, other_id, score, reason)
                SELECT :id, p, r, r, 1, 'bought' FROM generate_series(5001000, 5002000) p, generate_series(1, 40) r"""),
        {"id": made.id},
    )
    session.execute(text("ANALYZE recommender_item"))
    values = {
        "model": made.id,
        "product": 5001001,
        "held": [5001001, 5001002],
        "user": 1,
        "again": [],
        "most": 8,
    }
    for statement in (queries._WITH_PRODUCT, queries._WITH_PRODUCTS):
        used = {name: value for name, value in values.items() if f":{name}" in str(statement)}
        plan = "\n".join(session.scalars(text(f"EXPLAIN {statement}"), used))
        assert "pk_recommender_item" in plan and "Seq Scan on recommender_item" not in plan, plan


def test_the_same_job_stores_once(session: Session) -> None:
    goods = making.products(session, 3)
    assert version(session, goods, job_id=7).id == version(session, goods, job_id=7).id


def test_readers_always_find_a_whole_version(session: Session, session_maker: Callable[[], Session]) -> None:
    """Five switches while others read: never an empty list, never two versions in one answer."""
    goods = making.products(session, 6)
    version(session, goods)
    seen: list[tuple[int, ...]] = []
    stop: list[int] = []

    def read() -> None:
        query = text("""SELECT i.other_id FROM recommender_item i JOIN recommender_model m ON m.id = i.model_id
                         WHERE m.state = 'champion' AND i.product_id = :p ORDER BY i.rank""")
        while not stop:
            with session_maker() as own:
                seen.append(tuple(own.scalars(query, {"p": goods[0][0]})))

    threads = [Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(5):
        version(session, goods[: 6 - number % 2], "better")
    stop.append(1)
    for thread in threads:
        thread.join()
    whole = tuple(p for p, _ in goods[1:])
    assert seen and set(seen) <= {whole, whole[:-1]}


VERDICTS: list[tuple[dict[str, Any], str]] = [
    ({"cases": 29, "above_popularity": True, "both": 1.0}, "few_cases"),
    ({"cases": 30, "above_popularity": False, "both": 1.0}, "not_above_popularity"),
    ({"cases": 30, "above_popularity": True, "both": 0.1}, "first"),
    ({"cases": 30, "above_popularity": True, "both": 0.3, "champion_both": 0.2}, "better"),
    ({"cases": 30, "above_popularity": True, "both": 0.2, "champion_both": 0.2}, "not_above_champion"),
    ({"cases": 30, "above_popularity": True, "both": 0.2, "champion_both": 0.2, "same_recipe": True}, "fresher"),
    ({"cases": 30, "above_popularity": False, "both": 9.0, "champion_both": 0.2, "same_recipe": True}, "not_above_popularity"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), VERDICTS)
def test_the_verdict(given: dict[str, Any], wanted: str) -> None:
    assert rules.verdict(rules.Trial(**given)) == wanted
    assert wanted in rules.REASONS


def test_unknown_reasons_are_refusals(session: Session) -> None:
    assert version(session, making.products(session, 2), "whatever").state == "refused"
    assert SYSTEM.is_staff
