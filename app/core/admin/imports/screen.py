"""`/admin/tableimport/`: upload a table for a screen, say what its columns mean, check it, take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.admin.context import current_actor, database
from app.core.admin.export import csv_chunks, neutral
from app.core.admin.imports import columns as meaning
from app.core.admin.imports import files, operations
from app.core.admin.imports.api import TableImportApi
from app.core.admin.imports.declaring import screens
from app.core.admin.imports.models import TableImport, WrongRow
from app.core.admin.imports.running import folder
from app.core.admin.interface import Interface
from app.core.admin.panels import panel
from app.core.admin.views import ReadOnlyView
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.core.jobs import JobRow

SHOWN_WRONG = 100
FIGURES = (
    ("created", _l("New"), _l("Will be new")), ("updated", _l("Changed"), _l("Will be changed")),
    ("same", _l("The same"), _l("The same")), ("wrong", _l("Wrong"), _l("Wrong")),
)  # fmt: skip
RIGHTS = ("can_list", "can_show", "can_add")


class TableImportView(ReadOnlyView):
    """Imports of tables. Each person sees their own; managers see all."""

    datamodel = Interface(TableImport)
    entity, title, singular, icon = "tableimport", _l("Imports of tables"), _l("Import"), "upload"
    rest_class = TableImportApi
    grants = {"Seller": RIGHTS, "Support": RIGHTS}
    owner_filter = staticmethod(lambda model, user_id: model.user_id == user_id)
    owner_exempt_roles = frozenset({"Admin", "Manager"})
    list_columns = [
        "created_at",
        "entity",
        "filename",
        "state",
        "created",
        "updated",
        "same",
        "wrong",
        "actor_label",
    ]
    show_columns = ["entity", "filename", "actor_label", "created_at"]
    search_columns = ["entity", "filename", "state", "actor_label", "created_at"]
    base_order = ("id", "desc")
    choices = {
        "state": [("new", _l("Not checked yet")), ("checking", _l("Being checked")), ("checked", _l("Checked")),
                  ("taking", _l("Being taken")), ("taken", _l("Done")), ("stopped", _l("Stopped"))],
    }  # fmt: skip
    badges = {
        "state": {
            "new": "quiet",
            "checking": "busy",
            "checked": "wait",
            "taking": "busy",
            "taken": "good",
            "stopped": "bad",
        }
    }
    label_columns = {
        "entity": _l("Screen"), "filename": _l("File"), "state": _l("State"), "created": _l("New"), "updated": _l("Changed"),
        "same": _l("The same"), "wrong": _l("Wrong"), "actor_label": _l("Who"), "created_at": _l("When"),
    }  # fmt: skip
    list_help = _l(
        "A table is taken into a screen from that screen's own list: open the list and choose Import."
    )

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """The screen by its title."""
        if name == "entity" and item.entity in screens():
            return str(screens()[item.entity].title)
        return super().cell(item, name, short)

    def _screen(self, entity: str) -> Any:
        """The screen a table goes to, if this person may write there."""
        found = screens().get(entity)
        if found is None:
            abort(404)
        if not found.may_import():
            abort(403)
        return found

    # --- upload and columns ------------------------------------------------------------------------

    @expose("/new/<name>", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def new(self, name: str) -> ResponseReturnValue:
        """Choose a file for a screen."""
        screen, problem = self._screen(name), ""
        found = meaning.columns(screen)
        if request.method == "POST":
            file = request.files.get("file")
            try:
                if file is None or not file.filename:
                    raise files.UnreadableFile(_("Please choose a CSV or XLSX file."))
                item = operations.keep_upload(
                    database(), entity=name, filename=file.filename, data=file.stream, place=folder(), columns=found,
                    actor=current_actor(),
                )  # fmt: skip
                return redirect(self.url("columns", pk=item.id))
            except ShopError as refusal:
                problem = refusal.text
        return self.render_template(
            "admin/imports/upload.html", view=self, screen=screen, columns=found, problem=problem,
            title=_("Import: %(name)s", name=screen.title), most=files.HEAVIEST // 1024 // 1024,
        )  # fmt: skip

    @expose("/template/<name>")
    @has_access
    @permission_name("add")
    def template(self, name: str) -> Response:
        """An empty table with every column of a screen."""
        found = meaning.columns(self._screen(name))
        made = Response(csv_chunks([column.label for column in found], []), mimetype="text/csv")
        made.headers["Content-Disposition"] = f'attachment; filename="{name}-import.csv"'
        return made

    @expose("/columns/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def columns(self, pk: str) -> ResponseReturnValue:
        """What each column of an upload means."""
        item = self.item_or_404(pk)
        screen, problem = self._screen(item.entity), ""
        found = meaning.columns(screen)
        if request.method == "POST":
            try:
                answer = self._meant(item, screen, found)
                if answer is not None:
                    return answer
            except ShopError as refusal:
                problem = refusal.text
            item = self.item_or_404(pk)
        try:
            first = files.look(folder() / item.stored, item.encoding, item.separator).first
        except (files.UnreadableFile, OSError):
            first = []
        return self.render_template(
            "admin/imports/columns.html", view=self, item=item, screen=screen, columns=found, first=first, problem=problem,
            title=_("Columns of %(file)s", file=item.filename), encodings=files.ENCODINGS,
            separators=((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar"))),
            mapping=self._posted_mapping() if problem else item.mapping,
            fixed=self._posted_fixed() if problem else item.fixed,
        )  # fmt: skip

    def _meant(
        self, item: TableImport, screen: Any, found: list[meaning.Column]
    ) -> ResponseReturnValue | None:
        if request.form.get("read_again"):
            operations.read_again(
                database(), import_id=item.id, place=folder(), encoding=request.form.get("encoding", ""),
                separator=request.form.get("separator", ""), columns=found,
            )  # fmt: skip
            return None
        operations.begin_check(
            database(), import_id=item.id, mapping=self._posted_mapping(), fixed=self._posted_fixed(), columns=found,
            keys=screen.imports.keys, actor=current_actor(), language=current_language(),
        )  # fmt: skip
        return redirect(self.url("show", pk=item.id))

    @staticmethod
    def _posted_mapping() -> dict[str, int]:
        pairs = (
            (key.removeprefix("column."), raw)
            for key, raw in request.form.items()
            if key.startswith("column.")
        )
        return {name: int(raw) for name, raw in pairs if raw.isascii() and raw.isdigit() and len(raw) < 4}

    @staticmethod
    def _posted_fixed() -> dict[str, str]:
        pairs = (
            (key.removeprefix("fixed."), raw) for key, raw in request.form.items() if key.startswith("fixed.")
        )
        return {name: raw.replace("\x00", "").strip() for name, raw in pairs if raw.strip()}

    # --- report ------------------------------------------------------------------------------------

    def panels(self, item: TableImport) -> list[Any]:
        """How far it is, what came out, and the first wrong rows."""
        job = database().get(JobRow, item.job_id) if item.job_id else None
        is_open = job is not None and job.state in ("queued", "running")
        wrong = database().scalars(
            select(WrongRow).where(WrongRow.import_id == item.id).order_by(WrongRow.line).limit(SHOWN_WRONG)
        )
        is_check = item.state in ("new", "checking", "checked")
        figures = [(after if is_check else done, getattr(item, name), name) for name, done, after in FIGURES]
        may = item.entity in screens() and screens()[item.entity].may_import() and self.can("new")
        values: dict[str, Any] = {
            "item": item, "job": job, "is_open": is_open, "figures": figures, "wrong": list(wrong), "view": self, "may": may,
            "percent": min(100, round(100 * job.progress / job.total)) if job is not None and job.total else 0,
            "is_dead": not is_open and item.state in ("checking", "taking"),
        }  # fmt: skip
        return [
            panel("", "admin/imports/result.html", where="top", **values),
            *([panel(_("Wrong rows"), "admin/imports/wrong.html", **values)] if values["wrong"] else []),
        ]

    def page_values(self, item: TableImport) -> dict[str, Any]:
        """The page of an import at work asks again by itself."""
        job = database().get(JobRow, item.job_id) if item.job_id else None
        return {"asks_again": job is not None and job.state in ("queued", "running")}

    show_template = "admin/imports/show.html"

    @expose("/take/<pk>", methods=["POST"])
    @has_access
    @permission_name("add")
    def take(self, pk: str) -> ResponseReturnValue:
        """Take for good what was checked, or go on with what was stopped."""
        item = self.item_or_404(pk)
        self._screen(item.entity)
        try:
            operations.begin_taking(
                database(), import_id=item.id, actor=current_actor(), language=current_language()
            )
        except ShopError as refusal:
            flash(refusal.text, "warning")
        return redirect(self.url("show", pk=pk))

    @expose("/cancel/<pk>", methods=["POST"])
    @has_access
    @permission_name("add")
    def cancel(self, pk: str) -> ResponseReturnValue:
        """Stop at the next row; what is taken stays."""
        try:
            operations.stop(database(), import_id=self.item_or_404(pk).id)
        except ShopError as refusal:
            flash(refusal.text, "warning")
        return redirect(self.url("show", pk=pk))

    @expose("/wrong/<pk>")
    @has_access
    @permission_name("show")
    def wrong(self, pk: str) -> Response:
        """The wrong rows as CSV: their own columns, then the line and what is wrong, ready to be mended."""
        item = self.item_or_404(pk)
        titles = [*item.header, _("Line"), _("What is wrong")]
        made = Response(stream_with_context(csv_chunks(titles, self._wrong_rows(item))), mimetype="text/csv")
        made.headers["Content-Disposition"] = f'attachment; filename="{item.entity}-{item.id}-wrong-rows.csv"'
        made.headers["Cache-Control"] = "no-store"
        return made

    @staticmethod
    def _wrong_rows(item: TableImport) -> Iterator[list[Any]]:
        width = len(item.header)
        rows = select(WrongRow).where(WrongRow.import_id == item.id).order_by(WrongRow.line)
        for row in database().scalars(rows.execution_options(yield_per=500)):
            cells = [neutral(cell) for cell in [*row.cells, *[""] * width][:width]]
            told = [f"{p['label']}: {p['message']}" if p["label"] else p["message"] for p in row.problems]
            yield [*cells, row.line, neutral(" ".join(told))]
