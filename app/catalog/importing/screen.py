"""`/admin/catalog/imports/`: upload a catalogue, look at what would happen, follow it, fetch what was bad."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, request, send_file
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from app.catalog.import_jobs import folder
from app.catalog.importing.formats import READERS
from app.core import jobs
from app.core.admin import Interface, ReadOnlyView, current_actor, panel
from app.core.admin.context import database
from app.core.errors import Conflict
from app.core.jobs import JobRow

HEAVIEST = 200 * 1024 * 1024
ENDINGS = (".csv", ".xlsx", ".json", ".zip", ".txt")
FIGURES = (
    ("rows_read", _l("Rows read")), ("created", _l("Created")), ("updated", _l("Updated")),
    ("unchanged", _l("Unchanged")), ("bad", _l("Not taken")), ("drafts", _l("Kept as drafts")),
    ("seconds", _l("Seconds")),
)  # fmt: skip


class ImportView(ReadOnlyView):
    """Imports of catalogues: each is a job with progress, cancel and a report of rows not taken."""

    datamodel = Interface(JobRow)
    route_base = "/admin/catalog/imports"
    entity, title, singular, icon, rest = "catalogimport", _l("Imports"), _l("Import"), "upload", False
    list_columns: Sequence[str] = ["id", "state", "progress", "actor_label", "created_at", "finished_at"]
    show_columns = ["state", "progress", "error", "actor_label", "created_at", "finished_at"]
    search_columns = ["state", "actor_label", "created_at"]
    base_order = ("id", "desc")
    label_columns = {
        "state": _l("State"), "progress": _l("Rows"), "actor_label": _l("Who"), "created_at": _l("When"),
        "finished_at": _l("Finished"), "error": _l("What went wrong"), "id": _l("Number"),
    }  # fmt: skip
    choices = {
        "state": [("queued", _l("Waiting")), ("running", _l("Running")), ("done", _l("Done")),
                  ("failed", _l("Failed")), ("cancelled", _l("Cancelled"))],
    }  # fmt: skip
    list_help = _l("Catalogues from other shops, or our own table.")

    def visible(self) -> Select[Any]:
        """Only the jobs that are imports of catalogues."""
        return super().visible().where(JobRow.name == "catalog.import")

    def panels(self, item: JobRow) -> list[Any]:
        """What came out, the report, and the way to take for good what a dry run has shown."""
        result = item.result or {}
        figures = [(label, result[key]) for key, label in FIGURES if key in result]
        values = {"item": item, "figures": figures, "bad": result.get("bad_rows_file"), "view": self}
        return [panel(_l("Result"), "catalog/imports/result.html", **values)]

    @expose("/upload/", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def upload(self) -> ResponseReturnValue:
        """The form, and what it sends: keeps the file and starts the job."""
        problem = ""
        if request.method == "POST":
            job_id, problem = self._start()
            if job_id is not None:
                return redirect(self.url("show", pk=job_id))
        return self.render_template(
            "catalog/imports/upload.html",
            view=self,
            title=_("New import"),
            problem=problem,
            formats=sorted(READERS),
        )

    def _start(self) -> tuple[int | None, str]:
        file, chosen = request.files.get("file"), request.form.get("format", "")
        ending = Path(file.filename or "").suffix.lower() if file else ""
        stock = request.form.get("stock", "0").strip() or "0"
        if chosen not in READERS:
            return None, _("There is no such format.")
        if file is None or ending not in ENDINGS:
            return None, _("Please choose a CSV, XLSX, JSON or ZIP file.")
        if not (stock.isascii() and stock.isdigit() and len(stock) < 6):
            return None, _("Please enter a whole number.")
        place = folder() / f"{secrets.token_hex(12)}{ending}"
        file.save(place)
        if not 0 < place.stat().st_size <= HEAVIEST:
            place.unlink()
            return None, _("This file is empty or too large.")
        actor = current_actor()
        job_id = jobs.start(
            database(), "catalog.import", actor=actor, file=place.name, format=chosen, stock=int(stock),
            dry_run="dry_run" in request.form, user_id=actor.user_id, label=actor.label,
        )  # fmt: skip
        return job_id, ""

    @expose("/again/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("add")
    def again(self, pk: int) -> ResponseReturnValue:
        """Take for good the file of a dry run."""
        item = self.item_or_404(str(pk))
        actor = current_actor()
        given = {**item.arguments, "dry_run": False, "user_id": actor.user_id, "label": actor.label}
        return redirect(self.url("show", pk=jobs.start(database(), "catalog.import", actor=actor, **given)))

    @expose("/cancel/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("add")
    def cancel(self, pk: int) -> ResponseReturnValue:
        """Stop after the batch that is being taken; what is taken stays."""
        try:
            jobs.request_cancel(database(), job_id=self.item_or_404(str(pk)).id)
        except Conflict as refusal:
            flash(refusal.text, "warning")
        return redirect(self.url("show", pk=pk))

    @expose("/bad/<int:pk>")
    @has_access
    @permission_name("show")
    def bad(self, pk: int) -> ResponseReturnValue:
        """The report of rows that were not taken, as CSV."""
        name = (self.item_or_404(str(pk)).result or {}).get("bad_rows_file")
        place = folder() / Path(str(name)).name
        if not name or not place.is_file():
            abort(404)
        return send_file(
            place, mimetype="text/csv", as_attachment=True, download_name=f"import-{pk}-bad-rows.csv"
        )
