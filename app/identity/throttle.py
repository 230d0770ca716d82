"""Wrong logins: five a minute for an account and for an address of the network, then a pause.

Only failures count, so that a busy office behind one address is not locked out. Counters live in
Redis, shared by all processes; while Redis is away each process counts for itself (fails closed to a
local limit, never open). The right password is refused too while a counter is full.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from app.core import rate_limits, redis_client
from app.core.errors import TooMany
from app.identity.rules import fingerprint

LIMIT = 5
SECONDS = 60
_PREFIX = "identity:wrong:"
_local: dict[str, list[float]] = {}
_lock = threading.Lock()


def keys(*, email: str, ip: str) -> tuple[str, ...]:
    """The counters of one attempt; addresses are hashed, so that Redis holds no personal data."""
    return (_PREFIX + "account:" + fingerprint(email)[:32], _PREFIX + "ip:" + fingerprint(ip)[:32])


def check(names: Iterable[str]) -> None:
    """Refuse when one of the counters is full.

    Raises:
        TooMany: with the seconds until the next try.
    """
    wait = 0
    for name in names:
        count, left = _look(name)
        if count >= LIMIT:
            wait = max(wait, left, 1)
    if wait:
        raise TooMany(retry_after=min(wait, SECONDS))


def note_failure(names: Iterable[str]) -> None:
    """Count one wrong attempt on each counter; the minute starts with the first."""
    for name in names:
        _count(name)


ASKING = ("5/hour", "20/hour", "60/hour")
"""Mails that one may ask for: for an address from one place, for an address, from one place."""


def note_request(kind: str, *, email: str, ip: str) -> None:
    """Count a request that sends a mail (register, reset …), known address or not.

    Raises:
        TooMany: too many for this address or from this place; nobody's mailbox is flooded.
    """
    address, place = fingerprint(email.strip().lower()[:300])[:32], fingerprint(ip)[:32]
    for rule, key in zip(ASKING, (f"{address}:{place}", address, place), strict=True):
        rate_limits.hit(rule, f"identity:{kind}:{key}")


def forget(names: Iterable[str] | None = None) -> None:
    """Start again from zero: after a reset of the password, or between tests."""
    with _lock:
        for name in list(_local) if names is None else names:
            _local.pop(name, None)
    for name in names or ():
        redis_client.attempt(lambda r, name=name: r.delete(name))  # type: ignore[misc]


def _look(name: str) -> tuple[int, int]:
    found = redis_client.attempt(lambda r: (r.get(name), r.ttl(name))) if redis_client.url() else None
    if found is not None:
        return int(found[0] or 0), int(found[1])
    with _lock:
        moments = _fresh(name)
        return len(moments), int(moments[0] + SECONDS - time.monotonic()) + 1 if moments else 0


def _count(name: str) -> None:
    def shared(r: object) -> bool:
        pipe = r.pipeline()  # type: ignore[attr-defined]
        pipe.set(name, 0, ex=SECONDS, nx=True)
        pipe.incr(name)
        pipe.execute()
        return True

    if redis_client.url() and redis_client.attempt(shared):
        return
    with _lock:
        if len(_local) > 10_000:
            _local.clear()
        _local[name] = [*_fresh(name), time.monotonic()]


def _fresh(name: str) -> list[float]:
    edge = time.monotonic() - SECONDS
    return [moment for moment in _local.get(name, []) if moment > edge]
