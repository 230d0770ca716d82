"""`/admin/orders/imports/`: upload orders of the past, look at what would happen, follow it, see its sums by month."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from app.catalog.import_jobs import folder
from app.catalog.importing.screen import HEAVIEST, ImportView
from app.core import jobs
from app.core.admin import ReadOnlyView, current_actor, panel
from app.core.admin.context import database
from app.core.jobs import JobRow
from app.ops.history.jobs import NAME

ENDINGS = (".csv", ".gz")
FIGURES = (
    ("rows_read", _l("Lines read")), ("created", _l("Lines taken")), ("unchanged", _l("Lines known before")),
    ("bad", _l("Not taken")), ("duplicates", _l("Lines that stand there twice (they count)")),
    ("orders", _l("Orders")), ("carried_forward", _l("Orders carried forward")), ("refunds", _l("Refunds")),
    ("movements", _l("Write-offs and finds")), ("products", _l("New articles")), ("customers", _l("Customers")),
    ("seconds", _l("Seconds")),
)  # fmt: skip


class OrderImportView(ImportView):
    """Imports of orders: each is a job with progress, cancel, sums by month and a report of lines not taken."""

    route_base = "/admin/orders/imports"
    list_template = "ops/history/list.html"
    entity, title, singular = "orderimport", _l("Imports of orders"), _l("Import of orders")
    list_help = _l(
        "Orders of the past from other systems: nobody gets a mail, and levels of stock stay what they are."
    )

    def visible(self) -> Select[Any]:
        """Only the jobs that are imports of orders."""
        return ReadOnlyView.visible(self).where(JobRow.name == NAME)

    def name_of(self, item: JobRow) -> str:
        """What a person calls this import."""
        return f"{self.singular} {item.id}"

    def panels(self, item: JobRow) -> list[Any]:
        """What came out, the report, the sums, and the way to take for good what a dry run has shown."""
        result = item.result or {}
        figures = [(label, result[key]) for key, label in FIGURES if key in result]
        values: dict[str, Any] = {
            "item": item,
            "figures": figures,
            "bad": result.get("bad_rows_file"),
            "view": self,
        }
        shown = [panel(_l("Result"), "ops/history/result.html", **values)]
        if months := result.get("months"):
            shown.append(panel(_l("Sums by month, in pounds"), "ops/history/months.html", months=months))
        return shown

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
            "ops/history/upload.html", view=self, title=_("New import"), problem=problem
        )

    def _start(self) -> tuple[int | None, str]:
        file = request.files.get("file")
        ending = Path(file.filename or "").suffix.lower() if file else ""
        if file is None or ending not in ENDINGS:
            return None, _("Please choose a CSV or GZ file.")
        place = folder() / f"{secrets.token_hex(12)}{ending}"
        file.save(place)
        if not 0 < place.stat().st_size <= HEAVIEST:
            place.unlink()
            return None, _("This file is empty or too large.")
        return self._queue(file=place.name, dry_run="dry_run" in request.form), ""

    @expose("/again/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("add")
    def again(self, pk: int) -> ResponseReturnValue:
        """Take for good the file of a dry run, or go on where one was cancelled."""
        item = self.item_or_404(str(pk))
        job_id = self._queue(file=item.arguments["file"], dry_run=False)
        return redirect(self.url("show", pk=job_id))

    def _queue(self, **given: Any) -> int:
        actor = current_actor()
        return jobs.start(database(), NAME, actor=actor, user_id=actor.user_id, label=actor.label, **given)
