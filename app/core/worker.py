"""The RQ worker's side: runs jobs by their row's id, inside the application it was started in."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from typing import Any

from rq import Queue, Worker

from app.core import jobs, redis_client
from app.core.db import db, session_maker

PR_SET_PDEATHSIG = 1
LANES = ((jobs.QUEUE, jobs.SLOW_QUEUE), (jobs.QUEUE,))
REST = 1.0
"""Seconds before a lane that died is replaced."""


_application: list[Any] = []


def run_job(job_id: int) -> None:
    """What RQ calls: run one job row inside the application."""
    application = _application[0]
    with application.app_context():
        jobs.run(session_maker(application), job_id)


class MortalWorker(Worker):
    """A worker whose work-horse dies with it: nothing runs on unseen after a kill -9."""

    def main_work_horse(self, *args: Any, **kwargs: Any) -> Any:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with _application[0].app_context():
            db.engine.dispose(close=False)  # connections belong to the parent
        return super().main_work_horse(*args, **kwargs)


def work(application: Any) -> None:
    """Serve the queues until told to stop: one lane takes everything, another only what is short.

    Lanes are forks of this process and share its memory. One that dies is replaced; when this process dies they die
    with it; a signal to stop goes to both, and each finishes its job first.
    """
    _application[:] = [application]
    told: list[int] = []
    lanes: dict[int, tuple[str, ...]] = {}

    def stop(number: int, _frame: Any) -> None:
        told.append(number)
        for pid in lanes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for queues in LANES:
        lanes[_fork(queues)] = queues
    while lanes:
        pid, _status = os.wait()
        ended = lanes.pop(pid, None)
        if ended is not None and not told:
            time.sleep(REST)
            lanes[_fork(ended)] = ended


def _fork(queues: tuple[str, ...]) -> int:
    """Start a lane; returns its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    try:
        with _application[0].app_context():
            db.engine.dispose(close=False)
        connection = redis_client.client(socket_timeout=30)
        found = [Queue(name, connection=connection) for name in queues]
        MortalWorker(found, connection=connection).work(logging_level="WARNING")
    finally:
        os._exit(0)
    return 0
