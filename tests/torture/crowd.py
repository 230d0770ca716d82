"""Many shoppers at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def at_once(jobs: Sequence[Callable[[], T]], seconds: float = 120.0) -> list[T]:
    """Run every job in a thread of its own, all let go together; their answers in the jobs' order.

    A job's exception comes out here.
    """
    found: list[T | BaseException | None] = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(place: int) -> None:
        gate.wait(60)
        try:
            found[place] = jobs[place]()
        except BaseException as problem:  # noqa: BLE001 - it is raised again below
            found[place] = problem

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "somebody never got an answer"
    for answer in found:
        if isinstance(answer, BaseException):
            raise answer
    return found  # type: ignore[return-value]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
