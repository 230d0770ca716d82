"""Many buyers at once: separate processes, separate connections, one shop."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.core.errors import ShopError
from app.orders import checks
from app.payments import registry
from tests.checkout.making import cart, place, total
from tests.orders import making

Job = Callable[[Session], Any]
FORK = multiprocessing.get_context("fork")


def _one(url: str, app: Any, job: Job, start: Any, answers: Any) -> None:
    """The life of one buyer's process: its own engine, one attempt, one answer."""
    engine = create_engine(url)
    try:
        with app.app_context(), sessionmaker(engine, expire_on_commit=False)() as session:
            start.wait(30)
            try:
                answers.put(("done", job(session)))
            except ShopError as refusal:
                answers.put(("refused", refusal.code))
            except Exception as problem:  # noqa: BLE001 - whatever it is must reach the test
                answers.put(("broken", repr(problem)))
        answers.close()
        answers.join_thread()
    finally:
        os._exit(0)


def at_once(app: Any, migrated_url: str, jobs: Sequence[Job]) -> list[tuple[str, Any]]:
    """Run every job in a process of its own, all let go at the same moment."""
    answers, start = FORK.Queue(), FORK.Barrier(len(jobs) + 1)
    processes = [
        FORK.Process(target=_one, args=(migrated_url, app, job, start, answers), daemon=True) for job in jobs
    ]
    for process in processes:
        process.start()
    start.wait(60)
    found = [answers.get(timeout=60) for _ in jobs]
    for process in processes:
        process.join(10)
    return found


def buying(cart_id: UUID, expected: Any, **changes: Any) -> Job:
    """A job that places the order of a cart."""
    return lambda session: place(session, cart_id, expected, **changes)


@pytest.fixture
def clean_up(session: Session) -> Session:
    """A session whose database is left as found."""
    assert registry.providers()
    return session


@pytest.mark.parametrize("method", ["demo_card", "cod"])
def test_sixteen_buyers_ten_pieces(app: Any, migrated_url: str, clean_up: Session, method: str) -> None:
    session = clean_up
    (lamp,) = making.articles(session, 1, stock=10)
    ids = [cart(session, [lamp]) for _ in range(16)]
    expected = total(session, ids[0])
    jobs = [buying(c.public_id, expected, payment_method=method, idempotency_key=str(c.id)) for c in ids]
    session.commit()
    found = at_once(app, migrated_url, jobs)
    assert sorted(code for kind, code in found if kind != "done") == ["out_of_stock"] * 6, found
    numbers = sorted(placed.number for kind, placed in found if kind == "done")
    assert [int(number.split("-")[1]) for number in numbers] == list(range(1, 11))
    session.rollback()
    assert making.stock_of(session, lamp) == ((0, 0) if method == "cod" else (10, 10))
    assert checks.gaps(session) == checks.wrong_totals(session) == checks.wrong_histories(session) == []
    assert session.scalar(text("SELECT count(*) FROM payments_payment")) == 10


def test_one_key_many_times_is_one_order(app: Any, migrated_url: str, clean_up: Session) -> None:
    session = clean_up
    (lamp,) = making.articles(session, 1, stock=50)
    made = cart(session, [lamp])
    expected, cart_id = total(session, made), made.public_id
    session.commit()
    jobs = [buying(cart_id, expected, idempotency_key="same") for _ in range(8)]
    jobs += [buying(cart_id, expected, idempotency_key="same", note="another body") for _ in range(2)]
    found = at_once(app, migrated_url, jobs)
    placed = [answer for kind, answer in found if kind == "done"]
    refused = [answer for kind, answer in found if kind == "refused"]
    assert len(placed) + len(refused) == 10
    assert len({(p.order_id, p.number, p.token, p.payment_id) for p in placed}) == 1
    assert sum(not p.is_repeat for p in placed) == 1
    assert len(placed) in (8, 2) and set(refused) == {"idempotency_mismatch"}
    session.rollback()
    assert session.scalar(text("SELECT count(*) FROM orders_order")) == 1
    assert making.stock_of(session, lamp) == (50, 1)


def test_one_cart_many_keys_is_one_order(app: Any, migrated_url: str, clean_up: Session) -> None:
    session = clean_up
    (lamp,) = making.articles(session, 1, stock=50)
    made = cart(session, [lamp])
    expected, cart_id = total(session, made), made.public_id
    session.commit()
    found = at_once(
        app, migrated_url, [buying(cart_id, expected, idempotency_key=str(n)) for n in range(5)]
        + [buying(cart_id, expected)],
    )  # fmt: skip
    assert sorted(kind for kind, _ in found) == ["done"] + ["refused"] * 5
    assert {answer for kind, answer in found if kind == "refused"} == {"already_ordered"}
    session.rollback()
    assert session.scalar(text("SELECT count(*) FROM orders_order")) == 1


def test_opposite_carts_do_not_block_each_other(app: Any, migrated_url: str, clean_up: Session) -> None:
    session = clean_up
    lamps = making.articles(session, 6, stock=1000)
    dice = random.Random(7)
    ids = []
    for n in range(48):
        order = lamps[:: 1 if n % 2 else -1] if n % 3 else dice.sample(lamps, len(lamps))
        ids.append(cart(session, order).public_id)
    session.commit()

    def many(mine: Sequence[UUID]) -> Job:
        return lambda s: [place(s, cart_id, payment_method="cod").number for cart_id in mine]

    found = at_once(app, migrated_url, [many(ids[n::8]) for n in range(8)])
    assert {kind for kind, _ in found} == {"done"}, found
    numbers = sorted(number for _kind, mine in found for number in mine)
    assert [int(number.split("-")[1]) for number in numbers] == list(range(1, 49))
    session.rollback()
    assert [making.stock_of(session, lamp) for lamp in lamps] == [(952, 0)] * 6
