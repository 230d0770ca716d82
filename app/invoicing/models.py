"""Invoices, their lines, their VAT by rate, and the PDF that was made of them once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, MoneyColumn, Timestamp, extra_ddl, pk
from app.core.money import Money
from app.invoicing.rules import Band


class Invoice(Base):
    """An invoice or a credit note, in the words and figures of the day it was issued.

    Amounts are in `currency` and above zero for both kinds; `tax_eur` is the VAT in euro. `seller` and
    `buyer` are copies. `number`, `sequence` and `issued_at` are set by the last statement of issuing;
    from then on the database refuses every change.
    """

    __tablename__ = "invoicing_invoice"
    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("net + tax = gross", name="total"),
        CheckConstraint("net >= 0 AND tax >= 0 AND tax_eur >= 0", name="sign"),
        CheckConstraint("(kind = 'credit_note') = (invoice_id IS NOT NULL)", name="credits"),
        CheckConstraint("kind = 'credit_note' OR refund_id IS NULL", name="refund"),
        UniqueConstraint("journal", "year", "sequence"),
        Index("uq_invoicing_invoice_order", "order_id", unique=True, postgresql_where=text("kind = 'invoice'")),
        Index(
            "uq_invoicing_invoice_unpaid_return", "invoice_id", unique=True,
            postgresql_where=text("kind = 'credit_note' AND refund_id IS NULL"),
        ),
        Index("ix_invoicing_invoice_order", "order_id", "id"),
        Index("ix_invoicing_invoice_issued", "issued_on", "id"),
        Index(
            "ix_invoicing_invoice_sums", "issued_on",
            postgresql_include=["id", "kind", "currency", "exchange_rate", "net", "tax", "gross"],
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text)
    journal: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)
    sequence: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(Text, unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    order_number: Mapped[str] = mapped_column(Text)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoicing_invoice.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("payments_refund.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    issued_at: Mapped[datetime | None] = mapped_column(Timestamp)
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    supplied_on: Mapped[date | None] = mapped_column(Date)
    paid_on: Mapped[date | None] = mapped_column(Date)
    payment_method: Mapped[str] = mapped_column(Text, server_default="")
    communication: Mapped[str] = mapped_column(Text, server_default="")
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    language: Mapped[str] = mapped_column(Text)
    seller: Mapped[dict[str, Any]] = mapped_column(JsonB)
    buyer: Mapped[dict[str, Any]] = mapped_column(JsonB)
    buyer_name: Mapped[str] = mapped_column(Text)
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(JsonB, server_default="[]")
    mentions: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax_eur: Mapped[Decimal] = mapped_column(MoneyColumn)

    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position", viewonly=True)
    taxes: Mapped[list[InvoiceTax]] = relationship(order_by="InvoiceTax.rate.desc()", viewonly=True)
    credits: Mapped[Invoice | None] = relationship(remote_side=[id], viewonly=True)

    @property
    def total(self) -> Money:
        """What it asks for, or gives back, VAT included."""
        return Money(self.gross, self.currency)

    @property
    def document(self) -> str:
        """The name of its PDF."""
        return f"{self.number}.pdf"

    @property
    def bands(self) -> list[Band]:
        """VAT by rate."""
        return [
            Band.of(row.rate, Money(row.net, self.currency), Money(row.tax, self.currency))
            for row in self.taxes
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class InvoiceLine(Base):
    """What was sold, copied from the order's line; `unit_net` is without VAT, before discounts.

    `discount` is what was taken off the whole line, as prices were shown to the buyer. `options` is
    JSON, not JSONB, because their order means something to people.
    """

    __tablename__ = "invoicing_line"
    __table_args__ = (
        CheckConstraint("kind IN ('goods', 'shipping', 'credit')", name="kind"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("net + tax = gross", name="total"),
        UniqueConstraint("invoice_id", "position"),
    )

    id: Mapped[int] = pk()
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoicing_invoice.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    sku: Mapped[str] = mapped_column(Text, server_default="")
    name: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    quantity: Mapped[int] = mapped_column(Integer)
    unit_net: Mapped[Decimal] = mapped_column(MoneyColumn)
    discount: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0")
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)


class InvoiceTax(Base):
    """VAT of one rate of an invoice: the sums of its lines, and the VAT in euro."""

    __tablename__ = "invoicing_tax"
    __table_args__ = (CheckConstraint("net + tax = gross", name="total"),)

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoicing_invoice.id"), primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 3), primary_key=True)
    net: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax: Mapped[Decimal] = mapped_column(MoneyColumn)
    gross: Mapped[Decimal] = mapped_column(MoneyColumn)
    tax_eur: Mapped[Decimal] = mapped_column(MoneyColumn)


class InvoiceDocument(Base):
    """The PDF of an invoice, kept from the first time somebody wanted it; `sha256` is that of `data`."""

    __tablename__ = "invoicing_document"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoicing_invoice.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


extra_ddl(
    "invoicing_immutable",
    """
CREATE FUNCTION invoicing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.number IS NOT NULL THEN
        RAISE EXCEPTION 'an issued invoice is never changed: write a credit note' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoicing_immutable BEFORE UPDATE OR DELETE ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard();
CREATE FUNCTION invoicing_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR EXISTS (SELECT 1 FROM invoicing_invoice WHERE id = NEW.invoice_id AND number IS NOT NULL)
    THEN
        RAISE EXCEPTION 'an issued invoice is never changed: write a credit note' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoicing_line_immutable BEFORE INSERT OR UPDATE OR DELETE ON invoicing_line
    FOR EACH ROW EXECUTE FUNCTION invoicing_part_guard();
CREATE TRIGGER invoicing_tax_immutable BEFORE INSERT OR UPDATE OR DELETE ON invoicing_tax
    FOR EACH ROW EXECUTE FUNCTION invoicing_part_guard();
CREATE FUNCTION invoicing_document_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the document of an invoice is made once' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER invoicing_document_immutable BEFORE UPDATE OR DELETE ON invoicing_document
    FOR EACH ROW EXECUTE FUNCTION invoicing_document_guard();
CREATE FUNCTION invoicing_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made invoicing_invoice;
BEGIN
    SELECT * INTO made FROM invoicing_invoice WHERE id = NEW.id;
    IF made.number IS NULL OR made.sequence IS NULL OR made.issued_at IS NULL THEN
        RAISE EXCEPTION 'invoice % was left without a number', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF (made.net, made.tax, made.gross) IS DISTINCT FROM
       (SELECT (coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(gross), 0))
          FROM invoicing_line WHERE invoice_id = NEW.id)
       OR (made.net, made.tax, made.gross, made.tax_eur) IS DISTINCT FROM
       (SELECT (coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(gross), 0), coalesce(sum(tax_eur), 0))
          FROM invoicing_tax WHERE invoice_id = NEW.id)
    THEN
        RAISE EXCEPTION 'lines and VAT of invoice % do not add up to its total', made.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoicing_balance AFTER INSERT ON invoicing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_balance();
""",
    """
DROP TRIGGER invoicing_balance ON invoicing_invoice;
DROP FUNCTION invoicing_balance();
DROP TRIGGER invoicing_document_immutable ON invoicing_document;
DROP FUNCTION invoicing_document_guard();
DROP TRIGGER invoicing_tax_immutable ON invoicing_tax;
DROP TRIGGER invoicing_line_immutable ON invoicing_line;
DROP FUNCTION invoicing_part_guard();
DROP TRIGGER invoicing_immutable ON invoicing_invoice;
DROP FUNCTION invoicing_guard();
""",
)
