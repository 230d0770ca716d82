"""Screens of what a training makes: versions in a list, with the training under way above it, begun and stopped there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.admin.context import current_actor, database
from app.core.admin.system import progress_of
from app.core.admin.views import ReadOnlyView
from app.core.errors import ShopError
from app.core.jobs import JobRow


class TrainedView(ReadOnlyView):
    """Versions that nobody writes: a job makes each, and one of them serves.

    `training` names the job, `training_words` puts its steps into words, `start_training(session, actor=…)` queues it.
    `roll_back(session, actor=…)` puts what served before in use again, and `said_back` says what that is.
    """

    list_template = "admin/trained.html"
    training: ClassVar[str]
    training_words: ClassVar[Mapping[str, Any]]
    start_training: ClassVar[Callable[..., int]]
    roll_back: ClassVar[Callable[..., Any]]
    back_label: Any = _l("Back to the version before")

    def said_back(self, earlier: Any) -> str:
        """What is in use again, in words. Override where it can be no version at all."""
        return _("Version %(number)s is in use again.", number=earlier.id)

    def can_go_back(self) -> bool:
        """False where there is nothing to go back from. Override."""
        return True

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
