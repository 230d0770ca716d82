"""The rows of reports, streamed: orders and lines as they stand, stock, customers. Nothing is held in memory.

Each function gives rows one by one from a server-side cursor of its session; amounts are at the decimals of their
currency. `seller_id` narrows to the goods of one seller. The same rows as behind the figures: what is cancelled does
not count as sold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.queries import timezone
from app.analytics.rules import Period
from app.core.money import Money

AT_ONCE = 2_000

_SALES = """
SELECT o.placed_at, o.number, l.sku, l.name, o.country, o.currency, l.quantity, l.unit_price, l.discount,
       l.tax_rate, l.net, l.tax, l.gross
FROM orders_order o JOIN orders_line l ON l.order_id = o.id LEFT JOIN catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= :start AND o.placed_at < :end AND o.state <> 'cancelled'
  AND (:currency = '' OR o.currency = :currency) AND (CAST(:seller AS integer) IS NULL OR p.seller_id = :seller)
ORDER BY o.placed_at, o.id, l.position
"""
_ORDERS = """
SELECT o.placed_at, o.number, o.state, o.payment_status, o.payment_method, o.country, o.language, o.currency,
       (SELECT coalesce(sum(quantity), 0) FROM orders_line l WHERE l.order_id = o.id) AS units,
       o.discount, o.shipping_gross, o.total_net, o.total_tax, o.total_gross, o.captured, o.refunded
FROM orders_order o
WHERE o.placed_at >= :start AND o.placed_at < :end AND (:currency = '' OR o.currency = :currency)
ORDER BY o.placed_at, o.id
"""
_STOCK = """
SELECT v.sku, concat_ws(', ', p.name, nullif(v.name, '')) AS name, w.code, s.on_hand, s.reserved, s.available, s.backordered, s.low_at
FROM inventory_stock s JOIN catalog_variant v ON v.id = s.variant_id JOIN catalog_product p ON p.id = v.product_id
JOIN inventory_warehouse w ON w.id = s.warehouse_id
WHERE (CAST(:seller AS integer) IS NULL OR p.seller_id = :seller)
ORDER BY v.sku, w.code
"""
_CUSTOMERS = """
SELECT o.email_key, max(o.country) AS country, max(o.language) AS language, o.currency, count(*) AS orders,
       sum(o.total_gross) AS gross, sum(o.refunded) AS refunded, min(o.placed_at) AS first_at, max(o.placed_at) AS last_at
FROM orders_order o
WHERE o.placed_at >= :start AND o.placed_at < :end AND o.state <> 'cancelled'
  AND (:currency = '' OR o.currency = :currency)
GROUP BY o.email_key, o.currency
ORDER BY o.email_key, o.currency
"""
COUNTS = {
    "sales": "SELECT count(*) FROM orders_order o JOIN orders_line l ON l.order_id = o.id WHERE o.placed_at >= :start"
    " AND o.placed_at < :end",
    "orders": "SELECT count(*) FROM orders_order o WHERE o.placed_at >= :start AND o.placed_at < :end",
    "inventory": "SELECT count(*) FROM inventory_stock",
    "customers": "SELECT count(DISTINCT o.email_key) FROM orders_order o WHERE o.placed_at >= :start AND o.placed_at < :end",
}
"""How many rows there will be at most, for the progress bar."""
STATEMENTS = {"sales": _SALES, "orders": _ORDERS, "inventory": _STOCK, "customers": _CUSTOMERS}
AMOUNTS = {
    "sales": {"unit_price", "discount", "net", "tax", "gross"},
    "orders": {"discount", "shipping_gross", "total_net", "total_tax", "total_gross", "captured", "refunded"},
    "inventory": set[str](),
    "customers": {"gross", "refunded"},
}


def expected(session: Session, kind: str, period: Period) -> int:
    """How many rows a report has at most."""
    values = _bounds(session, period) if kind != "inventory" else {}
    return int(session.scalar(text(COUNTS[kind]), values) or 0)


def rows(
    session: Session, kind: str, period: Period, *, currency: str = "", seller_id: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """The rows of a report, one by one, as a mapping of column to value; moments are aware.

    `kind` is sales (a row a line), orders, inventory (a row an article and warehouse, as of now) or customers (a row a
    customer and currency). Orders and customers are nobody's goods: they have no rows for a seller.
    """
    if seller_id is not None and kind in ("orders", "customers"):
        return
    values: dict[str, Any] = {"seller": seller_id}
    if kind != "inventory":
        values |= {**_bounds(session, period), "currency": currency}
    if kind in ("orders", "customers"):
        del values["seller"]
    amounts = AMOUNTS[kind]
    found = session.execute(text(STATEMENTS[kind]), values, execution_options={"yield_per": AT_ONCE})
    for row in found.mappings():
        made = dict(row)
        for name in amounts:
            made[name] = Money.rounded(made[name], made["currency"]).amount
        yield made


def _bounds(session: Session, period: Period) -> dict[str, datetime]:
    """The moments between which the days of a period lie."""
    zone = timezone(session)
    start = datetime.combine(period.start, time(), zone)
    end = datetime.combine(period.end + timedelta(days=1), time(), zone)
    return {"start": start.astimezone(UTC), "end": end.astimezone(UTC)}
