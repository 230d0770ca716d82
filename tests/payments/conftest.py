"""Fixtures of the payments' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.outbound import ClosedGate
from app.payments import registry
from app.payments.providers.stripe import StripeProvider
from tests.fakes.stripe import FakeStripe
from tests.payments.making import CountingProvider


@pytest.fixture
def counting(app: object) -> Iterator[CountingProvider]:
    """A provider that remembers charges and fails on demand, set up for this test only."""
    before = dict(registry._providers)
    provider = CountingProvider()
    registry.install(provider)
    yield provider
    registry._providers.clear()
    registry._providers.update(before)


@pytest.fixture
def stripe(app: object, outside_world: ClosedGate) -> Iterator[FakeStripe]:
    """A Stripe account of our own, set up as the provider `stripe`; the specification has the last word."""
    before = dict(registry._providers)
    with FakeStripe() as account:
        outside_world.expect("127.0.0.1", account.port)
        registry.install(
            StripeProvider(
                api_key=account.api_key, webhook_secret=account.webhook_secret, api_base=account.base
            )
        )
        yield account
    registry._providers.clear()
    registry._providers.update(before)
    assert account.violations == []
