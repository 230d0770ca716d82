"""The back office's screen of forecast runs: what each proved, and which one is in use."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.analytics.stock.models import ForecastRun
from app.core import jobs
from app.core.admin import Interface, ReadOnlyView, current_actor, panel
from app.core.admin.context import database
from app.core.jobs import JobRow
from recommender.forecasting import reasons
from recommender.forecasting.jobs import TRAIN

STATES = [("published", _l("Published")), ("refused", _l("Not published"))]
CLASSES = {
    "steady": _l("Sells in most weeks"), "now_and_then": _l("Sells now and then"), "rare": _l("Sells rarely"),
    "new": _l("New"),
}  # fmt: skip


class ForecastView(ReadOnlyView):
    """Trainings of the demand forecast. One runs each week; figures of all of them stay."""

    datamodel = Interface(ForecastRun)
    entity, title, singular, icon = "forecast", _l("Forecasts"), _l("Forecast"), "chart"
    list_template = "recommender/admin/forecasts.html"
    list_help = _l(
        "What each training proved on the past. A model that does worse than “same as last week” is not used."
    )
    list_columns = [
        "made_at",
        "state",
        "is_current",
        "known_until",
        "articles",
        "wape",
        "naive_wape",
        "coverage",
    ]
    show_columns = [*list_columns, "version", "reason"]
    search_columns = ["made_at", "state", "is_current"]
    choices = {"state": STATES}
    formatters_columns = {"reason": reasons.told}
    badges = {"state": {"published": "good", "refused": "wait"}}
    base_order = ("id", "desc")
    label_columns = {
        "made_at": _l("When"), "state": _l("State"), "is_current": _l("In use"), "known_until": _l("Sales until"),
        "articles": _l("Articles"), "wape": _l("Error (WAPE)"), "naive_wape": _l("Error of “same as last week”"),
        "coverage": _l("Share inside the interval"), "version": _l("Version"), "reason": _l("Why not"),
    }  # fmt: skip
    empty_text = _l("No forecast was made yet.")
    empty_help = _l("A training runs each week. It needs 77 days of sales; “Train now” starts one.")

    def panels(self, item: ForecastRun) -> list[Any]:
        """Which model each kind of article got, and why."""
        rows = [
            (
                CLASSES.get(name, name),
                reasons.named(used["model"]),
                used | {"reason": reasons.told(used["reason"])},
            )
            for name, used in (item.figures or {}).get("used", {}).items()
        ]
        return [panel(_l("Which model is used"), "recommender/admin/forecast_models.html", rows=rows)]

    def progress(self, job: JobRow) -> str:
        """What a training is at, in words."""
        return reasons.progress(job.message) if job.message else _("Waiting")

    def training(self) -> JobRow | None:
        """The training that waits or runs now."""
        return jobs.open_job(database(), TRAIN)

    @expose("/train", methods=["POST"])
    @has_access
    @permission_name("train")
    def train(self) -> ResponseReturnValue:
        """Queue a training, unless one waits or runs already."""
        if self.training() is not None:
            flash(_("A training is under way already."), "warning")
        else:
            jobs.start(database(), TRAIN, actor=current_actor())
            flash(_("The training has been queued. This page shows how far it is."), "success")
        return redirect(self.url("list"))
