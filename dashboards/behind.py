"""The orders behind a figure: the rows that were counted, the newest first, each leading to its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.errors import UnknownMetric
from app.analytics.families.dimensions import OTHER
from app.analytics.rules import Figures, Metric, Question, Unit
from app.core.admin.context import database
from app.core.i18n import current_language
from app.regions.rules import country_name
from dashboards import wording
from dashboards.asked import LONGEST_KEY, Asked
from dashboards.drawing import label_of
from dashboards.screen import ROOT, around, asked_here

AT_ONCE = 50
LONGEST_PLACE = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure, or one of its groups, whose orders are asked for."""

    metric: Metric
    question: Question
    by: str
    key: str


class RowsDashboard(BaseView):
    """Orders behind figures. Whoever may open a dashboard may open the rows of what it shows."""

    route_base = f"{ROOT}/rows"
    default_view = "show"
    base_permissions = ("can_show",)
    grants = {"Seller": ("can_show",)}

    @expose("")
    @has_access
    @permission_name("show")
    def show(self) -> ResponseReturnValue:
        """One page of orders; `metric` is needed, `by` and `key` narrow to a group, `after` goes on."""
        session = database()
        asked = asked_here(session, self.route_base)
        wanted = _wanted(asked)
        after = request.args.get("after", "")[:LONGEST_PLACE]
        page = queries.rows_behind(session, wanted.question, after=after or None, limit=AT_ONCE)
        figures = queries.ask(session, [wanted.question], language=asked.language)[0]
        ignored, frame = [label_of(name) for name in asked.ignored(wanted.metric)], around(session, asked, [])
        frame["chips"] = [chip for chip in frame["chips"] if chip.dimension not in ignored]
        more = {"metric": wanted.metric.code, "by": wanted.by, "key": wanted.key}
        return self.render_template(
            "dashboards/rows.html", title=_("Orders behind: %(figure)s", figure=wanted.metric.label), asked=asked, metric=wanted.metric,
            total=wording.value_text(figures.total, wanted.metric.unit, figures.currency), group=_group(session, asked, wanted, figures),
            rows=[_row(row, wanted, page.currency) for row in page.rows], counts=_counts(wanted.metric), shows_gross=not asked.seller,
            next_url=asked.url(after=page.after, **more) if page.after else "", first_url=asked.url(**more) if after else "",
            ignored=ignored, **frame,
        )  # fmt: skip


def _wanted(asked: Asked) -> Wanted:
    """What the address asks for; what is no figure, no group of it, or not for this person is not there."""
    try:
        metric = queries.metric(request.args.get("metric", "")[:LONGEST_KEY])
    except UnknownMetric:
        abort(404)
    by, key = request.args.get("by", "")[:LONGEST_KEY], request.args.get("key", "")[:LONGEST_KEY]
    is_known = not by or (by in metric.dimensions and key and key != OTHER and "\x00" not in key)
    if not asked.may_ask(metric) or not queries.has_rows(metric.code, (by, *asked.filters)) or not is_known:
        abort(404)
    narrowed = {by: (key,)} if by else None
    return Wanted(metric, asked.question(metric, filters=narrowed), by, key)


def _group(session: Session, asked: Asked, wanted: Wanted, figures: Figures) -> str:
    """The group in words: "Product: Brass lamp"."""
    if not wanted.by:
        return ""
    question = asked.question(wanted.metric, wanted.by, filters={wanted.by: (wanted.key,)})
    found = queries.ask(session, [question], language=asked.language)[0]
    names = {row.key: row.label for row in found.rows}
    label = wording.moment_text(wanted.by, wanted.key, names.get(wanted.key, wanted.key))
    return f"{label_of(wanted.by)}: {label}"


def _counts(metric: Metric) -> bool:
    """True where what an order counts adds up to the figure: a share or an average has parts instead."""
    return metric.is_additive and metric.unit in (Unit.MONEY, Unit.COUNT)


def _row(row: Any, wanted: Wanted, currency: str) -> dict[str, Any]:
    unit = wanted.metric.unit
    return {
        "url": f"/admin/{row.kind}s/show/{row.id}", "number": row.number, "placed_at": row.placed_at, "customer": row.customer,
        "country": country_name(row.country, current_language()) if row.country else "",
        "gross": wording.value_text(row.gross, Unit.MONEY, currency), "value": wording.value_text(row.value, unit, currency),
    }  # fmt: skip
