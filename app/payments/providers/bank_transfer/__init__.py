"""Bank transfer with the Belgian structured communication."""

from app.payments.providers.bank_transfer.provider import BankTransfer

__all__ = ["BankTransfer"]
