"""What happens to invoices."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """The invoice of an order has its number. Sent once per order."""

    invoice_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class CreditNoteIssued(Event):
    """A part or the whole of an invoice was credited. Sent once per credit note."""

    invoice_id: int
    credit_note_id: int
    order_id: int
