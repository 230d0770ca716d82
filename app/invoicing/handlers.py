"""Reactions of invoicing. Each can be run twice: an invoice, and the credit note of a refund, are issued once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events.about import AboutOrder
from app.events.orders import OrderReturned
from app.events.payments import PaymentRefunded
from app.invoicing import operations
from app.orders import operations as orders


def invoice_order(session: Session, event: AboutOrder) -> None:
    """The money is there or the first goods have left: the invoice is due. Repeatable."""
    operations.issue_invoice(session, order_id=event.order_id)


def credit_refund(session: Session, event: PaymentRefunded) -> None:
    """Money went back: the invoice is corrected by a credit note. Repeatable: one a refund."""
    operations.credit_refund(session, refund_id=event.refund_id)


def credit_returned(session: Session, event: OrderReturned) -> None:
    """Everything came back and nothing was paid: the whole invoice is credited. Repeatable."""
    operations.credit_unpaid(session, order_id=event.order_id)


def live_paper(session: Session, event: AboutOrder) -> None:
    """Open pages of the order show its invoice or credit note. Repeatable."""
    orders.tell_pages(session, order_id=event.order_id)
