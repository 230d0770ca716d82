"""Posts balanced entries. The database refuses an unbalanced one, and any change of an old one.

Accounts: `provider:<key>` is money that lies with a provider, in the till or on the bank account
(debit when it comes in); `customers` is what customers have paid in (credit).
"""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.money import Money
from app.payments.models import LedgerEntry, LedgerTransaction, Payment

CUSTOMERS = "customers"


def provider_account(provider: str) -> str:
    """The account of the money that lies with a provider."""
    return f"provider:{provider}"


def post_capture(session: Session, *, payment: Payment, capture_id: int, amount: Money) -> None:
    """Money came in: the provider's account rises, the customers' claim with it."""
    _post(session, payment, f"capture:{capture_id}", "capture", amount)


def post_refund(session: Session, *, payment: Payment, refund_id: int, amount: Money) -> None:
    """Money went back: the entry of a capture, the other way round."""
    _post(session, payment, f"refund:{refund_id}", "refund", -amount)


def _post(session: Session, payment: Payment, source: str, memo: str, amount: Money) -> None:
    transaction_id = session.scalar(
        insert(LedgerTransaction)
        .values(source=source, payment_id=payment.id, order_id=payment.order_id, memo=memo)
        .returning(LedgerTransaction.id)
    )
    sides = ((provider_account(payment.provider), amount.amount), (CUSTOMERS, -amount.amount))
    session.execute(
        insert(LedgerEntry),
        [
            {
                "transaction_id": transaction_id,
                "account": account,
                "currency": amount.currency,
                "amount": value,
            }
            for account, value in sides
        ],
    )
