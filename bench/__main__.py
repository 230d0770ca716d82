"""`python -m bench`: build a shop, measure it, print a table, write bench/results/*.json."""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import dashboards, lighthouse, reports, search_learnt, suggestions
from bench.measuring import Bench, Row, Target, answers, load_average, server, start_seconds
from bench.shop import ROOT, RealShop, until

RESULTS = ROOT / "bench" / "results"
CPU_COLD, SQL_COLD, CPU_WARM = 10.0, 8, 0.8


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--purchases", type=int, default=120)
    parser.add_argument("--seconds", type=int, default=4, help="load on each page")
    parser.add_argument(
        "--home", type=Path, help="keep the shop here and use it again; else it is thrown away"
    )
    parser.add_argument(
        "--only",
        default="",
        help="measure only what has this in its name; lighthouse: a phone's look at five pages;"
        " suggestions: what a product's list costs; search-learnt: a search with a learnt order; reports: files of many rows; dashboards: their pages over HTTP",
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the reports that are written")
    parser.add_argument("--url", default="", help="a shop that runs already (dashboards)")
    parser.add_argument("--login", default="", help="who looks at the dashboards there")
    return parser.parse_args()


def filled(shop: RealShop, products: int) -> float:
    """Fill the shop unless it is; seconds it took."""
    there = shop.number("SELECT count(*) FROM catalog_product")
    if there >= products:
        return 0.0
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "bench.filling", "--products", str(products)],
        cwd=ROOT, env=shop.environment, check=True,
    )  # fmt: skip
    empty = "SELECT count(*) FROM core_outbox WHERE done_at IS NULL AND NOT dead"
    until(lambda: shop.number(empty) == 0, 120, 0.5)
    indexed = shop.flask("search", "reindex", seconds=600)
    if indexed.returncode:
        raise SystemExit(indexed.stderr[-2000:])
    shop.sql("VACUUM ANALYZE")
    return round(time.monotonic() - began, 1)


def targets(shop: RealShop) -> tuple[list[Target], str, list[str]]:
    """The pages, a category with many products, and products that can be bought."""
    (category,) = shop.sql(
        """SELECT c.path FROM catalog_category c JOIN catalog_product_category pc ON pc.category_id = c.id
           GROUP BY c.id, c.path ORDER BY count(*) DESC LIMIT 1"""
    )
    rows = shop.sql(
        """SELECT p.slug FROM catalog_product p WHERE p.state = 'published'
             AND coalesce(p.published_from, '-infinity') <= now() AND coalesce(p.published_until, 'infinity') > now() AND EXISTS (
             SELECT 1 FROM catalog_variant v JOIN inventory_stock s ON s.variant_id = v.id
             JOIN pricing_price pp ON pp.variant_id = v.id AND pp.currency = 'EUR' AND pp.amount < 200
             WHERE v.product_id = p.id AND s.on_hand - s.reserved > 8)
           ORDER BY md5(p.slug) LIMIT 600"""
    )
    products = [f"/p/{row[0]}" for row in rows]
    path = f"/c/{category[0]}"
    lists = [f"{path}?page={n}" for n in range(1, 31)]
    words = ("lamp", "chair", "linen", "oak table", "blue", "mug", "shirt", "headphones", "wool", "glass")
    cold = {"cpu_ms": CPU_COLD, "sql": SQL_COLD}
    found = [
        Target("home, cold", ["/"], **cold),
        Target("list with facets, cold", lists, **cold),
        Target("product, cold", products, **cold),
        Target("search, cold", [f"/search?q={word.replace(' ', '+')}" for word in words]),
        Target("suggest", [f"/search/suggest?q={word[:3]}" for word in words]),
        Target("cart, empty", ["/cart"]),
        Target("API products", ["/api/v1/products?limit=24"]),
        Target("home, cached", ["/"], cold=False, cpu_ms=CPU_WARM),
        Target("list, cached", [path], cold=False, cpu_ms=CPU_WARM),
        Target("product, cached", products[:1], cold=False, cpu_ms=CPU_WARM),
    ]
    return found, path, products


def show(row: Row) -> None:
    """One line of the table; what is over its target carries a mark."""
    over = (row.cpu_target is not None and row.cpu_ms > row.cpu_target) or (
        row.sql_target is not None and row.sql is not None and row.sql > row.sql_target
    )
    limit = "" if row.cpu_target is None else f"<= {row.cpu_target:g} ms" + (
        f", {row.sql_target} SQL" if row.sql_target else ""
    )  # fmt: skip
    print(
        f"{row.name:24s} {row.rate:8.1f} {row.p50_ms:8.1f} {row.p95_ms:8.1f} {row.cpu_ms:8.2f} {row.postgres_ms:7.2f}"
        f" {row.sql or 0:5.1f} ({row.sql_work or 0:4.1f}) {row.ratio:8.4f} {row.kilobytes:7.1f}  {'!' if over else ' '} {limit}",
        flush=True,
    )


def measure(shop: RealShop, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure everything on a filled shop."""
    pages, listing, products = targets(shop)
    with contextlib.ExitStack() as stack:
        cold = stack.enter_context(server("bench.cold", shop.environment))
        bare = stack.enter_context(server("bench.bare", shop.environment))
        if not until(lambda: answers(cold[0], "/healthz") and answers(bare[0], "/hello"), 60):
            raise SystemExit("the servers for the measurement did not start")
        bench = Bench(shop, cold, bare, asked.seconds)
        print(
            f"{'':24s} {'req/s':>8s} {'p50 ms':>8s} {'p95 ms':>8s} {'CPU ms':>8s} {'of PG':>7s} {'SQL (work)':>12s} {'ratio':>8s} {'KB':>7s}"
        )
        rows = []
        for target in pages:
            if asked.only in target.name:
                rows.append(bench.page(target))
                show(rows[-1])
        found: dict[str, Any] = {
            "pages": [asdict(row) for row in rows],
            "bare_per_second": bench.bare_rate(),
            "bare_cpu_ms": bench.bare_cpu_ms(),
        }
        if asked.only in "purchase":
            found["purchase"] = bench.buying(listing, products, asked.purchases)
            found["placing"] = bench.placing(listing, products[::-1], 15)
        found["memory_mb"] = bench.memory()
    found["start_seconds"] = start_seconds(shop.environment)
    return found


def main() -> None:
    """Build, measure, tell."""
    asked = options()
    if asked.only == "lighthouse":
        lighthouse.measure(asked.home.absolute() if asked.home else None, RESULTS)
        return
    if asked.only == "reports":
        reports.measure(asked.home.absolute() if asked.home else None, asked.rows, RESULTS)
        return
    if asked.only == "dashboards":
        dashboards.measure(asked.home.absolute() if asked.home else None, asked.url, asked.login, RESULTS)
        return
    paced = {"suggestions": suggestions, "search-learnt": search_learnt}.get(asked.only)
    if paced is not None:
        paced.measure(asked.home.absolute() if asked.home else None, RESULTS, asked.products, asked.seconds)
        return
    began = time.monotonic()
    environment = {"DEMO": "0"}
    with RealShop(asked.home.absolute() if asked.home else None, environment) as shop:
        print(
            f"a shop at {shop.base}, ready in {shop.started_in:.1f} s; load of the machine {load_average():.1f}"
        )
        filling = filled(shop, asked.products)
        print(f"{asked.products} products in {filling} s; load of the machine {load_average():.1f}")
        found = measure(shop, asked) | {
            "products": asked.products, "ready_seconds": round(shop.started_in, 1), "filling_seconds": filling,
            "load_average": load_average(),
        }  # fmt: skip
    tell(found)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"bench-{asked.products}.json"
    path.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written; {time.monotonic() - began:.0f} s in all")


def tell(found: dict[str, Any]) -> None:
    """Print what is not a page."""
    if "purchase" in found:
        p, alone = found["purchase"], found["placing"]
        print(f"\nwhole purchase, 8 shoppers  {p['per_second']}/s (>= 15), p50 {p['p50_ms']} ms, p95 {p['p95_ms']} ms,"
              f" {p['cpu_ms']} CPU ms (<= 120; all processes {p['cpu_ms_all_processes']}),"
              f" {p['sql']} SQL ({p['sql_work']} of work; <= 80), failures {len(p['failures'])} {p['failures'][:2]}")  # fmt: skip
        print("  steps, p50 ms             " + ", ".join(f"{k} {v}" for k, v in p["steps_p50_ms"].items()))
        print(f"placing the order, alone    {alone}  (<= 15 ms)")
    memory = ", ".join(f"{m['rss']} (own share {m['pss']})" for m in found["memory_mb"].values())
    print(f"web workers, MB             {memory}  (<= 150)")
    print(
        f"web server from nothing     {found['start_seconds']} s  (<= 3 s); bare Flask page {found['bare_per_second']:.0f}/s,"
        f" {found['bare_cpu_ms']} CPU ms"
    )


if __name__ == "__main__":
    main()
