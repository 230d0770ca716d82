"""Reactions of payments. Each can be run twice: what was done is not done again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.actor import SYSTEM
from app.events import orders as order_events
from app.events import payments as events
from app.orders.models import Order
from app.payments import operations, queries
from app.payments.models import Payment, Refund


def apply_webhook(session: Session, event: events.WebhookReceived) -> None:
    """Apply a provider's notice. Repeatable: an applied one is left alone."""
    operations.apply_webhook(session, webhook_id=event.webhook_id)


def send_refund(session: Session, event: events.RefundRequested) -> None:
    """Hand a refund to its provider. Repeatable: its id is the idempotency key."""
    operations.send_refund(session, refund_id=event.refund_id)


def cancel_charge(session: Session, event: events.PaymentVoided) -> None:
    """Stop a charge that nobody needs any more. Repeatable: a stopped one stays stopped."""
    make_session = sessionmaker(session.get_bind(), expire_on_commit=False)
    operations.cancel_charge(make_session, payment_id=event.payment_id)


def give_back(session: Session, event: order_events.OrderCancelled) -> None:
    """A cancelled order takes no money any more, and what it has goes back. Repeatable: one key an order."""
    order = session.get(Order, event.order_id)
    if order is None:
        return
    operations.void_open(session, order_id=order.id)
    left = queries.refundable(session, order.id)
    if left.amount > 0 and not _asked_before(session, order.id):
        operations.request_refund(
            session, order_id=order.id, amount=left, reason=f"cancelled: {event.reason}", actor=SYSTEM,
            idempotency_key=f"cancelled:{order.id}",
        )  # fmt: skip


def _asked_before(session: Session, order_id: int) -> bool:
    query = (
        select(Refund.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id, Refund.idempotency_key == f"cancelled:{order_id}")
    )
    return session.scalar(query.limit(1)) is not None
