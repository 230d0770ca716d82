"""A stand-in for Stripe: the calls the shop makes, honest about keys, states, 3-D Secure and declines."""

from tests.fakes.stripe.account import Account
from tests.fakes.stripe.server import FakeStripe
from tests.fakes.stripe.specification import Specification

__all__ = ["Account", "FakeStripe", "Specification"]
