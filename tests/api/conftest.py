"""One small shop for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from app.core import rate_limits, redis_client
from app.identity import throttle
from tests.api.shop import Shop, build
from tests.conftest import _forget, empty


@pytest.fixture(scope="module")
def floor(app: Any, engine: Any, kept_tables: frozenset[str], redis_server: Any) -> Iterator[Shop]:
    """The shop, built once for the tests of a module and taken down after them."""
    _forget()
    try:
        yield build(app, sessionmaker(engine, expire_on_commit=False), engine)
    finally:
        empty(engine, kept_tables)
        redis_client.attempt(lambda r: r.flushdb())
        _forget()


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
