"""The customer's doors: pay again, the test bank, the way back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.payments import registry
from app.payments.models import Capture, Payment
from app.payments.providers.stripe import StripeProvider
from tests.fakes.stripe import FakeStripe
from tests.payments import making
from tests.payments.making import count, opened, start

PLAIN = {"Accept": "application/json"}
"""Refusals as problem documents: what the shop's error pages look like is not tested here."""


def waiting(
    session: Session, session_maker: Any, token: str, method: str = "demo_card", **more: Any
) -> Payment:
    payment = opened(session, making.order(session, method=method, **more))
    start(session_maker, payment, token)
    session.expire_all()
    return payment


def test_pay_again_after_a_decline(session: Session, session_maker: Any, client: Any) -> None:
    payment = waiting(session, session_maker, "tok_decline")
    address = f"/payments/{payment.public_id}/pay"
    page = client.get(address)
    assert page.status_code == 200
    assert "€50.00" in page.text
    assert re.findall(r'name="payment_method" value="(\w+)"', page.text) == [
        "demo_card",
        "bank_transfer",
        "cod",
    ]
    assert "no-store" in page.headers["Cache-Control"]
    declined = client.post(address, data={"payment_method": "demo_card", "payment_token": "tok_decline"})
    assert declined.status_code == 303
    paid = client.post(address, data={"payment_method": "demo_card", "payment_token": "tok_ok"})
    assert paid.headers["Location"] == f"/checkout/done/{payment.order.token}"
    session.expire_all()
    assert payment.order.state == "paid"
    assert client.get(address).status_code == 303, "a paid order is not paid again"
    client.post(address, data={"payment_method": "demo_card"})
    assert count(session, Capture) == 1


@pytest.mark.parametrize(("answer", "state"), [("confirm", "paid"), ("refuse", "pending"), ("", "pending")])
def test_the_test_bank_asks_and_answers(
    session: Session, session_maker: Any, client: Any, answer: str, state: str
) -> None:
    payment = waiting(session, session_maker, "tok_3ds")
    address = f"/payments/demo/{payment.public_id}"
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert client.post(address, data={"answer": answer}).status_code == 303
    session.expire_all()
    assert (payment.order.state, count(session, Capture)) == (state, int(state == "paid"))
    assert client.get(address).status_code == 303


def test_the_test_bank_does_not_exist_for_other_payments(
    session: Session, session_maker: Any, client: Any
) -> None:
    payment = waiting(session, session_maker, "", method="bank_transfer")
    for call in (client.get, client.post):
        assert call(f"/payments/demo/{payment.public_id}", headers=PLAIN).status_code == 404
    session.expire_all()
    assert payment.order.state == "pending"


def test_nobody_pays_at_the_test_bank_where_it_is_not_set_up(
    session: Session, session_maker: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = waiting(session, session_maker, "tok_3ds")
    monkeypatch.delitem(registry._providers, "demo_card")
    answer = client.post(f"/payments/demo/{payment.public_id}", data={"answer": "confirm"}, headers=PLAIN)
    assert answer.status_code == 404
    session.expire_all()
    assert payment.order.state == "pending"


def test_coming_back_only_reads(session: Session, session_maker: Any, client: Any) -> None:
    payment = waiting(session, session_maker, "tok_3ds")
    before = payment.updated_at
    answer = client.get(f"/payments/return/{payment.public_id}?redirect_status=succeeded&payment_intent=pi_1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/checkout/done/{payment.order.token}")
    session.expire_all()
    assert (payment.order.state, payment.updated_at) == ("pending", before)


def test_the_language_is_kept(session: Session, session_maker: Any, client: Any) -> None:
    payment = waiting(session, session_maker, "tok_3ds")
    answer = client.get(f"/fr/payments/return/{payment.public_id}")
    assert answer.headers["Location"] == f"/fr/checkout/done/{payment.order.token}"
    assert 'lang="fr"' in client.get(f"/fr/payments/{payment.public_id}/pay").text


@pytest.mark.parametrize("path", ["pay", "card"])
def test_unknown_payments_are_not_found(client: Any, path: str) -> None:
    assert client.get(f"/payments/{uuid.uuid4()}/{path}", headers=PLAIN).status_code == 404
    assert client.get(f"/payments/1/{path}", headers=PLAIN).status_code == 404
    assert client.get(f"/payments/return/{uuid.uuid4()}", headers=PLAIN).status_code == 404


def test_a_card_number_is_refused_and_nothing_happens(
    session: Session, session_maker: Any, client: Any
) -> None:
    payment = waiting(session, session_maker, "tok_decline")
    form = {"payment_method": "demo_card", "payment_token": "4242 4242 4242 4242"}
    answer = client.post(f"/payments/{payment.public_id}/pay", data=form, headers=PLAIN)
    assert (answer.status_code, answer.json["code"]) == (422, "card_number_refused")
    session.expire_all()
    assert (payment.order.state, payment.attempts) == ("pending", 1)


def test_too_many_tries_have_to_wait(session: Session, session_maker: Any, client: Any) -> None:
    payment = waiting(session, session_maker, "tok_decline")
    form = {"payment_method": "demo_card", "payment_token": "tok_decline"}
    address = f"/payments/{payment.public_id}/pay"
    codes = [client.post(address, data=form, headers=PLAIN).status_code for _ in range(22)]
    assert codes == [303] * 20 + [429] * 2


def test_stripes_fields_stand_on_their_own_page_only(
    session: Session, session_maker: Any, client: Any, stripe: FakeStripe
) -> None:
    payment = waiting(session, session_maker, "", method="stripe")
    assert client.get(f"/payments/{payment.public_id}/card", headers=PLAIN).status_code == 404
    registry.install(
        StripeProvider(
            api_key=stripe.api_key, webhook_secret="w", api_base=stripe.base, publishable_key="pk_test_1"
        )
    )
    outcome = start(session_maker, payment)
    assert outcome.redirect_url == f"/payments/{payment.public_id}/card"
    page = client.get(outcome.redirect_url)
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "frame-src https://js.stripe.com" in policy
    assert "unsafe" not in policy
    assert 'data-key="pk_test_1"' in page.text
    assert next(iter(stripe.account.intents.values()))["client_secret"] in page.text
    assert not re.search(r'name="(card|cvc|pan|number)', page.text)
    other = client.get(f"/payments/{payment.public_id}/pay")
    assert "stripe.com" not in other.headers["Content-Security-Policy"] + other.text
