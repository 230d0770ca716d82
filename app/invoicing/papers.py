"""The papers that go with mails and through the doors: made, or taken from where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.invoicing import operations, sheet
from app.invoicing.models import Invoice
from app.notifications.attachments import File
from app.orders import queries as orders

PDF = "application/pdf"


def of_invoice(session: Session, invoice: Invoice) -> File:
    """The PDF of an invoice or credit note: the same bytes whenever it is asked for."""
    return File(f"{invoice.number}.pdf", PDF, operations.keep_document(session, invoice=invoice, draw=_draw))


def of_order(session: Session, order_id: int) -> File:
    """The confirmation of an order, as it was placed."""
    from app.invoicing import drawing  # reportlab: a web worker need not carry it

    page = orders.page_by_id(session, order_id)
    return File(f"{page.number}.pdf", PDF, drawing.pdf(sheet.of_order(session, page)))


def with_order(session: Session, arguments: Mapping[str, Any]) -> File | None:
    """What goes with the first mail of an order: its invoice where it is due, else the confirmation."""
    return with_invoice(session, arguments) or of_order(session, arguments["order_id"])


def with_invoice(session: Session, arguments: Mapping[str, Any]) -> File | None:
    """The invoice of an order; none while neither its money has come nor a parcel has left."""
    issued = operations.issue_invoice(session, order_id=arguments["order_id"])
    return None if issued is None else of_invoice(session, issued)


def with_refund(session: Session, arguments: Mapping[str, Any]) -> File | None:
    """The credit note of a refund; none where no invoice is corrected by it."""
    issued = operations.credit_refund(session, refund_id=arguments["refund_id"])
    return None if issued is None else of_invoice(session, issued)


def _draw(session: Session, invoice: Invoice) -> bytes:
    from app.invoicing import drawing  # reportlab: a web worker need not carry it

    return drawing.pdf(sheet.of_invoice(session, invoice))


PRODUCERS = {
    "order.confirmation": with_order,
    "order.invoice": with_invoice,
    "refund.credit_note": with_refund,
}
"""Who makes which paper; the mails of orders, parcels and payments name them."""
