"""Finance: the money that came in, went back and is still owed, and the VAT in it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.i18n import _l
from dashboards.asked import Asked
from dashboards.pages import Chart, Content, Kind, Page, Tile


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    return Content(
        tiles=(
            Tile("captured"), Tile("refunded"), Tile("due"), Tile("tax_by_rate", _("VAT of orders")),
            Tile("invoiced"), Tile("invoiced_net"), Tile("invoiced_tax"), Tile("net_sales"),
        ),
        charts=(
            Chart("captured", asked.step, Kind.LINE, _("Money in over time"), span=2, name="trend"),
            Chart("tax_by_rate", "tax_rate", title=_("VAT by rate")),
            Chart("taxed_by_rate", "tax_rate", title=_("Net amount by VAT rate")),
            Chart("captured", "payment_method", title=_("Money in by payment method")),
            Chart("due", "payment_method", title=_("Still to be paid, by payment method")),
            Chart("refunded", asked.step, Kind.LINE, _("Money out over time")),
            Chart("captured", "currency", title=_("Money in by currency")),
            Chart("invoiced", asked.step, Kind.LINE, _("Invoiced over time"), span=2),
        ),
    )  # fmt: skip


PAGE = Page(
    "finance", _l("Finance"), "landmark", 15, build,
    lead=_l("Money in, money out, what is still owed, and the VAT, each on the day it happened."),
)  # fmt: skip
