"""Payments, captures, refunds, notices of providers and the ledger."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, MoneyColumn, Timestamp, extra_ddl, pk
from app.core.money import Money
from app.orders.models import Order
from app.payments.states import OPEN_STATES, PAYMENT, REFUND, WEBHOOK


def _quoted(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


class Payment(Base):
    """One attempt to collect the money of an order with one provider. Amounts are in `currency`.

    `public_id` is what the provider knows us by: it is the idempotency key of the charge.
    `refund_reserved` are refunds under way; together with `refunded` never more than `captured`.
    """

    __tablename__ = "payments_payment"
    __table_args__ = (
        CheckConstraint(PAYMENT.check_sql(), name="state"),
        CheckConstraint("amount >= 0 AND captured >= 0", name="amounts"),
        CheckConstraint(
            "refunded >= 0 AND refund_reserved >= 0 AND refunded + refund_reserved <= captured", name="refunds"
        ),
        Index(
            "uq_payments_payment_reference", "provider", "provider_ref", unique=True,
            postgresql_where=text("provider_ref IS NOT NULL"),
        ),
        Index(
            "ix_payments_payment_open", "check_at", "id",
            postgresql_where=text(f"check_at IS NOT NULL AND state IN ({_quoted(OPEN_STATES)})"),
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"), index=True)
    provider: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=PAYMENT.start, default=PAYMENT.start)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    currency: Mapped[str] = mapped_column(String(3))
    captured: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0", default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0", default=Decimal(0))
    refund_reserved: Mapped[Decimal] = mapped_column(MoneyColumn, server_default="0", default=Decimal(0))
    provider_ref: Mapped[str | None] = mapped_column(Text)
    method: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}", default=dict)
    failure: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    check_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), onupdate=func.now())

    order: Mapped[Order] = relationship()
    refunds: Mapped[list[Refund]] = relationship(back_populates="payment", order_by="Refund.id")

    @property
    def due(self) -> Money:
        """What this payment asks for."""
        return Money(self.amount, self.currency)

    @property
    def is_payable(self) -> bool:
        """True while this payment's money may still come in."""
        return self.state in OPEN_STATES and self.captured < self.amount

    @property
    def refundable(self) -> Money:
        """What can still go back."""
        return Money(self.captured - self.refunded - self.refund_reserved, self.currency)

    def __str__(self) -> str:
        return f"{self.provider} {self.amount} {self.currency}"


class Capture(Base):
    """Money that came in. `reference` is the provider's own mark of it: the same one counts once."""

    __tablename__ = "payments_capture"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("provider", "reference"),
    )

    id: Mapped[int] = pk()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments_payment.id"), index=True)
    provider: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


class Refund(Base):
    """Money that goes back. The same `idempotency_key` on a payment is the same refund."""

    __tablename__ = "payments_refund"
    __table_args__ = (
        CheckConstraint(REFUND.check_sql(), name="state"),
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("payment_id", "idempotency_key"),
        Index(
            "ix_payments_refund_open",
            "id",
            postgresql_where=text("state IN ('requested', 'pending', 'manual')"),
        ),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments_payment.id"))
    state: Mapped[str] = mapped_column(Text, server_default=REFUND.start, default=REFUND.start)
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text, server_default="")
    idempotency_key: Mapped[str] = mapped_column(Text)
    provider_ref: Mapped[str | None] = mapped_column(Text, index=True)
    failure: Mapped[str | None] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_user_id: Mapped[int | None] = mapped_column(Integer)
    actor_label: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    done_at: Mapped[datetime | None] = mapped_column(Timestamp)

    payment: Mapped[Payment] = relationship(back_populates="refunds")

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.currency)


class Webhook(Base):
    """A verified notice of a provider. The same notice is written down, and applied, once."""

    __tablename__ = "payments_webhook"
    __table_args__ = (
        CheckConstraint(WEBHOOK.check_sql(), name="state"),
        UniqueConstraint("provider", "event_id"),
        Index("ix_payments_webhook_open", "id", postgresql_where=text("state IN ('received', 'unmatched')")),
    )

    id: Mapped[int] = pk()
    provider: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JsonB)
    state: Mapped[str] = mapped_column(Text, server_default=WEBHOOK.start)
    note: Mapped[str | None] = mapped_column(Text)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments_payment.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
    applied_at: Mapped[datetime | None] = mapped_column(Timestamp)


class LedgerTransaction(Base):
    """Something that moved money, written once: `source` names it ("capture:17")."""

    __tablename__ = "payments_ledger_transaction"

    id: Mapped[int] = pk()
    source: Mapped[str] = mapped_column(Text, unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments_payment.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"), index=True)
    memo: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)

    entries: Mapped[list[LedgerEntry]] = relationship(back_populates="transaction", order_by="LedgerEntry.id")


class LedgerEntry(Base):
    """One side of a transaction: positive is debit, negative is credit. Never changed, never deleted."""

    __tablename__ = "payments_ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_payments_ledger_entry_account", "account", "currency"),
    )

    id: Mapped[int] = pk()
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("payments_ledger_transaction.id"), index=True
    )
    account: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)

    transaction: Mapped[LedgerTransaction] = relationship(back_populates="entries")


extra_ddl(
    "payments_ledger_balance",
    """
CREATE FUNCTION payments_ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT currency, sum(amount) AS off INTO wrong FROM payments_ledger_entry
     WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % is off by % %', NEW.transaction_id, wrong.off, wrong.currency
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_ledger_balance AFTER INSERT ON payments_ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balance();
CREATE FUNCTION payments_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER payments_ledger_append_only BEFORE UPDATE OR DELETE ON payments_ledger_entry
    FOR EACH ROW EXECUTE FUNCTION payments_ledger_guard();
""",
    """
DROP TRIGGER payments_ledger_append_only ON payments_ledger_entry;
DROP FUNCTION payments_ledger_guard();
DROP TRIGGER payments_ledger_balance ON payments_ledger_entry;
DROP FUNCTION payments_ledger_balance();
""",
)
