"""A whole shop for a browser: web server and outbox of its own, on a free port, with a demo of forty products."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = 40
PASSWORD = "comptoir-demo"
INDEXED = """
SELECT 1 WHERE (SELECT count(*) FROM search_text) >= (SELECT count(*) FROM catalog_product WHERE state = 'published')
"""


class NotReady(RuntimeError):
    """The shop did not start; carries the last words of its processes."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass
class RunningShop:
    """The shop's address, its database and its processes."""

    url: str
    home: Path
    environment: Mapping[str, str]
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = create_engine(self.environment["DATABASE_URL"])

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Run one statement on the shop's database; its rows, if it has any."""
        with self.engine.begin() as connection:
            done = connection.execute(text(statement), values)
            return list(done.mappings()) if done.returns_rows else []

    def row(self, statement: str, **values: Any) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.rows(statement, **values)), None)

    def wait_for(self, statement: str, *, seconds: float = 40.0, **values: Any) -> Any:
        """The first row of a statement, as soon as there is one: what the outbox does comes a moment later."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.row(statement, **values):
                return found
            time.sleep(0.15)
        raise AssertionError(f"nothing came of {statement} with {values}\n{self.last_words()}")

    def mail(self, recipient: str, template: str) -> Any:
        """The last mail of a kind to somebody."""
        found = "SELECT * FROM notifications_message WHERE recipient = :to AND template LIKE :kind ORDER BY id DESC"
        return self.wait_for(found, to=recipient, kind=f"%{template}%")

    def start(self, name: str, *command: str, **extra: str) -> subprocess.Popen[bytes]:
        """Start one of the shop's programs, as run.py does."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, stdout=log, stderr=log,
                env={**self.environment, **extra}, start_new_session=True,
            )  # fmt: skip
        return self.programs[name]

    def last_words(self) -> str:
        """The ends of all logs."""
        return "\n".join(f"{p.name}: {p.read_text()[-1500:]}" for p in sorted(self.home.glob("*.log")))

    def stop(self) -> None:
        """End every program and wait for it."""
        self.engine.dispose()
        for program in self.programs.values():
            if program.poll() is None:
                program.terminate()
        for program in self.programs.values():
            try:
                program.wait(12)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()


def environment(database: str, redis: str, home: Path, port: int) -> dict[str, str]:
    """What run.py hands to its programs, for this database and this port."""
    own = {
        "APP_ENV": "development", "COMPTOIR_HOME": str(home), "PORT": str(port), "DATABASE_URL": database,
        "SITE_URL": f"http://localhost:{port}", "REDIS_URL": redis.replace("db=0", "db=9"), "WEB_WORKERS": "1",
        "FLASK_APP": "app.bootstrap:create_app", "DEMO_PRODUCTS": str(PRODUCTS), "PYTHONUNBUFFERED": "1",
        "DATABASE_POOL": "5",
    }  # fmt: skip
    dropped = ("MAIL_URL", "CDN_URL", "MEDIA_URL", "HOST")
    return {k: v for k, v in os.environ.items() if k not in dropped} | own


def open_shop(database: str, redis: str, home: Path) -> RunningShop:
    """Start a shop and fill it; returns when it is ready for customers.

    Raises:
        NotReady: with the last words of what failed.
    """
    port = free_port()
    shop = RunningShop(f"http://localhost:{port}", home, environment(database, redis, home, port))
    filled = shop.start("prepare", "flask", "shop", "prepare", STATEMENT_TIMEOUT_MS="0")
    server = ("gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "-k", "gevent")
    shop.start("web", *server, "-b", f"127.0.0.1:{port}", "-b", f"[::1]:{port}", "app.wsgi:application")
    if filled.wait(240):
        raise NotReady(shop.last_words())
    shop.start("outbox", "app.process", "outbox", "run")
    end = time.monotonic() + 60
    door = "/readyz" if (ROOT / "migrations" / "versions").is_dir() else "/"
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{shop.url}{door}", timeout=5) as answer:
                if answer.status == 200:
                    shop.wait_for(INDEXED, seconds=60)
                    return shop
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise NotReady(shop.last_words())
