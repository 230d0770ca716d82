"""`/admin/backup/`: the backups that lie in the folder, made, checked and fetched by administrators."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, send_file
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, jobs, settings
from app.core.admin import Interface, ReadOnlyView, current_actor
from app.core.admin.context import database
from app.core.admin.system import progress_of
from app.core.admin.tiles import Tile
from app.core.clock import utcnow
from app.core.jobs import JobRow
from app.core.unit_of_work import unit_of_work
from app.ops.backup import queries
from app.ops.backup.settings import BackupSettings

JOBS = ("ops.backup", "ops.check_backup")
OLD_DAYS = 2


def size_text(size: int) -> str:
    """A size as people say it."""
    amount, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"


class BackupView(ReadOnlyView):
    """Files in a folder, not rows of a table: with size, age, and how reading them went."""

    datamodel = Interface(JobRow)
    entity, title, singular, icon, rest = "backup", _l("Backups"), _l("Backup"), "archive", False
    admin_only = True
    list_columns = ["name"]

    def closed_routes(self) -> set[str]:
        """Backups are neither rows to open nor rows to export."""
        return super().closed_routes() | {"show", "export", "related"}

    @expose("/list/")
    @has_access
    def list(self) -> ResponseReturnValue:
        """All backups, and what is being done just now."""
        now = utcnow()
        rows = [
            {
                "item": one,
                "size": size_text(one.size),
                "age": format_timedelta(now - one.made_at, granularity="minute"),
            }
            for one in queries.backups(queries.folder_of(current_app.config))
        ]
        recent = select(JobRow).where(JobRow.name.in_(JOBS)).order_by(JobRow.id.desc()).limit(3)
        work = [
            {"item": job, "progress": progress_of(job), "checks": job.name == "ops.check_backup"}
            for job in database().scalars(recent)
            if job.state in ("queued", "running", "failed")
        ]
        return self.render_template(
            "ops/admin/backups.html", view=self, title=self.title, rows=rows, work=work,
            wanted=settings.get(database(), BackupSettings),
        )  # fmt: skip

    @expose("/new", methods=["POST"])
    @has_access
    @permission_name("add")
    def start(self) -> ResponseReturnValue:
        """Make a backup in the background."""
        if jobs.open_job(database(), "ops.backup") is not None:
            flash(_("A backup is being made already."), "warning")
        else:
            jobs.start(database(), "ops.backup", actor=current_actor())
            flash(_("The backup is being made. This page shows how far it is."), "success")
        return redirect(self.url("list"))

    @expose("/check/<name>", methods=["POST"])
    @has_access
    @permission_name("add")
    def check(self, name: str) -> ResponseReturnValue:
        """Read a backup to its end in the background."""
        found = queries.backup(queries.folder_of(current_app.config), name)
        jobs.start(database(), "ops.check_backup", actor=current_actor(), file=found.name)
        flash(_("The backup is being read to its end. This page shows how that went."), "success")
        return redirect(self.url("list"))

    @expose("/download/<name>")
    @has_access
    @permission_name("download")
    def fetch(self, name: str) -> ResponseReturnValue:
        """The encrypted file. Who took it is noted."""
        found = queries.backup(queries.folder_of(current_app.config), name)
        with unit_of_work(database()):
            audit.record(
                database(),
                actor=current_actor(),
                action="backup.download",
                entity="backup",
                entity_id=found.name,
            )
        answer = send_file(
            found.path, mimetype="application/octet-stream", as_attachment=True, download_name=found.name
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer


def old_backup(session: Any) -> Tile | None:
    """A warning when the last backup is old, or could not be read; nothing otherwise."""
    if not settings.get(session, BackupSettings).daily:
        return None
    known = queries.backups(queries.folder_of(current_app.config))
    if known and known[0].problem:
        note = _("The last one cannot be read.")
    elif known and (utcnow() - known[0].made_at).days >= OLD_DAYS:
        note = _("The last one is old.")
    else:
        return None  # a shop without any yet gets its first one within the day
    return Tile(
        _("Backups"), format_timedelta(utcnow() - known[0].made_at, granularity="day"), url="/admin/backup/list/",
        icon="archive", tone="bad", view="BackupView", note=note,
    )  # fmt: skip
