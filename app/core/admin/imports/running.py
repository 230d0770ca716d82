"""Runs an import as a job: a check writes nothing, the taking writes each row in a unit of work of its own.

A row that is taken and the counters that say so are one commit, so a killed worker goes on behind the
last row that was dealt with, and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app.core import audit
from app.core.admin.context import acting_provider, current_actor, database
from app.core.admin.imports import files
from app.core.admin.imports.columns import cells_of
from app.core.admin.imports.declaring import screens
from app.core.admin.imports.errors import RowRefused
from app.core.admin.imports.models import TableImport, WrongRow
from app.core.admin.imports.target import SAME, ScreenTarget
from app.core.admin.writing import refusals
from app.core.errors import Forbidden, ShopError
from app.core.jobs import Cancelled
from app.core.unit_of_work import unit_of_work

STEP = 25
"""Rows between two reports of progress; a check undoes so many at once."""
MOST_WRONG = 20_000
COUNTERS = ("created", "updated", "same", "wrong")


class _Undo(Exception):
    """Leaves a unit of work without keeping anything."""


def folder() -> Path:
    """Where uploaded tables are kept."""
    place = Path(current_app.config["COMPTOIR_HOME"]) / "imports"
    place.mkdir(parents=True, exist_ok=True)
    return place


def run_import(
    progress: Any, *, import_id: int, user_id: int, is_check: bool, language: str = "en"
) -> dict[str, Any]:
    """Check or take an uploaded table, as the person who asked for it. Run again it goes on where it was."""
    with as_person(user_id, language):
        run = Run(progress, import_id, is_check)
        run.all_rows()
        return run.figures()


@contextmanager
def as_person(user_id: int, language: str) -> Iterator[None]:
    """A context of its own in which every screen sees this person, with the rights of this moment.

    Raises:
        Forbidden: the account is closed.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.test_request_context("/admin/tableimport/"):
        g.language = language
        person = acting_provider(user_id)
        if person is None:
            raise Forbidden()
        g.admin_person = person
        yield


class Run:
    """One job's work on one import."""

    def __init__(self, progress: Any, import_id: int, is_check: bool):
        self.progress, self.is_check = progress, is_check
        self.session = database()
        self.import_id = import_id
        self._read()
        self.pending = dict.fromkeys(COUNTERS, 0)
        self.seen: dict[tuple[str, ...], int] = {}

    def _read(self) -> None:
        """Hold what the row says as plain values: rows of the session go with each undone row."""
        item = self.session.get_one(TableImport, self.import_id, populate_existing=True)
        self.entity, self.mapping, self.fixed = item.entity, dict(item.mapping), dict(item.fixed)
        self.source = (folder() / Path(item.stored).name, item.encoding, item.separator)
        self.line, self.done, self.wrong = item.line, item.rows, item.wrong
        self.is_mine = item.job_id == self.progress.job_id and item.state in ("checking", "taking")

    def figures(self) -> dict[str, Any]:
        """What came out so far."""
        item = self.session.get_one(TableImport, self.import_id, populate_existing=True)
        return {"import": item.id} | {name: getattr(item, name) for name in COUNTERS}

    def all_rows(self) -> None:
        """Deal with every row that was not dealt with yet.

        Raises:
            Cancelled: somebody asked for it; what is taken stays.
        """
        if not self.is_mine:
            return
        if self.is_check:
            self._start_anew()
        try:
            done, total = self.done, sum(1 for _row in self._grid())
            view = screens()[self.entity]
            if not view.may_import():
                raise Forbidden()
            self.target = ScreenTarget(view, self.is_check)
            self.progress.step(done, total)
            rows = self._rows()
            while batch := list(islice(rows, STEP)):
                (self._check if self.is_check else self._take)(batch)
                done += len(batch)
                self.progress.step(done, total)
        except Cancelled:
            self._finish("stopped")
            raise
        except ShopError as refusal:
            self.session.rollback()
            self._finish("stopped", refusal.text)
            return
        self._finish("checked" if self.is_check else "taken")

    def _start_anew(self) -> None:
        with unit_of_work(self.session):
            self.session.execute(delete(WrongRow).where(WrongRow.import_id == self.import_id))
            self._update(line=0, problem=None, **dict.fromkeys(COUNTERS, 0))
        self._read()

    def _grid(self) -> Iterator[files.Row]:
        found = files.grid(*self.source)
        next(found, None)
        return found

    def _rows(self) -> Iterator[tuple[int, list[str], dict[str, str]]]:
        names, start = self.target.imports.names, self.line
        for line, row in self._grid():
            cells = cells_of(row, self.mapping, self.fixed)
            key = tuple(cells.get(name, "").strip().casefold() for name in names)
            twin = self.seen.setdefault(key, line) if any(key) else line
            if line <= start:
                continue
            if twin != line:
                cells = {"": str(twin)}
            yield line, row, cells

    # --- one row -----------------------------------------------------------------------------------

    def _outcome(self, cells: dict[str, str]) -> str:
        if twin := cells.get(""):
            raise RowRefused({"": _("The same entry stands in line %(line)s already.", line=twin)})
        try:
            with refusals(self.target.view.datamodel.obj):
                outcome = self.target.take(cells)
                self.session.flush()
        except ShopError as refusal:
            raise RowRefused({refusal.field or "": refusal.text}) from refusal
        return outcome

    def _take(self, batch: list[tuple[int, list[str], dict[str, str]]]) -> None:
        for line, row, cells in batch:
            try:
                with refusals(self.target.view.datamodel.obj), unit_of_work(self.session):
                    outcome = self._outcome(cells)
                    if outcome == SAME:
                        raise _Undo
                    self._count(line, outcome)
            except _Undo:
                self.pending[SAME] += 1
                self.line = line
            except RowRefused as wrong:
                self._note(line, row, wrong)
            except ShopError as refusal:
                self._note(line, row, RowRefused({"": refusal.text}))
            self.session.expunge_all()
        with unit_of_work(self.session):
            self._count(self.line)

    def _check(self, batch: list[tuple[int, list[str], dict[str, str]]]) -> None:
        found: list[tuple[int, list[str], RowRefused]] = []
        with suppress(_Undo), unit_of_work(self.session):
            for line, row, cells in batch:
                try:
                    with self.session.begin_nested():
                        outcome = self._outcome(cells)
                        self.pending[outcome] += 1
                        if outcome == SAME:
                            raise _Undo
                except _Undo:
                    continue
                except RowRefused as wrong:
                    found.append((line, row, wrong))
            raise _Undo
        self.session.expunge_all()
        with unit_of_work(self.session):
            for line, row, refusal in found:
                self._write_down(line, row, refusal)
            self._count(batch[-1][0])

    # --- the books ---------------------------------------------------------------------------------

    def _note(self, line: int, row: list[str], wrong: RowRefused) -> None:
        with unit_of_work(self.session):
            self._write_down(line, row, wrong)
            self._count(line)

    def _write_down(self, line: int, row: list[str], wrong: RowRefused) -> None:
        self.pending["wrong"] += 1
        self.wrong += 1
        labels = self.target.labels
        problems = [
            {"field": name, "label": labels.get(name, ""), "message": words[:500]} for name, words in wrong.errors.items()
        ]  # fmt: skip
        values = {
            "import_id": self.import_id,
            "line": line,
            "cells": [cell[:2000] for cell in row],
            "problems": problems,
        }
        if self.wrong <= MOST_WRONG:
            self.session.execute(insert(WrongRow).values(**values).on_conflict_do_nothing())

    def _count(self, line: int, outcome: str = "") -> None:
        """Write down how far it is, in the transaction of the row itself.

        Raises:
            Cancelled: another job has taken this import over.
        """
        if outcome:
            self.pending[outcome] += 1
        self.line = line
        added = {name: getattr(TableImport, name) + number for name, number in self.pending.items() if number}
        self._update(line=line, **added)
        self.pending = dict.fromkeys(COUNTERS, 0)

    def _update(self, **values: Any) -> None:
        mine = (TableImport.id == self.import_id, TableImport.job_id == self.progress.job_id)
        done = self.session.execute(
            update(TableImport).where(*mine).values(**values).returning(TableImport.id)
        )
        if done.first() is None:
            raise Cancelled()

    def _finish(self, state: str, problem: str | None = None) -> None:
        state = "new" if self.is_check and state == "stopped" else state
        with unit_of_work(self.session):
            self._update(state=state, problem=problem)
            if state != "taken":
                return
            item = self.session.get_one(TableImport, self.import_id, populate_existing=True)
            audit.record(
                self.session, actor=current_actor(), action="import.take", entity="core_import", entity_id=item.id,
                after={"screen": item.entity, "file": item.filename} | {name: getattr(item, name) for name in COUNTERS},
            )  # fmt: skip
