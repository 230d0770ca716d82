"""A test card that answers at once. Refuses to load in production."""

from app.payments.providers.demo_card.provider import DemoCard

__all__ = ["DemoCard"]
