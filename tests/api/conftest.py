"""One small shop for each module of tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from app.core import rate_limits, redis_client
from app.identity import throttle
from tests.api.shop import Shop, build
from tests.conftest import flush_redis
from tests.keeping import KeptRows, empty, filled

_built: list[tuple[Shop, KeptRows]] = []
"""The shop of this test process, once a module has asked for one."""


@pytest.fixture(scope="module")
def floor(app: Any, engine: Any, kept_tables: frozenset[str], redis_server: Any) -> Iterator[Shop]:
    """The shop, as operations built it once a test process; put back for each module and taken down after it.

    Redis is emptied before it, too: tests without a shop have asked for its pages, and they were kept.
    """
    flush_redis()
    try:
        if _built:
            _built[0][1].put_back()
        else:
            made = build(app, sessionmaker(engine, expire_on_commit=False), engine)
            _built.append((made, KeptRows(engine, filled(engine, kept_tables))))
        shop = _built[0][0]
        yield dataclasses.replace(shop, people=dict(shop.people), ids=dict(shop.ids))
    finally:
        empty(engine, kept_tables)
        flush_redis()


@pytest.fixture
def client(floor: Shop) -> Any:
    """A caller without cookies, in the small shop."""
    return floor.app.test_client()


@pytest.fixture(autouse=True)
def fresh_limits(redis_server: Any) -> None:
    """What one test has tried does not count against the next."""
    rate_limits.forget()
    throttle.forget()
    redis_client.attempt(lambda r: [r.delete(key) for key in r.keys("identity:wrong:*")])
