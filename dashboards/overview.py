"""The overview: how the shop is doing at a glance. Every figure leads to the page that says more."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.families.dimensions import SHIPPING
from app.core.i18n import _l
from dashboards.asked import Asked
from dashboards.pages import Chart, Content, Kind, Page, Tile


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    sales, customers, inventory = (
        asked.url(f"/admin/dashboards/{page}") for page in ("sales", "customers", "inventory")
    )
    return Content(
        tiles=(
            Tile("gross", url=sales), Tile("orders", url=sales), Tile("average_order_value", url=sales),
            Tile("units", url=sales), Tile("customers", url=customers), Tile("new_customers", url=customers),
            Tile("low_stock", note=_("now"), url=inventory, compare=False), Tile("out_of_stock", note=_("now"), url=inventory, compare=False),
        ),
        charts=(
            Chart("gross", asked.step, Kind.LINE, _("Gross sales over time"), span=2, name="trend"),
            Chart("gross", "product", title=_("Best sellers"), limit=6, name="best-sellers", without=SHIPPING),
            Chart("gross", "country", title=_("Gross sales by country"), limit=6),
        ),
    )  # fmt: skip


PAGE = Page(
    "", _l("Overview"), "chart", 10, build,
    lead=_l("Sales, orders, customers and stock at a glance. Every figure leads on."),
)  # fmt: skip
