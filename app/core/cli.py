"""Commands of the machinery: the processes that run beside the web server."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence

import click
from flask import Flask, current_app

from app.core.commands import Commands
from app.core.db import db, session_maker
from app.core.feature import Feature

outbox_commands = Commands("outbox", help="Deliver what the shop has announced.")
cron_commands = Commands("cron", help="Start scheduled jobs.")
jobs_commands = Commands("jobs", help="Run long work.")
keys_commands = Commands("keys", help="Keys of encrypted columns.")


def _until_told() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@outbox_commands.command("run")
def run_outbox() -> None:
    """Deliver announcements until told to stop; several may run side by side."""
    from app.core.dispatch import run_dispatcher

    run_dispatcher(session_maker(current_app), _until_told())


@outbox_commands.command("sweep")
def sweep_once() -> None:
    """Deliver everything that is due now, once."""
    from app.core.dispatch import sweep

    total = 0
    while done := sweep(session_maker(current_app)):
        total += done
    click.echo(f"{total} delivered")


@cron_commands.command("run")
def run_cron() -> None:
    """Start due jobs until told to stop; one holder in the fleet, others wait."""
    from app.core import schedule
    from app.core.feature import collected

    schedules = [entry for feature in collected() for entry in feature.schedules]
    schedule.run(db.engine, session_maker(current_app), schedules, _until_told())


@jobs_commands.command("work")
def work() -> None:
    """Serve the job queue (RQ)."""
    from app.core.worker import work as serve

    serve(current_app._get_current_object())  # type: ignore[attr-defined]


@keys_commands.command("rotate")
def rotate() -> None:
    """Encrypt every encrypted column anew with the current key."""
    from app.core import crypto

    click.echo(f"{crypto.rotate(db.session)} values encrypted anew")


def init_app(app: Flask, features: Sequence[Feature]) -> None:
    """Add the machinery's commands."""
    for group in (outbox_commands, cron_commands, jobs_commands, keys_commands):
        app.cli.add_command(group)
