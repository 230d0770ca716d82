"""Invariants of invoices: sentences about what must never be."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 100

_WAITING = """EXISTS (SELECT 1 FROM core_outbox w WHERE w.done_at IS NULL AND NOT w.dead
                       AND w.handler LIKE 'app.invoicing.%')"""
"""While announcements are on their way, what follows from them is not missing."""
_MISSING = text(
    f"""SELECT o.number, o.id, count(i.id) AS invoices FROM orders_order o
     LEFT JOIN invoicing_invoice i ON i.order_id = o.id AND i.kind = 'invoice'
         WHERE o.paid_at IS NOT NULL AND NOT {_WAITING}
         GROUP BY o.id HAVING count(i.id) <> 1 ORDER BY o.id LIMIT :most"""
)
_NUMBERS = text(
    """SELECT s.name, s.year, s.last, count(i.id) AS issued, coalesce(max(i.sequence), 0) AS highest
         FROM core_series s
    LEFT JOIN invoicing_invoice i ON 'invoicing:' || i.journal = s.name AND i.year = s.year
        WHERE s.name LIKE 'invoicing:%' GROUP BY s.name, s.year, s.last
       HAVING count(i.id) <> s.last OR coalesce(max(i.sequence), 0) <> s.last ORDER BY s.name, s.year"""
)
_SUMS = text(
    """SELECT i.number, i.id FROM invoicing_invoice i
    LEFT JOIN (SELECT invoice_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
                 FROM invoicing_line GROUP BY invoice_id) l ON l.invoice_id = i.id
    LEFT JOIN (SELECT invoice_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
                 FROM invoicing_tax GROUP BY invoice_id) t ON t.invoice_id = i.id
        WHERE (i.net, i.tax, i.gross) IS DISTINCT FROM
              (coalesce(l.net, 0), coalesce(l.tax, 0), coalesce(l.gross, 0))
           OR (i.net, i.tax, i.gross) IS DISTINCT FROM
              (coalesce(t.net, 0), coalesce(t.tax, 0), coalesce(t.gross, 0))
     ORDER BY i.id LIMIT :most"""
)
_ORDERS = text(
    """SELECT i.number, o.number AS order_number, i.gross, o.total_gross FROM invoicing_invoice i
         JOIN orders_order o ON o.id = i.order_id
        WHERE i.kind = 'invoice' AND ((i.net, i.tax, i.gross, i.currency)
              IS DISTINCT FROM (o.total_net, o.total_tax, o.total_gross, o.currency))
     ORDER BY i.id LIMIT :most"""
)
_CREDITS = text(
    f"""SELECT o.number, i.gross, coalesce(c.refunds, 0) AS refunds, coalesce(c.unpaid, 0) AS unpaid, o.refunded,
               greatest(o.captured - o.total_gross, 0) AS surplus
          FROM orders_order o
          JOIN invoicing_invoice i ON i.order_id = o.id AND i.kind = 'invoice'
     LEFT JOIN (SELECT invoice_id, sum(gross) FILTER (WHERE refund_id IS NOT NULL) AS refunds,
                       sum(gross) FILTER (WHERE refund_id IS NULL) AS unpaid
                  FROM invoicing_invoice WHERE kind = 'credit_note' GROUP BY invoice_id) c ON c.invoice_id = i.id
         WHERE NOT {_WAITING} AND (coalesce(c.refunds, 0) > o.refunded
            OR coalesce(c.refunds, 0) + coalesce(c.unpaid, 0) > i.gross
            OR coalesce(c.refunds, 0) < o.refunded - greatest(o.captured - o.total_gross, 0) - coalesce(c.unpaid, 0))
      ORDER BY o.id LIMIT :most"""
)


def paid_without_invoice(session: Session) -> list[str]:
    """Paid orders that have not exactly one invoice, once everything announced is done."""
    rows = session.execute(_MISSING, {"most": MOST})
    return [f"order {row.number or row.id} was paid and has {row.invoices} invoices" for row in rows]


def gaps(session: Session) -> list[str]:
    """Journals and years whose numbers have gaps."""
    return [
        f"{row.name} {row.year}: {row.issued} documents, highest number {row.highest}, series at {row.last}"
        for row in session.execute(_NUMBERS)
    ]


def wrong_sums(session: Session) -> list[str]:
    """Documents whose lines or VAT are not their total, and invoices that are not their order's total."""
    found = [
        f"{row.number or row.id}: lines and VAT do not add up to the total"
        for row in session.execute(_SUMS, {"most": MOST})
    ]
    return found + [
        f"{row.number}: {row.gross}, order {row.order_number} says {row.total_gross}"
        for row in session.execute(_ORDERS, {"most": MOST})
    ]


def wrong_credits(session: Session) -> list[str]:
    """Orders whose credit notes are not their refunds (less what had been paid too much)."""
    return [
        f"order {row.number}: {row.refunds} (and {row.unpaid} unpaid) credited of {row.gross}, {row.refunded} went back"
        for row in session.execute(_CREDITS, {"most": MOST})
    ]
