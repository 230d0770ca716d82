"""What every provider promises, whoever it talks to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import config
from app.core.errors import ShopError
from app.core.outbound import ClosedGate
from app.payments import registry
from app.payments.errors import UnknownProvider, WebhookRefused
from app.payments.providers.bank_transfer import BankTransfer
from app.payments.providers.cod import CashOnDelivery
from app.payments.providers.demo_card import DemoCard
from app.payments.providers.demo_card.provider import NotInProduction
from app.payments.providers.port import (
    Capability,
    LookUp,
    Notice,
    Outcome,
    PaymentProvider,
    RefundRequest,
    StartPayment,
)
from app.payments.providers.stripe import StripeProvider
from tests.fakes.stripe import FakeStripe
from tests.payments.making import CountingProvider, money

KEYS = ["demo_card", "stripe", "bank_transfer", "cod", "counting"]
GOOD_TOKEN = {"stripe": "pm_card_visa", "demo_card": "tok_ok"}


@pytest.fixture(params=KEYS)
def provider(request: Any, app: Any, outside_world: ClosedGate) -> Iterator[PaymentProvider]:
    """Each provider in turn; Stripe against the stand-in."""
    if request.param != "stripe":
        plain: dict[str, Any] = {
            "demo_card": DemoCard(environment="testing", secret="s" * 40), "bank_transfer": BankTransfer(),
            "cod": CashOnDelivery(), "counting": CountingProvider(),
        }  # fmt: skip
        yield plain[request.param]
        return
    with FakeStripe() as account:
        outside_world.expect("127.0.0.1", account.port)
        yield StripeProvider(
            api_key=account.api_key, webhook_secret=account.webhook_secret, api_base=account.base
        )
        assert account.violations == []


def begin(provider: PaymentProvider, key: str | None = None, **more: Any) -> tuple[str, Outcome]:
    key = key or str(uuid.uuid4())
    values = {"token": GOOD_TOKEN.get(provider.key), "reference": "+++000/0000/00101+++"} | more
    if provider.key == "stripe":
        values["reference"] = more.get("reference")
    request = StartPayment(
        key=key, amount=money("12.34"), order_number="2026-000001", email="kim@example.org", language="en",
        return_url="https://shop.example/back", **values,
    )  # fmt: skip
    return key, provider.start(request)


def test_it_is_a_provider_and_says_what_it_can(provider: PaymentProvider) -> None:
    assert isinstance(provider, PaymentProvider)
    assert provider.can <= set(Capability)
    assert str(provider.label)
    assert str(provider.description)
    offline = Capability.OFFLINE in provider.can
    assert offline != (Capability.REFUND in provider.can), "either it pays back, or a person does"


def test_starting_answers_with_a_reference_or_waits(provider: PaymentProvider) -> None:
    _key, outcome = begin(provider)
    if Capability.OFFLINE in provider.can:
        assert (outcome.standing, outcome.taken) == ("pending", None)
    else:
        assert (outcome.standing, outcome.taken) == ("captured", money("12.34"))
        assert outcome.capture_reference
        assert outcome.reference


def test_the_same_key_is_the_same_charge(provider: PaymentProvider) -> None:
    key, first = begin(provider)
    _key, second = begin(provider, key)
    assert (first.reference, first.capture_reference, first.taken) == (
        second.reference, second.capture_reference, second.taken,
    )  # fmt: skip


def test_a_charge_can_be_asked_for_by_key_alone(provider: PaymentProvider) -> None:
    key, outcome = begin(provider)
    found = provider.look_up(LookUp(key, None, money("12.34")))
    expected = outcome.standing if Capability.LOOK_UP in provider.can else "unknown"
    assert found.standing == expected


def test_an_unknown_charge_is_unknown_and_can_be_cancelled(provider: PaymentProvider) -> None:
    ask = LookUp(str(uuid.uuid4()), None, money("12.34"))
    assert provider.look_up(ask).standing == "unknown"
    assert provider.cancel(ask).standing == "voided"


def test_cancelling_what_was_taken_says_so(provider: PaymentProvider) -> None:
    if not {Capability.CANCEL, Capability.LOOK_UP} <= provider.can:
        pytest.skip("this provider remembers no charge that it could find taken")
    key, outcome = begin(provider)
    assert provider.cancel(LookUp(key, outcome.reference, money("12.34"))).standing == "captured"


def test_the_same_key_is_the_same_refund(provider: PaymentProvider) -> None:
    key, outcome = begin(provider)
    ask = RefundRequest(str(uuid.uuid4()), key, outcome.reference, money("5.00"))
    first, second = provider.refund(ask), provider.refund(ask)
    assert first.standing == ("manual" if Capability.OFFLINE in provider.can else "done")
    assert (first.standing, first.reference) == (second.standing, second.reference)


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": "t=1,v1=00", "Demo-Signature": "00"}])
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00"])
def test_an_unsigned_notice_is_refused(
    provider: PaymentProvider, headers: dict[str, str], body: bytes
) -> None:
    with pytest.raises(WebhookRefused):
        provider.read_webhook(headers, body)


def test_an_unknown_kind_of_notice_means_nothing(provider: PaymentProvider) -> None:
    applied = provider.interpret(Notice("e", "something.else", {"object": {"id": "x"}}))
    assert (applied.outcome, dict(applied.refunds)) == (None, {})


@pytest.mark.parametrize(
    ("token", "standing", "failure"),
    [(None, "captured", None), ("tok_ok", "captured", None), ("tok_3ds", "requires_action", None),
     ("tok_decline", "failed", "card_declined"), ("tok_insufficient", "failed", "insufficient_funds"),
     ("tok_made_up", "failed", "unknown_token")],
)  # fmt: skip
def test_the_test_cards_tokens(token: str | None, standing: str, failure: str | None) -> None:
    _key, outcome = begin(DemoCard(environment="testing", secret="s"), token=token)
    assert (outcome.standing, outcome.failure) == (standing, failure)
    assert bool(outcome.redirect_url) == (standing == "requires_action")


def test_the_test_card_refuses_to_load_in_production() -> None:
    with pytest.raises(NotInProduction):
        DemoCard(environment="production", secret="s")


@pytest.mark.parametrize(
    ("environment", "key", "expected"),
    [("testing", None, ["demo_card", "bank_transfer", "cod"]), ("production", None, ["bank_transfer", "cod"]),
     ("production", "sk_test_x", ["stripe", "bank_transfer", "cod"])],
)  # fmt: skip
def test_what_a_deployment_offers(app: Any, environment: str, key: str | None, expected: list[str]) -> None:
    before = dict(registry._providers)
    try:
        registry.configure({"ENV_NAME": environment, "SECRET_KEY": "s" * 40, "STRIPE_API_KEY": key})
        assert [p.key for p in registry.providers()] == expected
        with pytest.raises(UnknownProvider):
            registry.provider("paypal")
    finally:
        registry._providers.clear()
        registry._providers.update(before)
    assert issubclass(UnknownProvider, ShopError)
    assert hasattr(config.load(), "STRIPE_API_BASE")
