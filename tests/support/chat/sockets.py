"""A real server of the shop and programs that speak Socket.IO with it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import engineio.client
import socketio
import websocket

from tests.journeys.running import free_port

engineio.client.websocket = websocket
"""The shop's own processes load Socket.IO without its client's side (`app/core/lean.py`); these programs need it."""
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Server:
    """One gevent worker on the database and the Redis of this test process."""

    database: str
    redis: str
    log: Path
    port: int = field(default_factory=free_port)
    program: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it; returns when it answers."""
        own = {
            "APP_ENV": "testing", "DATABASE_URL": self.database, "REDIS_URL": self.redis, "WEB_WORKERS": "1",
            "DATABASE_POOL": "5", "SOCKETS_ASKED_SECONDS": "1", "COMPTOIR_HOME": os.environ["COMPTOIR_HOME"],
        }  # fmt: skip
        command = ("gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "-k", "gevent", "-b")
        with self.log.open("ab") as log:
            self.program = subprocess.Popen(
                [sys.executable, "-m", *command, f"127.0.0.1:{self.port}", "app.wsgi:application"],
                cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **own}, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end and self.program.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"no server: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it without warning, as a machine does."""
        if self.program is not None and self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()


class Talker:
    """One socket in `/chat`. `heard` holds what came, `call` waits for the answer."""

    def __init__(
        self, url: str, *, token: str = "", guest: str = "", language: str = "", cookie: str = "",
        origin: str | None = "own",
    ):  # fmt: skip
        self.url, self.heard = url, list[tuple[str, dict[str, Any]]]()
        self.news: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.auth = {k: v for k, v in (("token", token), ("guest", guest), ("language", language)) if v}
        self.headers = {"Cookie": cookie} if cookie else {}
        options = (
            {"suppress_origin": True} if origin is None else {"origin": url if origin == "own" else origin}
        )
        self.client = socketio.Client(reconnection=False, websocket_extra_options=options)
        for event in ("message", "typing", "read", "closed", "note", "present", "inbox"):
            self.client.on(event, self._hear(event), namespace="/chat")

    def _hear(self, event: str) -> Any:
        def hear(body: dict[str, Any]) -> None:
            self.heard.append((event, body))
            self.news.put((event, body))

        return hear

    def connect(self) -> Talker:
        """Open the socket."""
        self.client.connect(
            self.url,
            headers=self.headers,
            auth=self.auth,
            transports=["websocket"],
            namespaces=["/chat"],
            wait_timeout=10,
        )
        return self

    def call(self, event: str, *body: Any) -> dict[str, Any]:
        """Send something and wait for the answer."""
        data = body[0] if len(body) == 1 else body if body else {}
        return self.client.call(event, data, namespace="/chat", timeout=20)

    def says(self, conversation: str, text: str, key: str) -> dict[str, Any]:
        """Send a message."""
        return self.call("message", {"conversation": conversation, "client_id": key, "text": text})

    def waits_for(self, event: str, seconds: float = 10.0) -> dict[str, Any]:
        """The next thing of a kind that is heard."""
        end = time.monotonic() + seconds
        while True:
            found, body = self.news.get(timeout=max(0.01, end - time.monotonic()))
            if found == event:
                return body

    def heard_texts(self) -> list[str]:
        """The texts that came by themselves."""
        return [body["text"] for event, body in self.heard if event == "message"]

    def close(self) -> None:
        """Hang up."""
        if self.client.connected:
            self.client.disconnect()
