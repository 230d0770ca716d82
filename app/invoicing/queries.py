"""Reads of invoices: those of an order, one by its number, what is credited, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.core.money import Money
from app.invoicing.errors import InvoiceNotFound
from app.invoicing.models import Invoice, InvoiceDocument
from app.invoicing.rules import KIND_LABELS, Kind, local_day
from app.orders.models import History, Order
from app.payments.models import Payment

LEFT = ("shipped", "parcel")
"""Kinds of the order's timeline with which goods have left."""


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note in a list of an order's papers."""

    id: int
    number: str
    kind: Kind
    issued_on: date
    total: Money

    @property
    def label(self) -> str:
        """Its name for people: "Invoice INV-2026-000012"."""
        return f"{KIND_LABELS[self.kind]} {self.number}"


def documents(session: Session, order_id: int) -> tuple[Document, ...]:
    """The papers of an order, oldest first (ix_invoicing_invoice_order)."""
    query = select(
        Invoice.id, Invoice.number, Invoice.kind, Invoice.issued_on, Invoice.gross, Invoice.currency
    )
    rows = session.execute(query.where(Invoice.order_id == order_id).order_by(Invoice.id))
    return tuple(
        Document(r.id, r.number, Kind(r.kind), r.issued_on, Money(r.gross, r.currency)) for r in rows
    )


def invoice_of(session: Session, order_id: int) -> Invoice | None:
    """The invoice of an order (uq_invoicing_invoice_order)."""
    return session.scalar(select(Invoice).where(Invoice.order_id == order_id, Invoice.kind == Kind.INVOICE))


def credit_note_of(session: Session, refund_id: int) -> Invoice | None:
    """The credit note of a refund."""
    return session.scalar(select(Invoice).where(Invoice.refund_id == refund_id))


def credit_notes(session: Session, invoice_id: int) -> list[Invoice]:
    """The credit notes of an invoice, oldest first."""
    query = select(Invoice).where(Invoice.invoice_id == invoice_id).order_by(Invoice.id)
    return list(session.scalars(query.options(selectinload(Invoice.taxes))))


def by_number(session: Session, number: str, *, token: str = "", user_id: int | None = None) -> Invoice:
    """The document of this number for the order's own customer, or for whoever holds the order's token.

    Raises:
        InvoiceNotFound: no such document, or it is somebody else's.
    """
    allowed = []
    if token and "\x00" not in token:
        allowed.append(Order.token == token)
    if user_id is not None:
        allowed.append(Order.user_id == user_id)
    if not allowed or "\x00" in number:
        raise InvoiceNotFound()
    query = select(Invoice).join(Order, Order.id == Invoice.order_id)
    found = session.scalar(query.where(Invoice.number == number, or_(*allowed)))
    if found is None:
        raise InvoiceNotFound()
    return found


def any_by_number(session: Session, number: str) -> Invoice:
    """The document of this number, for staff.

    Raises:
        InvoiceNotFound: there is none.
    """
    found = None if "\x00" in number else session.scalar(select(Invoice).where(Invoice.number == number))
    if found is None:
        raise InvoiceNotFound()
    return found


def kept_document(session: Session, invoice_id: int) -> bytes | None:
    """The PDF of an invoice, where it was made before."""
    return session.scalar(select(InvoiceDocument.data).where(InvoiceDocument.invoice_id == invoice_id))


def shipped_on(session: Session, order_id: int) -> date | None:
    """The day on which the first goods of an order left."""
    query = select(func.min(History.at)).where(History.order_id == order_id, History.kind.in_(LEFT))
    first = session.scalar(query)
    return None if first is None else local_day(first)


def communication(session: Session, order_id: int) -> str:
    """The structured communication of the order's transfer; "" where it is paid in another way."""
    query = select(Payment.provider_ref).where(
        Payment.order_id == order_id, Payment.provider == "bank_transfer", Payment.provider_ref.is_not(None)
    )
    return session.scalar(query.order_by(Payment.id.desc()).limit(1)) or ""


def without_invoice(session: Session, limit: int = 200) -> list[int]:
    """Orders that were paid and have no invoice, oldest first: for the sweep after an upgrade."""
    has_one = select(Invoice.id).where(Invoice.order_id == Order.id, Invoice.kind == Kind.INVOICE)
    query = select(Order.id).where(Order.paid_at.is_not(None), ~has_one.exists())
    return list(session.scalars(query.order_by(Order.id).limit(limit)))


def credited(notes: list[Invoice], currency: str) -> Money:
    """What the credit notes of an invoice add up to."""
    return Money(sum((note.gross for note in notes), Decimal(0)), currency)
