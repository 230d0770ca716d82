"""The screen of reports: ask for one, see how far it is, fetch its file for a week."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from flask import Response, abort, send_file
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from wtforms.validators import Length, Optional

from app.core import jobs
from app.core.admin import Interface, OperationView, action, current_actor, panel
from app.core.admin.context import database
from app.core.admin.fields import ChoiceField, Storable, TextField, date_field
from app.core.errors import Forbidden
from app.core.i18n import _l, current_language
from app.core.jobs import JobRow
from dashboards import operations, reports
from dashboards.board_screens import DAYS, FORMATS
from dashboards.mailing import PERSONAL
from dashboards.models import Report
from dashboards.periods import OWN
from dashboards.screen import seller_here

RIGHTS = ("can_list", "can_show", "can_add", "cancel")
PERIODS = [*DAYS, (OWN, _l("Own dates"))]


class ReportView(OperationView):
    """Reports as files. Each person sees their own; admins see all."""

    datamodel = Interface(Report)
    imports = _l("Reports are made here, not taken in.")
    entity, title, singular, icon = "report", _l("Reports"), _l("Report"), "file-spreadsheet"
    add_operation = staticmethod(operations.ask_report)
    owner_filter = staticmethod(lambda model, user_id: model.owner_id == user_id)
    owner_exempt_roles = frozenset({"Admin"})
    grants = {"Seller": RIGHTS}
    load_options = (joinedload(Report.owner),)
    list_columns = ["kind", "format", "created_at", "rows", "size", "owner"]
    show_columns = ["kind", "format", "parameters", "rows", "size", "owner", "created_at", "made_at"]
    search_columns = ["kind", "format", "created_at"]
    base_order = ("id", "desc")
    choices = {"kind": list(reports.TITLES.items()), "format": FORMATS}
    add_columns = ["kind", "format", "period", "start", "end", "currency"]
    label_columns = {
        "kind": _l("Report"), "format": _l("File"), "parameters": _l("About"), "rows": _l("Rows"), "size": _l("Size"),
        "owner": _l("Who"), "created_at": _l("Asked"), "made_at": _l("Made"),
    }  # fmt: skip
    column_help = {
        "kind": _l("Stock is as of now; the others are about the days below."),
        "format": _l("CSV and Excel hold every row; a PDF is for reading and ends after 5,000."),
    }
    add_form_extra_fields = {
        "period": ChoiceField(
            _l("Days"), choices=PERIODS, default="30_days", description=_l("In the time zone of the shop.")
        ),
        "start": date_field(_l("First day"), description=_l("With own dates: the first day.")),
        "end": date_field(_l("Last day"), description=_l("With own dates: the last day.")),
        "currency": TextField(
            _l("Currency"),
            [Optional(), Storable(), Length(max=3)],
            description=_l("Three letters, such as EUR: only orders in it. Empty: all orders."),
        ),
    }
    list_help = _l("A report is made in the background; its file is kept for seven days.")
    empty_text = _l("No reports yet.")
    add_row_message = _l("The report is being made. This page shows when it is ready.")

    def create(self, form: Any) -> Any:
        """Ask for the report in the name, the language and with the eyes of the person."""
        values, seller = self.values_of(form), seller_here()
        if seller and values.get("kind") in PERSONAL:
            raise Forbidden(_l("This report names customers of the whole shop; it is not for sellers."))
        values = {name: value for name, value in values.items() if value is not None}
        return operations.ask_report(
            database(),
            actor=current_actor(),
            language=current_language(),
            seller_id=int(seller) if seller else None,
            **values,
        )

    def cell(self, item: Report, name: str, short: bool = False) -> Any:
        """Sizes and days in words."""
        if name == "size" and item.size is not None:
            return _("%(count)s kB", count=format_decimal(-(-item.size // 1024), locale=get_locale() or "en"))
        if name == "parameters":
            held = item.parameters
            days = f"{held.get('start', '')} – {held.get('end', '')}"
            return f"{days}, {held['currency']}" if held.get("currency") else days
        return super().cell(item, name, short)

    def panels(self, item: Report) -> list[Any]:
        """How far it is, and the file."""
        job = database().get(JobRow, item.job_id) if item.job_id else None
        url = self.url("file", pk=item.id) if item.is_ready else ""
        return [
            panel(_l("The file"), "dashboards/report_file.html", where="top", item=item, job=job, url=url)
        ]

    def page_values(self, item: Report) -> dict[str, Any]:
        """The page looks again while the job runs."""
        job = database().get(JobRow, item.job_id) if item.job_id else None
        return {"asks_again": job is not None and job.state in ("queued", "running")}

    def shown_actions(self, item: Report) -> list[dict[str, Any]]:
        """Only what is still being made can be stopped."""
        running = self.page_values(item)["asks_again"]
        return [found for found in super().shown_actions(item) if running or found["name"] != "cancel"]

    @action("cancel", _l("Stop"), _l("Stop making this report?"), icon="x", multiple=False)
    def cancel(self, items: list[Report]) -> str:
        """Stop the job of a report that is still being made."""
        for item in items:
            jobs.request_cancel(database(), job_id=item.job_id or 0)
        return _("The report is being stopped.")

    @expose("/file/<pk>")
    @has_access
    @permission_name("show")
    def file(self, pk: str) -> Response:
        """The file of a report, as long as it is kept."""
        item = self.item_or_404(pk)
        path = reports.folder() / Path(item.stored or "-").name
        if not item.is_ready or not path.is_file():
            abort(404)
        name = f"{item.kind}-{item.parameters['start']}-{item.parameters['end']}.{item.format}"
        answer = send_file(
            path, mimetype=reports.MIMETYPES[item.format], as_attachment=True, download_name=name, max_age=0
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer
