"""OPS-12: `deploy/nginx.conf` in front of `deploy/process web` and `realtime`, in production, under load."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import engineio.client
import pytest
import socketio
import websocket

from bench.proxy import NGINX, Proxy
from bench.shop import RealShop
from tests.torture.client import Client, filled_cart, order
from tests.torture.conftest import size
from tests.torture.deployed import Deployed

engineio.client.websocket = websocket
"""The shop's own processes load Socket.IO without its client's side (`app/core/lean.py`); this visitor needs it."""
pytestmark = pytest.mark.skipif(
    NGINX is None, reason="no nginx on this machine (Debian: apt install nginx-light)"
)
HTTPS = {"X-Forwarded-Proto": "https", "Host": "shop.example"}
TOO_LARGE = 25 * 1024 * 1024 + 1


@pytest.fixture(scope="module")
def proxy(shop: RealShop) -> Iterator[Proxy]:
    """nginx, with web and realtime behind it. A balancer that ends TLS stands before it, so to say."""
    folder = Path(shop.home) / "nginx"
    with (
        Deployed(shop, "web", "realtime", environment={"WEB_WORKERS": str(size(1, 2))}) as processes,
        Proxy(
            folder, processes.port["web"], processes.port["realtime"], Path(shop.home) / "media"
        ) as running,
    ):
        yield running


def test_pages_files_and_refusals(proxy: Proxy, articles: Callable[..., list[str]]) -> None:
    (sku,) = articles(1, stock=10)
    client = Client(proxy.port)
    page = client.get("/", **HTTPS)
    assert page.status == 200 and "Strict-Transport-Security".lower() in page.headers
    assert (
        all(word in page.headers["set-cookie"] for word in ("Secure", "HttpOnly"))
        or "set-cookie" not in page.headers
    )
    sheet = re.search(rb'href="(/assets/[^"]+\.css)"', page.body)
    assert sheet is not None
    plain = client.get(sheet[1].decode(), **HTTPS)
    small = client.get(sheet[1].decode(), **HTTPS, **{"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip" and gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 2 and "immutable" in plain.headers["cache-control"]
    for path, words in (("/checkout", b"This is too large."), ("/fr/checkout", b"trop ")):
        answer = client.ask("POST", path, b"x" * TOO_LARGE, HTTPS)
        assert (
            answer.status == 413
            and words in answer.body
            and b"<html" in answer.body
            and b"nginx" not in answer.body
        )
        client.close()
    refused = client.ask(
        "POST", "/api/v1/orders", b"x" * TOO_LARGE, {**HTTPS, "Content-Type": "application/json"}
    )
    assert refused.status == 413 and refused.headers["content-type"] == "application/problem+json"
    client.close()
    cart = filled_cart(client, {sku: 1})
    assert order(client, cart).status == 201
    assert client.get("/metrics").status == 404 and client.get("/readyz").status == 200
    client.close()


def test_sockets_go_to_their_own_process(proxy: Proxy) -> None:
    heard: list[Any] = []
    visitor = socketio.Client(reconnection=False)
    visitor.on("*", lambda *said: heard.append(said))
    visitor.connect(
        f"http://127.0.0.1:{proxy.port}",
        transports=["websocket"],
        namespaces=["/notifications"],
        wait_timeout=15,
    )
    assert visitor.transport() == "websocket" and visitor.connected
    visitor.disconnect()


def test_ops_12_no_error_under_load(proxy: Proxy, report: Callable[..., None]) -> None:
    wrk = shutil.which("wrk")
    if wrk is None:
        pytest.skip("no wrk on this machine (Debian: apt install wrk)")
    # One machine plays all visitors: what one address may do is lifted, nothing else.
    proxy.write({"rate=30r/s": "rate=100000r/s", "limit_conn connections 50": "limit_conn connections 1000"})
    proxy.reload()
    headers = [part for name, value in HTTPS.items() for part in ("-H", f"{name}: {value}")]
    figures = {}
    for path in ("/", "/search?q=lamp", "/api/v1/products"):
        done = subprocess.run(
            [wrk, "-t1", "-c32", f"-d{size(1, 20)}s", "--timeout", "20s", "--latency", *headers, f"http://127.0.0.1:{proxy.port}{path}"],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
        p99 = re.search(r"99%\s+(\S+)", done.stdout)
        assert rate and p99 and float(rate[1]) > 1, done.stdout + done.stderr
        assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
        figures[path] = f"{float(rate[1]):.0f}/s, p99 {p99[1]}"
    report("OPS-12 nginx and gunicorn", "no error under load", **figures)
