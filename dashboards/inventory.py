"""Inventory: what lies there and what it is worth, how long it lasts, what does not sell, what to order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.queries import metric
from app.analytics.rules import Unit
from app.analytics.stock import queries
from app.analytics.stock.queries import ToOrder
from app.analytics.stock.rules import ArticleNow, bands
from app.core import settings
from app.core.i18n import _l
from app.core.money import Money
from app.inventory.settings import InventorySettings
from app.regions.queries import base_currency
from dashboards.asked import Asked
from dashboards.pages import Chart, Column, Content, Kind, Later, Line, Page, Panel, Tile
from dashboards.reach import may

SHOWN = 20
SHOWN_TO_ORDER = 200
LOW, OUT = "/admin/stock/list/?available.low=1", "/admin/stock/list/?available.out=1"
COSTS = "/admin/cost/list/"


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    low, out = (LOW, OUT) if may("StockView", "can_list") else ("", "")
    lists = _Lists(session, asked)
    mine = lists.mine
    return Content(
        tiles=(
            Tile("stock_value", note=_("at cost")), Tile("stock_units"),
            Tile("days_of_cover", note=_("at the pace of %(days)s days", days=mine.demand_days)),
            Tile("turnover"),
            Tile("dead_stock_value", note=_("nothing sold in %(days)s days", days=mine.dead_days)),
            Tile("low_stock", note=_("now"), url=low, compare=False), Tile("out_of_stock", note=_("now"), url=out, compare=False),
            Tile("stock_without_cost", url=COSTS if may("CostView", "can_list") else ""),
        ),
        charts=(
            Chart("stock_value", asked.step, Kind.LINE, _("Stock value over time"), span=2, name="trend", late="trend"),
            Later("reorder", _("To order now"), "order", lists.reorder, span=2),
            Later("run-out", _("Runs out next"), "order", lists.run_out),
            Later("cover", _("How long the stock lasts"), "shelves", lists.cover),
            Chart("stock_value", "category", title=_("Stock value by department"), late="departments"),
            Chart("turnover", "category", title=_("Turnover by department"), late="departments"),
            Later("dead", _("Dead stock"), "shelves", lists.dead, span=2),
        ),
    )  # fmt: skip


class _Lists:
    """The lists of the page under one address. What two of them need is read once."""

    def __init__(self, session: Session, asked: Asked):
        self.session, self.asked = session, asked
        self.mine = settings.get(session, InventorySettings)
        known = metric("out_of_stock").dimensions
        self.filters, self.ignored = asked.narrowed(known), asked.beyond(known)

    @cached_property
    def currency(self) -> str:
        return base_currency(self.session)

    @cached_property
    def articles(self) -> list[ArticleNow]:
        return queries.articles(self.session, until=self.asked.period.end, filters=self.filters)

    @cached_property
    def run(self) -> Any:
        return queries.current_run(self.session)

    @cached_property
    def planned(self) -> list[ToOrder]:
        return queries.to_order(self.session, self.run, language=self.asked.language, filters=self.filters)

    def reorder(self) -> Panel:
        """What does not last until it could be here."""
        found = [a for a in self.planned if a.proposal.quantity > 0]
        return self._said(_reorder(found, self.currency, self.run, self.mine))

    def run_out(self) -> Panel:
        """What is gone first."""
        return self._said(_run_out(self.planned, self.run))

    def cover(self) -> Panel:
        """How long the stock lasts."""
        return self._said(_cover(self.articles, self.currency))

    def dead(self) -> Panel:
        """What does not sell, the most valuable first."""
        found = sorted((a for a in self.articles if a.is_dead), key=lambda a: (-(a.value or 0), a.variant_id))
        shown = found[:SHOWN]
        names = (
            queries.titles(self.session, [a.variant_id for a in shown], self.asked.language) if shown else {}
        )
        return self._said(_dead(shown, names, self.currency, self.mine.dead_days))

    def _said(self, panel: Panel) -> Panel:
        """The panel with a word on the filters in force that stock knows nothing of."""
        return replace(panel, ignored=self.ignored)


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else Money.rounded(amount, currency).amount


def _url(article: ArticleNow | ToOrder) -> str:
    """The shelf of an article; for who has no screen of stock, such as a seller, the article itself."""
    if may("StockView"):
        return f"/admin/stock/show/{article.stock_id}"
    return f"/admin/variant/show/{article.variant_id}" if may("VariantView") else ""


def _basis(run: Any) -> Any:
    return _("From sales until %(day)s.", day=format_date(run.known_until, "medium")) if run else ""


def _empty(run: Any, words: Any) -> Any:
    """What a list without rows says: that there is no forecast, or these words."""
    missing = _("There is no forecast yet. A training runs each week, or at once under Stock, Forecasts.")
    return words if run else missing


def _reorder(found: Iterable[ToOrder], currency: str, run: Any, mine: InventorySettings) -> Panel:
    rows = tuple(
        Line(
            a.sku, f"{a.name} · {a.sku}",
            (a.free, a.proposal.daily, a.proposal.days_left, a.proposal.quantity, _money(a.amount, currency)),
            _url(a),
        )
        for a in list(found)[:SHOWN_TO_ORDER]
    )  # fmt: skip
    note = _(
        "What is free does not last over the %(lead)s days of delivery with its safety; the proposal covers"
        " %(review)s days more. Goods on their way are not known.", lead=mine.lead_days, review=mine.review_days,
    )  # fmt: skip
    columns = (
        Column(_("Available")), Column(_("Sells a day"), Unit.RATIO), Column(_("Lasts"), Unit.DAYS), Column(_("To order")),
        Column(_("Costs"), Unit.MONEY, currency),
    )  # fmt: skip
    return Panel(
        "reorder", _("To order now"), columns, rows, head=_("Article"), note=f"{_basis(run)} {note}" if run else "", span=2,
        empty=_empty(run, _("Nothing has to be ordered.")),
    )  # fmt: skip


def _run_out(planned: Iterable[ToOrder], run: Any) -> Panel:
    soon = [a for a in planned if a.proposal.days_left is not None and a.free > 0][:SHOWN]
    rows = tuple(
        Line(
            a.sku, _("%(name)s · %(sku)s, until %(day)s", name=a.name, sku=a.sku, day=format_date(a.proposal.runs_out, "medium")),
            (a.free, a.proposal.daily, a.proposal.days_left), _url(a),
        )
        for a in soon
    )  # fmt: skip
    columns = (Column(_("Available")), Column(_("Sells a day"), Unit.RATIO), Column(_("Lasts"), Unit.DAYS))
    return Panel(
        "run-out", _("Runs out next"), columns, rows, head=_("Article"), note=_basis(run),
        empty=_empty(run, _("Nothing runs out within a year.")),
    )  # fmt: skip


def _cover(found: Iterable[ArticleNow], currency: str) -> Panel:
    def words(band: int | None) -> str:
        if band is None:
            return _("No sales")
        return _("More than 90 days") if band < 0 else _("Up to %(days)s days", days=band)

    rows = tuple(
        Line(
            "none" if band is None else "longer" if band < 0 else str(band),
            words(band),
            (articles, _money(value, currency)),
        )
        for band, articles, value in bands(found)
    )
    columns = (Column(_("Articles")), Column(_("Value"), Unit.MONEY, currency))
    return Panel("cover", _("How long the stock lasts"), columns, rows, head=_("Days of cover"))


def _dead(dead: Iterable[ArticleNow], names: dict[int, str], currency: str, days: int) -> Panel:
    rows = tuple(
        Line(
            str(a.variant_id),
            names.get(a.variant_id, ""),
            (a.units, _money(a.value, currency), a.idle_days),
            _url(a),
        )
        for a in dead
    )
    columns = (
        Column(_("Pieces")),
        Column(_("Value"), Unit.MONEY, currency),
        Column(_("Without a sale"), Unit.DAYS),
    )
    return Panel(
        "dead", _("Dead stock"), columns, rows, head=_("Article"), span=2,
        note=_("Nothing sold in %(days)s days; the most valuable first.", days=days), empty=_("No dead stock."),
    )  # fmt: skip


PAGE = Page(
    "inventory", _l("Inventory"), "warehouse", 30, build, roles=("Seller",),
    lead=_l("What lies on the shelves, what it is worth, how long it lasts, and what to order."),
)  # fmt: skip
