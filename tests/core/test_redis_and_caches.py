"""Redis may go away at any time: the shop computes instead, limits locally, and never waits long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from app.core import caching, rate_limits, redis_client
from app.core.errors import TooMany


@pytest.fixture
def no_redis(clean: None, tmp_path) -> Iterator[None]:
    kept = redis_client.url()
    redis_client.configure(f"unix://{tmp_path}/nobody.sock")
    caching.forget_local()
    yield
    redis_client.configure(kept)
    redis_client._state.closed_until = 0.0
    caching.forget_local()


def test_a_value_is_computed_once_until_its_owner_is_purged(clean: None) -> None:
    calls: list[int] = []

    def load() -> int:
        calls.append(1)
        return len(calls)

    assert [caching.cached("t", "k", load) for _ in range(3)] == [1, 1, 1]
    caching.forget_local()
    assert caching.cached("t", "k", load) == 1, "another process finds it in Redis"
    caching.purge("other")
    assert caching.cached("t", "k", load) == 1
    caching.purge("t")
    assert caching.cached("t", "k", load) == 2


def test_many_misses_at_once_run_the_loader_once(clean: None) -> None:
    calls: list[int] = []

    def load() -> str:
        calls.append(1)
        time.sleep(0.05)
        return "value"

    threads = [threading.Thread(target=lambda: caching.cached("t", "stampede", load)) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_who_computes_may_need_what_those_hold_who_wait(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """He waits for the last database connection; who waits for him has it. Both come through."""
    monkeypatch.setattr(caching, "GATE_SECONDS", 0.05)
    connections, computing, got = threading.Semaphore(1), threading.Event(), list[str]()

    def needs_one() -> str:
        computing.set()
        with connections:
            return "value"

    def waits_with_one() -> None:
        with connections:
            first.start()
            assert computing.wait(5)
            got.append(caching.cached("t", "gate", lambda: "value"))

    first = threading.Thread(target=lambda: got.append(caching.cached("t", "gate", needs_one)), daemon=True)
    second = threading.Thread(target=waits_with_one, daemon=True)
    second.start()
    second.join(5)
    first.join(5)
    assert got == ["value", "value"]
    assert caching._loading == {}


def test_without_redis_values_are_computed(no_redis: None) -> None:
    assert caching.cached("t", "k", lambda: 1) == 1
    assert caching.cached("t", "k", lambda: 2) == 2


def test_a_purge_that_redis_did_not_hear_is_repeated(clean: None, tmp_path) -> None:
    reachable = redis_client.url()
    assert caching.cached("t", "k", lambda: "old") == "old"
    before = caching.generation("t")
    try:
        redis_client.configure(f"unix://{tmp_path}/nobody.sock")
        caching.purge("t")
    finally:
        redis_client.configure(reachable)
        redis_client._state.closed_until = 0.0
    assert caching.cached("t", "k", lambda: "new") == "new", "here at once"
    deadline = time.monotonic() + 10
    while caching._owed and time.monotonic() < deadline:
        time.sleep(0.05)
    caching.forget_local()
    assert caching.generation("t") == (before or 0) + 1, "and everywhere as soon as it was heard"
    assert caching.cached("t", "k", lambda: "newer") == "newer"


def test_the_breaker_spares_later_calls(no_redis: None) -> None:
    assert redis_client.attempt(lambda r: r.get("x"), "default") == "default"
    began = time.perf_counter()
    for _ in range(200):
        redis_client.attempt(lambda r: r.get("x"))
    assert redis_client._state.closed_until > 0
    assert time.perf_counter() - began < 5
    assert redis_client.is_up() is False


@pytest.mark.parametrize("with_redis", [True, False])
def test_sec_07_the_sixth_attempt_is_refused(with_redis: bool, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("clean" if with_redis else "no_redis")
    rate_limits.forget()
    for _ in range(5):
        rate_limits.hit("5/minute", "login:anna")
    with pytest.raises(TooMany) as refusal:
        rate_limits.hit("5/minute", "login:anna")
    assert 1 <= refusal.value.retry_after <= 60
    rate_limits.hit("5/minute", "login:bert")
    rate_limits.forget()
