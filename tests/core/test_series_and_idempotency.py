"""Gapless numbers and idempotency keys, with real parallel processes."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.core import idempotency, series
from app.core.errors import Invalid
from app.core.idempotency import IdempotencyMismatch
from app.core.unit_of_work import unit_of_work

APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload([__name__])  # the libraries are loaded once for all of them


def take_some(url: str, count: int, queue: Any) -> None:
    engine = create_engine(url)
    taken = []
    for index in range(count):
        with Session(engine) as session:
            try:
                with unit_of_work(session):
                    number = series.take(session, "test", 2026)
                    if index % 3 == 0:
                        raise LookupError
                taken.append(number)
            except LookupError:
                continue
    queue.put(taken)


def test_numbers_have_no_gap_under_parallel_rollbacks(session: Session, migrated_url: str) -> None:
    queue = APART.Queue()
    takers = [APART.Process(target=take_some, args=(migrated_url, 30, queue)) for _ in range(3)]
    for taker in takers:
        taker.start()
    numbers = sorted(number for _ in takers for number in queue.get(timeout=60))
    for taker in takers:
        taker.join()
    assert numbers == list(range(1, 61))


def test_a_number_needs_a_unit_of_work(session: Session) -> None:
    with pytest.raises(RuntimeError):
        series.take(session, "test", 2026)


def place(url: str, body: dict[str, Any], queue: Any) -> None:
    engine = create_engine(url)
    with Session(engine) as session:
        try:
            with unit_of_work(session):
                answer = idempotency.begin(session, scope="test", key="k-1", body=body)
                if answer is None:
                    answer = {"number": series.take(session, "orders", 2026)}
                    idempotency.finish(session, scope="test", key="k-1", answer=answer)
            queue.put(answer["number"])
        except IdempotencyMismatch:
            queue.put("mismatch")


def test_equal_requests_at_once_do_the_work_once(session: Session, migrated_url: str) -> None:
    queue = APART.Queue()
    bodies = [{"a": 1}] * 6
    racers = [APART.Process(target=place, args=(migrated_url, body, queue)) for body in bodies]
    for racer in racers:
        racer.start()
    assert [queue.get(timeout=60) for _ in racers] == [1] * 6
    for racer in racers:
        racer.join()
    assert session.scalar(select(series.Series.last)) == 1


def test_another_body_under_the_same_key_is_refused(session: Session) -> None:
    with unit_of_work(session):
        idempotency.begin(session, scope="test", key="k", body={"a": 1})
        idempotency.finish(session, scope="test", key="k", answer={"n": 1})
    with unit_of_work(session):
        assert idempotency.begin(session, scope="test", key="k", body={"a": 1}) == {"n": 1}
    with pytest.raises(IdempotencyMismatch), unit_of_work(session):
        idempotency.begin(session, scope="test", key="k", body={"a": 2})


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\nb"])
def test_a_key_must_be_sensible(session: Session, key: str) -> None:
    with pytest.raises(Invalid), unit_of_work(session):
        idempotency.begin(session, scope="test", key=key, body={})
