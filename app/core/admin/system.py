"""Screens of the machinery: long work with its progress, and announcements that could not be delivered."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.core import jobs, slots
from app.core.admin.actions import action
from app.core.admin.context import database
from app.core.admin.imports.screen import TableImportView
from app.core.admin.interface import Interface
from app.core.admin.settings_screen import SettingsView
from app.core.admin.tiles import Tile
from app.core.admin.views import ReadOnlyView
from app.core.clock import utcnow
from app.core.feature import Admin, Slot
from app.core.jobs import JobRow
from app.core.outbox import OutboxRow
from app.core.unit_of_work import unit_of_work

JOB_STATES = [
    ("queued", _l("Waiting")), ("running", _l("Running")), ("done", _l("Done")), ("failed", _l("Failed")),
    ("cancelled", _l("Cancelled")),
]  # fmt: skip


def progress_of(row: JobRow) -> Any:
    """How far a job is: a bar where the end is known, else how much is done."""
    if not row.total:
        return row.progress or ""
    percent = min(100, round(100 * row.progress / row.total))
    bar = Markup(
        '<progress class="progress" max="100" value="{}">{}</progress> <span class="number">{} %</span>'
    )
    return bar.format(percent, percent, percent)


class JobView(ReadOnlyView):
    """Work in the background: imports, exports, bulk changes."""

    datamodel = Interface(JobRow)
    entity = "job"
    title, singular, icon = _l("Background work"), _l("Job"), "activity"
    list_columns = ["name", "state", "progress_shown", "message", "actor_label", "created_at", "finished_at"]
    show_columns = [
        "name", "state", "progress_shown", "message", "error", "result", "arguments", "actor_label", "runs", "created_at",
        "started_at", "finished_at",
    ]  # fmt: skip
    search_columns = ["name", "state", "actor_label", "created_at"]
    base_order = ("created_at", "desc")
    choices = {"state": JOB_STATES}
    badges = {"state": {"queued": "wait", "running": "busy", "done": "good", "failed": "bad"}}
    label_columns = {
        "progress_shown": _l("Progress"), "actor_label": _l("Started by"), "created_at": _l("Asked for"),
        "finished_at": _l("Finished"), "message": _l("Last word"), "runs": _l("Attempts"),
        "arguments": _l("Arguments"), "error": _l("What went wrong"), "result": _l("Result"), "started_at": _l("Started"),
    }  # fmt: skip
    empty_help = _l("Imports, large changes and other long work show their progress here.")

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """The progress is made of two columns."""
        return progress_of(item) if name == "progress_shown" else super().cell(item, name, short)

    def panels(self, item: JobRow) -> list[Any]:
        """What the feature whose work this is has to say about it (slot "admin.job")."""
        found = [slot.render(job=item) for slot in slots.filling("admin.job")]
        return [made for made in found if made is not None]

    def page_values(self, item: JobRow) -> dict[str, Any]:
        """The page of a job at work looks at it again by itself."""
        return {"asks_again": item.state in ("queued", "running")}

    @action("cancel", _l("Cancel"), _l("Stop this work at its next safe point?"), icon="ban", danger=True)
    def cancel(self, items: list[JobRow]) -> None:
        """Ask jobs to stop."""
        with unit_of_work(database()):
            for item in items:
                jobs.request_cancel(database(), job_id=item.id)

    @action("again", _l("Try again"), icon="refresh")
    def again(self, items: list[JobRow]) -> None:
        """Queue failed jobs anew."""
        with unit_of_work(database()):
            for item in items:
                jobs.retry(database(), job_id=item.id)

    def shown_actions(self, item: Any) -> list[dict[str, Any]]:
        """Open work can be stopped, what failed can be tried again."""
        fitting = {"queued": "cancel", "running": "cancel", "failed": "again", "cancelled": "again"}
        return [one for one in super().shown_actions(item) if one["name"] == fitting.get(item.state)]


class DeliveryView(ReadOnlyView):
    """Announcements between features that were refused too often, and those still waiting."""

    datamodel = Interface(OutboxRow)
    entity = "delivery"
    title, singular, icon = _l("Deliveries"), _l("Delivery"), "send"
    list_columns = ["kind", "handler", "attempts", "dead", "error", "created_at", "done_at"]
    show_columns = ["kind", "handler", "body", "attempts", "dead", "error", "created_at", "due_at", "done_at"]
    search_columns = ["kind", "handler", "dead", "done_at", "created_at", "attempts"]
    base_order = ("id", "desc")
    label_columns = {
        "kind": _l("Event"), "handler": _l("Receiver"), "dead": _l("Given up"), "done_at": _l("Delivered"),
        "due_at": _l("Next try"), "attempts": _l("Attempts"), "error": _l("Last error"), "body": _l("Content"),
    }  # fmt: skip

    @action("again", _l("Try again"), icon="refresh")
    def again(self, items: list[OutboxRow]) -> None:
        """Deliver again what was given up."""
        with unit_of_work(database()):
            for item in items:
                if item.done_at is None:
                    item.dead, item.attempts, item.due_at = False, 0, utcnow()


def failed_deliveries(session: Any) -> Tile | None:
    """A warning when announcements were given up; nothing otherwise."""
    dead = session.query(OutboxRow).filter(OutboxRow.dead, OutboxRow.done_at.is_(None)).count()
    if not dead:
        return None
    return Tile(
        _("Failed deliveries"),
        dead,
        url="/admin/delivery/list/?dead.eq=yes",
        icon="alert",
        tone="bad",
        view="DeliveryView",
    )


SCREENS = (
    Admin(SettingsView, _l("Shop settings"), category="Settings", icon="sliders-horizontal", position=5),
    Admin(TableImportView, _l("Imports of tables"), category="System", icon="upload", position=890),
    Admin(JobView, _l("Background work"), category="System", icon="activity", position=900),
    Admin(DeliveryView, _l("Deliveries"), category="System", icon="send", position=910),
)
SLOTS = (Slot("admin.home", failed_deliveries, position=90),)
