"""CPU time of process trees out of /proc, and SQL statements out of PostgreSQL's log."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.shop import RealShop

TICKS = os.sysconf("SC_CLK_TCK")
STATEMENT = re.compile(rb"comptoir-web LOG:  (?:statement|execute [^:]*): (\w+)")
TRANSACTION = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}


def tree_of(roots: Iterable[int]) -> dict[int, list[str]]:
    """The processes below these roots with the fields of /proc/PID/stat from the third on."""
    found: dict[int, list[str]] = {}
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text(errors="replace")
            except OSError:  # it ended while we were reading
                continue
            fields = stat.rpartition(")")[2].split()
            found[int(name)] = fields
            children.setdefault(int(fields[1]), []).append(int(name))
    seen: dict[int, list[str]] = {}
    todo = list(roots)
    while todo:
        pid = todo.pop()
        if pid in found and pid not in seen:
            seen[pid] = found[pid]
            todo += children.get(pid, [])
    return seen


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU seconds of these process trees so far, children that have ended included."""
    return sum(sum(map(int, fields[11:15])) for fields in tree_of(roots).values()) / TICKS


def megabytes(pid: int) -> dict[str, int]:
    """Memory of one process: resident, and its own fair share of what is shared."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name.lower()] = int(rest.split()[0]) // 1024
    return found


@dataclass
class Statements:
    """What was counted: all statements, and those besides BEGIN and COMMIT."""

    total: int = 0
    work: int = 0


@contextmanager
def counted(shop: RealShop) -> Iterator[Statements]:
    """Count what the web processes ask of PostgreSQL meanwhile; nobody else may be asking."""
    found = Statements()
    shop.sql("ALTER SYSTEM SET log_statement = 'all'")
    shop.sql("SELECT pg_reload_conf()")
    time.sleep(0.3)
    offset = shop.log("postgres").stat().st_size
    try:
        yield found
        time.sleep(0.3)
        with shop.log("postgres").open("rb") as log:
            log.seek(offset)
            words = [word.decode().upper() for word in STATEMENT.findall(log.read())]
        found.total = len(words)
        found.work = sum(word not in TRANSACTION for word in words)
    finally:
        shop.sql("ALTER SYSTEM RESET log_statement")
        shop.sql("SELECT pg_reload_conf()")
