"""A worker has two lanes: a training of minutes holds up no report, and nothing is left behind when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import time
from app.bootstrap import create_app
from app.core import jobs, worker
def long(progress, **_):
    progress.step(1, 2)
    time.sleep(600)
jobs.register({"test.long": long, "test.short": lambda progress, **_: {}}, slow=("test.long",))
worker.work(create_app({"SERVE_SOCKETS": False}))
"""


@pytest.fixture
def worker(app: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with a job that takes ten minutes and one that takes none."""
    environment = {**os.environ, "APP_ENV": "testing"}
    started = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, start_new_session=True
    )
    yield started
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()


@pytest.fixture
def named(session: Session) -> Iterator[None]:
    """This process knows the jobs by name, so that it can ask for them."""
    jobs.register({"test.long": lambda *_: None, "test.short": lambda *_: None}, slow=("test.long",))
    yield
    for name in ("test.long", "test.short"):
        del jobs._functions[name]
    jobs._slow.discard("test.long")


def until(session: Session, job_id: int, state: str, seconds: float = 100.0) -> None:
    """Wait for a state of a job; what a dying worker took with it is asked for again after a minute."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        session.rollback()
        if session.scalar(select(JobRow.state).where(JobRow.id == job_id)) == state:
            return
        time.sleep(0.1)
    raise AssertionError(f"job {job_id} is not {state}")


def children(pid: int) -> list[int]:
    """The processes that a process started and that live."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == pid and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def ask(session: Session, name: str) -> int:
    with unit_of_work(session):
        return jobs.start(session, name)


def test_a_long_job_holds_up_no_short_one(
    session: Session, named: None, worker: subprocess.Popen[bytes]
) -> None:
    long = [ask(session, "test.long"), ask(session, "test.long")]
    until(session, long[0], "running")
    short = ask(session, "test.short")
    until(session, short, "done")
    session.rollback()
    assert session.scalar(select(JobRow.state).where(JobRow.id == long[1])) == "queued", (
        "long ones wait for each other"
    )


def test_a_lane_that_dies_is_replaced_and_none_outlives_its_worker(
    session: Session, named: None, worker: subprocess.Popen[bytes], wait: Callable[[Callable[[], Any]], Any]
) -> None:
    until(session, ask(session, "test.short"), "done")
    lanes = wait(lambda: (found := children(worker.pid)) and len(found) == 2 and found)
    os.kill(lanes[0], signal.SIGKILL)
    assert wait(lambda: len(children(worker.pid)) == 2 and lanes[0] not in children(worker.pid))
    until(session, ask(session, "test.short"), "done")
    lanes = children(worker.pid)
    worker.kill()
    worker.wait()
    assert wait(lambda: not any(Path(f"/proc/{lane}").exists() for lane in lanes))


def test_a_worker_that_is_told_to_stop_stops(
    session: Session, named: None, worker: subprocess.Popen[bytes], wait: Callable[[Callable[[], Any]], Any]
) -> None:
    until(session, ask(session, "test.short"), "done")
    worker.terminate()
    assert wait(lambda: worker.poll() is not None)


@pytest.fixture
def wait() -> Callable[[Callable[[], Any]], Any]:
    """Waits for something to be true, for half a minute at most."""

    def look(is_so: Callable[[], Any]) -> Any:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if found := is_so():
                return found
            time.sleep(0.1)
        return None

    return look
