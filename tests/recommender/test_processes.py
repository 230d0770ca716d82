"""Real processes: a worker killed in the middle of a training, and web workers that never load numpy."""

from __future__ import annotations

import json
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
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from recommender import queries
from recommender.admin import WORDS
from recommender.jobs import start_training
from recommender.models import Model
from recommender.train import train
from tests.recommender import making
from tests.torture.conftest import patience

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys, time
from app.bootstrap import create_app
from app.core.worker import work
from recommender import selection
from recommender import jobs
jobs.BEAT_SECONDS = 0.3
if sys.argv[1] == "slow":
    selection.choose = lambda *given, **more: time.sleep(600)
work(create_app({"SERVE_SOCKETS": False}))
"""
WEB = """
import json, sys
from app.bootstrap import create_app
application = create_app()
client = application.test_client()
for path in ("/", "/suggestions/home", "/suggestions/cart", "/admin/suggestion-model/list/"):
    client.get(path)
heavy = ("plotly", "pandas", "numpy", "scipy", "sklearn", "matplotlib")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def worker(app: Any) -> Iterator[Start]:
    """Starts a worker of its own on this test's database; none is left behind."""
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "APP_ENV": "testing", "OPENBLAS_NUM_THREADS": "1"}
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", WORKER, kind], cwd=ROOT, env=environment, start_new_session=True
            )
        )
        return started[-1]

    yield start
    for program in started:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def wait_for(
    session: Session, job_id: int, wanted: Callable[[JobRow], bool], seconds: float = 90.0
) -> JobRow:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        session.rollback()
        session.expire_all()
        row = session.get(JobRow, job_id)
        if row is not None and wanted(row):
            return row
        time.sleep(0.2)
    raise AssertionError(f"{row and (row.state, row.message, row.error)}")


def beats(session: Session, job_id: int, seconds: float) -> bool:
    """Whether the heart of a job beats within some seconds."""
    before = wait_for(session, job_id, lambda row: True).heartbeat_at
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if wait_for(session, job_id, lambda row: True).heartbeat_at != before:
            return True
        time.sleep(0.1)
    return False


def pass_by(session: Session, job_id: int, seconds: float) -> None:
    """Let the time of a silent job pass without waiting for it."""
    session.execute(
        text("UPDATE core_job SET heartbeat_at = heartbeat_at - make_interval(secs => :s) WHERE id = :id"),
        {"id": job_id, "s": seconds},
    )
    session.commit()


def test_r17_a_worker_killed_in_mid_training_is_said_and_tried_again_within_two_minutes(
    session: Session, session_maker: Callable[[], Session], worker: Start
) -> None:
    making.tasteful(session, people=60)
    making.without_shadow(session)
    champion = train(session, actor=SYSTEM)
    assert champion.state == "champion"
    job_id = start_training(session, actor=SYSTEM)
    victim = worker("slow")
    wait_for(session, job_id, lambda row: row.state == "running" and row.message == "choosing")
    assert beats(session, job_id, patience(5)), "it beats while the arithmetic runs"
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    killed = time.monotonic()
    worker("quick")
    assert not beats(session, job_id, 1.5), "the heart stopped with its worker"
    assert jobs.requeue_lost(session) == 0, "a short silence is not taken for a death"
    skipped = jobs.LOST_AFTER.total_seconds()
    pass_by(session, job_id, skipped)
    while not jobs.requeue_lost(session):  # what the schedule does each second
        time.sleep(0.2)
    said = wait_for(session, job_id, lambda row: row.message != "choosing")
    assert said.message in WORDS and "tried again" in str(WORDS["interrupted, retrying"])
    shown_after = skipped + time.monotonic() - killed
    assert queries.serving(session).model_id == champion.id  # type: ignore[union-attr]
    wait_for(session, job_id, lambda row: row.runs == 2, patience(120))
    again_after = skipped + time.monotonic() - killed
    assert shown_after <= patience(120) and again_after <= patience(120), (shown_after, again_after)
    done = wait_for(session, job_id, lambda row: row.state == "done", patience(90))
    assert done.runs == 2 and done.result is not None and done.result["state"] == "champion"
    assert len(session.scalars(select(Model)).all()) == 2, "one version of one training"


def test_web_processes_load_nothing_that_only_jobs_need(app: Any, clean: None) -> None:
    environment = {**os.environ, "APP_ENV": "testing"}
    done = subprocess.run(
        [sys.executable, "-c", WEB], cwd=ROOT, env=environment, capture_output=True, timeout=120, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
