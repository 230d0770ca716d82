"""A Stripe that tells us when the shop is at a certain point, so that the shop can be killed right there."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bench.shop import RealShop, until
from tests.fakes.stripe import FakeStripe


@dataclass(frozen=True, slots=True)
class Trap:
    """`do` is called when a request to this path was read ("before") or carried out ("after").

    Its answer says whether the connection is lost then.
    """

    when: str
    path: str
    do: Callable[[], bool]


class TrappedStripe(FakeStripe):
    """Stripe with traps; each one snaps once."""

    def __init__(self) -> None:
        super().__init__()
        self.traps: list[Trap] = []

    def _planned(self, when: str, path: str) -> bool:  # type: ignore[override]
        for trap in self.traps:
            if trap.when == when and trap.path in path:
                self.traps.remove(trap)
                return trap.do()
        return FakeStripe._planned(self, when, path)  # type: ignore[arg-type]


def kill_web(shop: RealShop) -> bool:
    """SIGKILL every process that answers requests; True, because the connection is lost with them."""
    for pid in shop.web_workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return True


def somebody_waits(shop: RealShop) -> bool:
    """True while a request stands before a lock in the database."""
    return bool(
        shop.number(
            """SELECT count(*) FROM pg_stat_activity
               WHERE application_name = 'comptoir-web' AND wait_event_type = 'Lock'"""
        )
    )


class KillAtLock(threading.Thread):
    """Holds rows, waits until a request stands before them, kills it there, lets go.

    `start` returns when the rows are held; `join` raises what went wrong meanwhile.
    """

    def __init__(self, shop: RealShop, rows: str):
        super().__init__(daemon=True)
        self.shop, self.rows = shop, rows
        self.held = threading.Event()
        self.wrong: Exception | None = None

    def start(self) -> None:
        """Begin, and wait until the rows are held."""
        super().start()
        assert self.held.wait(20), self.wrong or "nobody could hold the rows"

    def run(self) -> None:
        """Hold, wait, kill, let go."""
        try:
            with self.shop.database() as connection:
                connection.execute(self.rows.encode())
                self.held.set()
                assert until(lambda: somebody_waits(self.shop), 20), "nobody came to the lock"
                dying = set(self.shop.web_workers())
                kill_web(self.shop)
                assert until(lambda: not dying & set(self.shop.web_workers()), 20), (
                    "the lock's waiter lives on"
                )
            assert until(lambda: not somebody_waits(self.shop), 20), "its statement waits for ever"
        except Exception as fault:  # noqa: BLE001 - raised again by join
            self.wrong = fault

    def join(self, timeout: float | None = 45) -> None:
        """Wait for the end.

        Raises:
            AssertionError: nobody came, nobody died, or it is not over yet.
        """
        super().join(timeout)
        if self.wrong is not None:
            raise self.wrong
        assert not self.is_alive(), "the rows are still held"
