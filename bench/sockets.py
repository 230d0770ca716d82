"""Conversations over sockets: how long a message takes to the other side, and whether each arrives once.

`python -m bench.sockets --sockets 500 --seconds 60` starts a shop of its own and writes `bench/results/sockets.json`.
Two sockets sit in each conversation; at chat pace (one message a conversation every eight seconds) one of them
writes and the other one hears. Times are from the call to the arrival, as one clock sees both.
`--beside dashboards` measures twice: alone, and while two managers have boards drawn and long lists written as Excel
files all the time. `--apart` holds the sockets in a process of their own, as in production.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import secrets
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import websocket

from app.ops.supervisor.home import services
from bench import beside
from bench.shop import ROOT, RealShop, free_port, until

RESULTS = ROOT / "bench" / "results" / "sockets.json"
PACE = 8.0


class Gone(Exception):
    """The socket is closed, or no answer came."""


class Wire:
    """One socket in `/chat`, in the plain words of Socket.IO 5: one thread reads, calls wait for their answer."""

    def __init__(self, base: str, guest: str = "", hear: Callable[[dict[str, Any]], None] | None = None):
        self.base, self.guest, self.hear = base, guest, hear or (lambda message: None)
        self.numbers = itertools.count(1)
        self.answers: dict[int, tuple[threading.Event, list[Any]]] = {}
        self.socket: Any = None
        self.is_open = False
        self.ended_by = ""

    def connect(self, seconds: float = 15.0) -> None:
        """Open it and say who one is.

        Raises:
            Gone: nobody answers, or nobody is let in.
        """
        address = f"{self.base.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        try:
            self.socket = websocket.create_connection(address, timeout=seconds, origin=self.base)
            self.socket.recv()
            self.socket.send(f"40/chat,{json.dumps({'guest': self.guest} if self.guest else {})}")
            while not (said := self.socket.recv()).startswith("40/chat"):
                if said.startswith("44") or not said:
                    raise Gone(said)
        except (OSError, websocket.WebSocketException) as problem:
            raise Gone(repr(problem)) from problem
        self.socket.settimeout(None)
        self.is_open = True
        threading.Thread(target=self._read, args=(self.socket,), daemon=True).start()

    def _read(self, socket: Any) -> None:
        """Read until it is closed, by whomever; callers that still wait hear of it."""
        try:
            while said := socket.recv():
                if said == "2":
                    socket.send("3")
                elif said.startswith("42/chat,"):
                    event, body = json.loads(said[8:])
                    if event == "message":
                        self.hear(body)
                elif said.startswith("43/chat,"):
                    start = said.index("[")
                    waiting = self.answers.pop(int(said[8:start]), None)
                    if waiting:
                        waiting[1].extend(json.loads(said[start:]))
                        waiting[0].set()
        except (OSError, ValueError, websocket.WebSocketException) as problem:
            self.ended_by = repr(problem)
        finally:
            self.is_open = False
            for event, _answer in list(self.answers.values()):
                event.set()

    def call(self, event: str, body: dict[str, Any], seconds: float = 10.0) -> dict[str, Any]:
        """Send something and wait for its answer.

        Raises:
            Gone: the socket closed, or nothing came in time.
        """
        number, done, answer = next(self.numbers), threading.Event(), list[Any]()
        self.answers[number] = (done, answer)
        try:
            if not self.is_open:
                raise Gone("closed")
            self.socket.send(f"42/chat,{number}{json.dumps([event, body])}")
        except (OSError, websocket.WebSocketException) as problem:
            raise Gone(repr(problem)) from problem
        done.wait(seconds)
        self.answers.pop(number, None)
        if not answer:
            raise Gone(f"no answer to {event}")
        return dict(answer[0])

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close(timeout=0.3)


class Pair:
    """A conversation with two sockets: one writes, one listens. Keeps when each text was written and heard."""

    def __init__(self, base: str):
        self.written: dict[str, float] = {}
        self.heard: list[tuple[str, int, float]] = []
        self.writer = Wire(base)
        self.writer.connect()
        begun = self.writer.call("start", {})
        self.conversation, guest = begun["conversation"], begun["guest"]
        self.listener = Wire(base, guest, self._hear)
        self.listener.connect()
        self.listener.call("catch_up", {"conversation": self.conversation, "after": 0})

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard.append((message["text"], message["seq"], time.monotonic()))

    def write(self) -> dict[str, Any]:
        """One message, with a text of its own."""
        text = uuid.uuid4().hex
        self.written[text] = time.monotonic()
        return self.writer.call(
            "message", {"conversation": self.conversation, "client_id": text, "text": text}, 30.0
        )

    def delays(self) -> list[float]:
        """Seconds from writing to hearing."""
        return [at - self.written[text] for text, _seq, at in self.heard if text in self.written]

    def close(self) -> None:
        """Hang up on both sides."""
        self.writer.close()
        self.listener.close()


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * part))] if ranked else 0.0


def run(base: str, sockets: int, seconds: float) -> dict[str, Any]:
    """Open so many sockets, let them talk at chat pace, count and time what arrives."""
    began = time.monotonic()
    pairs = [Pair(base) for _ in range(sockets // 2)]
    opened = time.monotonic() - began
    refused: list[str] = []

    def talk(number: int, pair: Pair) -> None:
        end = time.monotonic() + seconds
        time.sleep(PACE * number / len(pairs))
        while time.monotonic() < end:
            try:
                answer = pair.write()
                if "error" in answer:
                    refused.append(answer["error"])
            except Gone as gone:
                refused.append(str(gone)[:60])
            time.sleep(PACE)

    threads = [threading.Thread(target=talk, args=(n, pair), daemon=True) for n, pair in enumerate(pairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(2)
    delays = [delay for pair in pairs for delay in pair.delays()]
    written = sum(len(pair.written) for pair in pairs)
    heard = [text for pair in pairs for text, _seq, _at in pair.heard]
    in_order = all([s for _t, s, _a in pair.heard] == sorted(s for _t, s, _a in pair.heard) for pair in pairs)
    for pair in pairs:
        pair.close()
    return {
        "sockets": sockets, "opened_in_s": round(opened, 1), "messages": written, "per_s": round(written / seconds, 1),
        "p50_ms": round(percentile(delays, 0.5) * 1000, 1), "p99_ms": round(percentile(delays, 0.99) * 1000, 1),
        "lost": written - len(set(heard)), "doubled": len(heard) - len(set(heard)), "in_order": in_order,
        "refused": len(refused), "first_refusals": refused[:3],
    }  # fmt: skip


def _beside(shop: RealShop, base: str, sockets: int, seconds: float) -> dict[str, Any]:
    """The same talk while two managers keep the web processes at work."""
    beside.prepare(shop, 10_000)
    managers = [beside.Manager(shop.base) for _ in range(2)]
    for one in managers:
        one.start()
    result = run(base, sockets, seconds)
    for one in managers:
        one.stop.set()
    for one in managers:
        one.join(90)
    return {
        "beside": result,
        "pages": sum(one.done for one in managers),
        "refused_pages": [x for m in managers for x in m.refused][:3],
    }


@contextlib.contextmanager
def _line(shop: RealShop, is_apart: bool) -> Iterator[str]:
    """Where sockets are answered: by the shop's own processes, or by one of their own on its database."""
    if not is_apart:
        yield shop.base
        return
    port = free_port()
    own = {
        "APP_ENV": "production", "DATABASE_URL": shop.dsn, "REDIS_URL": services(shop.home)["REDIS_URL"], "PORT": str(port),
        "SECRET_KEY": secrets.token_urlsafe(48), "SITE_URL": "https://shop.example", "HOST": "127.0.0.1",
    }  # fmt: skip
    process = subprocess.Popen(
        [ROOT / "deploy" / "process", "realtime"], cwd=ROOT, env={**os.environ, "COMPTOIR_HOME": str(shop.home), **own},
        start_new_session=True,
    )  # fmt: skip

    def answers() -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as got,
        ):
            return bool(got.status == 200)
        return False

    try:
        if not until(answers, 90, 0.2):
            raise Gone("the process for sockets did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--url", default="", help="a shop that runs already")
    parser.add_argument(
        "--beside", choices=["dashboards"], help="measure again while others work the processor"
    )
    parser.add_argument(
        "--apart", action="store_true", help="sockets in a process of their own, as in production"
    )
    given = parser.parse_args()
    results = RESULTS.with_name("sockets-beside.json") if given.beside else RESULTS
    if given.url:
        result = run(given.url, given.sockets, given.seconds)
    else:
        with (
            RealShop(environment={"WEB_WORKERS": "2" if given.beside else "1"}) as shop,
            _line(shop, given.apart) as base,
        ):
            result = run(base, given.sockets, given.seconds)
            if given.beside:
                result = {"apart": given.apart, "alone": result} | _beside(
                    shop, base, given.sockets, given.seconds
                )
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
