"""A real shop for the experiments, and the page of results they leave."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.shop import ROOT, RealShop
from tests.fakes.postbox import Postbox
from tests.torture.client import Client
from tests.torture.stocking import Stocking
from tests.torture.trap import TrappedStripe

FULL = os.environ.get("TORTURE") == "full"
RESULTS = ROOT / "bench" / "results" / "torture.json"
POOL = '"event": "Exception during reset or similar", '
DIED = re.compile(r"terminating connection|connection unexpectedly|connection is (lost|closed)|reset by peer")
_rows: list[dict[str, Any]] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is torture, one process after the other: the experiments kill servers."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.torture)
            item.add_marker(pytest.mark.xdist_group("torture"))
            item.add_marker(pytest.mark.timeout(900 if FULL else 200))


def size(small: int, full: int) -> int:
    """How much of it: small enough for the suite, or everything with TORTURE=full."""
    return full if FULL else small


def patience(seconds: float) -> float:
    """So many seconds of a quiet machine; up to three times as many where others want its processors too."""
    return seconds * min(3.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


@pytest.fixture(scope="session")
def stripe() -> Iterator[TrappedStripe]:
    """Stripe, as far as the shop can see."""
    with TrappedStripe() as account:
        yield account


@pytest.fixture(scope="session")
def letters() -> Iterator[Postbox]:
    """The mail server of the shop."""
    box = Postbox()
    box.open()
    yield box
    box.close()


@pytest.fixture(scope="session")
def shop(stripe: TrappedStripe, letters: Postbox) -> Iterator[RealShop]:
    """The shop as `make run` starts it, empty, paying through our Stripe and writing through our mail server."""
    keys = {
        "MAIL_URL": letters.url,
        "STRIPE_API_KEY": stripe.api_key,
        "STRIPE_WEBHOOK_SECRET": stripe.webhook_secret,
        "STRIPE_API_BASE": stripe.base,
    }
    with RealShop(environment=keys) as running:
        yield running


@pytest.fixture(scope="session")
def stocking(shop: RealShop) -> Iterator[Stocking]:
    """Who puts articles on the shelf."""
    one = Stocking(shop)
    yield one
    one.close()


@pytest.fixture
def articles(stocking: Stocking) -> Callable[..., list[str]]:
    """Makes new articles with stock on the shelf; returns their SKUs."""
    return stocking.articles


@pytest.fixture
def client(shop: RealShop) -> Iterator[Client]:
    """One shopper."""
    one = Client(shop.port)
    yield one
    one.close()


@pytest.fixture
def clients(shop: RealShop) -> Iterator[Callable[[int], list[Client]]]:
    """Makes many shoppers."""
    made: list[Client] = []

    def make(count: int) -> list[Client]:
        new = [Client(shop.port) for _ in range(count)]
        made.extend(new)
        return new

    yield make
    for one in made:
        one.close()


def broken_pages(log: str) -> list[str]:
    """The lines of a log that tell of a page that broke.

    What the pool says of a connection that died is none: PostgreSQL was killed under it, the pool throws it away,
    and the page that had it has an answer, or a line of its own.
    """
    found = [line for line in log.splitlines() if "unexpected error" in line or "Traceback" in line]
    return [line for line in found if POOL not in line or not DIED.search(line)]


@pytest.fixture(autouse=True)
def whole(shop: RealShop, stocking: Stocking) -> Iterator[None]:
    """After each experiment the shop is whole: all its promises hold, and no page broke in between."""
    before = shop.log("web").stat().st_size if shop.log("web").exists() else 0
    yield
    assert stocking.broken() == []
    with shop.log("web").open("rb") as log:
        log.seek(before)
        text = log.read().decode(errors="replace")
    broken = broken_pages(text)
    assert broken == [], text[text.find(broken[0]) :][:6_000]


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Notes one row of the page of results: the experiment, what passes, what was measured."""
    began = time.monotonic()

    def note(experiment: str, passes: str, **measured: Any) -> None:
        row = {"experiment": experiment, "passes": passes, "measured": measured, "full": FULL,
               "seconds": round(time.monotonic() - began, 1)}  # fmt: skip
        _rows.append(row)

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the page of results and write it beside the benchmarks' ones."""
    if not _rows:
        return
    terminalreporter.section("fault and race experiments")
    for row in _rows:
        measured = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row["measured"].items())
        terminalreporter.line(f"{row['experiment']:34s} {measured}  [{row['seconds']} s]")
        terminalreporter.line(f"{'':34s} passes: {row['passes']}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"full": FULL, "rows": _rows}, indent=1, default=str) + "\n")
