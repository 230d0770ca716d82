"""Invariants of the money: what orders say, what came and went, and the books are the same figures."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_ORDERS = text(
    """SELECT o.id, o.number, o.captured, o.refunded, coalesce(p.captured, 0) AS came,
              coalesce(p.refunded, 0) AS went
         FROM orders_order o
         LEFT JOIN (SELECT order_id, sum(captured) AS captured, sum(refunded) AS refunded
                      FROM payments_payment GROUP BY order_id) p ON p.order_id = o.id
        WHERE o.captured <> coalesce(p.captured, 0) OR o.refunded <> coalesce(p.refunded, 0)
        ORDER BY o.id LIMIT 50"""
)
_PAYMENTS = text(
    """SELECT p.id, p.captured, p.refunded, p.refund_reserved, coalesce(c.total, 0) AS captures,
              coalesce(r.done, 0) AS done, coalesce(r.open, 0) AS open
         FROM payments_payment p
         LEFT JOIN (SELECT payment_id, sum(amount) AS total FROM payments_capture GROUP BY payment_id) c
           ON c.payment_id = p.id
         LEFT JOIN (SELECT payment_id, sum(amount) FILTER (WHERE state = 'done') AS done,
                           sum(amount) FILTER (WHERE state IN ('requested', 'pending', 'manual')) AS open
                      FROM payments_refund GROUP BY payment_id) r ON r.payment_id = p.id
        WHERE p.captured <> coalesce(c.total, 0) OR p.refunded <> coalesce(r.done, 0)
           OR p.refund_reserved <> coalesce(r.open, 0)
        ORDER BY p.id LIMIT 50"""
)
_LEDGER = text(
    """SELECT p.id, p.captured - p.refunded AS held, coalesce(l.total, 0) AS booked
         FROM payments_payment p
         LEFT JOIN (SELECT t.payment_id, e.currency, sum(e.amount) AS total
                      FROM payments_ledger_transaction t
                      JOIN payments_ledger_entry e ON e.transaction_id = t.id
                     WHERE e.account LIKE 'provider:%' GROUP BY t.payment_id, e.currency) l
           ON l.payment_id = p.id AND l.currency = p.currency
        WHERE p.captured - p.refunded <> coalesce(l.total, 0) ORDER BY p.id LIMIT 50"""
)
_UNBALANCED = text(
    """SELECT transaction_id, currency, sum(amount) AS off FROM payments_ledger_entry
        GROUP BY transaction_id, currency HAVING sum(amount) <> 0 ORDER BY 1 LIMIT 50"""
)
_PAID = text(
    """SELECT id, number, total_gross, captured FROM orders_order
        WHERE paid_at IS NOT NULL AND captured < total_gross ORDER BY id LIMIT 50"""
)


def orders_differ(session: Session) -> list[str]:
    """Orders whose sums are not those of their payments."""
    return [
        f"order {row.number or row.id}: {row.captured}/{row.refunded}, payments say {row.came}/{row.went}"
        for row in session.execute(_ORDERS)
    ]


def payments_differ(session: Session) -> list[str]:
    """Payments whose sums are not those of their captures and refunds."""
    return [
        f"payment {row.id}: {row.captured}/{row.refunded}/{row.refund_reserved}, "
        f"rows say {row.captures}/{row.done}/{row.open}"
        for row in session.execute(_PAYMENTS)
    ]


def books_differ(session: Session) -> list[str]:
    """Payments whose money is not what the ledger says, and entries that do not balance."""
    found = [
        f"payment {row.id}: holds {row.held}, the ledger says {row.booked}"
        for row in session.execute(_LEDGER)
    ]
    found += [
        f"ledger transaction {row.transaction_id} is off by {row.off} {row.currency}"
        for row in session.execute(_UNBALANCED)
    ]
    return found


def paid_without_money(session: Session) -> list[str]:
    """Orders that call themselves paid although not all of it came in."""
    return [
        f"order {row.number or row.id}: {row.captured} of {row.total_gross}" for row in session.execute(_PAID)
    ]
