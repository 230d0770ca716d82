"""Redis with no retry storm: short time-outs, no retries, and a breaker that stays open a second.

Whatever the shop keeps in Redis (cache, limits, bells) it can do without for a while; so every call
goes through `attempt`, which answers a default when Redis is away (measured: with redis-py's own
retries one call blocked for 5.9 s while Redis was stopped).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger("core.redis")
T = TypeVar("T")
OPEN_SECONDS = 1.0
TIMEOUT_SECONDS = 0.15
"""So long a page waits for Redis."""


class _State:
    client: redis.Redis | None = None
    owner: int = 0
    url: str = ""
    closed_until: float = 0.0


_state = _State()
_bell = threading.local()


def configure(url: str) -> None:
    """Set the address; connections are made on first use, in each process anew."""
    _state.url, _state.client = url, None


def client(*, socket_timeout: float | None = None) -> redis.Redis:
    """This process's client. Prefer `attempt`: it survives Redis being away."""
    timeout = socket_timeout or TIMEOUT_SECONDS
    if _state.client is None or _state.owner != os.getpid():
        _state.client = redis.Redis.from_url(
            _state.url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            decode_responses=False,
        )
        _state.owner = os.getpid()
    return _state.client


def url() -> str:
    """The configured address."""
    return _state.url


def attempt(call: Callable[[redis.Redis], T], default: Any = None) -> T | Any:
    """Do something in Redis, or answer `default` when it is away. Never raises for its absence."""
    if not _state.url or time.monotonic() < _state.closed_until:
        return default
    try:
        return call(client())
    except (redis.RedisError, OSError) as problem:
        _state.closed_until = time.monotonic() + OPEN_SECONDS
        log.warning("redis is away", problem=repr(problem))
        return default


def is_up() -> bool:
    """True when Redis answers now; used by the readiness check, which must not use the breaker."""
    try:
        return bool(client().ping())
    except (redis.RedisError, OSError):
        return False


def wait_for_bell(channel: str, seconds: float, stop: threading.Event) -> None:
    """Sleep until somebody rings or the time is over; falls back to a plain sleep without Redis."""
    listener = getattr(_bell, "listener", None)
    try:
        if listener is None:
            listener = client().pubsub(ignore_subscribe_messages=True)
            listener.subscribe(channel)
            _bell.listener = listener
        listener.get_message(timeout=min(seconds, 0.1))
        deadline = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < deadline:
            if listener.get_message(timeout=min(0.1, seconds)) is not None:
                return
    except (redis.RedisError, OSError):
        _bell.listener = None
        stop.wait(seconds)
