"""PRF-11: 200 clients at once over 20 database connections, straight and through pgbouncer."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from bench.shop import RealShop, free_port, until
from tests.torture.client import Client, filled_cart, order
from tests.torture.conftest import size
from tests.torture.crowd import at_once, percentile
from tests.torture.deployed import Deployed

CLIENTS, CONNECTIONS = 200, 20
PROMISED_WAIT_S = 30.0
"""Longer than this nobody waits for a connection (`pool_timeout` in config.py): then it is a 503."""
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
PAGES = ("/", "/search?q=article", "/api/v1/products?limit=5", "/cart")
HTTPS = {"X-Forwarded-Proto": "https"}
NAME = "comptoir-web"
BOUNCER = """
[databases]
{name} = host={host} port=5432 user=shop connect_query='SET timezone = ''UTC''; SET statement_timeout = 30000; SET lock_timeout = 5000'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
server_reset_query_always = 0
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
pidfile = {folder}/pid
unix_socket_dir =
"""


class Connections:
    """Watches how many connections the web processes have."""

    def __init__(self, shop: RealShop, where: str):
        self.shop, self.where, self.most = shop, where, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        with self.shop.database() as own:
            while not self._over.wait(0.05):
                row = own.execute(
                    f"SELECT count(*) FROM pg_stat_activity WHERE {self.where}".encode()
                ).fetchone()
                own.rollback()  # a new look each time: within one transaction the figures stand still
                self.most = max(self.most, int(row[0]) if row else 0)

    def __enter__(self) -> Connections:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def visit(client: Client, sku: str, rounds: int, paths: Sequence[str], buys: bool) -> None:
    """Look around, fill a cart, and who buys orders the first of them; every answer is kept in `client.seen`."""
    for number in range(rounds):
        for path in paths:
            client.get(path, **HTTPS)
        cart = filled_cart(client, {sku: 1})
        if number == 0 and buys:
            order(client, cart)


def run(port: int, sku: str, connections: Connections) -> tuple[Counter[int], list[float]]:
    """All clients at once; the answers by status, and the seconds of each.

    They share the connections whoever of them buys; what an order sets in motion afterwards (mails, invoices)
    uses other processes' connections, so that the suite is content with fewer orders. In the suite each page is
    looked at by every second of them: as many are there at once, and each holds its connection for as long.
    """
    clients = [Client(port, timeout=PROMISED_WAIT_S * 3) for _ in range(CLIENTS)]
    one_buys_of, one_looks_of = size(5, 1), size(2, 1)
    with connections:
        at_once(
            [
                partial(
                    visit,
                    client,
                    sku,
                    size(1, 5),
                    PAGES[n % one_looks_of :: one_looks_of],
                    n % one_buys_of == 0,
                )
                for n, client in enumerate(clients)
            ]
        )
    for client in clients:
        client.close()
    seen = [item for client in clients for item in client.seen]
    return Counter(status for _seconds, status in seen), [seconds for seconds, _status in seen]


@pytest.mark.timeout(900)
def test_prf_11_two_hundred_clients_share_twenty_connections(
    shop: RealShop, articles: Callable[..., list[str]], report: Callable[..., None]
) -> None:
    (sku,) = articles(1, stock=100_000)
    # A hundred requests are worked on at once, five for each connection; a hundred more wait to be taken.
    few = {
        "WEB_WORKERS": "1",
        "WEB_THREADS": "100",
        "DATABASE_POOL": str(CONNECTIONS),
        "DATABASE_OVERFLOW": "0",
    }
    began = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime())
    with Deployed(shop, "web", environment=few) as processes:
        watched = Connections(shop, f"application_name = '{NAME}' AND backend_start >= '{began}'")
        statuses, seconds = run(processes.port["web"], sku, watched)
    report("PRF-11 few connections", "0 errors, nobody waits longer than promised", clients=CLIENTS,
           connections=watched.most, requests=len(seconds), statuses=dict(statuses),
           p50_s=round(percentile(seconds, 0.5), 2), p99_s=round(percentile(seconds, 0.99), 2),
           worst_s=round(max(seconds), 2))  # fmt: skip
    assert set(statuses) <= {200, 201}, statuses
    assert watched.most == CONNECTIONS
    assert max(seconds) < PROMISED_WAIT_S * 2


@pytest.fixture
def bouncer(shop: RealShop) -> Iterator[int]:
    """A pgbouncer that pools by transaction, set up as docs/operations.md says; its port."""
    if PGBOUNCER is None:
        pytest.skip("no pgbouncer on this machine (Debian: apt install pgbouncer)")
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bouncer-", dir="/tmp"))
    folder.chmod(0o777)
    port = free_port()
    host = shop.dsn.partition("host=")[2]
    text = BOUNCER.format(name="comptoir", host=host, port=port, size=CONNECTIONS, folder=folder)
    (folder / "pgbouncer.ini").write_text(text)
    # The experiments' server lets its own account and root in; as root pgbouncer takes that account.
    owner = pwd.getpwuid(os.stat(host).st_uid).pw_name
    command = [PGBOUNCER, *(["-u", owner] if os.getuid() == 0 else []), str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: (folder / "pid").exists() or process.poll() is not None, 10)
        assert process.poll() is None, (folder / "log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(900)
def test_prf_11_through_pgbouncer(
    shop: RealShop, bouncer: int, articles: Callable[..., list[str]], report: Callable[..., None]
) -> None:
    (sku,) = articles(1, stock=100_000)
    began = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime())
    through = {
        "DATABASE_URL": f"postgresql://shop@127.0.0.1:{bouncer}/comptoir", "DATABASE_POOLER": "1",
        "DATABASE_POOL": "50", "DATABASE_OVERFLOW": "50", "WEB_THREADS": "50",
    }  # fmt: skip
    with Deployed(shop, "web", environment=through) as processes:
        watched = Connections(shop, f"application_name = '{NAME}' AND backend_start >= '{began}'")
        statuses, seconds = run(processes.port["web"], sku, watched)
    report("PRF-11 through pgbouncer", "0 errors", clients=CLIENTS, connections=watched.most, requests=len(seconds), statuses=dict(statuses),
           p50_s=round(percentile(seconds, 0.5), 2), worst_s=round(max(seconds), 2))  # fmt: skip
    assert set(statuses) <= {200, 201}, statuses
    assert 0 < watched.most <= CONNECTIONS
