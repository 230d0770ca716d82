"""Lighthouse on the five pages of a purchase, as a phone on a slow line sees them.

Google's `lighthouse` is a program of its own and no part of the shop: it is used where it is found, on PATH or
in the project's node_modules. Scores of one run swing with whatever else the machine does, so each page is
measured three times and the best run counts; a page cannot be lucky, only disturbed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.buying import Shopper, fields_of
from bench.shop import ROOT, RealShop

RUNS = 3
SECONDS = 180
BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
CHROME_FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage"
SCORES = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 0.90, "accessibility": 1.0, "best-practices": 0.95, "seo": 0.95}
LCP_MS, CLS, TBT_MS = 2500.0, 0.1, 200.0
PRIVATE = ("cart", "checkout")
"""Pages that are kept out of search engines on purpose: Lighthouse takes marks off for that, and rightly stays alone."""
IN_CART = re.compile(r'href="(/p/[^"?]+)')


class NoLighthouse(Exception):
    """The program or a browser is missing; the message says how to get it."""


class Broken(Exception):
    """A run that gave no report; carries its last words. On a busy machine the browser loses one now and then."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The best run of one page. `scores` go from 0 to 1, in the order of SCORES."""

    page: str
    scores: tuple[float, ...]
    lcp_ms: float
    cls: float
    tbt_ms: float
    kilobytes: float
    faults: tuple[str, ...]

    @property
    def misses(self) -> list[str]:
        """What is below its target."""
        found = [
            f"{name} {score:.2f} < {LEAST[name]}"
            for name, score in zip(SCORES, self.scores, strict=True)
            if score < LEAST[name] and not (name == "seo" and self.page in PRIVATE)
        ]
        found += [f"LCP {self.lcp_ms:.0f} ms"] * (self.lcp_ms >= LCP_MS)
        found += [f"CLS {self.cls:.3f}"] * (self.cls >= CLS)
        return found + [f"TBT {self.tbt_ms:.0f} ms"] * (self.tbt_ms >= TBT_MS)


def program() -> list[str]:
    """How to call lighthouse.

    Raises:
        NoLighthouse: it is not installed.
    """
    if found := shutil.which("lighthouse"):
        return [found]
    npx = shutil.which("npx")
    asked = npx and subprocess.run(
        [npx, "--no-install", "lighthouse", "--version"], cwd=ROOT, capture_output=True, timeout=60
    )
    if npx and asked and asked.returncode == 0:
        return [npx, "--no-install", "lighthouse"]
    raise NoLighthouse(
        "lighthouse was not found: install it (npm install --global lighthouse@12) or put the folder"
        " node_modules/.bin that holds it on PATH"
    )


def browser() -> str:
    """The browser that lighthouse drives: CHROME_PATH, or one that is installed.

    Raises:
        NoLighthouse: there is none.
    """
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise NoLighthouse("no Chrome or Chromium was found: install one, or name it in CHROME_PATH")
    return found


def pages(port: int) -> dict[str, tuple[str, dict[str, str]]]:
    """The pages by name: path, and the headers that show it with something in the bag."""
    guest = Shopper(port)
    _, home, _ = guest.ask("GET", "/")
    products = list(dict.fromkeys(IN_CART.findall(home)))
    categories = re.findall(r'href="(/c/[^"?/]+)"', home)
    if not products or not categories:
        raise SystemExit("the shop's front page shows no product or no category: is the demo loaded?")
    for path in products[:2]:
        _, page, _ = guest.ask("GET", path)
        wanted = {
            k: v for k, v in fields_of(page).items() if k in ("csrf_token", "product", "sku") or k.startswith("option.")
        }  # fmt: skip
        guest.ask("POST", "/cart/lines", {**wanted, "quantity": "1"})
    guest.connection.close()
    cookie = {"Cookie": "; ".join(f"{k}={v}" for k, v in guest.cookies.items())}
    return {
        "home": ("/", {}),
        "category": (categories[0], {}),
        "product": (products[0], {}),
        "cart": ("/cart", cookie),
        "checkout": ("/checkout", cookie),
    }


def report(command: Sequence[str], address: str, headers: dict[str, str]) -> dict[str, Any]:
    """Run lighthouse once.

    Raises:
        Broken: it ended without a report.
    """
    with tempfile.TemporaryDirectory(prefix="comptoir-lighthouse-") as folder:
        file = Path(folder) / "report.json"
        told = subprocess.run(
            [*command, address, "--quiet", f"--chrome-flags={CHROME_FLAGS}", "--output=json",
             f"--output-path={file}", f"--only-categories={','.join(SCORES)}",
             f"--extra-headers={json.dumps(headers)}"],
            cwd=ROOT, env={**os.environ, "CHROME_PATH": browser()}, capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
        if told.returncode or not file.exists():
            raise Broken(f"lighthouse failed on {address}: {told.stderr[-800:]}")
        return dict(json.loads(file.read_text()))


def read(page: str, found: dict[str, Any]) -> Seen:
    """What counts of a report."""
    audits, groups = found["audits"], found["categories"]
    if page in PRIVATE and found["finalDisplayedUrl"].rstrip("/").endswith("/cart") != (page == "cart"):
        raise SystemExit(f"{page}: lighthouse ended on {found['finalDisplayedUrl']}")
    return Seen(
        page=page,
        scores=tuple(float(groups[name]["score"] or 0) for name in SCORES),
        lcp_ms=float(audits["largest-contentful-paint"]["numericValue"]),
        cls=float(audits["cumulative-layout-shift"]["numericValue"]),
        tbt_ms=float(audits["total-blocking-time"]["numericValue"]),
        kilobytes=round(audits["total-byte-weight"]["numericValue"] / 1024, 1),
        faults=tuple(sorted({
            ref["id"] for name in SCORES[1:] for ref in groups[name]["auditRefs"]
            if ref["weight"] and audits[ref["id"]]["score"] is not None and audits[ref["id"]]["score"] < 1
        })),
    )  # fmt: skip


def several(
    command: Sequence[str], page: str, address: str, headers: dict[str, str], runs: int
) -> list[Seen]:
    """So many runs of one page; broken ones are run again, at most as often as was asked for.

    Raises:
        Broken: not one run gave a report.
    """
    found, words = list[Seen](), ""
    for _ in range(2 * runs):
        try:
            found.append(read(page, report(command, address, headers)))
        except Broken as broken:
            words = str(broken)
        if len(found) == runs:
            break
    if not found:
        raise Broken(words)
    return found


def seen(port: int, tell: Callable[[Seen], None], runs: int = RUNS, only: str = "") -> list[Seen]:
    """Look at every page so many times; of each the run with the best performance.

    Raises:
        NoLighthouse: the program or a browser is missing.
        Broken: a page could not be measured at all.
    """
    command, results = program(), []
    browser()
    for name, (path, headers) in pages(port).items():
        if only in name:
            rounds = several(command, name, f"http://localhost:{port}{path}", headers, runs)
            results.append(max(rounds, key=lambda one: (one.scores[0], -one.tbt_ms)))
            tell(results[-1])
    return results


def show(one: Seen) -> None:
    """One line of the table."""
    scores = "".join(f"{score * 100:6.0f}" for score in one.scores)
    print(
        f"{one.page:10s}{scores} {one.lcp_ms:8.0f} {one.cls:6.3f} {one.tbt_ms:7.0f} {one.kilobytes:7.0f}"
        f"  {'! ' + '; '.join(one.misses) if one.misses else ''} {' '.join(one.faults)}",
        flush=True,
    )


def measure(home: Path | None, results: Path) -> None:
    """Open a demo shop of 120 products with pictures, look at it, print a table, write lighthouse.json."""
    try:
        program(), browser()
    except NoLighthouse as missing:
        raise SystemExit(f"Not measured: {missing}.") from None
    with RealShop(home, {"DEMO": "1", "DEMO_PRODUCTS": "120"}, ready_seconds=600) as shop:
        print(f"Lighthouse, mobile, the best of {RUNS}")
        print(f"{'':10s}{'perf':>6s}{'a11y':>6s}{'best':>6s}{'seo':>6s} {'LCP ms':>8s} {'CLS':>6s} {'TBT ms':>7s} {'KB':>7s}")  # fmt: skip
        found = seen(shop.port, show)
    results.mkdir(parents=True, exist_ok=True)
    path = results / "lighthouse.json"
    path.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")
