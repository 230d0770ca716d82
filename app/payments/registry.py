"""Which providers this deployment has; read from the environment once, at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.payments.errors import UnknownProvider
from app.payments.providers.bank_transfer import BankTransfer
from app.payments.providers.cod import CashOnDelivery
from app.payments.providers.demo_card import DemoCard
from app.payments.providers.port import Capability, PaymentProvider

_providers: dict[str, PaymentProvider] = {}


def configure(config: Mapping[str, Any]) -> None:
    """Set up every provider that has what it needs.

    The test card loads everywhere but in production; Stripe where it has a key.
    """
    found: list[PaymentProvider] = []
    if config.get("STRIPE_API_KEY"):
        from app.payments.providers.stripe import StripeProvider

        found.append(
            StripeProvider(
                api_key=config["STRIPE_API_KEY"],
                webhook_secret=config.get("STRIPE_WEBHOOK_SECRET") or "",
                api_base=config.get("STRIPE_API_BASE"),
                publishable_key=config.get("STRIPE_PUBLISHABLE_KEY") or "",
            )
        )
    environment = config.get("ENV_NAME", "production")
    if environment != "production":
        found.append(DemoCard(environment=environment, secret=config["SECRET_KEY"]))
    found += [BankTransfer(), CashOnDelivery()]
    _providers.clear()
    _providers.update({provider.key: provider for provider in found})


def install(provider: PaymentProvider) -> None:
    """Add or replace one provider (tests, and features from outside)."""
    _providers[provider.key] = provider


def provider(key: str) -> PaymentProvider:
    """The provider of this name.

    Raises:
        UnknownProvider: when it is not set up here.
    """
    try:
        return _providers[key]
    except KeyError:
        raise UnknownProvider() from None


def has(key: str) -> bool:
    """True when a provider of this name is set up here."""
    return key in _providers


def providers() -> tuple[PaymentProvider, ...]:
    """All providers of this deployment, in the order they are offered."""
    return tuple(_providers.values())


def can(key: str, capability: Capability) -> bool:
    """True when this provider is set up and declares the capability."""
    found = _providers.get(key)
    return found is not None and capability in found.can
