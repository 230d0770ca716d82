"""Backups in the background: made, checked, thinned out, and started when they are due."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from flask import current_app

from app.core import jobs, settings
from app.core.clock import utcnow
from app.core.db import db
from app.core.errors import ShopError
from app.ops.backup import operations, queries, rules
from app.ops.backup.errors import AlreadyRunning
from app.ops.backup.settings import BackupSettings

BEAT_SECONDS = 5.0
MEGABYTE = 1024 * 1024


@contextlib.contextmanager
def _beating(progress: Any) -> Iterator[operations.Report]:
    """Tell how far it is every few seconds, also while PostgreSQL reads one large table for minutes."""
    state: dict[str, Any] = {"done": 0, "what": "", "stop": None}
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                progress.step(
                    state["done"] // MEGABYTE, message=f"{state['what']} ({state['done'] // MEGABYTE} MB)"
                )
            except jobs.Cancelled as asked:
                state["stop"] = asked

    def report(done: int, what: str) -> None:
        state["done"], state["what"] = done or state["done"], what
        if state["stop"] is not None:
            raise state["stop"]

    progress.step(0)
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield report
    finally:
        over.set()
        thread.join()


def make_backup(progress: Any) -> dict[str, Any]:
    """Make a backup under a name of its own, and delete those that need not be kept any longer.

    Run twice it makes two. A second one at the same time does nothing and says so.
    """
    db.session.remove()
    folder = queries.folder_of(current_app.config)
    wanted = settings.get(db.session, BackupSettings)
    db.session.remove()  # a transaction that is open for minutes keeps the database from cleaning up
    target = folder / rules.name_for(utcnow())
    try:
        with _beating(progress) as report:
            contents = operations.create(queries.shop_of(current_app.config), target, report)
    except AlreadyRunning as other:
        return {"skipped": other.text}
    queries.note_check(target, utcnow(), rows=contents.rows, files=contents.files)
    gone = operations.thin_out(folder, utcnow(), days=wanted.keep_days, months=wanted.keep_months)
    return {
        "file": target.name,
        "bytes": contents.size,
        "rows": contents.rows,
        "files": contents.files,
        "deleted": gone,
    }


def check_backup(progress: Any, *, file: str) -> dict[str, Any]:
    """Read a backup to its end and note how that went. Run twice it notes the later moment."""
    db.session.remove()
    found = queries.backup(queries.folder_of(current_app.config), file)
    try:
        with _beating(progress) as report:
            contents = operations.check(found.path, report)
    except ShopError as problem:
        queries.note_check(found.path, utcnow(), problem=problem.text)
        raise
    queries.note_check(found.path, utcnow(), rows=contents.rows, files=contents.files)
    return {"file": file, "bytes": contents.size, "rows": contents.rows, "files": contents.files}


def backup_when_due(progress: Any) -> dict[str, Any]:
    """Start the day's backup, unless there is one or one is on its way. Run twice it starts one."""
    wanted = settings.get(db.session, BackupSettings)
    newest = queries.newest(queries.folder_of(current_app.config))
    if (
        not wanted.daily
        or not rules.is_due(newest, utcnow(), wanted.hour)
        or jobs.open_job(db.session, "ops.backup")
    ):
        return {"started": False}
    jobs.start(db.session, "ops.backup")
    return {"started": True}
