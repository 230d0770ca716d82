"""kill -9 of every process, and Redis frozen: whole again within 10 s, nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from bench.shop import RealShop, until
from tests.torture.client import GHENT, Answer, Client, expect, filled_cart, order
from tests.torture.conftest import broken_pages, patience, size
from tests.torture.crowd import at_once, percentile
from tests.torture.trap import kill_web

Make = Callable[[int], list[Client]]
Articles = Callable[..., list[str]]
Report = Callable[..., None]
GONE = (OSError, http.client.HTTPException)
WHOLE_S = 10.0


class Writers:
    """Shoppers who keep ordering; what was acknowledged, and what came instead of it."""

    def __init__(self, shoppers: list[Client], sku: str):
        self.shoppers, self.sku = shoppers, sku
        self.acknowledged: list[tuple[float, str]] = []
        self.refused: list[Answer] = []
        self.unanswered = 0
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=self._shop, args=(one,), daemon=True) for one in shoppers]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(40)

    def _shop(self, client: Client) -> None:
        while not self.stop.is_set():
            with suppress(*GONE):
                self._once(client)
                continue
            self.unanswered += 1
            time.sleep(0.1)

    def _once(self, client: Client) -> None:
        """One purchase, broken off at the first answer that is not what a shopper wants."""
        cart = client.api("POST", "/carts", {})
        steps: list[Callable[[], Answer]] = []
        if cart.status == 201:
            path = f"/carts/{cart.json['id']}"
            where = {"email": "kim@example.org", "shipping": GHENT}
            steps = [
                lambda: client.api("POST", f"{path}/lines", {"sku": self.sku, "quantity": 1}),
                lambda: client.api("PUT", f"{path}/addresses", where),
                lambda: client.api("PUT", f"{path}/shipping-method", {"code": "standard"}),
            ]
        answer = cart
        for step in steps:
            answer = step()
            if answer.status >= 400:
                break
        if answer.status < 400:
            answer = order(client, answer.json)
        if answer.status == 201:
            self.acknowledged.append((time.monotonic(), answer.json["number"]))
        else:
            self.refused.append(answer)
            time.sleep(0.05)

    def sells_after(self, moment: float) -> bool:
        """True once an order was acknowledged later than half a second after this."""
        return any(at > moment + 0.5 for at, _ in self.acknowledged)

    def outage(self, since: float) -> float:
        """The longest time without any acknowledged order, from just before a moment on."""
        moments = sorted(at for at, _ in self.acknowledged if at >= since - 0.5)
        return max((b - a for a, b in zip(moments, moments[1:], strict=False)), default=0.0)


def _clean(answers: list[Answer]) -> Counter[int]:
    """Refusals by status; each one is a 503 with Retry-After in plain words."""
    for answer in answers:
        assert answer.status == 503, f"{answer.status}: {answer.body[:400]!r}"
        assert answer.headers.get("retry-after") and b"Traceback" not in answer.body
        assert b"psycopg" not in answer.body and b"sqlalche" not in answer.body
    return Counter(a.status for a in answers)


def test_r8_postgresql_dies_under_writers(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    (sku,) = articles(1, stock=100_000)
    before, after = size(1, 6), size(1, 8)
    deaths = (signal.SIGKILL, signal.SIGQUIT)  # SIGQUIT is PostgreSQL's "immediate" shutdown
    for number in deaths[: size(1, 2)]:
        with Writers(clients(8), sku) as writers:
            assert until(lambda w=writers: len(w.acknowledged) > size(10, 20), 20)
            time.sleep(before)
            killed = time.monotonic()
            os.kill(shop.children()["postgres"], number)
            came_back = until(partial(writers.sells_after, killed), 30)
            time.sleep(after)
        assert came_back
        written = {str(row[0]) for row in shop.sql("SELECT number FROM orders_order")}
        lost = [n for _, n in writers.acknowledged if n not in written]
        outage = round(writers.outage(killed), 1)
        refused = _clean(writers.refused)
        report(f"R8 PostgreSQL {signal.Signals(number).name}", "0 acknowledged orders lost, 503 meanwhile",
               acknowledged=len(writers.acknowledged), lost=len(lost), refused_503=refused[503],
               unanswered=writers.unanswered, outage_s=outage)  # fmt: skip
        assert lost == [] and outage < patience(WHOLE_S) and not writers.unanswered


def test_a_connection_that_died_is_no_broken_page() -> None:
    """The lines are those that web processes wrote."""
    pool = (
        '{"event": "Exception during reset or similar", "request_id": "b43a", "level": "error", '
        '"logger": "sqlalchemy.pool.impl.QueuePool", "exception": "Traceback (most recent call last):\\n%s"}'
    )
    died = pool % "psycopg.errors.AdminShutdown: terminating connection due to unexpected postmaster exit"
    alive = pool % "psycopg.errors.SyntaxError: a rollback that the server refuses"
    page = (
        '{"event": "unexpected error", "path": "/cart", "exception": "Traceback (most recent call last):\\n"}'
    )
    assert broken_pages(f"{died}\n") == []
    assert broken_pages(f"{died}\n{page}\n{died}\n") == [page]
    assert broken_pages(alive) == [alive]
    assert broken_pages(f"{died}\nTraceback (most recent call last):\n  File") == [
        "Traceback (most recent call last):"
    ]


def test_web_workers_die_under_writers(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    (sku,) = articles(1, stock=100_000)
    with Writers(clients(4), sku) as writers:
        assert until(lambda: len(writers.acknowledged) > 10, 20)
        killed = time.monotonic()
        kill_web(shop)
        came_back = until(partial(writers.sells_after, killed + 0.5), 30)
        time.sleep(1)
    assert came_back
    written = {str(row[0]) for row in shop.sql("SELECT number FROM orders_order")}
    lost = [n for _, n in writers.acknowledged if n not in written]
    outage = round(writers.outage(killed), 1)
    report("all web workers killed", "whole within 10 s, nothing lost", acknowledged=len(writers.acknowledged),
           lost=len(lost), outage_s=outage)  # fmt: skip
    assert (
        lost == [] and outage < patience(WHOLE_S) and _clean(writers.refused).total() == len(writers.refused)
    )


def test_the_worker_dies_and_work_goes_on(shop: RealShop, articles: Articles, report: Report) -> None:
    killed = shop.kill("worker")
    began = time.monotonic()
    assert until(lambda: shop.children().get("worker", killed) != killed, patience(WHOLE_S))
    shop.sql(
        "UPDATE core_schedule SET started_at = now() - interval '1 hour' WHERE job = 'payments.reconcile'"
    )
    newest = shop.number("SELECT coalesce(max(id), 0) FROM core_job")
    done = f"SELECT count(*) FROM core_job WHERE id > {newest} AND state = 'done'"
    assert until(lambda: shop.number(done), 30, 0.2), shop.sql("SELECT name, state, error FROM core_job")
    report("job worker killed", "the next job is done", s=round(time.monotonic() - began, 1))


def _visit(client: Client, sku: str, stop: threading.Event) -> None:
    """Look around and order, again and again."""
    while not stop.is_set():
        for path in ("/", "/search?q=lamp", "/c/torture", "/cart"):
            client.get(path)
        expect(order(client, filled_cart(client, {sku: 1})), 201)


def test_r7_redis_frozen_then_killed(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    (sku,) = articles(1, stock=100_000)
    crowd, stop = clients(4), threading.Event()
    frozen, seconds = shop.children()["redis"], size(4, 30)
    os.kill(frozen, signal.SIGSTOP)
    try:
        timer = threading.Timer(seconds, stop.set)
        timer.start()
        at_once([partial(_visit, one, sku, stop) for one in crowd])
    finally:
        os.kill(frozen, signal.SIGCONT)
    seen = [item for one in crowd for item in one.seen]
    p99, worst = percentile([s for s, _ in seen], 0.99), max(s for s, _ in seen)
    assert not [status for _, status in seen if status >= 500]
    shop.kill("redis")
    began = time.monotonic()
    assert until(lambda: shop.children().get("redis", frozen) != frozen, patience(WHOLE_S))
    probe = clients(1)[0]
    assert until(lambda: probe.get("/readyz").status == 200, patience(WHOLE_S), 0.1)
    whole = round(time.monotonic() - began, 1)
    waiting = "SELECT count(*) FROM core_outbox WHERE done_at IS NULL AND NOT dead"
    assert until(lambda: shop.number(waiting) == 0, 30, 0.2), "mails wait for ever"
    report("R7 Redis frozen, then killed", "0 x 5xx, p99 <= 0.5 s on a quiet machine, whole within 10 s",
           frozen_s=seconds, requests=len(seen), answers_5xx=0, p99_s=round(p99, 3), worst_s=round(worst, 3),
           whole_again_s=whole)  # fmt: skip


def test_limits_hold_without_redis(shop: RealShop, client: Client) -> None:
    """Guessing passwords meets the local limit while Redis is frozen."""
    frozen = shop.children()["redis"]
    os.kill(frozen, signal.SIGSTOP)
    try:
        wrong = {"email": "nobody@example.org", "password": "not the password"}
        statuses = [client.api("POST", "/auth/token", wrong).status for _ in range(size(40, 60))]
    finally:
        os.kill(frozen, signal.SIGCONT)
    assert set(statuses) <= {401, 429} and 429 in statuses, Counter(statuses)
