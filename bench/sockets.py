"""Conversations over sockets: how long a message takes to the other side, and whether each arrives once.

`python -m bench.sockets --sockets 500 --seconds 60` starts a shop of its own and writes `bench/results/sockets.json`.
Two sockets sit in each conversation; at chat pace (one message a conversation every eight seconds) one of them
writes and the other one hears. Times are from the call to the arrival, as one clock sees both.
"""

from __future__ import annotations

import argparse
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import websocket

from bench.shop import ROOT, RealShop

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
            self.socket.close()


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


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--url", default="", help="a shop that runs already")
    given = parser.parse_args()
    if given.url:
        result = run(given.url, given.sockets, given.seconds)
    else:
        with RealShop(environment={"WEB_WORKERS": "1"}) as shop:
            result = run(shop.base, given.sockets, given.seconds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
