"""Behaviour: how far visits go, what stays behind in bags, what people look for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.rules import Unit
from app.analytics.visits import queries
from app.core.i18n import _l
from dashboards.asked import Asked
from dashboards.pages import Chart, Column, Content, Kind, Line, Page, Panel, Tile

SHOWN = 20
STEPS: dict[str, Any] = {
    "visit": _l("Visits"), "product": _l("Looked at a product"), "cart": _l("Put something in the bag"),
    "checkout": _l("Began a checkout"), "order": _l("Ordered"),
}  # fmt: skip


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    return Content(
        tiles=(
            Tile("visits"), Tile("visitors"), Tile("page_views"), Tile("conversion"), Tile("add_to_cart_rate"),
            Tile("checkout_rate"), Tile("abandoned_carts"), Tile("abandoned_cart_value", note=_("at the prices shown")),
            Tile("searches_without_results", url="/admin/search_query/list/?hits.le=0"),
        ),
        charts=(
            Chart("visits", asked.step, Kind.LINE, _("Visits over time"), span=2, name="trend"),
            _funnel(session, asked),
            Chart("conversion", asked.step, Kind.LINE, _("Conversion over time")),
            Chart("visits", "referrer", title=_("How visits came about")),
            Chart("visits", "device", title=_("Visits by device")),
            Chart("page_views", "page", title=_("What was opened")),
            Chart("product_views", "product", title=_("Products most looked at")),
            Chart("abandoned_cart_value", asked.step, Kind.LINE, _("Value of bags left behind over time"), span=2),
            _left(session, asked),
            Chart("searches", "query", title=_("What people look for")),
            Chart("searches_without_results", "query", title=_("What nobody found"), name="without-results"),
        ),
    )  # fmt: skip


def _funnel(session: Session, asked: Asked) -> Panel:
    """From visit to order: who came further has come this far too."""
    steps = queries.funnel(session, asked.period)
    return Panel(
        "funnel", _("From visit to order"), kind=Kind.BARS, head=_("Step"),
        columns=(Column(_("Visits")), Column(_("Of the step before"), Unit.PERCENT)),
        rows=tuple(
            Line(step.code, str(STEPS[step.code]), (step.visits, step.share)) for step in steps if steps[0].visits
        ),
        empty=_("Nothing in these days."), ignored=tuple(asked.filters),
        note=_("Only visitors who agreed to be counted; robots are left out."),
    )  # fmt: skip


def _left(session: Session, asked: Asked) -> Panel:
    """The largest bags that were left, with the way to each."""
    found = queries.left_bags(session, asked.period, currency=asked.currency, limit=SHOWN)
    rows = tuple(
        Line(str(bag.cart_id), bag.who or _("Guest"), (bag.pieces, bag.value, bag.days), url=f"/admin/cart/show/{bag.cart_id}")
        for bag in found.bags
    )  # fmt: skip
    return Panel(
        "bags", _("Bags left behind"), rows=rows, head=_("Whose"), span=2,
        columns=(Column(_("Pieces")), Column(_("Value"), Unit.MONEY, found.currency), Column(_("Left for"), Unit.DAYS)),
        note=_("The %(count)s largest; reminders go only to people who agreed to them.", count=SHOWN),
        empty=_("Nobody has left anything behind."), ignored=tuple(asked.filters),
    )  # fmt: skip


PAGE = Page(
    "marketing", _l("Behaviour"), "activity", 35, build,
    lead=_l("How people come, how far they go, and what they look for. Visits are those of people who agreed to be counted."),
)  # fmt: skip
