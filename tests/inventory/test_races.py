"""Real processes at once: exactly what is there is sold, and nobody waits for ever."""

from __future__ import annotations

import multiprocessing as mp
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.inventory import operations
from app.inventory.errors import OutOfStock
from tests.inventory.shelves import Article, assert_sound, level

BUYERS = 16
ROUNDS = 20 if os.environ.get("TORTURE") == "full" else 4
HALF_HOUR = timedelta(minutes=30)
pytestmark = pytest.mark.torture


def _buy(url: str, gate: Any, told: Any, buyer: int, rounds: list[list[dict[int, int]]]) -> None:
    """One buyer, a process of its own: in each round reserves one of the baskets and claims it."""
    make = sessionmaker(create_engine(url, pool_size=1), expire_on_commit=False)
    for n, baskets in enumerate(rounds):
        gate.wait(60)
        with make() as session:
            holder = f"order:{n}-{buyer}"
            try:
                operations.reserve(
                    session, holder=holder, lines=baskets[buyer % len(baskets)], until=HALF_HOUR
                )
                operations.claim(session, holder=holder)
                told.put((n, "sold"))
            except OutOfStock as refused:
                told.put((n, f"left {refused.params['left']}"))
            except Exception as problem:  # noqa: BLE001  # whatever it is, the parent must hear of it
                told.put((n, repr(problem)[:300]))


def race(url: str, rounds: list[list[dict[int, int]]], buyers: int = BUYERS) -> list[list[str]]:
    """Let all buyers go at once in every round. Returns what each round's buyers were told."""
    context = mp.get_context("fork")
    gate, told = context.Barrier(buyers), context.Queue()
    running = [
        context.Process(target=_buy, args=(url, gate, told, n, rounds), daemon=True) for n in range(buyers)
    ]
    for process in running:
        process.start()
    answers: list[list[str]] = [[] for _ in rounds]
    for _ in range(buyers * len(rounds)):
        n, answer = told.get(timeout=90)
        answers[n].append(answer)
    for process in running:
        process.join(30)
    return answers


@pytest.fixture
def url(engine: Any) -> str:
    engine.dispose()
    return str(engine.url.render_as_string(hide_password=False))


def test_sixteen_buyers_for_ten_units(
    session: Session, make: Callable[..., Article], url: str, engine: Any
) -> None:
    goods = [make(stock=10) for _ in range(ROUNDS)]
    session.rollback()
    engine.dispose()
    answers = race(url, [[{one.variant_id: 1}] for one in goods])
    for answer in answers:
        assert sorted(answer) == ["left 0"] * 6 + ["sold"] * 10
    for one in goods:
        assert level(session, one) == (0, 0, 0)
    assert_sound(session)


def test_baskets_in_opposite_order_never_block_each_other(
    session: Session, make: Callable[..., Article], url: str, engine: Any
) -> None:
    lamp, chair, vase = make(stock=200), make(stock=200), make(stock=200)
    one = {lamp.variant_id: 1, chair.variant_id: 1, vase.variant_id: 1}
    other = dict(reversed(one.items()))
    session.rollback()
    engine.dispose()
    answers = race(url, [[one, other]] * 5, buyers=8)
    assert [answer for turn in answers for answer in turn] == ["sold"] * 40
    assert [level(session, goods) for goods in (lamp, chair, vase)] == [(160, 0, 0)] * 3
    assert_sound(session)


def test_what_does_not_fit_as_a_whole_takes_nothing(
    session: Session, make: Callable[..., Article], url: str, engine: Any
) -> None:
    lamp, chair = make(stock=6), make(stock=100)
    session.rollback()
    engine.dispose()
    answers = race(url, [[{chair.variant_id: 1, lamp.variant_id: 2}]])
    assert answers[0].count("sold") == 3
    assert (level(session, lamp), level(session, chair)) == ((0, 0, 0), (97, 0, 0))
    assert_sound(session)
