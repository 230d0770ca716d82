"""Today on the first page of the back office: a few figures against the same day last week, each leading to its dashboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from flask import render_template
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.rules import Figures, Period
from app.core.admin.context import database
from app.core.i18n import current_language
from dashboards import wording
from dashboards.asked import Asked
from dashboards.reach import may
from dashboards.screen import ROOT, seller_here
from dashboards.wording import Change

log = structlog.get_logger("dashboards.home")
FIGURES = (("gross", "sales"), ("orders", "sales"), ("units", "sales"), ("new_customers", "customers"))
OF_A_SELLER = (("gross", "sales"), ("orders", "sales"), ("units", "sales"), ("out_of_stock", "inventory"))
"""Which figures, and the page each leads to."""
NOW = "now"
"""The moment of figures that have no past: they are not compared."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of today in words."""

    code: str
    label: str
    text: str
    url: str
    change: Change | None


def today(**_values: Any) -> str:
    """The card for this reader; nothing for whoever has no page of sales. A figure that fails closes no page."""
    if not may("SalesDashboard"):
        return ""
    session = database()
    try:
        with session.begin_nested():
            return render_template("dashboards/home.html", told=told(session), url=ROOT)
    except Exception:  # the first page comes without this card
        log.exception("the figures of today could not be read")
        return ""


def told(session: Session) -> list[Told]:
    """Today against the same day last week, all asked at once; a seller's figures are those of own goods."""
    day, seller = queries.today(session), seller_here()
    asked = Asked(Period(day, day), preset="today", seller=seller, language=current_language(), path=ROOT)
    wanted = [(queries.metric(code), page) for code, page in (OF_A_SELLER if seller else FIGURES)]
    now = [asked.question(metric) for metric, _page in wanted]
    before = [replace(question, period=Period(day - WEEK, day - WEEK)) for question in now]
    answers = queries.ask(session, [*now, *before], language=asked.language)
    pages = zip(answers[: len(now)], answers[len(now) :], (page for _metric, page in wanted), strict=True)
    return [_told(asked, current, earlier, page) for current, earlier, page in pages]


def _told(asked: Asked, now: Figures, before: Figures, page: str) -> Told:
    metric, change = now.metric, None
    if metric.moment != NOW:
        change = wording.change(
            now.total, before.total, metric.unit, now.currency, less_is_better=metric.less_is_better
        )
    url = asked.url(f"{ROOT}/{page}") if may(f"{page.capitalize()}Dashboard") else ""
    text = wording.value_text(now.total, metric.unit, now.currency)
    return Told(metric.code, str(metric.label), text, url, change)
