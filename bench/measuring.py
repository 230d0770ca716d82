"""What is measured: the pages, whole purchases, placing an order, start and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.buying import Shopper, purchases
from bench.counting import counted, cpu_seconds, megabytes, tree_of
from bench.loading import load
from bench.shop import ROOT, RealShop, free_port, until

WARM_UP = 24


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask for: its paths in turn, on which server, and what the figures should be."""

    name: str
    paths: Sequence[str]
    cold: bool = True
    cpu_ms: float | None = None
    sql: int | None = None
    connections: int = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `sql` counts BEGIN and COMMIT, `sql_work` does not."""

    name: str
    rate: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    postgres_ms: float
    sql: float | None
    sql_work: float | None
    ratio: float
    errors: int
    kilobytes: float
    cpu_target: float | None
    sql_target: int | None


@contextmanager
def server(module: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """gunicorn as the shop runs it, with another application: (port, process id)."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        str(ROOT / "deploy" / "gunicorn.conf.py"),
        "-k",
        "gevent",
    ]
    process = subprocess.Popen(
        [*command, "-b", f"127.0.0.1:{port}", f"{module}:application"], cwd=ROOT,
        env={**environment, "COMPTOIR_PROCESS": "web"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int, path: str) -> bool:
    """True when this address answers 200."""
    try:
        return Shopper(port).ask("GET", path)[0] == 200
    except OSError:
        return False


class Bench:
    """The servers of one run: the shop, the same without page cache, the bare page."""

    def __init__(self, shop: RealShop, cold: tuple[int, int], bare: tuple[int, int], seconds: int):
        self.shop, self.cold, self.bare, self.seconds = shop, cold, bare, seconds
        self.postgres = shop.children()["postgres"]
        self.web = shop.children()["web"]

    def bare_rate(self) -> float:
        """Requests per second of the yardstick, right now."""
        return load(self.bare[0], ["/hello"], connections=8, seconds=2).rate

    def bare_cpu_ms(self) -> float:
        """CPU time of the yardstick: 0.2 ms on a quiet machine, more where others are at work."""
        before = cpu_seconds([self.bare[1]])
        told = load(self.bare[0], ["/hello"], connections=8, seconds=2)
        return round((cpu_seconds([self.bare[1]]) - before) * 1000 / max(1, told.requests), 3)

    def page(self, target: Target) -> Row:
        """Measure one target: warm up, count statements, then load."""
        port, root = self.cold if target.cold else (self.shop.port, self.web)
        shopper, size = Shopper(port), 0
        for path in [*target.paths] * (1 + WARM_UP // len(target.paths)):
            status, body, _ = shopper.ask("GET", path)
            if status != 200:
                raise SystemExit(f"{target.name}: {path} answers {status}")
            size = max(size, len(body.encode()))
            if path == target.paths[min(WARM_UP, len(target.paths) - 1)]:
                break
        sample = target.paths[-10:]
        with counted(self.shop) as statements:
            for path in sample:
                shopper.ask("GET", path)
        shopper.connection.close()
        bare = self.bare_rate()
        before = cpu_seconds([root]), cpu_seconds([self.postgres])
        told = load(port, target.paths, connections=target.connections, seconds=self.seconds)
        time.sleep(0.2)
        web, postgres = cpu_seconds([root]) - before[0], cpu_seconds([self.postgres]) - before[1]
        each = 1000 / max(1, told.requests)
        return Row(
            target.name, round(told.rate, 1), told.p50, told.p95, round((web + postgres) * each, 2),
            round(postgres * each, 2), statements.total / len(sample), statements.work / len(sample),
            round(told.rate / bare, 4), told.errors, round(size / 1024, 1), target.cpu_ms, target.sql,
        )  # fmt: skip

    def buying(self, listing: str, products: Sequence[str], count: int) -> dict[str, Any]:
        """Whole purchases by eight shoppers; statements counted on one more, bought alone."""
        port = self.shop.port
        purchases(port, listing, products, shoppers=2, count=4)
        with counted(self.shop) as statements:
            purchases(port, listing, products[-1:], shoppers=1, count=1)
        bare = self.bare_rate()
        everything = [self.shop.process.pid] if self.shop.process else []
        before = cpu_seconds([self.web, self.postgres]), cpu_seconds(everything)
        began = time.monotonic()
        told = purchases(port, listing, products, shoppers=8, count=count)
        wall = time.monotonic() - began
        mine = cpu_seconds([self.web, self.postgres]) - before[0]
        done = max(1, len(told.seconds))
        return {
            "purchases": len(told.seconds), "failures": told.failures[:5], "unique": len(told.numbers),
            "per_second": round(len(told.seconds) / wall, 2), "p50_ms": _ms(told.seconds, 0.5),
            "p95_ms": _ms(told.seconds, 0.95), "cpu_ms": round(mine * 1000 / done, 1),
            "cpu_ms_all_processes": round((cpu_seconds(everything) - before[1]) * 1000 / done, 1),
            "sql": statements.total, "sql_work": statements.work, "bare_per_second": round(bare, 1),
            "steps_p50_ms": {name: _ms(values, 0.5) for name, values in told.steps.items()},
        }  # fmt: skip

    def placing(self, listing: str, products: Sequence[str], count: int) -> dict[str, Any]:
        """One shopper alone: the step that places the order, and its statements."""
        told = purchases(self.shop.port, listing, products, shoppers=1, count=count)
        if not told.steps.get("place"):
            return {"failures": told.failures[:5]}
        return {"p50_ms": _ms(told.steps["place"], 0.5), "p95_ms": _ms(told.steps["place"], 0.95),
                "purchase_p50_ms": _ms(told.seconds, 0.5), "failures": told.failures[:5]}  # fmt: skip

    def memory(self) -> dict[str, Any]:
        """Megabytes of each process that answers requests, after all that."""
        return {str(pid): megabytes(pid) for pid in tree_of([self.web]) if pid != self.web}


def start_seconds(environment: dict[str, str]) -> float:
    """Seconds from nothing to the first answer of a web server on a running database."""
    began = time.monotonic()
    with server("app.wsgi", environment) as (port, _):
        if not until(lambda: answers(port, "/healthz"), 60, 0.02):
            raise SystemExit("the web server did not start")
        return round(time.monotonic() - began, 2)


def _ms(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1) if ordered else 0.0


def load_average() -> float:
    """How busy the machine is without us: figures of time mean little on a busy one."""
    return os.getloadavg()[0]
