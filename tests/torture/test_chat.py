"""Conversations while servers die, the network is cut, others work: each message once, in order, on both sides and kept."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from bench import beside
from bench.cutting import Line
from bench.shop import RealShop, until
from bench.sockets import Gone, Wire
from tests.torture.conftest import patience, size
from tests.torture.deployed import Deployed
from tests.torture.stocking import Stocking
from tests.torture.trap import kill_web

Report = Callable[..., None]
RETRY = ("unavailable", "unexpected", "too_many_requests")


class Speaker(threading.Thread):
    """A visitor with two devices: one writes and repeats what was not acknowledged, the other follows.

    Both do what the window in the shop does: repeat by name, ask for what is missing behind their last number.
    """

    def __init__(self, base: str, messages: int, pause: float, waits: float = 5.0):
        super().__init__(daemon=True)
        self.base, self.messages, self.pause, self.waits = base, messages, pause, waits
        self.shown: dict[int, str] = {}
        self.repeats = 0
        self.reopened = -2
        self.writer, self.listener = Wire(base), Wire(base, hear=self._show)
        self._open(self.writer)
        begun = self.writer.call("start", {})
        self.conversation = begun["conversation"]
        self.writer.guest = self.listener.guest = begun["guest"]
        self._open(self.listener)
        self.catch_up()

    def _open(self, wire: Wire) -> None:
        end = time.monotonic() + patience(60)
        while not wire.is_open:
            try:
                wire.connect()
                self.reopened += 1
            except Gone:
                assert time.monotonic() < end, "no way back"
                time.sleep(0.2)

    def _show(self, message: dict[str, Any]) -> None:
        known = self.shown.setdefault(message["seq"], message["text"])
        assert known == message["text"], "a number means one message"

    @property
    def last(self) -> int:
        """The last number without a gap before it."""
        number = 0
        while number + 1 in self.shown:
            number += 1
        return number

    def catch_up(self) -> None:
        """Ask for everything behind the last number."""
        self._open(self.listener)
        while True:
            answer = self.listener.call("catch_up", {"conversation": self.conversation, "after": self.last})
            for message in answer.get("messages", ()):
                self._show(message)
            if not answer.get("more"):
                return

    def run(self) -> None:
        """Write all messages, one after the other."""
        for number in range(self.messages):
            self._say(f"{number}")
            time.sleep(self.pause)

    def _say(self, text: str) -> None:
        body = {"conversation": self.conversation, "client_id": f"m-{text}", "text": text}
        waits = self.waits
        while True:
            try:
                self._open(self.writer)
                answer = self.writer.call("message", body, waits)
            except Gone:
                self.repeats += 1
                waits = min(waits * 2, 15.0)
                self.writer.close()
                self.writer.is_open = False
                continue
            if "seq" in answer:
                return
            assert answer.get("error") in RETRY, answer
            self.repeats += 1
            time.sleep(answer.get("retry_after", 0.3))

    def ends(self) -> list[str]:
        """What the follower shows at the end, after one look."""
        for _ in range(20):
            try:
                self.catch_up()
                break
            except Gone:
                self.listener.is_open = False
                time.sleep(0.3)
        return [self.shown[number] for number in sorted(self.shown)]

    def close(self) -> None:
        """Hang up."""
        self.writer.close()
        self.listener.close()


def _thaw(pid: int) -> None:
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)


def test_nothing_is_lost_or_doubled_while_servers_die(shop: RealShop, report: Report) -> None:
    pairs, messages, pause = size(6, 250), size(24, 40), size(1, 2) * 0.35
    speakers = [Speaker(shop.base, messages, pause) for _ in range(pairs)]
    for one in speakers:
        one.start()
    time.sleep(1.5)
    kill_web(shop)
    time.sleep(2.5)
    redis = shop.kill("redis")
    assert until(lambda: shop.children().get("redis") not in (None, redis), 20), "Redis is started anew"
    time.sleep(1)
    frozen = shop.children()["redis"]
    os.kill(frozen, signal.SIGSTOP)
    _thaw(frozen)
    kill_web(shop)
    found = _outcome(shop, speakers, messages)
    report(
        "chat: web killed twice, Redis killed and frozen",
        "every message once, in order, on both sides",
        **found,
    )
    assert found["repeats"] + found["reopened"] > 0, "nothing was broken: the experiment proves nothing"


def _outcome(shop: RealShop, speakers: list[Speaker], messages: int) -> dict[str, int]:
    """Wait for the end, compare what was said with what is kept and what is shown; the figures of the report."""
    for one in speakers:
        one.join(patience(120))
        assert not one.is_alive(), "somebody never got through"
    wanted = [str(number) for number in range(messages)]
    shown = [one.ends() for one in speakers]
    kept = {
        one.conversation: [str(row[0]) for row in shop.sql(
            "SELECT m.text FROM support_chat_message m JOIN support_conversation c ON c.id = m.conversation_id"
            f" WHERE c.public_id = '{one.conversation}' ORDER BY m.seq"
        )]
        for one in speakers
    }  # fmt: skip
    for one in speakers:
        one.close()
    assert all(found == wanted for found in kept.values()), kept
    assert all(found == wanted for found in shown), shown
    return {
        "sockets": 2 * len(speakers), "messages": len(speakers) * messages,
        "repeats": sum(one.repeats for one in speakers), "reopened": sum(one.reopened for one in speakers),
        "lost": sum(len(set(wanted) - set(found)) for found in shown),
        "doubled": sum(len(found) - len(set(found)) for found in shown),
    }  # fmt: skip


def test_nothing_is_lost_or_doubled_over_a_cut_network(shop: RealShop, report: Report) -> None:
    """Twice held (what was on its way arrives late, after it was repeated), twice cut (what was on its way is lost)."""
    pairs, messages, pause = size(4, 100), size(16, 40), size(1, 2) * 0.3
    with Line(shop.port) as line:
        speakers = [Speaker(line.base, messages, pause, waits=1.0) for _ in range(pairs)]
        for one in speakers:
            one.start()
        for _time in range(2):
            time.sleep(0.5)
            line.hold()
            time.sleep(size(15, 40) / 10)
            line.pass_on()
            time.sleep(0.5)
            line.hold()
            time.sleep(0.3)
            line.cut()
            time.sleep(size(5, 30) / 10)
            line.pass_on()
        found = _outcome(shop, speakers, messages)
    report("chat: the network held twice and cut twice", "every message once, in order, on both sides",
           connections_cut=line.broken, **found)  # fmt: skip
    assert found["repeats"] > 0 and line.broken > 0, "nothing was broken: the experiment proves nothing"


def test_boards_and_exports_leave_the_sockets_alone(
    shop: RealShop, stocking: Stocking, report: Report
) -> None:
    """Managers keep the web processes at work; sockets sit in a process of their own, as in production."""
    pairs, messages, pause = size(4, 100), size(12, 40), 0.3
    stocking.manager(beside.EMAIL, beside.PASSWORD)
    beside.lengthen(shop, size(800, 10_000))
    managers = [beside.Manager(shop.base) for _ in range(2)]
    try:
        with Deployed(shop, "realtime") as apart:
            base = f"http://127.0.0.1:{apart.port['realtime']}"
            speakers = [Speaker(base, messages, pause) for _ in range(pairs)]
            for one in (*managers, *speakers):
                one.start()
            for talker in speakers:
                talker.join(patience(120))
            pushed = sum(len(one.shown) for one in speakers)
            pages = sum(one.done for one in managers)
            for manager in managers:
                manager.stop.set()
            found = _outcome(shop, speakers, messages)
    finally:
        for manager in managers:
            manager.stop.set()
        for manager in managers:
            manager.join(patience(90))
        beside.tidy(shop)
    report("chat: managers draw boards and write long lists meanwhile", "every message once, heard while they work",
           pages=pages, late_pages=sum(len(one.refused) for one in managers), heard_meanwhile=pushed, **found)  # fmt: skip
    assert pages > 0, [one.refused for one in managers]
    assert pushed >= pairs * (messages - 1), "messages arrive by themselves while others work"
