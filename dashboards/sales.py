"""Sales: how much was sold, what, where and when."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.families.dimensions import SHIPPING
from app.core.i18n import _l
from dashboards.asked import Asked
from dashboards.pages import Chart, Content, Kind, Page, Tile


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    return Content(
        tiles=(
            Tile("gross"), Tile("net_sales"), Tile("net"), Tile("orders"), Tile("average_order_value"), Tile("units"),
            Tile("refunds"), Tile("discounts"),
        ),
        charts=(
            Chart("gross", asked.step, Kind.LINE, _("Gross sales over time"), span=2, name="trend"),
            Chart("gross", "product", title=_("Best sellers"), name="best-sellers", without=SHIPPING),
            Chart("units", "product", title=_("Most pieces sold")),
            Chart("gross", "category", title=_("Gross sales by department")),
            Chart("gross", "brand", title=_("Gross sales by brand")),
            Chart("gross", "country", title=_("Gross sales by country")),
            Chart("gross", "channel", title=_("Gross sales by channel")),
            Chart("orders", "hour", Kind.COLUMNS, _("Orders by hour"), late="hours"),
            Chart("orders", "weekday", Kind.COLUMNS, _("Orders by day of the week"), late="hours"),
            Chart("discounts", asked.step, Kind.LINE, _("Discounts over time")),
            Chart("promotion_discounts", "promotion", title=_("Discounts by coupon and promotion"), compare=False, late="promotions"),
            Chart("refunds", asked.step, Kind.LINE, _("Refunds over time"), span=2),
            Chart("refunds", "category", title=_("Refunds by department"), late="refunded"),
            Chart("refunds", "product", title=_("Refunds by product"), late="refunded"),
        ),
    )  # fmt: skip


PAGE = Page(
    "sales", _l("Sales"), "trend-up", 11, build, roles=("Seller",),
    lead=_l("What was sold, where and when. Click on a bar or a row to look at it alone."),
)  # fmt: skip
