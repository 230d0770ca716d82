"""The screen of reports: ask for one, see how far it is, fetch its file for a week."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent
from flask import Response, abort, send_file, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import format_timedelta, get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import joinedload
from wtforms.validators import Length, Optional

from app.analytics import queries
from app.core import jobs
from app.core.admin import Interface, OperationView, action, badge, current_actor, panel
from app.core.admin.context import database
from app.core.admin.fields import ChoiceField, Storable, TextField, date_field
from app.core.admin.formats import nothing
from app.core.admin.icons import icon
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden
from app.core.i18n import _l, current_language
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work
from dashboards import operations, reports
from dashboards.board_screens import DAYS, FORMATS
from dashboards.mailing import PERSONAL
from dashboards.models import Report
from dashboards.periods import OWN
from dashboards.rules import pace
from dashboards.screen import seller_here
from dashboards.wording import days_text

RIGHTS = ("can_list", "can_show", "can_add", "cancel", "again")
STATES: dict[str, tuple[Any, str]] = {
    "queued": (_l("Waiting"), "wait"), "running": (_l("Being made"), "busy"), "done": (_l("Ready"), "good"),
    "expired": (_l("Gone after a week"), "quiet"), "cancelled": (_l("Stopped"), "quiet"), "failed": (_l("Failed"), "bad"),
}  # fmt: skip
LONGEST_REASON = 160
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
    load_options = (joinedload(Report.owner), joinedload(Report.job))
    list_columns = ["kind", "parameters", "format", "state", "size", "created_at", "owner"]
    show_columns = ["kind", "format", "state", "parameters", "rows", "size", "owner", "created_at", "made_at"]
    search_columns = ["kind", "format", "created_at"]
    base_order = ("id", "desc")
    choices = {"kind": list(reports.TITLES.items()), "format": FORMATS}
    add_columns = ["kind", "format", "period", "start", "end", "currency"]
    label_columns = {
        "kind": _l("Report"), "format": _l("File"), "parameters": _l("About"), "rows": _l("Rows"), "size": _l("Size"),
        "state": _l("State"),
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
    list_template = "dashboards/reports.html"
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

    def name_of(self, item: Report) -> str:
        """Which report, of which days."""
        return f"{reports.TITLES[item.kind]}, {_about(item)}"

    def cell(self, item: Report, name: str, short: bool = False) -> Any:
        """State, size and days in words; in a list with what can be done about it."""
        if name == "state":
            may = self.may_act("cancel"), self.may_act("again")
            return _state(item, *may) if short else badge(item.state, *STATES[item.state])
        if name == "size" and item.size is not None and item.is_ready:
            words = size_text(item.size)
            if not short:
                return words
            link = Markup('<a class="report-file" href="{}" download aria-label="{}">{} {}</a>')
            told = _("Download %(name)s, %(size)s", name=self.name_of(item), size=words)
            return link.format(self.url("file", pk=item.id), told, icon("download"), words)
        if name == "size":
            return nothing()
        if name == "parameters":
            return (
                Markup('<span class="report-days">{}</span>').format(_about(item)) if short else _about(item)
            )
        if name == "kind" and short:
            return reports.TITLES[item.kind]
        if name == "format" and short:
            return item.format.upper()
        return super().cell(item, name, short)

    def panels(self, item: Report) -> list[Any]:
        """How far it is, and the file."""
        url = self.url("file", pk=item.id) if item.is_ready else ""
        told: dict[str, Any] = {
            "url": url,
            "job": item.job,
            "reason": _reason(item),
            "speed": _speed(item.job),
        }
        told["so_far"] = format_decimal(item.job.progress if item.job else 0, locale=get_locale() or "en")
        return [panel(_l("The file"), "dashboards/report_file.html", where="top", item=item, **told)]

    def page_values(self, item: Report) -> dict[str, Any]:
        """The page looks again while the job runs."""
        return {"asks_again": item.is_open}

    def shown_actions(self, item: Report) -> list[dict[str, Any]]:
        """What is being made can be stopped, everything else be made again."""
        hidden = "again" if item.is_open else "cancel"
        return [found for found in super().shown_actions(item) if found["name"] != hidden]

    @action("cancel", _l("Stop"), _l("Stop making this report?"), icon="x")
    def cancel(self, items: list[Report]) -> str:
        """Stop the jobs of reports that are still being made."""
        stopped = [item for item in items if item.is_open]
        if not stopped:
            raise Conflict(_l("Nothing of this is being made."))
        with unit_of_work(database()):
            for item in stopped:
                jobs.request_cancel(database(), job_id=item.job_id or 0)
        return ngettext(
            "%(num)s report is being stopped.", "%(num)s reports are being stopped.", len(stopped)
        )

    @action("again", _l("Make again"), icon="refresh")
    def again(self, items: list[Report]) -> str:
        """Make files anew, with the figures of now."""
        with unit_of_work(database()):
            for item in items:
                operations.ask_again(database(), report_id=item.id, actor=current_actor())
        return ngettext("%(num)s report is being made.", "%(num)s reports are being made.", len(items))

    @expose("/file/<pk>")
    @has_access
    @permission_name("show")
    def file(self, pk: str) -> Response:
        """The file of a report, as long as it is kept."""
        item = self.item_or_404(pk)
        path = reports.folder() / Path(item.stored or "-").name
        if not item.is_ready or not path.is_file():
            abort(404)
        days = [item.parameters["start"], item.parameters["end"]]
        if item.kind == "inventory" and item.made_at is not None:  # as of now, whatever days were asked for
            days = [f"{item.made_at.astimezone(queries.timezone(database())):%Y-%m-%d}"]
        name = f"{'-'.join([item.kind, *days])}.{item.format}"
        answer = send_file(
            path, mimetype=reports.MIMETYPES[item.format], as_attachment=True, download_name=name, max_age=0
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _about(item: Report) -> str:
    """The days of a report, and its currency; stock is as of the moment it was made."""
    held = item.parameters
    if item.kind == "inventory":
        return _("as of now")
    days = days_text(reports.period_of(held))
    return f"{days}, {held['currency']}" if held.get("currency") else days


def size_text(size: int) -> str:
    """Bytes in words, a thousand a step: "12 kB", "3.4 MB"."""
    locale = get_locale() or "en"
    if size < 1_000_000:
        return _("%(count)s kB", count=format_decimal(-(-size // 1000), locale=locale))
    return _("%(count)s MB", count=format_decimal(Decimal(size) / 1_000_000, "#,##0.#", locale=locale))


def _reason(item: Report) -> str:
    """Why it could not be made, as far as it is known."""
    error = (item.job.error or "") if item.job is not None else ""
    return error.strip().splitlines()[-1][:LONGEST_REASON] if item.state == "failed" and error.strip() else ""


def _speed(job: JobRow | None) -> str:
    """Percent, pace and what is left, while a job works."""
    if job is None or job.state != "running" or job.started_at is None:
        return ""
    rate, left = pace(job.progress, job.total, (utcnow() - job.started_at).total_seconds())
    words = []
    if job.total:
        words.append(format_percent(min(1, job.progress / job.total), locale=get_locale() or "en"))
    if rate:
        words.append(_("%(rate)s rows a second", rate=format_decimal(rate, locale=get_locale() or "en")))
    if left is not None:
        words.append(_("%(time)s left", time=format_timedelta(timedelta(seconds=left))))
    return ", ".join(words)


def _state(item: Report, may_stop: bool, may_repeat: bool) -> Markup:
    """The state in a list, which looks again by itself: a bar while it is made, the reason of a failure, a button."""
    parts = [badge(item.state, *STATES[item.state])]
    if item.state == "running" and item.job is not None and item.job.total:
        percent = min(100, 100 * item.job.progress // item.job.total)
        bar = Markup('<progress class="progress" max="100" value="{}" aria-label="{}"></progress>')
        parts += [
            bar.format(percent, _("Progress")),
            Markup('<span class="quiet-text">{}</span>').format(_speed(item.job)),
        ]
    if reason := _reason(item):
        parts.append(Markup('<span class="quiet-text">{}</span>').format(reason))
    name, words = ("cancel", _("Stop")) if item.is_open else ("again", _("Make again"))
    if may_stop if item.is_open else may_repeat and item.state != "done":
        button = Markup('<button class="link-button" formaction="{}">{}</button>')
        parts.append(button.format(url_for("ReportView.action", name=name, pk=item.id), words))
    again = Markup(' data-again="2"') if item.is_open else ""
    frame = Markup('<div class="report-state" id="report-{}" data-part{}>{}</div>')
    return frame.format(item.id, again, Markup(" ").join(parts))
