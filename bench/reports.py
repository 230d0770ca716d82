"""Reports of many rows: how long their files take, and what memory the process that writes them needs at most.

`python -m bench --only reports --home … --rows 1000000` writes CSV and XLSX of order lines as a worker does, each in
a process of its own on the database of that home (which may run already), prints a table and writes
`bench/results/reports.json`. Without a home a demo shop is opened, whose few thousand lines say little.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from app.ops.supervisor.embedded import EmbeddedPostgres
from bench.measuring import load_average
from bench.shop import ROOT, RealShop

FORMATS = ("csv", "xlsx")
MOST_MB = 200
_DAYS = """
SELECT min(day), max(day) FROM (
  SELECT day, sum(lines) OVER (ORDER BY day DESC) - lines AS after FROM (
    SELECT CAST(o.placed_at AS date) AS day, count(*) AS lines FROM orders_order o JOIN orders_line l ON l.order_id = o.id
     WHERE o.state <> 'cancelled' GROUP BY 1) AS by_day) AS counted
 WHERE after < %(rows)s
"""


def write_one(kind: str, start: str, end: str) -> dict[str, Any]:
    """Write one report here and now; seconds, rows, bytes, and the most memory this process ever held."""
    from app.core import lean

    lean.import_libraries()  # as app/process.py does for the worker
    from app.bootstrap import create_app
    from dashboards import reports

    app = create_app({"SERVE_SOCKETS": False})
    with app.app_context(), tempfile.TemporaryDirectory() as folder:
        before, path = _peak_mb(), Path(folder) / f"report.{kind}"
        began, busy = time.monotonic(), time.process_time()
        asked = {"start": start, "end": end, "currency": ""}
        rows = reports.write(path, "sales", kind, "en", asked, None)
        return {
            "format": kind, "rows": rows, "seconds": round(time.monotonic() - began, 1),
            "cpu_seconds": round(time.process_time() - busy, 1), "megabytes": round(path.stat().st_size / 1e6, 1),
            "memory_mb_before": before, "memory_mb_peak": _peak_mb(),
        }  # fmt: skip


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def days(conninfo: str, rows: int) -> tuple[str, str]:
    """The last days that hold so many lines together."""
    with psycopg.connect(conninfo, autocommit=True, application_name="bench") as connection:
        found = connection.execute(_DAYS, {"rows": rows}).fetchone()
    if found is None or found[0] is None:
        raise SystemExit("This shop has sold nothing yet.")
    return found[0].isoformat(), found[1].isoformat()


def run(home: Path, environment: Mapping[str, str], rows: int) -> list[dict[str, Any]]:
    """Each format in a process of its own."""
    start, end = days(EmbeddedPostgres(home).conninfo(), rows)
    found = []
    print(f"{'':6s}{'rows':>10s}{'s':>8s}{'CPU s':>8s}{'rows/s':>9s}{'MB file':>9s}{'MB peak':>9s}")
    for kind in FORMATS:
        done = subprocess.run(
            [sys.executable, "-m", "bench.reports", kind, start, end], cwd=ROOT, env=dict(environment), text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        one = json.loads(done.stdout.strip().splitlines()[-1])
        found.append(one)
        mark = "!" if one["memory_mb_peak"] > MOST_MB else " "
        pace = one["rows"] / max(one["seconds"], 0.1)
        print(
            f"{kind:6s}{one['rows']:10d}{one['seconds']:8.1f}{one['cpu_seconds']:8.1f}{pace:9.0f}"
            f"{one['megabytes']:9.1f}{one['memory_mb_peak']:9d} {mark} <= {MOST_MB} MB",
            flush=True,
        )
    return found


def runs_already(home: Path) -> bool:
    """True when a database answers in this home."""
    try:
        with psycopg.connect(EmbeddedPostgres(home).conninfo(), connect_timeout=3):
            return True
    except psycopg.Error:
        return False


def measure(home: Path | None, rows: int, results: Path) -> None:
    """Write the reports of a home, print a table, keep the result."""
    if home is not None and runs_already(home):
        environment = {**os.environ, "APP_ENV": "development", "DATABASE_URL": "", "REDIS_URL": "", "COMPTOIR_HOME": str(home)}  # fmt: skip
        environment["DATABASE_URL"] = (
            EmbeddedPostgres(home).dsn().replace("postgresql://", "postgresql+psycopg://", 1)
        )
        found = run(home, environment, rows)
    else:
        with RealShop(home, {"DEMO": "0" if home else "1", "DEMO_PRODUCTS": "60"}, ready_seconds=600) as shop:
            found = run(shop.home, shop.environment, rows)
    results.mkdir(parents=True, exist_ok=True)
    path = results / "reports.json"
    path.write_text(json.dumps({"load_average": load_average(), "reports": found}, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")


def main() -> None:
    """One report, for `run`: format, first day, last day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("start")
    parser.add_argument("end")
    given = parser.parse_args()
    print(json.dumps(write_one(given.format, given.start, given.end)))


if __name__ == "__main__":
    main()
