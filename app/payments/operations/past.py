"""Writes the money of past orders, many at once: payments, captures, refunds and their balanced entries.

Sums of orders, payments and the ledger stay the same figures; the database's own checks see every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.payments.ledger import CUSTOMERS

_PAYMENTS = text(
    """INSERT INTO payments_payment (public_id, order_id, provider, state, amount, currency, captured, created_at, updated_at)
       SELECT gen_random_uuid(), o.id, o.payment_method,
              CASE WHEN o.paid_at IS NOT NULL THEN 'captured' WHEN o.state = 'cancelled' THEN 'voided' ELSE 'pending' END,
              o.total_gross, o.currency, o.captured, o.placed_at, coalesce(o.paid_at, o.placed_at)
         FROM orders_order o WHERE o.id = ANY(CAST(:ids AS bigint[])) ORDER BY o.id"""
)
_CAPTURES = text(
    """INSERT INTO payments_capture (payment_id, provider, reference, amount, currency, at)
       SELECT p.id, p.provider, 'past:' || p.order_id, p.captured, p.currency, p.updated_at
         FROM payments_payment p
        WHERE p.order_id = ANY(CAST(:ids AS bigint[])) AND p.captured > 0 ORDER BY p.id"""
)
_CAPTURES_BOOKED = text(
    """INSERT INTO payments_ledger_transaction (source, payment_id, order_id, memo, at)
       SELECT 'capture:' || c.id, p.id, p.order_id, 'capture', c.at
         FROM payments_payment p JOIN payments_capture c ON c.payment_id = p.id
        WHERE p.order_id = ANY(CAST(:ids AS bigint[])) ORDER BY c.id"""
)
_CAPTURE_ENTRIES = text(
    """INSERT INTO payments_ledger_entry (transaction_id, account, currency, amount)
       SELECT t.id, side.account, p.currency, side.sign * p.captured
         FROM payments_ledger_transaction t JOIN payments_payment p ON p.id = t.payment_id
        CROSS JOIN LATERAL (VALUES ('provider:' || p.provider, 1), (CAST(:customers AS text), -1)) AS side(account, sign)
        WHERE t.order_id = ANY(CAST(:ids AS bigint[])) ORDER BY t.id, side.sign DESC"""
)


@dataclass(frozen=True, slots=True)
class PastRefund:
    """Money that went back for an order, in its currency. The same `key` on an order counts once."""

    order_id: int
    amount: Decimal
    at: datetime
    key: str
    reason: str = ""


def write_past_payments(session: Session, order_ids: Sequence[int]) -> None:
    """Give orders that `orders.operations.write_past_orders` has just written their one payment each.

    A paid order has one capture of its total with its entry in the ledger; a cancelled one that was never paid has a
    voided payment. Nothing asks a provider about them.
    """
    if not order_ids:
        return
    ids = {"ids": list(order_ids)}
    with unit_of_work(session):
        session.execute(_PAYMENTS, ids)
        session.execute(_CAPTURES, ids)
        session.execute(_CAPTURES_BOOKED, ids)
        session.execute(_CAPTURE_ENTRIES, ids | {"customers": CUSTOMERS})


_REFUNDS = text(
    """INSERT INTO payments_refund (public_id, payment_id, state, amount, currency, reason, idempotency_key, actor_kind,
                                    actor_label, created_at, done_at)
       SELECT gen_random_uuid(), p.id, 'done', r.amount, p.currency, r.reason, r.key, 'system', 'history', r.at, r.at
         FROM unnest(CAST(:orders AS bigint[]), CAST(:amounts AS numeric[]), CAST(:moments AS timestamptz[]),
                     CAST(:keys AS text[]), CAST(:reasons AS text[])) WITH ORDINALITY AS r(order_id, amount, at, key, reason, n)
         JOIN payments_payment p ON p.order_id = r.order_id AND p.captured > 0
        ORDER BY r.n
       ON CONFLICT (payment_id, idempotency_key) DO NOTHING RETURNING id"""
)
_REFUNDED = text(
    """WITH gone AS (SELECT payment_id, sum(amount) AS amount FROM payments_refund
                      WHERE id = ANY(CAST(:ids AS bigint[])) GROUP BY payment_id),
            paid AS (UPDATE payments_payment p SET refunded = p.refunded + g.amount FROM gone g
                      WHERE p.id = g.payment_id RETURNING p.order_id, g.amount)
       UPDATE orders_order o SET refunded = o.refunded + s.amount
         FROM (SELECT order_id, sum(amount) AS amount FROM paid GROUP BY order_id) s WHERE o.id = s.order_id"""
)
_REFUNDS_TOLD = text(
    """INSERT INTO orders_history (order_id, at, kind, data, actor_kind, actor_label)
       SELECT p.order_id, r.done_at, 'refunded', jsonb_build_object('amount', CAST(r.amount AS text), 'currency', r.currency),
              'system', 'history'
         FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
        WHERE r.id = ANY(CAST(:ids AS bigint[])) ORDER BY r.id"""
)
_REFUNDS_BOOKED = text(
    """INSERT INTO payments_ledger_transaction (source, payment_id, order_id, memo, at)
       SELECT 'refund:' || r.id, p.id, p.order_id, 'refund', r.done_at
         FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
        WHERE r.id = ANY(CAST(:ids AS bigint[])) ORDER BY r.id"""
)
_REFUND_ENTRIES = text(
    """INSERT INTO payments_ledger_entry (transaction_id, account, currency, amount)
       SELECT t.id, side.account, r.currency, side.sign * r.amount
         FROM payments_refund r
         JOIN payments_ledger_transaction t ON t.source = 'refund:' || r.id
         JOIN payments_payment p ON p.id = r.payment_id
        CROSS JOIN LATERAL (VALUES ('provider:' || p.provider, -1), (CAST(:customers AS text), 1)) AS side(account, sign)
        WHERE r.id = ANY(CAST(:ids AS bigint[])) ORDER BY t.id, side.sign"""
)


def write_past_refunds(session: Session, refunds: Sequence[PastRefund]) -> list[int]:
    """Write money that went back, done at its moment; returns the new ids.

    One that is known by its key is left alone. The database refuses more than came in (payments_payment: refunds).
    """
    if not refunds:
        return []
    values = {
        "orders": [r.order_id for r in refunds], "amounts": [r.amount for r in refunds],
        "moments": [r.at for r in refunds], "keys": [r.key for r in refunds], "reasons": [r.reason for r in refunds],
    }  # fmt: skip
    with unit_of_work(session):
        made = list(session.scalars(_REFUNDS, values))
        ids = {"ids": made}
        for statement in (_REFUNDED, _REFUNDS_TOLD, _REFUNDS_BOOKED):
            session.execute(statement, ids)
        session.execute(_REFUND_ENTRIES, ids | {"customers": CUSTOMERS})
    return made
