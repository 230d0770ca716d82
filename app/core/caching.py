"""Caches with owners: whoever owns the content purges it, by event, in every process at once.

Values live in Redis under a generation number of their owner; purging raises the number, so that no key has to be
searched. Numbers begin at the clock: a Redis that lost its memory does not count again through those under which a
process still keeps something. A small copy in the process saves the trip while the generation stands.
Without Redis everything is computed: slower, never wrong. A purge that Redis did not hear is owed: what it
concerns is computed in this process until a later attempt was heard.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from redis import Redis

from app.core import redis_client

T = TypeVar("T")
LOCAL_ITEMS = 4096
GENERATION_SECONDS = 0.5
GATE_SECONDS = 3.0
"""So long the others wait for the one who computes. He may be waiting for a database connection himself, and all
of them may be held by those who wait for him: then each computes for itself, and nobody waits for ever."""
_local: OrderedDict[str, tuple[float, int, Any]] = OrderedDict()
_generations: dict[str, tuple[float, int]] = {}
_owed: set[str] = set()
_lock = threading.Lock()
_loading: dict[str, threading.Lock] = {}


def generation(owner: str) -> int | None:
    """The owner's generation number, at most half a second old; None while Redis is away."""
    if owner in _owed:
        return None
    held = _generations.get(owner)
    now = time.monotonic()
    if held and held[0] > now:
        return held[1]
    found = redis_client.attempt(partial(generations, (owner,)))
    if found is None:
        return None
    _generations[owner] = (now + GENERATION_SECONDS, found[0])
    return found[0]


def generations(owners: Sequence[str], redis: Redis) -> list[int]:
    """The owners' generation numbers as they are now; one that Redis does not know begins now."""
    names = [f"gen:{owner}" for owner in owners]
    found = cast("list[bytes | None]", redis.mget(names))
    if None in found:
        for name in names:
            _begin(name, redis)
        found = cast("list[bytes | None]", redis.mget(names))
    return [int(number or 0) for number in found]


def _begin(name: str, redis: Redis) -> None:
    redis.set(name, time.time_ns(), nx=True)


def _raise_generation(owner: str, redis: Redis) -> int:
    _begin(f"gen:{owner}", redis)
    return int(redis.incr(f"gen:{owner}"))


def purge(*owners: str) -> None:
    """Forget everything that belongs to these owners, everywhere."""
    for owner in owners:
        _generations.pop(owner, None)
        number = redis_client.attempt(partial(_raise_generation, owner))
        if number is not None:
            _generations[owner] = (time.monotonic() + GENERATION_SECONDS, number)
        elif redis_client.url():
            _owe(owner)


def _owe(owner: str) -> None:
    forget_local()
    with _lock:
        nobody_pays = not _owed
        _owed.add(owner)
    if nobody_pays:
        threading.Thread(target=_pay, name="owed purges", daemon=True).start()


def _pay() -> None:
    """Repeat what Redis has not heard: it may have been slow for a moment only, and kept every old value."""
    while _owed:
        time.sleep(redis_client.OPEN_SECONDS)
        for owner in tuple(_owed):
            if redis_client.attempt(partial(_raise_generation, owner)) is not None:
                _generations.pop(owner, None)
                _owed.discard(owner)


def cached(owner: str, key: str, loader: Callable[[], T], ttl: float = 300.0) -> T:
    """The value under `key`, computed by `loader` when nobody has it. One computation a process, as a rule."""
    number = generation(owner)
    if number is None:
        return loader()
    name = f"{owner}:{number}:{key}"
    held = _local.get(name)
    if held and held[0] > time.monotonic():
        return held[2]
    with _lock:
        gate = _loading.setdefault(name, threading.Lock())
    first = gate.acquire(timeout=GATE_SECONDS)
    try:
        held = _local.get(name)
        if held and held[0] > time.monotonic():
            return held[2]
        return _load(name, loader, ttl)
    finally:
        if first:
            gate.release()
            with _lock:
                _loading.pop(name, None)


def _load(name: str, loader: Callable[[], T], ttl: float) -> T:
    raw = redis_client.attempt(lambda r: r.get(name))
    if raw is not None:
        value = pickle.loads(cast(bytes, raw))  # noqa: S301 - written by ourselves, into our own Redis
    else:
        value = loader()
        redis_client.attempt(lambda r: r.set(name, pickle.dumps(value), px=int(ttl * 1000)))
    _remember(name, value, ttl)
    return cast(T, value)


def _remember(name: str, value: Any, ttl: float) -> None:
    with _lock:
        _local[name] = (time.monotonic() + min(ttl, 60.0), 0, value)
        _local.move_to_end(name)
        while len(_local) > LOCAL_ITEMS:
            _local.popitem(last=False)


def forget_local() -> None:
    """Drop this process's copies."""
    with _lock:
        _local.clear()
        _generations.clear()
