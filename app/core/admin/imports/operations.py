"""The verbs of imports: keep an upload, say what its columns mean, check it, take it, stop it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import jobs, locks
from app.core.actor import Actor
from app.core.admin.imports import files
from app.core.admin.imports.columns import Column, guess
from app.core.admin.imports.errors import FileGone, ImportIsRunning, KeyMissing, NotChecked
from app.core.admin.imports.models import TableImport, WrongRow
from app.core.admin.imports.running import COUNTERS, folder
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work

JOB = "core.import_table"


def keep_upload(
    session: Session,
    *,
    entity: str,
    filename: str,
    data: Any,
    place: Path,
    columns: list[Column],
    actor: Actor,
) -> TableImport:
    """Keep an uploaded table for a screen; which column means which field is guessed by its headings.

    Raises:
        UnreadableFile: it is no table. Nothing is kept.
    """
    path = place / f"table-{secrets.token_hex(12)}"
    with path.open("wb") as file:
        file.write(data.read(files.HEAVIEST + 1))
    try:
        opened = files.look(path)
    except files.UnreadableFile:
        path.unlink()
        raise
    clean = "".join(letter for letter in filename if letter.isprintable())[-120:]
    with unit_of_work(session):
        item = TableImport(
            entity=entity, filename=clean or "table", stored=path.name, encoding=opened.encoding,
            separator=opened.separator, header=opened.header, mapping=guess(opened.header, columns),
            user_id=actor.user_id, actor_label=actor.label,
        )  # fmt: skip
        session.add(item)
        session.flush()
    return item


def read_again(
    session: Session, *, import_id: int, place: Path, encoding: str, separator: str, columns: list[Column]
) -> TableImport:
    """Read an upload in another encoding or with another separator; its columns are guessed anew.

    Raises:
        UnreadableFile, ImportIsRunning, FileGone: nothing changes then.
    """
    with unit_of_work(session):
        item = locks.row(session, TableImport, import_id)
        _must_rest(session, item)
        opened = files.look(place / item.stored, encoding, separator)
        item.encoding, item.separator, item.header = opened.encoding, opened.separator, opened.header
        item.mapping, item.state = guess(opened.header, columns), "new"
    return item


def begin_check(
    session: Session, *, import_id: int, mapping: Mapping[str, int], fixed: Mapping[str, str], columns: list[Column],
    keys: tuple[tuple[str, ...], ...], actor: Actor, language: str,
) -> int:  # fmt: skip
    """Write down what the columns mean and check every row as a job; nothing is taken. Returns the job's id.

    Raises:
        KeyMissing: none of the keys that tell rows apart is there.
        ImportIsRunning: it is at work already. FileGone: the table is not kept any more.
    """
    known = {column.name for column in columns}
    with unit_of_work(session):
        item = locks.row(session, TableImport, import_id)
        _must_rest(session, item)
        item.mapping = {n: at for n, at in mapping.items() if n in known and 0 <= at < len(item.header)}
        item.fixed = {n: text[:2000] for n, text in fixed.items() if n in known and text}
        told = {*item.mapping, *item.fixed}
        if keys and not any(told & set(key) for key in keys):
            labels = [column.label for column in columns if column.name in keys[-1]]
            raise KeyMissing(names=", ".join(labels))
        return _start(session, item, "checking", actor, language)


def begin_taking(session: Session, *, import_id: int, actor: Actor, language: str) -> int:
    """Take a table that was checked, or go on with one that was stopped. Returns the job's id.

    Raises:
        NotChecked: nobody has seen yet what would happen.
        ImportIsRunning: it is at work already. FileGone: the table is not kept any more.
    """
    with unit_of_work(session):
        item = locks.row(session, TableImport, import_id)
        _must_rest(session, item)
        if item.state in ("new", "checking"):
            raise NotChecked()
        if item.state in ("checked", "taken"):
            session.execute(delete(WrongRow).where(WrongRow.import_id == item.id))
            item.line = 0
            for name in COUNTERS:
                setattr(item, name, 0)
        return _start(session, item, "taking", actor, language)


def stop(session: Session, *, import_id: int) -> None:
    """Ask the job of an import to stop; what is taken stays.

    Raises:
        Conflict: it is over.
    """
    with unit_of_work(session):
        item = locks.row(session, TableImport, import_id)
        jobs.request_cancel(session, job_id=item.job_id or 0)
        job = session.get(JobRow, item.job_id)
        if job is not None and job.state == "cancelled":
            item.state = "stopped" if item.state == "taking" else "new"


def _must_rest(session: Session, item: TableImport) -> None:
    """Refuse what is at work, and what has lost its file.

    Raises:
        ImportIsRunning, FileGone.
    """
    if not item.stored or not (folder() / Path(item.stored).name).is_file():
        raise FileGone()
    job = session.get(JobRow, item.job_id) if item.job_id else None
    if job is not None and job.state in ("queued", "running"):
        raise ImportIsRunning()


def _start(session: Session, item: TableImport, state: str, actor: Actor, language: str) -> int:
    item.state, item.problem = state, None
    item.job_id = jobs.start(
        session, JOB, actor=actor, import_id=item.id, user_id=actor.user_id, is_check=state == "checking",
        language=language,
    )  # fmt: skip
    return item.job_id
