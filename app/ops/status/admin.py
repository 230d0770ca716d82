"""`/admin/status/`: queues, workers, schedules and failures on one page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import format_timedelta
from flask_babel import gettext as _

from app.core import jobs
from app.core.admin.context import database
from app.core.admin.system import progress_of
from app.core.admin.tiles import Tile
from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.feature import collected
from app.ops import health
from app.ops.status import queries
from app.ops.status.queries import Backlog

OLD_SECONDS = 300
"""What waits longer than this is worth a look."""


class StatusView(BaseView):
    """How the machinery stands, and failed work to try again."""

    route_base = "/admin/status"
    default_view = "show"
    base_permissions = ("can_show", "can_again")

    @expose("/")
    @has_access
    @permission_name("show")
    def show(self) -> ResponseReturnValue:
        """The page; it shows how things stand when it is opened."""
        session = database()
        known = [every for manifest in collected() for every in manifest.schedules]
        return self.render_template(
            "ops/admin/status.html", title=_("How it runs"), tiles=_tiles(), reasons=health.reasons_against(),
            failed=queries.failed_jobs(session), progress=progress_of, schedules=queries.schedules(session, known),
            running=queries.running_jobs(session), workers=queries.workers() or [], age=_age, every=_every,
            may_retry=self.appbuilder.sm.has_access("can_again", type(self).__name__),
        )  # fmt: skip

    @expose("/again/<pk>", methods=["POST"])
    @has_access
    @permission_name("again")
    def again(self, pk: str) -> ResponseReturnValue:
        """Queue a failed job anew."""
        try:
            jobs.retry(database(), job_id=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0)
            flash(_("It waits to be done again."), "success")
        except ShopError as refused:
            flash(refused.text, "danger")
        return redirect(f"{self.route_base}/")


def _tiles() -> list[Tile]:
    session = database()
    alive, held = queries.workers(), queries.in_redis()
    return [
        _waiting(_("Waiting jobs"), queries.waiting_jobs(session), "/admin/job/list/?state.in=queued", "activity"),
        Tile(_("In the queue"), "–" if held is None else held, icon="list", tone="bad" if held is None else ""),
        Tile(
            _("Workers"), "–" if alive is None else len(alive), icon="users", tone="" if alive else "bad",
            note=_("nobody does the work") if not alive else "",
        ),
        Tile(
            _("Clock of the schedules"), _("runs") if queries.has_clock(session) else _("stands still"), icon="clock",
            tone="good" if queries.has_clock(session) else "bad",
        ),
        _waiting(_("Announcements"), queries.announcements(session), "/admin/delivery/list/?done_at.empty=1", "send"),
    ]  # fmt: skip


def _waiting(label: Any, found: Backlog, url: str, icon: str) -> Tile:
    seconds = (utcnow() - found.oldest).total_seconds() if found.oldest else 0
    notes = [_("the oldest for %(age)s", age=_age(found.oldest))] if found.oldest else []
    if found.given_up:
        notes.append(_("%(count)s given up", count=found.given_up))
    tone = "bad" if found.given_up else "wait" if seconds > OLD_SECONDS else ""
    return Tile(label, found.count, url=url, note=", ".join(notes), icon=icon, tone=tone)


def _age(moment: Any) -> str:
    """How long ago something was, in words."""
    return format_timedelta(utcnow() - moment, granularity="second") if moment else "–"


def _every(seconds: int) -> str:
    """How often something comes round, in words."""
    return format_timedelta(seconds, granularity="second", threshold=1.5)
