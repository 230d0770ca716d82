"""What was sold: orders that were not cancelled, on the day they were placed, and what went back."""

from __future__ import annotations

from typing import Any

from app.analytics.families.answering import Way, one, ratio, share
from app.analytics.families.dimensions import ARTICLE, ORDER, TIME
from app.analytics.rules import Metric, Unit
from app.core.i18n import _l

ALL = TIME | ORDER | ARTICLE
PLACED = "orders_order.placed_at"
DONE = "payments_refund.done_at"
ORDERS = "orders_order, orders_line"


def _metric(code: str, label: Any, definition: Any, unit: Unit, **more: Any) -> Metric:
    values: dict[str, Any] = {"source": ORDERS, "moment": PLACED, "dimensions": ALL, "family": "sales"}
    return Metric(code=code, label=label, definition=definition, unit=unit, **{**values, **more})


METRICS: tuple[Metric, ...] = (
    _metric(
        "gross", _l("Gross sales"),
        _l("What customers ordered, VAT and shipping included, on the day the order was placed. Cancelled orders do"
           " not count; refunds are not taken off. By article, shipping is a row of its own."),
        Unit.MONEY,
    ),
    _metric(
        "net", _l("Net sales before refunds"),
        _l("Gross sales without VAT, on the day the order was placed. Cancelled orders do not count; refunds are"
           " not taken off."),
        Unit.MONEY,
    ),
    _metric(
        "tax", _l("VAT"),
        _l("The VAT in gross sales, on the day the order was placed. Cancelled orders do not count; refunds are"
           " not taken off."),
        Unit.MONEY,
    ),
    _metric(
        "discounts", _l("Discounts"),
        _l("What coupons and promotions took off orders that were not cancelled, as it stands on the order, on the"
           " day it was placed."),
        Unit.MONEY, less_is_better=True,
    ),
    _metric(
        "promotion_discounts", _l("Discounts by promotion"),
        _l("What each coupon or promotion took off orders that were not cancelled, as it stands on the order, on the"
           " day it was placed."),
        Unit.MONEY, dimensions=TIME | ORDER | {"promotion"}, source="orders_order", less_is_better=True,
    ),
    _metric(
        "shipping", _l("Shipping"),
        _l("What customers paid for shipping, VAT included, in orders that were not cancelled, on the day they were"
           " placed."),
        Unit.MONEY, dimensions=TIME | ORDER,
    ),
    _metric(
        "orders", _l("Orders"),
        _l("Orders placed and not cancelled since. By article: orders with it, so one order can count in several"
           " rows."),
        Unit.COUNT, overlapping=ARTICLE,
    ),
    _metric(
        "units", _l("Pieces sold"),
        _l("Pieces in orders that were not cancelled, on the day they were placed."),
        Unit.COUNT,
    ),
    _metric(
        "average_order_value", _l("Average order value"),
        _l("Gross sales divided by orders."),
        Unit.MONEY, is_additive=False, dimensions=TIME | ORDER,
    ),
    _metric(
        "units_per_order", _l("Pieces per order"),
        _l("Pieces sold divided by orders."),
        Unit.RATIO, is_additive=False, dimensions=TIME | ORDER,
    ),
    _metric(
        "refunds", _l("Refunds"),
        _l("Money that went back to customers, VAT included, on the day it went back, also for cancelled orders. By"
           " article, each refund is spread over the lines and the shipping of its order by what they cost."),
        Unit.MONEY, moment=DONE, source="payments_refund", less_is_better=True,
    ),
    _metric(
        "refund_rate", _l("Refund rate"),
        _l("Refunds of the period as a share of gross sales of the period."),
        Unit.PERCENT, is_additive=False, dimensions=TIME | ORDER, less_is_better=True,
        source="payments_refund, orders_order", moment=f"{DONE}, {PLACED}",
    ),
    _metric(
        "net_sales", _l("Net sales after refunds"),
        _l("Net sales of orders placed in the period less the part without VAT of the refunds done in the period for"
           " orders that were not cancelled."),
        Unit.MONEY, dimensions=TIME | ORDER, source="orders_order, payments_refund", moment=f"{PLACED}, {DONE}",
    ),
    _metric(
        "cancelled_orders", _l("Cancelled orders"),
        _l("Orders that were cancelled, on the day they had been placed."),
        Unit.COUNT, dimensions=TIME | ORDER, source="orders_order", less_is_better=True,
    ),
    _metric(
        "cancel_rate", _l("Cancelled share"),
        _l("Cancelled orders as a share of all orders placed."),
        Unit.PERCENT, is_additive=False, dimensions=TIME | ORDER, source="orders_order", less_is_better=True,
    ),
)  # fmt: skip


WAYS: dict[str, Way] = {
    "gross": one("gross"),
    "net": one("net"),
    "tax": one("tax"),
    "discounts": one("discount"),
    "promotion_discounts": one("discount", spreads="discounts"),
    "shipping": one("shipping"),
    "orders": one("orders", counts_orders=True),
    "units": one("units"),
    "average_order_value": Way(("gross", "orders"), lambda v: ratio(v["gross"], v["orders"])),
    "units_per_order": Way(("units", "orders"), lambda v: ratio(v["units"], v["orders"])),
    "refunds": one("refunded", spreads="refunds"),
    "refund_rate": Way(("refunded", "gross"), lambda v: share(v["refunded"], v["gross"])),
    "net_sales": Way(("net", "refunded_net"), lambda v: v["net"] - v["refunded_net"]),
    "cancelled_orders": one("cancelled"),
    "cancel_rate": Way(
        ("cancelled", "orders"), lambda v: share(v["cancelled"], v["cancelled"] + v["orders"])
    ),
}
"""How each comes from the sums of orders; `families.orders` reads them."""
