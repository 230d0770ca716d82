"""Dashboards over HTTP as a manager: how long each page takes, plain, filtered and compared.

`BENCH_PASSWORD=… python -m bench --only dashboards --url http://127.0.0.1:8000 --login manager@…` asks a shop that
runs; without an address a demo shop is opened. Times are from the question to the last byte of the page, and to the
last byte of the figures that follow it in a large shop, two requests at a time, as the page's script asks for them; the
browser's drawing is not part of it. Writes `bench/results/dashboards.json`.
"""

from __future__ import annotations

import html
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.ops.demo.people import PASSWORD as DEMO_PASSWORD
from bench.buying import ATTRIBUTE, INPUT, Shopper
from bench.measuring import load_average
from bench.shop import ROOT, RealShop
from bench.sockets import percentile

PAGES = ("", "sales", "customers", "finance", "inventory", "marketing")
WAYS = {
    "first": "period=30_days&compare=none",
    "compared": "period=30_days&compare=year",
    "filtered": "period=30_days&compare=none&f.country=BE",
    "twelve months": "period=12_months&compare=previous",
    "twelve, filtered": "period=12_months&compare=previous&f.country=BE",
}
LATER = re.compile(r'data-later="([^"]+)"')
AT_ONCE = 2
ROUNDS = 7
PASSWORD = "BENCH_PASSWORD"
MANAGER = "manager@comptoir.example"
"""The account of demo shops."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One page asked for in one way: milliseconds, and how large it is. `all` is with the figures that follow."""

    page: str
    way: str
    p50_ms: float
    p95_ms: float
    all_p50_ms: float
    all_p95_ms: float
    parts: int
    kilobytes: float
    broken: int
    """Figures on it that could not be read."""


def log_in(port: int, email: str, password: str) -> Shopper:
    """A browser in which somebody of the shop is logged in."""
    visitor = Shopper(port)
    _status, form, _to = visitor.ask("GET", "/admin/login/")
    fields = [dict(ATTRIBUTE.findall(found)) for found in INPUT.findall(form)]
    token = next((one.get("value", "") for one in fields if one.get("name") == "csrf_token"), "")
    status, _body, _to = visitor.ask(
        "POST", "/admin/login/", {"email": email, "password": password, "csrf_token": token}
    )
    if status != 302 or visitor.ask("GET", "/admin/dashboards/sales")[0] != 200:
        raise SystemExit(f"{email} is not let in, or may not see the dashboards.")
    return visitor


def look(visitors: Sequence[Shopper], address: str) -> tuple[float, float, int, str]:
    """Seconds to the page and to all figures, how many parts followed, and everything that came."""
    began = time.monotonic()
    page = read(visitors[0], address)
    first = time.monotonic() - began
    parts = list(dict.fromkeys(html.unescape(url) for url in LATER.findall(page)))
    waiting = iter(parts)
    with ThreadPoolExecutor(len(visitors)) as both:
        came = both.map(lambda visitor: [read(visitor, url) for url in waiting], visitors)
        body = "".join([page, *(part for group in came for part in group)])
    return first, time.monotonic() - began, len(parts), body


def read(visitor: Shopper, address: str) -> str:
    """What stands at an address of the shop."""
    status, body, _to = visitor.ask("GET", address)
    if status != 200:
        raise SystemExit(f"{address} answered {status}")
    return body


def looks(visitors: Sequence[Shopper], rounds: int) -> Iterator[Looked]:
    """Every page in every way, so many times after a first look."""
    for page in PAGES:
        for way, query in WAYS.items():
            seen = [look(visitors, f"/admin/dashboards/{page}?{query}") for _round in range(rounds + 1)][1:]
            first, whole = [one[0] * 1000 for one in seen], [one[1] * 1000 for one in seen]
            _first, _whole, parts, body = seen[-1]
            yield Looked(
                page or "overview", way,
                round(percentile(first, 0.5), 1), round(percentile(first, 0.95), 1),
                round(percentile(whole, 0.5), 1), round(percentile(whole, 0.95), 1),
                parts, round(len(body.encode()) / 1000, 1), body.count("is-broken"),
            )  # fmt: skip


def asked(port: int, email: str, password: str, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Look, and print a line for each page and way."""
    visitors, found = [log_in(port, email, password) for _each in range(AT_ONCE)], []
    print(f"{'':28s}{'p50 ms':>8s}{'p95 ms':>8s}{'all p50':>9s}{'all p95':>9s}{'parts':>6s}{'KB':>8s}")
    for one in looks(visitors, rounds):
        found.append(asdict(one))
        mark = f"  ! {one.broken} figures could not be read" if one.broken else ""
        print(
            f"{one.page:12s}{one.way:16s}{one.p50_ms:8.0f}{one.p95_ms:8.0f}{one.all_p50_ms:9.0f}{one.all_p95_ms:9.0f}"
            f"{one.parts:6d}{one.kilobytes:8.1f}{mark}",
            flush=True,
        )
    return found


def measure(home: Path | None, url: str, login: str, results: Path) -> None:
    """Look at the dashboards of a shop, print a table, keep the result."""
    if url:
        port, password = urlsplit(url).port or 80, os.environ.get(PASSWORD, "")
        if not login or not password:
            raise SystemExit(
                f"Say who looks: --login with an e-mail address, and the password in {PASSWORD}."
            )
        found = asked(port, login, password)
    else:
        with RealShop(home, {"DEMO": "1", "DEMO_PRODUCTS": "120"}, ready_seconds=600) as shop:
            found = asked(shop.port, MANAGER, DEMO_PASSWORD)
    results.mkdir(parents=True, exist_ok=True)
    path = results / "dashboards.json"
    path.write_text(json.dumps({"load_average": load_average(), "looks": found}, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")
