"""What payments tell the buyer by mail, in the buyer's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from sqlalchemy.orm import Session

from app.core.i18n import speak
from app.events import payments as events
from app.notifications import operations as notifications
from app.notifications.attachments import Paper
from app.orders.models import Order
from app.payments import queries
from app.payments.models import Payment, Refund


def payment_received(session: Session, event: events.PaymentCaptured) -> None:
    """Confirm that money came in. Repeatable: one mail a capture."""
    order = session.get(Order, event.order_id)
    if order is None:
        return
    values = _values(session, order, event.payment_id, event.amount, event.currency)
    left = order.total_gross - order.captured
    values["left"] = format_currency(left, order.currency, locale=order.language) if left > 0 else ""
    values["is_late"] = order.state == "cancelled"
    invoice = Paper("order.invoice", {"order_id": order.id})
    _send(session, order, "payment_received", values, f"payment-received:{event.capture_id}", invoice)


def payment_failed(session: Session, event: events.PaymentFailed) -> None:
    """Tell that a payment did not work and how to try again. Repeatable: one mail a payment.

    Says nothing when the customer has paid meanwhile, or the order does not wait any more.
    """
    order, payment = session.get(Order, event.order_id), session.get(Payment, event.payment_id)
    if order is None or payment is None or order.state != "pending" or payment.state == "captured":
        return
    values = _values(session, order, event.payment_id, payment.amount, payment.currency)
    values["pay_path"] = f"/payments/{payment.public_id}/pay"
    _send(session, order, "payment_failed", values, f"payment-failed:{payment.id}")


def refund_sent(session: Session, event: events.PaymentRefunded) -> None:
    """Tell that money is on its way back. Repeatable: one mail a refund."""
    order, refund = session.get(Order, event.order_id), session.get(Refund, event.refund_id)
    if order is None or refund is None:
        return
    values = _values(session, order, event.payment_id, event.amount, event.currency)
    credit_note = Paper("refund.credit_note", {"refund_id": refund.id})
    _send(session, order, "refund_sent", values, f"refund-sent:{refund.id}", credit_note)


def _values(
    session: Session, order: Order, payment_id: int, amount: Decimal, currency: str
) -> dict[str, Any]:
    payment = session.get(Payment, payment_id)
    with speak(order.language):
        method = queries.method_label(payment.provider) if payment else ""
    return {
        "number": order.number or "",
        "path": f"/orders/{order.token}",
        "amount": format_currency(amount, currency, locale=order.language),
        "method": method,
    }


def _send(
    session: Session, order: Order, template: str, values: dict[str, Any], key: str, *papers: Paper
) -> None:
    notifications.send_mail(
        session, to=order.email, template=template, language=order.language, values=values, dedupe_key=key,
        papers=papers,
    )  # fmt: skip
