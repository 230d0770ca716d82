"""Rate limits shared by all processes through Redis, with a stricter local fallback when it is gone.

A moving window (the `limits` library). `hit` counts and refuses; `remaining` only looks.
"""

from __future__ import annotations

import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from app.core import redis_client
from app.core.errors import TooMany

_local = MovingWindowRateLimiter(MemoryStorage())
_shared: dict[str, MovingWindowRateLimiter] = {}
_enabled = [True]


def enable(on: bool) -> None:
    """Switch limits off for load tools of our own, never in production."""
    _enabled[0] = on


def _limiter() -> MovingWindowRateLimiter:
    url = redis_client.url()
    if url not in _shared:
        address, wait = url.replace("unix://", "redis+unix://", 1), redis_client.TIMEOUT_SECONDS
        _shared[url] = MovingWindowRateLimiter(
            RedisStorage(address, socket_timeout=wait, socket_connect_timeout=wait)
        )
    return _shared[url]


def _tally(item: RateLimitItem, key: str) -> tuple[bool, int]:
    def shared(_: object) -> tuple[bool, int]:
        limiter = _limiter()
        allowed = limiter.hit(item, key)
        return allowed, int(limiter.get_window_stats(item, key).reset_time)

    answer = redis_client.attempt(shared) if redis_client.url() else None
    if answer is None:
        allowed = _local.hit(item, key)
        answer = allowed, int(_local.get_window_stats(item, key).reset_time)
    return answer


def hit(rule: str, key: str) -> None:
    """Count one attempt under `key` against a rule such as "5/minute".

    Raises:
        TooMany: when the limit is passed; `retry_after` tells the seconds to wait.
    """
    if not _enabled[0]:
        return
    item = parse(rule)
    allowed, reset = _tally(item, key)
    if not allowed:
        raise TooMany(retry_after=max(1, min(reset - int(time.time()) + 1, item.get_expiry())))


def forget() -> None:
    """Clear all counters of this process; used between tests."""
    _local.storage.reset()
    if redis_client.url():
        redis_client.attempt(lambda _: _limiter().storage.reset())
