"""REST of imports: `/api/v1/admin/tableimport`: send a table for a screen, check it, take it, read the report.

The file comes as `multipart/form-data`; checking and taking are jobs, and a row here says how far they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify, request
from flask_appbuilder.api import expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.core import idempotency
from app.core.admin import json_forms
from app.core.admin.api import MOST, AdminApi
from app.core.admin.context import current_actor, database
from app.core.admin.imports import columns as meaning
from app.core.admin.imports import files, operations
from app.core.admin.imports.declaring import screens
from app.core.admin.imports.models import TableImport, WrongRow
from app.core.admin.imports.running import folder
from app.core.admin.values import storable
from app.core.admin.writing import attempt
from app.core.errors import Forbidden, InvalidFields
from app.core.i18n import _l, current_language
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work

MEANT = {"mapping", "fixed", "encoding", "separator"}


def report(item: TableImport) -> dict[str, Any]:
    """An import as it stands: what its columns mean, how far it is, what came out so far."""
    job = database().get(JobRow, item.job_id) if item.job_id else None
    done = {"done": job.progress, "total": job.total, "state": job.state} if job is not None else None
    return {
        "id": str(item.id), "screen": item.entity, "filename": item.filename, "state": item.state,
        "problem": item.problem, "header": item.header, "mapping": item.mapping, "fixed": item.fixed,
        "created": item.created, "updated": item.updated, "same": item.same, "wrong": item.wrong, "job": done,
    }  # fmt: skip


def meant(body: Mapping[str, Any], header: list[str], found: list[meaning.Column]) -> dict[str, Any]:
    """What a program says of the columns: numbers of columns and fixed texts by field.

    Raises:
        InvalidFields: naming each wrong one.
    """
    errors: dict[str, Any] = {name: _l("There is no such field.") for name in set(body) - MEANT}
    known = {column.name for column in found}
    for name in ("mapping", "fixed"):
        table = body.get(name, {})
        if not isinstance(table, dict):
            errors[name] = _l("This must be an object.")
            continue
        for field, value in table.items():
            fits = _is_place(value, len(header)) if name == "mapping" else _is_text(value)
            if field not in known or not fits:
                errors[f"{name}.{field[:60]}"] = (
                    _l("There is no such field.") if field not in known else _l("Please check this value.")
                )
    for name, offered in (("encoding", files.ENCODINGS), ("separator", files.SEPARATORS)):
        if name in body and body[name] not in list(offered):
            errors[name] = _l("Choose one of the possible values.")
    if errors:
        raise InvalidFields(errors)
    return dict(body)


def _is_place(value: Any, width: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < width


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 2000 and storable(value)


class TableImportApi(AdminApi):
    """The REST door of imports."""

    exclude_route_methods = {"patch", "delete"}

    def _screen(self, entity: str) -> Any:
        """The screen a table goes to.

        Raises:
            InvalidFields: no screen of this name takes tables.
            Forbidden: this person may not write there.
        """
        found = screens().get(entity)
        if found is None:
            raise InvalidFields({"screen": _l("Choose one of the possible values.")})
        if not found.may_import():
            raise Forbidden()
        return found

    @expose("/<pk>", methods=["GET"])
    def get(self, pk: str) -> Response:
        """How an import stands."""
        self._require("show")
        return jsonify(report(self._row(pk)))

    @expose("", methods=["POST"])
    def post(self) -> Response:
        """Keep the table sent as `file` for the screen named in `screen`; what its columns mean is guessed.

        Raises:
            InvalidFields: no such screen, or no file. UnreadableFile: it is no table.
            IdempotencyMismatch: the key came with another table before.
        """
        self._require("new")
        screen, file, session = (
            self._screen(request.form.get("screen", "")),
            request.files.get("file"),
            database(),
        )
        if file is None or not file.filename:
            raise InvalidFields({"file": _("Please choose a CSV or XLSX file.")})
        sent = [screen.entity, hashlib.sha256(file.read()).hexdigest()]
        file.seek(0)
        key, scope = request.headers.get("Idempotency-Key"), f"admin.tableimport:{g.admin_person.id}"
        with unit_of_work(session):
            stored = idempotency.begin(session, scope=scope, key=key, body=sent) if key is not None else None
            if stored is None:
                stored = report(operations.keep_upload(
                    session, entity=screen.entity, filename=file.filename, data=file.stream, place=folder(),
                    columns=meaning.columns(screen), actor=current_actor(),
                ))  # fmt: skip
                if key is not None:
                    idempotency.finish(session, scope=scope, key=key, answer=stored)
        return self._made(stored)

    @expose("/<pk>/check", methods=["POST"])
    def check(self, pk: str) -> Response:
        """Check every row as a job; nothing is taken. What is not said of the columns stays as it was guessed.

        Raises:
            InvalidFields: fields or columns that there are not. KeyMissing, ImportIsRunning, FileGone.
        """
        self._require("new")
        item, body, session = self._row(pk), json_forms.read_body(), database()
        screen = self._screen(item.entity)
        found = meaning.columns(screen)

        def begin() -> None:
            with unit_of_work(session):
                if {"encoding", "separator"} & set(body):
                    meant({n: body[n] for n in ("encoding", "separator") if n in body}, [], found)
                    operations.read_again(
                        session, import_id=item.id, place=folder(), encoding=body.get("encoding", item.encoding),
                        separator=body.get("separator", item.separator), columns=found,
                    )  # fmt: skip
                said = meant(body, item.header, found)
                operations.begin_check(
                    session, import_id=item.id, mapping=item.mapping | said.get("mapping", {}),
                    fixed=said.get("fixed", item.fixed), columns=found, keys=screen.imports.keys, actor=current_actor(),
                    language=current_language(),
                )  # fmt: skip

        attempt(session, begin, TableImport)
        return self._begun(pk)

    @expose("/<pk>/take", methods=["POST"])
    def take(self, pk: str) -> Response:
        """Take for good what was checked, or go on with what was stopped, as a job.

        Raises:
            NotChecked, ImportIsRunning, FileGone.
        """
        self._require("new")
        item, session = self._row(pk), database()
        self._screen(item.entity)
        attempt(
            session,
            lambda: operations.begin_taking(
                session, import_id=item.id, actor=current_actor(), language=current_language()
            ),
            TableImport,
        )
        return self._begun(pk)

    @expose("/<pk>/cancel", methods=["POST"])
    def cancel(self, pk: str) -> Response:
        """Stop at the next row; what is taken stays.

        Raises:
            Conflict: it is over.
        """
        self._require("new")
        item, session = self._row(pk), database()
        attempt(session, lambda: operations.stop(session, import_id=item.id), TableImport)
        return self._begun(pk)

    def _begun(self, pk: str) -> Response:
        """The report, with the answer that the work goes on."""
        database().expire_all()
        made = jsonify(report(self._row(pk)))
        made.status_code = 202
        return made

    @expose("/<pk>/wrong", methods=["GET"])
    def wrong(self, pk: str) -> Response:
        """The rows that were refused, each with its cells and what is wrong with them; `cursor` is a line.

        Raises:
            InvalidFields: a limit or cursor that makes no sense.
        """
        self._require("show")
        item, asked = self._row(pk), request.args
        numbers = {name: _number(asked.get(name), start) for name, start in (("limit", 50), ("cursor", 0))}
        if bad := {
            name: _l("Please give a whole number.") for name, value in numbers.items() if value is None
        }:
            raise InvalidFields(bad)
        size = min(max(numbers["limit"] or 0, 1), MOST)
        query = select(WrongRow).where(
            WrongRow.import_id == item.id, WrongRow.line > (numbers["cursor"] or 0)
        )
        rows = list(database().scalars(query.order_by(WrongRow.line).limit(size + 1)))
        more, rows = len(rows) > size, rows[:size]
        return jsonify(
            items=[{"line": row.line, "cells": row.cells, "problems": row.problems} for row in rows],
            next=str(rows[-1].line) if more else None,
            total=item.wrong,
        )


def _number(raw: str | None, start: int) -> int | None:
    if raw is None:
        return start
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


__all__ = ["TableImportApi"]
