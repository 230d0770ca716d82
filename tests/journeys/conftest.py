"""A running shop and a browser, both once for all journeys."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import CHROME, NO_CHROME
from tests.journeys.running import RunningShop, open_shop
from tests.journeys.walking import Visitor

ONE_WORKER = pytest.mark.xdist_group("journeys")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey, keep all of them in one test process, skip them where there is no browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(ONE_WORKER)
            if not CHROME:
                item.add_marker(pytest.mark.skip(reason=NO_CHROME))


@pytest.fixture(scope="session")
def shop(postgres: Any, redis_server: Any) -> Iterator[RunningShop]:
    """A shop that answers, filled with the demo."""
    began = time.monotonic()
    postgres.create_database("journeys")
    home = Path(tempfile.mkdtemp(prefix="comptoir-journeys-"))
    opened = None
    try:
        opened = open_shop(postgres.dsn("journeys"), redis_server.url, home)
        opened.rows(  # people chat at any hour; the demo's bot would answer before those whom the journeys are about
            "UPDATE core_setting SET values = values || CAST(:v AS jsonb) WHERE name = 'support.SupportSettings'",
            v='{"bot": false, "hours": "mon-sun 00:00-23:59"}',
        )
        opened.seconds_to_open = time.monotonic() - began
        yield opened
    finally:
        if opened:
            opened.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def visit(browser: Any, shop: RunningShop) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with cookies of their own; the test fails on anything that went wrong for one."""
    came: list[Visitor] = []

    def arrive(**options: Any) -> Visitor:
        came.append(Visitor(browser, shop, **options))
        return came[-1]

    yield arrive
    for visitor in came:
        visitor.leave()
    wrong = [fault for visitor in came for fault in visitor.faults]
    assert wrong == [], "\n".join(wrong)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """One visitor at a desk."""
    return visit()
