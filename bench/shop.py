"""A whole shop of our own: `run.py` as a child, with a home and a port that nobody else has.

Used by the benchmarks and by the fault experiments. What it starts it stops, by its own process id.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType

import psycopg

from app.ops.supervisor.embedded import EmbeddedPostgres
from app.ops.supervisor.processes import processes

ROOT = Path(__file__).resolve().parents[1]
READY = "Comptoir is ready"


class ShopError(Exception):
    """The shop did not do what was asked; the message carries its last words."""


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_home() -> Path:
    """A folder for a shop's state that other accounts may pass through (PostgreSQL gives up root)."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    folder.chmod(0o755)
    return folder / "home"


def until(condition: Callable[[], object], seconds: float, pause: float = 0.05) -> bool:
    """Wait for a condition; tell whether it came true in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True


class RealShop:
    """`with RealShop() as shop:` runs everything `make run` runs, on a home of its own."""

    def __init__(
        self,
        home: Path | None = None,
        environment: Mapping[str, str] | None = None,
        ready_seconds: float = 120.0,
    ):
        self.is_own_home = home is None
        self.home = home or new_home()
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.ready_seconds = ready_seconds
        self.output = self.home.with_name(self.home.name + "-output.log")
        self.environment = {
            **os.environ,
            "APP_ENV": "development",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEMO": "0",
            "HOST": "127.0.0.1",
            **(environment or {}),
            "COMPTOIR_HOME": str(self.home),
            "PORT": str(self.port),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.started_in = 0.0

    def __enter__(self) -> RealShop:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> float:
        """Start it and wait until it says that it is ready; returns the seconds it took.

        Raises:
            ShopError: it ended, or did not become ready in time.
        """
        self.home.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "run.py"), "--with-parent"],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        child = self.process
        until(lambda: READY in self.said() or child.poll() is not None, self.ready_seconds)
        if READY not in self.said():
            raise ShopError(f"the shop did not become ready:\n{self.said()[-3000:]}")
        self.started_in = time.monotonic() - began
        return self.started_in

    def stop(self) -> None:
        """Ask it to end, as Ctrl-C does; by force when it does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def close(self) -> None:
        """Stop it; delete a home that was made for it."""
        self.stop()
        if self.is_own_home:
            shutil.rmtree(self.home.parent, ignore_errors=True)

    def said(self) -> str:
        """Everything it printed."""
        try:
            return self.output.read_text(errors="replace")
        except OSError:
            return ""

    def log(self, name: str) -> Path:
        """The log of one of its processes."""
        return self.home / "logs" / f"{name}.log"

    # --- processes ----------------------------------------------------------------------------------

    def children(self) -> dict[str, int]:
        """Its direct children by name: postgres, redis, web, worker, outbox, cron."""
        assert self.process is not None
        marks = {"postgres": "/postgres -D", "redis": "redis-server", "web": "gunicorn", "worker": "jobs work",
                 "outbox": "outbox run", "cron": "cron run"}  # fmt: skip
        found: dict[str, int] = {}
        for info in processes():
            if info.parent == self.process.pid:
                command = command_of(info.pid)
                found.update({name: info.pid for name, mark in marks.items() if mark in command})
        return found

    def web_workers(self) -> list[int]:
        """The processes that answer requests (children of gunicorn's master)."""
        master = self.children().get("web")
        return [info.pid for info in processes() if info.parent == master] if master else []

    def kill(self, name: str) -> int:
        """SIGKILL one of its own children; returns its process id."""
        pid = self.children()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    # --- database and commands ----------------------------------------------------------------------

    @cached_property
    def _postgres(self) -> EmbeddedPostgres:
        """Its server, looked for once: it tries as another account what that one may read."""
        return EmbeddedPostgres(self.home)

    @property
    def conninfo(self) -> str:
        """The address of its database, as psycopg wants it."""
        return self._postgres.conninfo()

    @property
    def dsn(self) -> str:
        """The address of its database, as SQLAlchemy wants it."""
        return self._postgres.dsn()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """A connection of our own; what was not committed is rolled back."""
        with psycopg.connect(self.conninfo, application_name="bench", connect_timeout=5) as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run one statement outside of any transaction; its rows, if it has any."""
        with psycopg.connect(self.conninfo, autocommit=True, application_name="bench") as connection:
            cursor = connection.execute(statement.encode())
            return list(cursor.fetchall()) if cursor.description else []

    def number(self, query: str) -> int:
        """The one number a query answers."""
        return int(str(self.sql(query)[0][0]))

    def flask(self, *arguments: str, seconds: float = 300.0) -> subprocess.CompletedProcess[str]:
        """Run a command of the shop's command line on this home."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT, env={**self.environment, "FLASK_APP": "app.bootstrap:create_app"}, text=True,
            capture_output=True, timeout=seconds,
        )  # fmt: skip


def command_of(pid: int) -> str:
    """A process's command line, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
