"""Cards, wallets and local methods through Stripe's PaymentIntents."""

from app.payments.providers.stripe.provider import StripeProvider

__all__ = ["StripeProvider"]
