"""The back office's screen of forecast runs: what each proved, and which one is in use."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from app.analytics.stock.models import ForecastRun
from app.core import jobs
from app.core.admin import Interface, ReadOnlyView, badge, current_actor, panel
from app.core.admin.context import database
from app.core.admin.system import progress_of
from app.core.admin.trained import day, figure, percent
from app.core.jobs import JobRow
from recommender.forecasting import reasons
from recommender.forecasting.jobs import TRAIN

NAIVE, WAPE = "seasonal_naive", "0.00"

STATES = [("published", _l("Published")), ("refused", _l("Not published"))]
CLASSES = {
    "steady": _l("Sells in most weeks"), "now_and_then": _l("Sells now and then"), "rare": _l("Sells rarely"),
    "new": _l("New"),
}  # fmt: skip


def serving(item: ForecastRun) -> dict[str, int]:
    """For how many articles each model serves by this run, the most first; nothing where the run is not in use."""
    if not item.is_current:
        return {}
    found = Counter[str]()
    for used in (item.figures or {}).get("used", {}).values():
        found[used["model"]] += used.get("articles", 0)
    counted = {model: count for model, count in found.most_common() if count}
    return counted or {model: item.articles for model in list(found)[:1] if len(found) == 1}


def is_plain(item: ForecastRun) -> bool:
    """Whether "the same as last week" was taken for every kind of article, because nothing beat it."""
    used = (item.figures or {}).get("used", {})
    return bool(used) and all(one["model"] == NAIVE for one in used.values())


def error(item: ForecastRun) -> Any:
    """The error of what was taken: where that is "the same as last week", its own and not that of what was tried."""
    return item.naive_wape if is_plain(item) else item.wape


def served(item: ForecastRun) -> str:
    """Which models serve for how many articles, in words."""
    parts = [
        ngettext("%(model)s: %(count)s article", "%(model)s: %(count)s articles", count, model=reasons.named(model), count=figure(count))
        for model, count in serving(item).items()
    ]  # fmt: skip
    return ", ".join(parts)


def why(item: ForecastRun) -> str:
    """Why these models serve, in a sentence."""
    if is_plain(item):
        return _(
            "Nothing that was tried beat “the same as last week” on the past: it erred by %(tried)s, “the same as last"
            " week” by %(naive)s. So that one is taken for every article.",
            tried=figure(item.wape, WAPE), naive=figure(item.naive_wape, WAPE),
        )  # fmt: skip
    return _(
        "Each kind of article gets the model that erred least on the past; where none beat “the same as last week”, that"
        " one is taken. Together they erred by %(own)s, “the same as last week” by %(naive)s.",
        own=figure(item.wape, WAPE), naive=figure(item.naive_wape, WAPE),
    )  # fmt: skip


def ordered(item: ForecastRun) -> str:
    """How right the means were, from which orders are made; empty for runs that did not measure it."""
    figures = item.figures or {}
    mean = figures.get("mean")
    if not mean:
        return ""
    return _(
        "Orders are made from what sells on average. Over %(days)s days that erred by %(own)s, “the same as last week” by"
        " %(naive)s. All articles together it was %(bias)s off, and %(share)s of them sold what the interval said.",
        days=figure(figures.get("horizon_days")), own=figure(mean["wape_of_totals"], WAPE),
        naive=figure(mean["wape_of_totals_seasonal_naive"], WAPE), bias=percent(mean["bias"], signed=True),
        share=percent(mean["coverage_80_of_totals"]),
    )  # fmt: skip


class ForecastView(ReadOnlyView):
    """Trainings of the demand forecast. One runs each week; figures of all of them stay."""

    datamodel = Interface(ForecastRun)
    entity, title, singular, icon = "forecast", _l("Forecasts"), _l("Forecast"), "chart"
    list_template = "recommender/admin/forecasts.html"
    list_help = _l(
        "What each training proved on the past. A model that does worse than “same as last week” is not used."
    )
    list_columns = ["made_at", "serves", "known_until", "articles", "error", "naive_wape", "coverage"]
    show_columns = [*list_columns, "version"]
    search_columns = ["made_at", "state", "is_current"]
    choices = {"state": STATES}
    formatters_columns = {"reason": reasons.told}
    history_words = {"forecast.publish": _l("Published")}
    badges = {"state": {"published": "good", "refused": "wait"}}
    base_order = ("id", "desc")
    label_columns = {
        "made_at": _l("When"), "state": _l("State"), "is_current": _l("In use"), "serves": _l("In use"),
        "known_until": _l("Sales until"), "articles": _l("Articles"), "error": _l("Error of what was taken (WAPE)"), "naive_wape": _l("Error of “same as last week”"),
        "coverage": _l("Share inside the interval"), "version": _l("Version"), "reason": _l("Why not"),
    }  # fmt: skip
    empty_text = _l("No forecast was made yet.")
    empty_help = _l("A training runs each week. It needs 77 days of sales; “Train now” starts one.")

    def show_columns_of_api(self) -> list[str]:
        """Programs get the plain figures too."""
        return [*super().show_columns_of_api(), "state", "is_current", "wape", "reason"]

    def name_of(self, item: ForecastRun) -> str:
        """The version of the models, and the day up to which they knew the sales."""
        return _("Version %(number)s of %(day)s", number=item.version, day=day(item.known_until))

    def cell(self, item: ForecastRun, name: str, short: bool = False) -> Any:
        """What serves stands in words; errors and shares as people of this language write them."""
        if name == "serves":
            if item.is_current:
                words = served(item) if short else ""  # the page of the run says it at length
                return Markup("<span>{} {}</span>").format(badge("current", _("In use"), "good"), words)
            return badge("past", _("Replaced") if item.state == "published" else _("Not published"), "quiet")
        if name == "error":
            return figure(error(item), WAPE)
        if name == "naive_wape":
            return figure(item.naive_wape, WAPE)
        if name == "coverage":
            return percent(item.coverage)
        return super().cell(item, name, short)

    def panels(self, item: ForecastRun) -> list[Any]:
        """What serves and why, and which model each kind of article got."""
        rows = [
            {
                "kind": CLASSES.get(name, name),
                "articles": figure(used.get("articles")),
                "model": reasons.named(used["model"]) if used.get("articles", 1) else "—",
                "error": figure(used["wape"], WAPE),
                "naive": figure(used["wape_seasonal_naive"], WAPE),
                "why": reasons.told(used["reason"]),
            }
            for name, used in (item.figures or {}).get("used", {}).items()
        ]
        values: dict[str, Any] = {
            "rows": rows,
            "why": why(item) if rows else reasons.told(item.reason),
            "served": served(item),
            "ordered": ordered(item),
            "item": item,
        }
        title = _l("Which model is used") if item.is_current else _l("Which model was chosen")
        return [panel(title, "recommender/admin/forecast_models.html", **values)]

    def progress(self, job: JobRow) -> str:
        """What a training is at, in words."""
        return reasons.progress(job.message) if job.message else _("Waiting")

    def bar(self, job: JobRow) -> Any:
        """How far a training is."""
        return progress_of(job) if job.total else ""

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
