"""Suggestions beside a product: what reading them costs, seen from the product's page.

`python -m bench --only suggestions` fills a shop, gives each product a list of forty, and asks at a fixed pace: the
place of the page by itself (one process, each product in turn), and the page over HTTP, made anew and kept, with
suggestions and without. Times count from the moment a request was due, so that a queue cannot hide in them.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.counting import cpu_seconds
from bench.measuring import answers, load_average, server
from bench.shop import ROOT, RealShop, until

RATE, ANEW, TARGET_MS = 100, 20, 10.0
MODULE = "bench.suggestions"
HEADING = f"{'':38s} {'per s':>7s} {'p50 ms':>8s} {'p95 ms':>8s} {'p99 ms':>8s} {'CPU ms':>7s} errors"
PER_ITEM, SHOPPERS, SEED = 40, 16, 5
SAMPLE = "SELECT id FROM catalog_product WHERE state = 'published' ORDER BY md5(id::text) LIMIT 600"


@dataclass(frozen=True, slots=True)
class Paced:
    """What a paced run came to, in ms from the moment each request was due."""

    name: str
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int
    cpu_ms: float
    """Processor time of one request: the robust figure. Of a page: web and PostgreSQL; of reading: its own process."""


def paced(
    name: str, call: Callable[[int, int], bool], *, seconds: float, spent: Callable[[], float],
    callers: int = SHOPPERS, rate: int = RATE,
) -> Paced:  # fmt: skip
    """Call `rate` times a second, whoever of the callers is free: `call(caller, number)` says whether it went well.

    `spent` are the processor seconds so far of those who do the work.
    """
    before = spent()
    took: list[float] = []
    wrong: list[int] = []
    began, due = time.monotonic() + 0.2, iter(range(int(rate * seconds)))
    lock = threading.Lock()

    def work(caller: int) -> None:
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            at = began + number / rate
            time.sleep(max(0.0, at - time.monotonic()))
            if not call(caller, number):
                wrong.append(number)
            took.append((time.monotonic() - at) * 1000)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    p50, p95, p99 = (
        round(took[min(len(took) - 1, int(len(took) * share))], 2) for share in (0.5, 0.95, 0.99)
    )
    per_second = round(len(took) / (time.monotonic() - began), 1)
    return Paced(name, per_second, p50, p95, p99, len(wrong), round((spent() - before) * 1000 / len(took), 2))


def over_http(
    name: str, port: int, roots: Sequence[int], paths: Sequence[str], seconds: float, rate: int
) -> Paced:
    """The pages in turn, on connections that are kept; `roots` are the processes that answer."""
    held = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(SHOPPERS)]

    def call(caller: int, number: int) -> bool:
        try:
            held[caller].request("GET", paths[number % len(paths)])
            answer = held[caller].getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            held[caller].close()
            return False

    for number in range(2 * SHOPPERS):
        call(number % SHOPPERS, number)
    found = paced(name, call, seconds=seconds, spent=lambda: cpu_seconds(roots), rate=rate)
    for connection in held:
        connection.close()
    return found


def measure(home: Path | None, results: Path, products: int, seconds: int) -> None:
    """Measure, print a table, write suggestions.json."""
    from bench.__main__ import filled, targets

    with RealShop(home, {"DEMO": "0"}) as shop:
        filled(shop, products)
        paths = targets(shop)[2]
        inside(shop, MODULE, "store")
        began = load_average()
        print(
            f"{products} products, {RATE} requests a second ({ANEW} pages made anew) for {seconds} s; load of the machine {began:.1f}"
        )
        print(HEADING)
        found = [Paced(**json.loads(inside(shop, MODULE, "read", "--seconds", str(seconds))))]
        show(found[0], TARGET_MS)
        with contextlib.ExitStack() as stack:
            port, cold = stack.enter_context(server("bench.cold", shop.environment))
            web, postgres = shop.children()["web"], shop.children()["postgres"]
            if not until(lambda: answers(port, "/healthz"), 60):
                raise SystemExit("the server for the measurement did not start")
            for words, switch in (("with suggestions", "on"), ("without", "off")):
                inside(shop, MODULE, switch)
                for name, at, asked, root, rate in (
                    ("made anew", port, paths, cold, ANEW), ("kept", shop.port, paths[:20], web, RATE),
                ):  # fmt: skip
                    place = f"product page {name}, {words}"
                    found.append(over_http(place, at, (root, postgres), asked, seconds, rate))
                    show(found[-1])
            inside(shop, MODULE, "on")
    keep(
        results, "suggestions.json", found,
        products=products, rate=RATE, rate_anew=ANEW, load_average=began,
    )  # fmt: skip


def show(row: Paced, most_ms: float | None = None) -> None:
    """One line of the table, marked where the row has a target and misses it."""
    over = most_ms is not None and row.p95_ms > most_ms
    print(
        f"{row.name:38s} {row.per_second:7.1f} {row.p50_ms:8.2f} {row.p95_ms:8.2f} {row.p99_ms:8.2f} {row.cpu_ms:7.2f} {row.errors:6d}"
        f"  {f'! <= {most_ms:g} ms' if over else ''}",
        flush=True,
    )


def inside(shop: RealShop, module: str, *words: str) -> str:
    """Run a module of the bench in a process of the shop's own; the last line it says."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT, env=shop.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.stdout.splitlines()[-1] if done.stdout.strip() else ""


def keep(results: Path, name: str, rows: Sequence[Paced], **told: Any) -> None:
    """Write what was measured as a file."""
    results.mkdir(parents=True, exist_ok=True)
    path = results / name
    path.write_text(json.dumps({**told, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")


# --- inside a process of the shop -----------------------------------------------------------------


def store(session: Any) -> None:
    """Publish a version whose lists are drawn by lot: reading does not care what stands in them."""
    from sqlalchemy import text

    from app.core.actor import SYSTEM
    from recommender import publish

    dice = random.Random(SEED)
    ids = list(session.scalars(text("SELECT id FROM catalog_product WHERE state = 'published' ORDER BY id")))
    items = (
        (product, rank, other, 1.0 / rank, "bought")
        for product in ids
        for rank, other in enumerate(dice.sample(ids, min(PER_ITEM, len(ids))), 1)
        if other != product
    )
    version = publish.Version("graph", "first", {}, {}, {}, {}, ids[:300], items, [])
    publish.store(session, version, job_id=None, actor=SYSTEM)
    session.execute(text("ANALYZE recommender_item"))
    session.commit()


def read(session_maker: Callable[[], Any], ids: Sequence[int], seconds: float) -> Paced:
    """The place of the product's page by itself: what it asks when the page is made."""
    from app.core import slots

    (slot, *_more) = slots.filling("product.alike")

    def call(_caller: int, number: int) -> bool:
        with session_maker() as session:
            found: Any = slot.render(session=session, product_id=ids[number % len(ids)])
            return bool(found[0])

    for number in range(50):
        call(0, number)
    return paced("reading a product's list", call, seconds=seconds, spent=time.process_time, callers=1)


def main() -> None:
    """`store`, `read`, `on` and `off`: what has to happen inside the shop's own application."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("store", "read", "on", "off"))
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    from sqlalchemy import text

    from app.bootstrap import create_app
    from app.core import settings
    from app.core.actor import SYSTEM
    from app.core.db import db, session_maker
    from recommender.settings import RecommenderSettings

    app = create_app({"SERVE_SOCKETS": False})
    with app.app_context(), app.test_request_context("/"):
        if asked.what == "store":
            store(db.session())
        elif asked.what in ("on", "off"):
            settings.change(db.session(), RecommenderSettings, actor=SYSTEM, is_on=asked.what == "on")
        else:
            ids = list(db.session().scalars(text(SAMPLE)))
            db.session().rollback()
            print(json.dumps(asdict(read(session_maker(app), ids, asked.seconds))))


if __name__ == "__main__":
    main()
