"""The RQ worker's side: runs jobs by their row's id, inside the application it was started in."""

from __future__ import annotations

import ctypes
import signal
from typing import Any

from rq import Queue, Worker

from app.core import jobs, redis_client
from app.core.db import db, session_maker

PR_SET_PDEATHSIG = 1


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
    """Serve the queue until told to stop; work-horses are forks and inherit the application."""
    _application[:] = [application]
    connection = redis_client.client(socket_timeout=30)
    MortalWorker([Queue(jobs.QUEUE, connection=connection)], connection=connection).work(
        logging_level="WARNING"
    )
