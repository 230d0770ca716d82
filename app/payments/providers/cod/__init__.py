"""Cash on delivery: the carrier collects, and settles with the shop later."""

from app.payments.providers.cod.provider import CashOnDelivery

__all__ = ["CashOnDelivery"]
