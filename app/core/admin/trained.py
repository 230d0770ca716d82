"""Screens of what a training makes: versions in a list, with the training under way above it, begun and stopped there.

Figures, shares and days of such screens are written here, as people of the reader's language write them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import format_date, format_decimal, format_percent, get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.admin.context import current_actor, database
from app.core.admin.system import progress_of
from app.core.admin.views import ReadOnlyView
from app.core.errors import ShopError
from app.core.jobs import JobRow

NONE = "—"


def figure(value: Any, digits: str = "#,##0.###") -> str:
    """A figure as people of this language write it; a dash for none."""
    return NONE if value is None else str(format_decimal(value, digits))


def percent(value: Any, signed: bool = False) -> str:
    """A share as a percentage with one decimal, and its sign where asked for; a dash for none."""
    if value is None:
        return NONE
    locale = get_locale()
    pattern = str(locale.percent_formats[None].pattern) if locale is not None else "#,##0%"
    text = str(format_percent(float(value), pattern.replace("#,##0", "#,##0.0")))
    return f"+{text}" if signed and value > 0 else text


def day(value: date | datetime | str | None) -> str:
    """A day as people of this language write it; JSON keeps it as text. A dash for none."""
    if not value:
        return NONE
    return str(format_date(date.fromisoformat(value) if isinstance(value, str) else value, "medium"))


class TrainedView(ReadOnlyView):
    """Versions that nobody writes: a job makes each, and one of them serves.

    `training` names the job, `training_words` puts its steps into words, `start_training(session, actor=…)` queues it.
    `roll_back(session, actor=…)` puts what served before in use again: `earlier`. The button says what that is.
    """

    list_template = "admin/trained.html"
    training: ClassVar[str]
    training_words: ClassVar[Mapping[str, Any]]
    start_training: ClassVar[Callable[..., int]]
    roll_back: ClassVar[Callable[..., Any]]

    def name_of(self, item: Any) -> str:
        """The number of a version and its day."""
        return _("Version %(number)s of %(day)s", number=item.id, day=day(item.created_at))

    def earlier(self) -> Any:
        """The version that one would go back to; None where there is none. Override."""
        return None

    def back_words(self) -> str:
        """What the button says that goes back; nothing where there is nothing to go back to."""
        before = self.earlier()
        return (
            _("Back to version %(number)s of %(day)s", number=before.id, day=day(before.created_at))
            if before
            else ""
        )

    def said_back(self, earlier: Any) -> str:
        """What is in use again, in words. Override where it can be no version at all."""
        return _("Version %(number)s is in use again.", number=earlier.id)

    def waiting(self) -> Any:
        """What has to end before the next training begins, for the head of the list; None for nothing. Override."""
        return None

    def trainings(self) -> list[dict[str, Any]]:
        """The last training if it waits, runs, or ended without a version, for the head of the list."""
        query = select(JobRow).where(JobRow.name == self.training).order_by(JobRow.id.desc()).limit(1)
        return [
            {
                "job": job,
                "progress": progress_of(job),
                "words": str(self.training_words.get(job.message or "", job.message or "")),
            }
            for job in database().scalars(query)
            if job.state in ("queued", "running", "failed", "cancelled")
        ]

    @expose("/train", methods=["POST"])
    @has_access
    @permission_name("train")
    def train(self) -> ResponseReturnValue:
        """Learn now, in the background."""
        return self._done(
            self.start_training, lambda _job: _("The training is queued. This page shows how far it is.")
        )

    @expose("/stop", methods=["POST"])
    @has_access
    @permission_name("train")
    def stop(self) -> ResponseReturnValue:
        """Stop the training at its next safe point; what serves goes on serving."""
        job = jobs.open_job(database(), self.training)
        if job is None:
            return redirect(self.url("list"))

        def cancel(session: Session, **_by: Any) -> None:
            jobs.request_cancel(session, job_id=job.id)

        return self._done(cancel, lambda _nothing: _("The training stops at its next step."))

    @expose("/back", methods=["POST"])
    @has_access
    @permission_name("train")
    def back(self) -> ResponseReturnValue:
        """Go back to what served before."""
        return self._done(self.roll_back, self.said_back)

    def _done(self, verb: Callable[..., Any], said: Callable[[Any], str]) -> ResponseReturnValue:
        try:
            flash(said(verb(database(), actor=current_actor())), "success")
        except ShopError as refusal:
            database().rollback()
            flash(refusal.text, "warning")
        return redirect(self.url("list"))
