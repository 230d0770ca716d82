"""Money: what came in, what went back, what is still owed, and the VAT by its rates."""

from __future__ import annotations

from typing import Any

from app.analytics.families.answering import Way, one
from app.analytics.families.dimensions import ORDER, TIME
from app.analytics.rules import Metric, Unit
from app.core.i18n import _l


def _metric(code: str, label: Any, definition: Any, source: str, moment: str, **more: Any) -> Metric:
    values: dict[str, Any] = {"dimensions": TIME | ORDER, "family": "finance", "unit": Unit.MONEY}
    return Metric(
        code=code, label=label, definition=definition, source=source, moment=moment, **{**values, **more}
    )


METRICS: tuple[Metric, ...] = (
    _metric(
        "captured", _l("Money in"),
        _l("Money that came in for orders, VAT included, on the day it came in; also for orders cancelled since."),
        "payments_capture", "payments_capture.at",
    ),
    _metric(
        "refunded", _l("Money out"),
        _l("Money that went back to customers, VAT included, on the day it went back."),
        "payments_refund", "payments_refund.done_at", less_is_better=True,
    ),
    _metric(
        "due", _l("Still to be paid"),
        _l("What customers owed at the end of the period: gross of all orders placed until then and not cancelled,"
           " less the money that came in for them until then."),
        "orders_order, payments_capture", "end of the period", dimensions=ORDER, less_is_better=True,
    ),
    _metric(
        "tax_by_rate", _l("VAT by rate"),
        _l("VAT of orders that were not cancelled, shipping included, on the day they were placed, to be split by"
           " rate. Refunds are not taken off."),
        "orders_order, orders_line", "orders_order.placed_at", dimensions=TIME | ORDER | {"tax_rate"},
    ),
    _metric(
        "taxed_by_rate", _l("Net amount by VAT rate"),
        _l("What the VAT of orders was counted on: their net amount, shipping included, on the day they were placed,"
           " to be split by rate. Refunds are not taken off."),
        "orders_order, orders_line", "orders_order.placed_at", dimensions=TIME | ORDER | {"tax_rate"},
    ),
)  # fmt: skip


WAYS: dict[str, Way] = {
    "captured": one("captured"),
    "refunded": one("refunded"),
    "due": Way(("gross", "settled"), lambda v: v["gross"] - v["settled"], until=True),
    "tax_by_rate": one("tax"),
    "taxed_by_rate": one("net"),
}
"""How each comes from the sums of orders; `families.orders` reads them."""
