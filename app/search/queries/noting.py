"""Remembers what is looked for, in Redis, without who did; a job writes it down once in a while."""

from __future__ import annotations

from app.core import redis_client
from app.search import rules

KEY = "search:asked"
MOST_KEPT = 5_000
"""Different queries held until the job comes; more are not counted."""


def note(query: str, lang: str, hits: int) -> None:
    """Count one search. Queries that could name a person are not kept."""
    plain = " ".join(rules.terms_of(query))
    if not rules.may_be_kept(query) or not plain:
        return
    name = f"{lang}\t{plain}"

    def count(client: object) -> None:
        if client.hlen(KEY) < MOST_KEPT:  # type: ignore[attr-defined]
            pipe = client.pipeline(transaction=False)  # type: ignore[attr-defined]
            pipe.hincrby(KEY, name, 1)
            pipe.hset(f"{KEY}:hits", name, hits)
            pipe.execute()

    redis_client.attempt(count)
